"""kubexit sleeps in one place only: nothing else blocks, and a system that forbids this wait is reported."""

import errno
import signal

import pytest

from harness.containers import running
from harness.kubexit import Kubexit
from harness.processes import descriptor_info
from harness.world import namespaces

pytestmark = pytest.mark.every_form


def signalfd_flags(pid: int) -> int:
    """The flags of the process's signalfd (proc(5))."""
    (info,) = descriptor_info(pid, "signalfd")
    return int(info.partition("flags:")[2].split()[0], 8)


@pytest.mark.behaviour("refused-ppoll-exits-with-70")
@pytest.mark.parametrize("settings", [{}, {"DEATH_DEPS": "db"}], ids=["alone", "dependency"])
def test_no_read_blocks(kubexit: Kubexit, settings: dict[str, str]) -> None:
    """A read of the signalfd never blocks.

    SIGSTOP discards a SIGCONT that is pending, even between the poll that saw it and the read: a read that blocks
    then sleeps through every death until the next signal.
    """
    supervised = running(kubexit, **settings)

    assert signalfd_flags(supervised.pid) & 0o4000  # O_NONBLOCK


@pytest.mark.behaviour("every-exit-writes-a-death", "refused-ppoll-exits-with-70")
@pytest.mark.parametrize("pid1", [False, True], ids=["not-pid1", "pid1"])
@pytest.mark.parametrize(
    "settings", [{}, {"DEATH_DEPS": "db"}, {"BIRTH_DEPS": "db:born"}], ids=["alone", "death", "birth"]
)
def test_poll_is_refused(kubexit: Kubexit, pid1: bool, settings: dict[str, str]) -> None:
    """In a sandbox that refuses ppoll(2) the code is 70, and the tombstone has the reason: kubexit does not hang."""
    finished = kubexit.run(
        kubexit.program(), "plain", preexec_fn=namespaces.refuse("ppoll", errno.EPERM), pid1=pid1, **settings
    )

    assert finished.code == 70
    stone = kubexit.tombstone() or {}
    assert stone["ExitCode"] == 70
    assert "ppoll: Operation not permitted" in stone["Reason"]
    assert "ppoll: Operation not permitted" in finished.stderr


@pytest.mark.behaviour("refused-ppoll-exits-with-70")
def test_stopped_and_continued(kubexit: Kubexit) -> None:
    """A wait that SIGSTOP and SIGCONT interrupt is continued."""
    supervised = running(kubexit, "main", "USR1=3", DEATH_DEPS="db", POLL_INTERVAL="1h")
    for _ in range(20):
        supervised.signal(signal.SIGSTOP)
        supervised.signal(signal.SIGCONT)
    supervised.signal(signal.SIGUSR1)

    assert supervised.wait() == 3
