"""The patterns `*` and `NAME?` are for birth dependencies; in a name these letters have no other meaning."""

import pytest

from harness.kubexit import Kubexit
from harness.waiters import Waiter

POD = {"POD_NAME": "pod", "NAMESPACE": "ns"}


@pytest.mark.behaviour("lists-ignore-blanks-and-repeats", "names-of-tombstones")
@pytest.mark.parametrize("element", ["*", "db?", "*:failed", "db?:died"])
def test_impossible_death_dependencies_are_refused(kubexit: Kubexit, element: str) -> None:
    """A death dependency with a name that no container can have would never die: kubexit refuses it."""
    finished = kubexit.run("echo", "BORN", DEATH_DEPS=f"other,{element}")

    assert (finished.code, finished.stdout) == (2, "")
    (line,) = finished.stderr.splitlines()
    assert f"KUBEXIT_DEATH_DEPS={element}: " in line
    assert "KUBEXIT_BIRTH_DEPS" in line
    assert (kubexit.tombstone() or {})["ExitCode"] == 2


@pytest.mark.behaviour("lists-ignore-blanks-and-repeats", "names-of-tombstones")
@pytest.mark.parametrize("name", ["*db", "d?b", "?db"])
def test_not_an_optional_name(kubexit: Kubexit, name: str) -> None:
    """Only a lone `*` and a `?` at the end mean something: any other text is asked for as it is."""
    waiter = Waiter(kubexit.folder, "exit 69")
    kubexit.start("echo", waiter=waiter, BIRTH_DEPS=name, **POD).wait()

    assert waiter.starts == [f"--pod pod --namespace ns --name main {name}"]
