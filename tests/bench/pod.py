"""Many containers at a time: a program and its command, which waits for SIGTERM."""

import fcntl
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.children import Board, child
from bench.clock import environment, graveyard
from bench.programs import Program
from harness import processes
from harness.waiting import eventually

ALARM = 30.0
_SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ, fcntl(2)


class Container:
    """One supervisor with its command."""

    def __init__(self, process: "subprocess.Popen[bytes]", seat: int, board: Board) -> None:
        self._process, self.seat, self._board = process, seat, board

    @property
    def pid(self) -> int:
        """The supervisor's."""
        return self._process.pid

    @property
    def command(self) -> int:
        """The command's pid, 0 until it is there."""
        return self._board[self.seat].pid

    @property
    def stopped_at(self) -> int:
        """Return when SIGTERM reached the command, in nanoseconds; 0: not yet."""
        return self._board[self.seat].ended

    def settle(self) -> None:
        """Wait until the command is ready for signals and the supervisor sleeps."""
        eventually(lambda: self.command, "the command runs", ALARM)
        seen = [-1, 0]

        def quiet() -> bool:
            seen.insert(0, processor_ns(self.pid))
            return seen[0] == seen[1] == seen[2] and processes.state(self.pid) == "S"

        eventually(quiet, "the supervisor sleeps", ALARM)

    def wait(self) -> float:
        """Wait for its end; the seconds of processor time that it took, its command included."""
        _, status, usage = os.wait4(self.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        return usage.ru_utime + usage.ru_stime

    @property
    def ended(self) -> bool:
        """Whether it is gone, and was waited for."""
        return self._process.returncode is not None

    def end(self) -> None:
        """End it by force."""
        if not self.ended:
            for pid in (self.command, self.pid):
                if pid and processes.alive(pid):
                    os.kill(pid, signal.SIGKILL)
            self._process.wait()


class Pod:
    """Containers with one graveyard and one board; their log lines go into one pipe, which is never read."""

    def __init__(self, folder: Path) -> None:
        self.graveyard, self.board = folder, Board()
        self._containers: list[Container] = []
        self._log = os.pipe()
        fcntl.fcntl(self._log[1], _SET_PIPE_SIZE, 1 << 20)

    def start(self, program: Program, name: str, deps: str = "") -> Container:
        """A container; `settle` waits until it is in place."""
        seat = len(self._containers)
        variables = {**environment(self.graveyard), "KUBEXIT_NAME": name, "BENCH_MEASURE": "chain"}
        if deps:
            variables["KUBEXIT_DEATH_DEPS"] = deps
        command = [*program.words, child("command"), "wait", str(self.board.descriptor), str(seat)]
        process = subprocess.Popen(
            command,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=self._log[1],
            stderr=self._log[1],
            pass_fds=[self.board.descriptor],
        )
        container = Container(process, seat, self.board)
        self._containers.append(container)
        return container

    def end(self) -> None:
        """End all that is left."""
        for container in self._containers:
            container.end()
        self.board.close()
        for descriptor in self._log:
            os.close(descriptor)


@contextmanager
def pod() -> Iterator[Pod]:
    """A pod with a fresh graveyard; all its processes are stopped afterwards."""
    with graveyard() as folder:
        opened = Pod(folder)
        try:
            yield opened
        finally:
            opened.end()


def processor_ns(pid: int) -> int:
    """The processor time that a process has had, in nanoseconds (/proc/PID/schedstat)."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
