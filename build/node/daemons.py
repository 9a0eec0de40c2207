"""Process 1 of the node: it starts the daemons, starts each again that exits, and takes orders on a socket.

    python -m node.daemons FOLDER DESCRIPTOR

DESCRIPTOR is a listening socket from outside of the network namespace; its connections go to the API server. An order
is one line, `stop NAME` or `start NAME`; the answer is `done`.
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from pathlib import Path

from node import world
from node.commands import commands
from node.layout import Layout

API_SERVER = ("127.0.0.1", 443)
PAUSE = 1.0  # before what ended by itself is started again


class Daemons:
    """The daemons by name, and their processes."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._commands = commands(layout)
        self._running: dict[int, str] = {}
        self._wanted: set[str] = set()
        self._loop = asyncio.get_running_loop()
        self._loop.add_signal_handler(signal.SIGCHLD, self._collect)

    def start(self, name: str) -> None:
        """Start one, unless it runs."""
        self._wanted.add(name)
        if name in self._running.values():
            return
        words = self._commands[name]
        log = os.open(self._layout.logs / f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        actions = [(os.POSIX_SPAWN_DUP2, log, 1), (os.POSIX_SPAWN_DUP2, log, 2)]
        everything = signal.valid_signals()
        pid = os.posix_spawn(words[0], words, os.environ, file_actions=actions, setsigmask=(), setsigdef=everything)
        os.close(log)
        self._running[pid] = name

    def start_all(self) -> None:
        """Start all; a daemon that comes too early exits, and is started again."""
        for name in self._commands:
            self.start(name)

    async def stop(self, name: str) -> None:
        """Kill one, as a crash would; return when it is gone."""
        self._wanted.discard(name)
        for pid in [pid for pid, running in self._running.items() if running == name]:
            os.kill(pid, signal.SIGKILL)
        while name in self._running.values():
            await asyncio.sleep(0.005)

    def _collect(self) -> None:
        """Collect all that exited; the shims of containers are children of process 1, too."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            name = self._running.pop(pid, "")
            if name in self._wanted:
                print(f"{time.strftime('%T')} {name} ended: {os.waitstatus_to_exitcode(status)}", flush=True)
                self._loop.call_later(PAUSE, self._again, name)

    def _again(self, name: str) -> None:
        if name in self._wanted:
            self.start(name)


async def _relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection from outside, to the API server and back."""
    with contextlib.suppress(OSError):
        there, back = await asyncio.open_connection(*API_SERVER)
        await asyncio.gather(_pump(reader, back), _pump(there, writer))
        back.close()
    writer.close()


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await source.read(65536):
            target.write(chunk)
            await target.drain()
    # Also after an error: the other direction must not stay open without this one.
    with contextlib.suppress(OSError):
        target.write_eof()


async def _run(layout: Layout, outside: socket.socket) -> None:
    daemons = Daemons(layout)

    async def obey(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while words := (await reader.readline()).decode().split():
            match words:
                case ["stop", name]:
                    await daemons.stop(name)
                case ["start", name]:
                    daemons.start(name)
            writer.write(b"done\n")
            await writer.drain()
        writer.close()

    os.chdir(layout.folder)  # the path of a socket is short
    await asyncio.start_unix_server(obey, layout.control.name)
    await asyncio.start_server(_relay, sock=outside)
    daemons.start_all()
    await asyncio.Event().wait()


if __name__ == "__main__":
    found = Layout(Path(sys.argv[1]))
    world.prepare(found)
    asyncio.run(_run(found, socket.socket(fileno=int(sys.argv[2]))))
