"""Init containers in gVisor: kubexit copied into a volume, and old tombstones cleared away."""

import pytest

from sandbox.pod import GRAVEYARD, Pod, crash

pytestmark = [pytest.mark.sandbox, pytest.mark.single_file]


@pytest.mark.behaviour("installs-itself")
def test_installed_copy_runs(pod: Pod) -> None:
    """A copy that an init container installed runs in another container."""
    init = pod.run("init", "/bin/kubexit", "--install", GRAVEYARD)
    assert init.wait() == 0, init.stderr
    main = pod.run("main", f"{GRAVEYARD}/kubexit", "--version")

    assert main.wait() == 0
    assert main.stdout.startswith("kubexit ")


@pytest.mark.behaviour("new-generation-clears-graveyard")
def test_generation_clears_old_tombstones(pod: Pod) -> None:
    """--clear removes what containers left that have died or crashed."""
    pod.start("dead", "/bin/actor", "exit", "0").wait()
    crashed = pod.start("crashed", "/bin/actor", "plain")
    pod.wait_tombstone("crashed", "Born")
    crash(crashed)
    init = pod.run("init", "/bin/kubexit", "--clear", GRAVEYARD)

    assert init.wait() == 0, init.stderr
    assert pod.tombstone("dead") is None
    assert pod.tombstone("crashed") is None
