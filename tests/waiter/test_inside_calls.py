"""The system calls of the static file show what kubexit and its waiter execute and open."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.kubexit import Kubexit
from harness.servers.apiserver import ApiServer
from harness.servers.pods import pod, ready
from harness.supervised import Supervised
from harness.world import namespaces

WAITING = pod("main", "db")
READY = ready(WAITING, "db")
# Of a call that another one interrupts in the log, the first line: it has the path. The second has results alone.
CALL = re.compile(r"\d+ +(\w+)\((.*)")
WRITING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_TMPFILE")
CHANGING = (
    "mkdir mkdirat mknod mknodat link linkat symlink symlinkat unlink unlinkat rename renameat renameat2 truncate"
)


@pytest.fixture
def calls(
    api: ApiServer, awaiting: Callable[..., Supervised], actor: str, static: Kubexit, tmp_path: Path
) -> list[tuple[str, ...]]:
    """Each call that takes a path, with its arguments, of a run that waits for a watch."""
    if shutil.which("strace") is None:
        pytest.skip("NOT TESTED: strace is not installed")
    log = tmp_path / "calls"
    script = tmp_path / "traced"
    # Without -y: strace's own look at descriptors would be in the list.
    script.write_text(f'#!/bin/sh\nexec strace -f -qq -s 300 -e trace=%file,%process -o {log} {static.path} "$@"\n')
    script.chmod(0o755)
    api.show(WAITING)
    started = awaiting(actor, "exit", "3", kubexit=static.under(script))
    api.wait_watched()
    api.show(READY)
    assert started.wait() == 3, started.stderr
    return [match.groups() for line in log.read_text().splitlines() if (match := CALL.match(line))]


@pytest.mark.behaviour("starts-fast-and-small")
def test_there_are_two_executions(calls: list[tuple[str, ...]], static: Kubexit, actor: str) -> None:
    """One execve starts kubexit and one the command: kubexit does not execute itself again to find libraries."""
    executed = [re.match(r'"([^"]*)"', arguments) for name, arguments in calls if name.startswith("exec")]

    assert [match[1] for match in executed if match] == [static.path, actor]


@pytest.mark.behaviour("starts-fast-and-small")
def test_nothing_is_unpacked(calls: list[tuple[str, ...]]) -> None:
    """Only the graveyard's files are made or opened for writing."""
    opened = [
        arguments for name, arguments in calls if name in ("open", "openat", "creat") and WRITING.search(arguments)
    ]
    changed = [arguments for name, arguments in calls if name in CHANGING.split()]
    # A look at the FIFO of a dependency opens it for writing, and writes nothing (fifo(7)).
    ours = re.compile(r'\d+, ("\.?main(\.\w+)*"|"\.db\.alive", O_WRONLY\|(?!.*O_CREAT))')
    foreign = [arguments for arguments in opened + changed if not ours.match(arguments)]

    assert [arguments for arguments in foreign if "/proc/self/fd/2" not in arguments] == []  # the log's own descriptor


@pytest.mark.behaviour("runs-anywhere-unprivileged")
def test_what_is_read(calls: list[tuple[str, ...]], static: Kubexit) -> None:
    """The waiter reads its own file, its account, and the local time zone; no library, no module, no settings."""
    names = ("open", "openat", "stat", "lstat", "newfstatat", "statx", "access", "faccessat", "readlink", "getxattr")
    paths = {re.match(r'(?:AT_FDCWD, )?"([^"]*)"', arguments) for name, arguments in calls if name in names}
    read = {match[1] for match in paths if match and match[1].startswith("/")}
    known = r"/proc/self/(exe|fd/2)|/dev|/dev/null(/kubexit.*)?|/etc/(localtime|podinfo/.*)|.*(account/.*|/graveyard)"

    assert {path for path in read if not re.fullmatch(known, path)} <= {static.path}


@pytest.mark.behaviour("starts-fast-and-small")
def test_no_code_is_loaded(
    static: Kubexit, tmp_path: Path, api: ApiServer, awaiting: Callable[..., Supervised], actor: str
) -> None:
    """While the waiter waits, all executable memory is the file's own and the kernel's: no code was loaded or made."""
    api.show(WAITING)
    started = awaiting(actor, "exit", "3")
    api.wait_watched()
    for pid in (started.pid, started.command_pid()):
        maps = [line.split() for line in Path(f"/proc/{pid}/maps").read_text().splitlines()]
        executable = {words[-1] for words in maps if "x" in words[1]}

        assert executable <= {static.path, "[vdso]", "[vsyscall]"}
        assert [words for words in maps if "w" in words[1] and "x" in words[1]] == []
    api.show(READY)

    assert started.wait() == 3


def test_strace_sees_what_it_should(tmp_path: Path) -> None:
    """strace follows children and shows what they open. If it missed the waiter, the tests above would show nothing."""
    if shutil.which("strace") is None:
        pytest.skip("NOT TESTED: strace is not installed")
    namespaces.require_mounts()
    line = ["strace", "-f", "-qq", "-e", "trace=%file", "-o", str(tmp_path / "log")]
    subprocess.run([*line, "sh", "-c", "(cat /etc/hostname; true)"], check=True, capture_output=True, timeout=20)

    assert "/etc/hostname" in (tmp_path / "log").read_text()
