"""Processes as /proc shows them."""

import contextlib
import ctypes
import os
import signal
import struct
from pathlib import Path

from .waiting import eventually

PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True)


def adopt_orphans() -> None:
    """Make this process the parent of everything that the tests leave behind, so that it can be ended by pid."""
    if _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def default_signals() -> None:
    """Undo what make leaves to its children: the C library's own two signals, 32 and 33, ignored.

    libc hides them from signal(2), and env --default-signal with it, so the system call is made directly;
    a struct sigaction of zeros is SIG_DFL with an empty mask.
    """
    number = {"x86_64": 13, "aarch64": 134}.get(os.uname().machine)
    for hidden in (32, 33) if number is not None else ():
        _libc.syscall(number, hidden, ctypes.create_string_buffer(64), None, 8)


def status(pid: int) -> dict[str, str]:
    """The fields of /proc/PID/status; empty when the process is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return {}
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def state(pid: int) -> str:
    """One letter as in ps(1): R S D T Z…; empty when the process is gone."""
    return status(pid).get("State", "")[:1]


def alive(pid: int) -> bool:
    return state(pid) not in ("", "Z", "X")


def children(pid: int) -> list[int]:
    """The children in the order in which they were born or adopted."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def first_child(pid: int) -> int:
    """The eldest child, as soon as there is one."""
    return eventually(lambda: children(pid), f"pid {pid} has a child")[0]


def processor_seconds(pid: int) -> float:
    """The processor time that a process has used itself."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def zombies(pid: int) -> list[int]:
    return [child for child in children(pid) if state(child) == "Z"]


def descriptors(pid: int) -> list[str]:
    """What a process has open, as /proc names it."""
    return [name for name, _ in _open_files(pid)]


def descriptor_info(pid: int, kind: str) -> list[str]:
    """What /proc/PID/fdinfo says of each open file whose name has `kind` in it (proc(5))."""
    return [info for name, info in _open_files(pid) if kind in name]


def watches(pid: int) -> int:
    """The number of inotify watches that a process has."""
    return sum(info.count("inotify wd:") for info in descriptor_info(pid, "inotify"))


def _open_files(pid: int) -> list[tuple[str, str]]:
    """The name of each open file, and its /proc/PID/fdinfo."""
    found = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed in the meantime
            found.append((os.readlink(link), Path(f"/proc/{pid}/fdinfo/{link.name}").read_text()))
    return found


def next_look(pid: int) -> float:
    """The time that a process has given its present ppoll(2), in seconds; 0 when it is not in one."""
    words = Path(f"/proc/{pid}/syscall").read_text().split()
    if len(words) < 4 or int(words[3], 16) == 0:
        return 0.0
    try:
        with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
            memory.seek(int(words[3], 16))
            seconds, nanoseconds = struct.unpack("qq", memory.read(16))
    except OSError:  # of another call the third argument is no address
        return 0.0
    return float(seconds + nanoseconds / 1e9)


def end_adopted(before: set[int]) -> None:
    """End and reap the children of this process that were not there before, until none is left.

    What they leave behind is adopted in its turn, and no pid is used again before its parent, which we are, reaps it.
    """
    while adopted := [child for child in children(os.getpid()) if child not in before]:
        for pid in adopted:
            os.kill(pid, signal.SIGKILL)
        for pid in adopted:
            os.waitpid(pid, 0)
