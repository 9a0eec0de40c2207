"""What kubexit says at its start of what this kernel cannot do."""

import pytest

from harness.containers import lines
from sandbox.pod import Pod

pytestmark = [pytest.mark.sandbox, pytest.mark.single_file]

WAITS = ("/bin/actor", "ready-then-wait", "--exit", "TERM=0")


@pytest.mark.behaviour("gvisor")
def test_private_fifo_is_reported(bound: Pod) -> None:
    """On a folder of the host one warning says that crashes are not seen, and how to share the volume."""
    bound.start("main", "/bin/actor", "exit", "0").wait()
    sidecar = bound.start("sidecar", "/bin/actor", "exit", "0", BIRTH_DEPS="main:succeeded", BIRTH_SOURCE="graveyard")

    assert sidecar.wait() == 0
    (warning,) = lines(sidecar.stderr, "warn")
    assert "will not see a crash" in warning
    assert "dev.gvisor.spec.mount." in warning


@pytest.mark.behaviour("gvisor")
def test_no_poll_is_reported(bound: Pod) -> None:
    """Without looks from time to time a second one says that births and deaths are not seen either."""
    sidecar = bound.start("sidecar", *WAITS, DEATH_DEPS="main", POLL_INTERVAL="0")
    sidecar.wait_line("^READY$")
    alone = bound.start("main", *WAITS, POLL_INTERVAL="0")
    alone.wait_line("^READY$")

    assert len(lines(sidecar.stderr, "warn")) == 2
    assert "KUBEXIT_POLL_INTERVAL=0" in lines(sidecar.stderr, "warn")[1]
    assert len(lines(alone.stderr, "warn")) == 1


@pytest.mark.behaviour("gvisor")
def test_no_warning_without_liveness(bound: Pod) -> None:
    """There is no warning where crashes are not meant to be seen."""
    main = bound.start("main", "/bin/actor", "exit", "0", LIVENESS="false")

    assert main.wait() == 0
    assert lines(main.stderr, "warn") == []


@pytest.mark.behaviour("gvisor")
def test_no_warning_on_shared_tmpfs(shared: Pod) -> None:
    """On a shared tmpfs everything works, and nothing is warned about. Shown to fail on a folder of the host."""
    main = shared.start("main", "/bin/actor", "exit", "0", DEATH_DEPS="sidecar", POLL_INTERVAL="0")

    assert main.wait() == 0
    assert lines(main.stderr, "warn") == []
