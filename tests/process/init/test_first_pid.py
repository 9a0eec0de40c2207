"""kubexit supervises the command's first pid, even if that pid exits early."""

import signal

import pytest

from harness import processes
from harness.kubexit import Kubexit

pytestmark = pytest.mark.every_form


@pytest.mark.behaviour("first-pid-followed")
def test_a_daemon_is_not_waited_for(kubexit: Kubexit, actor: str) -> None:
    """A command that daemonises has ended when its first pid ends; the daemon is not waited for."""
    supervised = kubexit.start(actor, "daemonise", "6")
    daemon = int(supervised.wait_line(r"DAEMON (\d+)")[1])

    assert supervised.wait() == 6
    assert processes.alive(daemon)


@pytest.mark.behaviour("left-over-processes-stopped", "first-pid-followed")
def test_daemon_is_drained(kubexit: Kubexit, actor: str) -> None:
    """With a drain the daemon is ended too, although it has its own session."""
    finished = kubexit.run(actor, "daemonise", "6", fence=True, ORPHAN_GRACE_PERIOD="1s")

    assert finished.code == 6
    assert "daemon SIGNAL TERM" in finished.stdout
    assert "FENCE NOBODY IS LEFT" in finished.stdout


@pytest.mark.behaviour("first-pid-followed")
def test_closed_stdio_does_not_end_supervision(kubexit: Kubexit, actor: str) -> None:
    """A command that closes its stdio is still supervised."""
    supervised = kubexit.start(actor, "close-stdio", "7")
    supervised.wait_line("READY")
    supervised.signal(signal.SIGTERM)

    assert supervised.wait() == 7


@pytest.mark.behaviour("first-pid-followed")
def test_exec_of_another_program(kubexit: Kubexit, actor: str) -> None:
    """A command that executes another program is supervised as that program."""
    supervised = kubexit.start("sh", "-c", f"exec {actor} ready-then-wait --exit TERM=8")
    supervised.wait_line("READY")
    supervised.signal(signal.SIGTERM)

    assert supervised.wait() == 8
