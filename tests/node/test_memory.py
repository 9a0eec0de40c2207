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


# Waits for kubexit's waiter, makes it the first that the killer takes, and fills the memory of the container until it
# is gone. The memory stays full, so no later waiter has room. The limit leaves room for the start: a lower one can
# kill the runtime's own init, on some machines, and then no kubexit runs that could name anything.
FILL = """\
until [ "$name" = kubexit.waiter ]; do
  for process in /proc/[0-9]*; do
    read name <$process/comm; [ "$name" = kubexit.waiter ] && break
  done
done
echo 1000 >$process/oom_score_adj
while [ -e $process ]; do head -c 1M /dev/zero >>/dev/shm/full; done
"""
LIMIT = {"resources": {"limits": {"memory": "40Mi"}}}
NEVER_READY = {"readinessProbe": {"exec": {"command": ["false"]}}}


def test_memory_limit_that_kills_the_waiter_is_named(here: Space) -> None:
    """A memory limit that is too small for the waiter is named in the log, and the wait ends at its timeout."""
    here.let_wait()
    script = 'sh -c "$FILL" 2>/dev/null & exec kubexit -- echo born'
    main = container("main", "", LIMIT, BIRTH_DEPS="side", BIRTH_TIMEOUT="20s")
    main["command"] = ["sh", "-c", script]
    main["env"].append({"name": "FILL", "value": FILL})
    made = here.job(pod(main, container("side", "exec sleep 600", NEVER_READY, DEATH_DEPS="main")))

    assert here.wait_job() == "Failed"
    assert made.code["main"] == 69, made.story
    assert "SIGKILL ended the waiter" in made.log("main")
    assert "is the container's memory limit too low for it?" in made.log("main")
