"""A running kubexit: its output as it comes, its signals, its end."""

import os
import re
import select
import signal
import subprocess
import time
from dataclasses import dataclass

from . import processes
from .waiting import ALARM


@dataclass(frozen=True)
class Finished:
    """What is left of a kubexit that ended: its exit code (negative: the signal that killed it) and its output.

    Output is UTF-8 with surrogate escapes: `os.fsencode` gives the bytes back.
    """

    code: int
    stdout: str
    stderr: str


class Supervised:
    """kubexit as a process that a test talks to."""

    def __init__(self, process: subprocess.Popen[bytes], environment: dict[bytes, bytes], depth: int = 0) -> None:
        self.process = process
        self.environment = environment
        self._depth = depth
        self._pid = process.pid
        self._pidfd = os.pidfd_open(process.pid)
        self._text = {"stdout": bytearray(), "stderr": bytearray()}
        self._streams = {}
        for name in self._text:
            stream = getattr(process, name)
            if stream is not None:
                os.set_blocking(stream.fileno(), False)
                self._streams[stream.fileno()] = name

    @property
    def pid(self) -> int:
        """kubexit's pid, seen from outside of its PID namespace when it has one, with programs around it."""
        while self._depth > 0:
            self._pid = processes.first_child(self._pid)
            self._depth -= 1
        return self._pid

    @property
    def stdout(self) -> str:
        """All of the standard output so far."""
        return self._so_far("stdout")

    @property
    def stderr(self) -> str:
        """All of the standard error so far."""
        return self._so_far("stderr")

    def wait_line(self, regex: str, stream: str = "stdout", timeout: float = ALARM, count: int = 1) -> re.Match[str]:
        """The count-th line, from the beginning of the stream, in which the regex is found."""
        deadline = time.monotonic() + timeout
        while True:
            lines = self._text[stream].decode("utf-8", "surrogateescape").split("\n")[:-1]
            found = [match for line in lines if (match := re.search(regex, line))]
            if len(found) >= count:
                return found[count - 1]
            if stream not in self._streams.values():
                raise AssertionError(f"{stream} ended without line {count} of {regex!r}\n{self._seen()}")
            if not self._pump(deadline):
                raise AssertionError(f"no line {count} of {regex!r} on {stream} in {timeout:g} s\n{self._seen()}")

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def command_pid(self) -> int:
        """The first child (the command, once nothing waits for birth)."""
        return processes.first_child(self.pid)

    def wait(self, timeout: float = ALARM) -> int:
        """The exit code as Popen gives it; output that was written before the end is read then."""
        deadline = time.monotonic() + timeout
        while self.process.poll() is None:
            if not self._pump(deadline, with_exit=True):
                raise AssertionError(f"kubexit still runs after {timeout:g} s\n{self._seen()}")
        self._drain()
        return self.process.returncode

    def kill(self) -> int:
        """Send SIGKILL only to kubexit, as the kernel would (its command has a parent-death signal)."""
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        return self.wait()

    def end(self) -> None:
        """End kubexit, by pid; for teardown, where what it leaves behind is adopted and ended next."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(ALARM)
        os.close(self._pidfd)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()

    def _so_far(self, name: str) -> str:
        self._drain()
        return self._text[name].decode("utf-8", "surrogateescape")

    def _seen(self) -> str:
        return f"--- stdout\n{self.stdout}\n--- stderr\n{self.stderr}"

    def _drain(self) -> None:
        while self._pump(0.0):
            pass

    def _pump(self, deadline: float, with_exit: bool = False) -> bool:
        """Read what is there; False when nothing came until the deadline."""
        poller = select.poll()
        for descriptor in self._streams:
            poller.register(descriptor, select.POLLIN)
        if with_exit:
            poller.register(self._pidfd, select.POLLIN)
        ready = poller.poll(max(0.0, deadline - time.monotonic()) * 1000)
        for descriptor, _ in ready:
            name = self._streams.get(descriptor)
            if name is None:
                continue
            chunk = os.read(descriptor, 65536)
            self._text[name] += chunk
            if not chunk:
                del self._streams[descriptor]
        return bool(ready)
