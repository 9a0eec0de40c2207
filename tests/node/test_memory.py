"""A container that uses more memory than it may."""

import pytest

from e2e.container import container, pod
from e2e.space import Space

pytestmark = pytest.mark.node

# Requests like limits: then neither process is preferred by the out-of-memory killer.
SMALL = {"resources": {kind: {"memory": "40Mi", "cpu": "100m"} for kind in ("limits", "requests")}}
EAT = "exec python3 -c 'bytearray(256 << 20)'"
SIDE = 'trap "echo asked; exit 0" TERM; echo serving; sleep 600 & wait'


def test_command_killed_for_memory_fails_its_container(here: Space) -> None:
    """The command is killed for memory: kubexit exits with 137, and the sidecar that waits for a failure ends."""
    main = container("main", f"sleep 1; {EAT}", SMALL, BIRTH_DEPS="side:born")
    side = container("side", SIDE, SMALL, DEATH_DEPS="main:failed", EXIT_CODE_ON_STOP="zero")
    made = here.job(pod(main, side))

    assert here.wait_job() == "Failed"
    assert made.code == {"main": 137, "side": 0}, made.story
    assert "asked" in made.log("side")
    assert made.state("main")["terminated"]["reason"] == "OOMKilled", made.story


def test_container_killed_for_memory_counts_as_a_crash(here: Space) -> None:
    """kubexit itself is killed, so no tombstone is written: the sidecar counts that as a failure at once."""
    # What is in /dev/shm is memory of no process: the killer takes process 1, and with it the kernel ends all others.
    script = "sleep 1; echo 1000 >/proc/1/oom_score_adj; exec head -c 60M /dev/zero >/dev/shm/full"
    main = container("main", script, SMALL, BIRTH_DEPS="side:born")
    side = container("side", SIDE, SMALL, DEATH_DEPS="main:failed", EXIT_CODE_ON_STOP="zero")
    made = here.job(pod(main, side))

    assert here.wait_job() == "Failed"
    assert made.code == {"main": 137, "side": 0}, made.story
    assert "asked" in made.log("side")
    assert "ended" not in made.log("main"), "kubexit lived on"


def test_memory_limit_that_kills_the_waiter_is_named(here: Space) -> None:
    """A memory limit that is too small for the waiter is named in the log. The first look fits into 6 MiB here."""
    here.let_wait()
    tiny = {"resources": {"limits": {"memory": "5Mi"}}}
    main = container("main", "echo born", tiny, BIRTH_DEPS="side", BIRTH_TIMEOUT="20s")
    made = here.job(pod(main, container("side", "exec sleep 600", DEATH_DEPS="main")))

    assert here.wait_job() == "Failed"
    assert made.code["main"] == 69, made.story
    assert "memory limit" in made.log("main")
