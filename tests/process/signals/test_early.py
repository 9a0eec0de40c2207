"""Signals in the first moments: before the command, between fork and exec, right after."""

import os
import shutil
import signal
import subprocess
from itertools import takewhile
from pathlib import Path

import pytest

from harness import processes
from harness.kubexit import Kubexit
from harness.waiting import eventually

pytestmark = pytest.mark.every_form

# What a C library does on the way to main: memory, thread data, randomness, its own name.
FIRST_STEPS = {
    "execve", "brk", "mmap", "munmap", "mprotect", "arch_prctl", "set_tid_address", "set_robust_list", "rseq",
    "prlimit64", "readlink", "readlinkat", "getrandom",
}  # fmt: skip


def needs_native(kubexit: Kubexit) -> None:
    """Skip the interpreter's first milliseconds, which kubexit cannot protect."""
    if not kubexit.is_native:
        pytest.skip("EARLY SIGNALS NOT TESTED in this form: until the supervisor runs, the interpreter gets them")


@pytest.mark.behaviour("early-sigterm-not-lost")
@pytest.mark.skipif(shutil.which("strace") is None, reason="FIRST SYSTEM CALLS NOT TESTED: there is no strace")
def test_signals_are_blocked_before_anything_else(kubexit: Kubexit, actor: str) -> None:
    """Nothing but the C library's own first steps happens before all signals are blocked.

    Fails when kubexit first looks at a file, or at anything else outside its memory.
    """
    needs_native(kubexit)
    if kubexit.form == "sanitize":
        pytest.skip("FIRST SYSTEM CALLS NOT TESTED in this form: the sanitizers make some before main")
    log = kubexit.folder / "strace"
    settings = {"KUBEXIT_NAME": "main", "KUBEXIT_GRAVEYARD": str(kubexit.graveyard)}
    subprocess.run(
        ["strace", "-o", log, kubexit.path, actor, "exit", "0"],
        env={"PATH": os.environ["PATH"], **settings},
        check=True,
        stderr=subprocess.DEVNULL,
        timeout=60,
    )
    calls = [line.partition("(")[::2] for line in log.read_text().splitlines()]
    before = list(takewhile(lambda call: call[0] != "rt_sigprocmask" or "SIG_SETMASK, ~[]" not in call[1], calls))

    assert len(before) < len(calls)
    assert {name for name, _ in before} <= FIRST_STEPS


@pytest.mark.behaviour("early-sigterm-not-lost")
def test_term_as_soon_as_pid_1_runs(kubexit: Kubexit, actor: str) -> None:
    """A SIGTERM in the first milliseconds of PID 1 always ends the command.

    Fails when signals are not blocked from the start: the kernel drops a SIGTERM that has no handler in PID 1. The
    test waits for the mask of the running process; at that moment nothing else has happened.
    """
    needs_native(kubexit)
    supervised = kubexit.start(actor, "plain", pid1=True)
    program = Path(kubexit.path).stat()

    def executed() -> bool:
        found = Path(f"/proc/{supervised.pid}/exe").stat()
        return (found.st_dev, found.st_ino) == (program.st_dev, program.st_ino)

    eventually(executed, "unshare executed kubexit")
    eventually(lambda: int(processes.status(supervised.pid)["SigBlk"], 16), "signals are blocked")
    supervised.signal(signal.SIGTERM)

    assert supervised.wait() == 143
    assert kubexit.tombstone()["ExitCode"] == 143


@pytest.mark.behaviour("early-sigterm-not-lost", "signal-between-fork-and-exec", "signals-from-first-to-last")
@pytest.mark.parametrize("own_group", [False, True], ids=["shared-group", "own-group"])
def test_term_at_any_moment_of_the_start(kubexit: Kubexit, actor: str, own_group: bool) -> None:
    """A SIGTERM at any moment from the blocking of signals to the command's first line is never lost.

    Fails when a child is unblocked before its dispositions are its own, or when a signal that arrives while there is no
    pid to send it to is dropped: such a round never ends.
    """
    needs_native(kubexit)
    for number in range(60):
        supervised = kubexit.start(actor, "plain", name=f"main-{number}", SIGNAL_GROUP=own_group)
        if number % 3 == 0:
            eventually(lambda: processes.children(supervised.pid), "kubexit forked")  # noqa: B023
        elif number % 3 == 1:
            eventually((kubexit.graveyard / f"main-{number}").exists, "kubexit wrote its tombstone")
        else:
            eventually((kubexit.graveyard / f".main-{number}.alive").exists, "kubexit is in the graveyard")
        supervised.signal(signal.SIGTERM)

        assert supervised.wait() == 143
        assert kubexit.tombstone(f"main-{number}")["ExitCode"] == 143


@pytest.mark.behaviour("signal-between-fork-and-exec")
def test_no_child_keeps_handlers_of_ours(kubexit: Kubexit, actor: str) -> None:
    """The signal reaches the command with the default action, although it came before the command ran."""
    supervised = kubexit.start(actor, "plain")
    supervised.command_pid()
    supervised.signal(signal.SIGUSR2)

    assert supervised.wait() == 128 + signal.SIGUSR2
