"""A peer is stopped between its look at the FIFO and its look at the tombstone, while the dependency continues.

POLL_INTERVAL=0: what a look missed is not found by the next poll.
"""

from collections.abc import Callable

import pytest

from harness.containers import fenced_off, running
from harness.kubexit import Kubexit
from harness.stepper import Before, Stepper
from harness.supervised import Supervised

Steps = Callable[..., Stepper]

pytestmark = pytest.mark.behaviour("crash-seen-by-peers", "no-crash-that-was-none")

BETWEEN_LOOKS = Before("openat,open", "main|.main.alive", count=2)


def killed_with_its_death_written(kubexit: Kubexit, steps: Steps) -> None:
    """A main that exits with 0 and is killed when its death is written: its FIFO stays, without an owner."""
    ends = steps(Before("unlinkat", ".main.alive", action="kill"))
    main = running(kubexit, "main", steps=ends)
    main.signal(15)
    main.wait()
    assert (kubexit.tombstone() or {})["ExitCode"] == 0
    assert (kubexit.graveyard / ".main.alive").is_fifo()


def stepped_sidecar(kubexit: Kubexit, looks: Stepper) -> Supervised:
    """A sidecar that ends when main has failed, and that is stopped between its looks at main."""
    return kubexit.start(
        kubexit.program(), "ready-then-wait", "--exit", "TERM=0", name="sidecar", steps=looks,
        DEATH_DEPS="main:failed,fence", POLL_INTERVAL="0",
    )  # fmt: skip


def test_a_death_between_the_looks_is_no_crash(kubexit: Kubexit, steps: Steps) -> None:
    """Main is alive at the first look. Before the second it writes its death, code 0, and is killed.

    Fails when the tombstone is read before the FIFO: then the peer sees neither a death nor an owner.
    """
    ends = steps(Before("unlinkat", ".main.alive", action="kill"))
    main = running(kubexit, "main", steps=ends)
    kubexit.wait_tombstone("main", "Born")
    looks = steps(BETWEEN_LOOKS)
    sidecar = stepped_sidecar(kubexit, looks)
    looks.reached()
    main.signal(15)
    main.wait()
    assert (kubexit.graveyard / ".main.alive").is_fifo()
    looks.resume()

    fenced_off(kubexit, sidecar)


def test_a_restart_between_the_looks_is_no_crash(kubexit: Kubexit, steps: Steps) -> None:
    """The FIFO has no owner at the first look. Before the second main starts again, and its old death goes.

    Fails without the second look at the FIFO: then the peer has seen no owner and no death.
    """
    killed_with_its_death_written(kubexit, steps)
    looks = steps(BETWEEN_LOOKS)
    sidecar = stepped_sidecar(kubexit, looks)
    looks.reached()
    running(kubexit, "main")
    looks.resume()

    fenced_off(kubexit, sidecar)
