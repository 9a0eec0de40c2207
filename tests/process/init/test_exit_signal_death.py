"""If a signal ends the command, kubexit exits with 128 plus its number."""

import os
import resource
import signal

import pytest

from harness.kubexit import Kubexit

pytestmark = pytest.mark.every_form

ENDING = [
    signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGILL, signal.SIGTRAP, signal.SIGABRT, signal.SIGBUS,
    signal.SIGFPE, signal.SIGKILL, signal.SIGUSR1, signal.SIGSEGV, signal.SIGUSR2, signal.SIGPIPE, signal.SIGALRM,
    signal.SIGTERM, signal.SIGSTKFLT, signal.SIGXCPU, signal.SIGXFSZ, signal.SIGVTALRM, signal.SIGPROF, signal.SIGIO,
    signal.SIGPWR, signal.SIGSYS, *range(34, 65),
]  # fmt: skip


def no_core() -> None:
    """Forbid core files, for deaths that would write one, between fork and exec."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@pytest.mark.behaviour("signal-death-is-128-plus-n")
def test_every_ending_signal(kubexit: Kubexit, actor: str) -> None:
    """Death by signal n is 128+n, as the exit code and on the tombstone, for each signal that ends a process."""
    numbers = [int(number) for number in (ENDING if kubexit.is_native else (signal.SIGKILL, signal.SIGTERM, 64))]
    running = [
        (number, kubexit.start(actor, "die", str(number), name=f"main-{number}", preexec_fn=no_core))
        for number in numbers
    ]

    expected = {number: 128 + number for number in numbers}
    assert {number: supervised.wait() for number, supervised in running} == expected
    assert {number: kubexit.tombstone(f"main-{number}")["ExitCode"] for number in numbers} == expected


@pytest.mark.behaviour("signal-death-is-128-plus-n", "core-dump-keeps-code")
def test_fault_with_core_dump(kubexit: Kubexit, actor: str) -> None:
    """A real fault is 128 plus SIGSEGV, also when the kernel dumps core."""
    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)

    finished = kubexit.run(
        actor, "fault", cwd=kubexit.folder, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, unlimited)
    )

    assert finished.code == 128 + signal.SIGSEGV


@pytest.mark.behaviour("signal-death-is-128-plus-n")
def test_killed_from_outside(kubexit: Kubexit, actor: str) -> None:
    """SIGKILL sent to the command by another process is 137, and kubexit does not log it as its own."""
    supervised = kubexit.start(actor, "ready-then-wait")
    supervised.wait_line("READY")
    os.kill(supervised.command_pid(), signal.SIGKILL)

    assert supervised.wait() == 137
    assert list(kubexit.tombstone()) == ["Born", "Died", "ExitCode", "Life", "Probe"]
