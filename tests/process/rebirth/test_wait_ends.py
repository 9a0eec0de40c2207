"""How the wait for a restart ends without one: its time limit, another death, a signal."""

import pytest

from harness.containers import lines, running
from harness.kubexit import Kubexit
from harness.supervised import Finished

from .test_started_again import died, held_back, still_held_back

SHORT = "200ms"


def started_again(kubexit: Kubexit, **settings: str) -> Finished:
    """Start `sidecar` again, and wait for its end."""
    died(kubexit, "sidecar")
    settings.setdefault("DEATH_DEPS", "main")
    settings.setdefault("REBIRTH_TIMEOUT", SHORT)
    return kubexit.run("echo", "BORN", name="sidecar", **settings)


@pytest.mark.every_form
@pytest.mark.behaviour("rebirth-wait-has-a-limit", "dead-dependency-exits-quietly", "dead-before-start")
def test_after_the_limit_the_death_counts(kubexit: Kubexit) -> None:
    """A sidecar that is started again after its main has finished exits with 0, without a warning."""
    died(kubexit, "main")
    finished = started_again(kubexit)

    assert (finished.code, finished.stdout) == (0, "")
    assert lines(finished.stderr, "warn") + lines(finished.stderr, "error") == []
    assert len(finished.stderr.splitlines()) == 2
    stone = kubexit.tombstone("sidecar") or {}
    assert stone["Reason"] == "dependency main died with exit code 0 and was not started again within 200ms"
    assert stone["WaitsFor"] == "main:restarted"
    assert stone["Reason"] in finished.stderr


@pytest.mark.behaviour("rebirth-wait-has-a-limit", "dead-before-start")
def test_zero_is_no_wait(kubexit: Kubexit) -> None:
    """With 0 a death that the first look finds counts at once."""
    died(kubexit, "main")
    finished = started_again(kubexit, REBIRTH_TIMEOUT="0")

    assert (finished.code, finished.stdout) == (0, "")
    assert len(finished.stderr.splitlines()) == 1
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 0"


@pytest.mark.behaviour("rebirth-wait-has-a-limit")
def test_the_default_is_30_seconds(kubexit: Kubexit) -> None:
    """The line of the wait names the limit, 30 s if it is not set."""
    died(kubexit, "main", code=7)
    sidecar = held_back(kubexit, REBIRTH_TIMEOUT="")

    expected = "dependency main died with exit code 7 before this container was started again; waiting for it to be "
    assert expected + "started again too, at most 30s" in sidecar.stderr


@pytest.mark.behaviour("rebirth-wait-has-a-limit", "crashed-proxy-is-no-success")
def test_a_failure_with_birth_urls_is_69(kubexit: Kubexit) -> None:
    """If the dead container failed, and a URL is waited for, the end of the wait is a failure, as without a restart."""
    died(kubexit, "main", code=1)
    finished = started_again(kubexit, BIRTH_URLS="http://127.0.0.1:9/", BIRTH_TIMEOUT="1h")

    assert (finished.code, finished.stdout) == (69, "")


@pytest.mark.behaviour("death-in-the-rebirth-wait")
def test_another_death_counts_at_once(kubexit: Kubexit) -> None:
    """A dependency that was started again and has died again is dead, whether it was seen alive or not."""
    died(kubexit, "main")
    sidecar = held_back(kubexit)
    kubexit.carve("main", Died=True, ExitCode=2)

    assert sidecar.wait() == 0
    assert sidecar.stdout == ""
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 2"


@pytest.mark.behaviour("death-in-the-rebirth-wait", "crash-seen-by-peers")
@pytest.mark.parametrize("end", ["exit", "crash"])
def test_a_second_death_while_another_is_awaited(kubexit: Kubexit, end: str) -> None:
    """One of two comes back and dies or crashes, while the other is still awaited: that is a death."""
    died(kubexit, "a", "b")
    sidecar = held_back(kubexit, DEATH_DEPS="a,b")
    again = running(kubexit, "a", exits="TERM=3")
    sidecar.wait_line("a was started again", stream="stderr")
    if end == "exit":
        again.signal(15)
    else:
        again.kill()

    assert sidecar.wait() == 0
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == (
        "dependency a died with exit code 3" if end == "exit" else "dependency a crashed"
    )


@pytest.mark.behaviour("death-in-the-rebirth-wait")
def test_a_first_death_of_another(kubexit: Kubexit) -> None:
    """A dependency that was alive at the first look and dies during the wait is dead."""
    died(kubexit, "a")
    kubexit.carve("b", Born=True)
    sidecar = held_back(kubexit, DEATH_DEPS="a,b")
    died(kubexit, "b")

    assert sidecar.wait() == 0
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency b died with exit code 0"


@pytest.mark.behaviour("death-in-the-rebirth-wait")
@pytest.mark.parametrize(("code", "started"), [(0, True), (4, False)])
def test_the_condition_holds_for_the_second_death(kubexit: Kubexit, code: int, started: bool) -> None:
    """With `main:failed`, a main that comes back and succeeds is no death; one that fails again is."""
    died(kubexit, "main", code=9)
    died(kubexit, "sidecar")
    sidecar = kubexit.start("echo", "BORN", name="sidecar", DEATH_DEPS="main:failed", REBIRTH_TIMEOUT="1h")
    sidecar.wait_line("to be started again too", stream="stderr")
    died(kubexit, "main", code=code)

    assert sidecar.wait() == 0
    assert (sidecar.stdout == "BORN\n") == started


@pytest.mark.behaviour("old-death-ignored-after-restart", "dead-before-start")
@pytest.mark.parametrize(("condition", "code"), [("failed", 0), ("succeeded", 1)])
def test_a_death_that_is_not_meant_holds_nothing_back(kubexit: Kubexit, condition: str, code: int) -> None:
    """A death of another kind than the condition names does not delay the start."""
    died(kubexit, "main", code=code)
    finished = started_again(kubexit, DEATH_DEPS=f"main:{condition}", REBIRTH_TIMEOUT="1h")

    assert finished.stdout == "BORN\n"


@pytest.mark.behaviour("rebirth-wait-has-a-limit", "signal-during-birth-wait")
def test_sigterm_ends_the_wait(kubexit: Kubexit) -> None:
    """SIGTERM ends the wait: 143, and the reason names what was awaited."""
    died(kubexit, "main")
    sidecar = held_back(kubexit, TERM_AFTER="main")
    sidecar.signal(15)

    assert sidecar.wait() == 143
    assert sidecar.stdout == ""
    assert "while waiting for main to be started again" in (kubexit.tombstone("sidecar") or {})["Reason"]


@pytest.mark.behaviour("old-death-ignored-after-restart", "death-policy")
def test_with_all_one_life_is_enough(kubexit: Kubexit) -> None:
    """With the policy all, one dependency that is alive is enough to start, as for a first start."""
    died(kubexit, "a")
    kubexit.carve("b", Born=True)
    finished = started_again(kubexit, DEATH_DEPS="a,b", DEATH_POLICY="all", REBIRTH_TIMEOUT="1h")

    assert finished.stdout == "BORN\n"


@pytest.mark.behaviour("old-death-ignored-after-restart", "death-policy")
def test_with_all_one_restart_is_enough(kubexit: Kubexit) -> None:
    """With the policy all and all dead, one that is started again is enough; then both are dead again at its end."""
    died(kubexit, "a", "b")
    sidecar = held_back(kubexit, DEATH_DEPS="a,b", DEATH_POLICY="all")
    still_held_back(sidecar)
    again = running(kubexit, "a", exits="TERM=5")
    sidecar.wait_line("^READY$")
    again.signal(15)

    assert sidecar.wait() == 0
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency a died with exit code 5"


@pytest.mark.behaviour("rebirth-wait-has-a-limit", "death-policy")
def test_with_all_the_limit_holds_too(kubexit: Kubexit) -> None:
    """With the policy all and all dead, the command does not start after the limit."""
    died(kubexit, "a", "b")
    finished = started_again(kubexit, DEATH_DEPS="a,b", DEATH_POLICY="all")

    assert (finished.code, finished.stdout) == (0, "")
