"""The conditions main:died, main:failed and main:succeeded select the kind of death that counts."""

import pytest

from harness.containers import fenced_off, running
from harness.kubexit import Kubexit

# exit code in the tombstone (None: no ExitCode) -> the conditions that it meets
DEATHS = {
    0: {"died", "succeeded"},
    1: {"died", "failed"},
    143: {"died", "failed"},
    -1: {"died", "failed"},
    2147483647: {"died", "failed"},
    None: {"died"},
}
PAIRS = [(code, condition) for code in DEATHS for condition in ("died", "failed", "succeeded")]


@pytest.mark.behaviour("restarted-dependency-has-old-death", "death-policy", "signal-death-is-128-plus-n")
@pytest.mark.parametrize(("code", "condition"), [pair for pair in PAIRS if pair[1] in DEATHS[pair[0]]])
def test_a_death_of_the_kind_stops_the_command(kubexit: Kubexit, code: int | None, condition: str) -> None:
    """A death of the kind that is named ends the command."""
    container = running(kubexit, DEATH_DEPS=f"main:{condition}", POLL_INTERVAL="0")
    kubexit.carve("main", Born=True, Died=True, ExitCode=code)

    assert container.wait() == 0
    assert "main" in (kubexit.tombstone("sidecar") or {})["Reason"]


@pytest.mark.behaviour("restarted-dependency-has-old-death", "death-policy", "signal-death-is-128-plus-n")
@pytest.mark.parametrize(("code", "condition"), [pair for pair in PAIRS if pair[1] not in DEATHS[pair[0]]])
def test_a_death_of_another_kind_is_ignored(kubexit: Kubexit, code: int | None, condition: str) -> None:
    """A death of another kind does not end the command. Shown to fail by dropping the condition."""
    container = running(kubexit, DEATH_DEPS=f"main:{condition},fence")
    kubexit.carve("main", Born=True, Died=True, ExitCode=code)

    fenced_off(kubexit, container)


@pytest.mark.behaviour("restarted-dependency-has-old-death")
def test_failed_then_succeeded(kubexit: Kubexit) -> None:
    """A main that fails, is started again and succeeds ends a sidecar that waits for success, at its success."""
    container = running(kubexit, DEATH_DEPS="main:succeeded", POLL_INTERVAL="0")
    assert kubexit.run("false").code == 1
    assert kubexit.run("true").code == 0

    assert container.wait() == 0
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 0"


@pytest.mark.behaviour("restarted-dependency-has-old-death")
def test_any_of_several_conditions_counts(kubexit: Kubexit) -> None:
    """A name may have several conditions; any of them counts."""
    container = running(kubexit, DEATH_DEPS="main:failed,main:succeeded", POLL_INTERVAL="0")
    kubexit.carve("main", Born=True, Died=True, ExitCode=1)

    assert container.wait() == 0


@pytest.mark.behaviour("original-and-kubexit-see-each-other", "restarted-dependency-has-old-death")
def test_code_comes_later(kubexit: Kubexit) -> None:
    """A death whose code is written a moment later is judged by the code when it is there."""
    container = running(kubexit, DEATH_DEPS="main:failed", POLL_INTERVAL="0")
    with (kubexit.graveyard / "main").open("wb", buffering=0) as file:
        file.write(b'Died: "2020-04-28T10:41:47Z"\n')
    with (kubexit.graveyard / "main").open("ab", buffering=0) as file:
        file.write(b"ExitCode: 3\n")

    assert container.wait() == 0
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 3"
