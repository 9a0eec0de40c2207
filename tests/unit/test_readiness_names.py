"""What `db`, `db?` and `*` mean in a pod, and which of them can never become ready."""

import pytest

from harness.servers.pods import pod
from kubexit.waiter.errors import SettingsError
from kubexit.waiter.names import awaited

POD = pod("main", "db", "cache", sidecars=("proxy", "log"), inits=("setup",))


@pytest.mark.behaviour("names-looked-up-in-pod")
@pytest.mark.parametrize("name", ["db", "proxy", "setup"])
def test_names_of_both_lists(name: str) -> None:
    """A name is looked up in spec.containers and in spec.initContainers."""
    assert awaited(POD, "main", [name]) == [name]


@pytest.mark.behaviour("names-looked-up-in-pod")
def test_an_unknown_name_lists_the_known() -> None:
    """An unknown name is refused with the names that are there."""
    with pytest.raises(SettingsError, match="no container dbb; it has proxy, log, setup, main, db, cache"):
        awaited(POD, "main", ["dbb"])


@pytest.mark.behaviour("names-looked-up-in-pod")
def test_name_that_may_be_absent() -> None:
    """`db?` counts when the container exists."""
    assert awaited(POD, "main", ["db?", "mesh?"]) == ["db"]


@pytest.mark.behaviour("names-looked-up-in-pod")
def test_each_name_once() -> None:
    """A name that is listed and also covered by `*` counts once."""
    assert awaited(POD, "main", ["cache", "*"]) == ["cache", "proxy", "log", "db"]


@pytest.mark.behaviour("names-looked-up-in-pod", "native-sidecars")
@pytest.mark.parametrize(
    ("own", "names"),
    [
        ("main", ["proxy", "log", "db", "cache"]),
        ("db", ["proxy", "log", "main", "cache"]),
        ("setup", ["proxy", "log"]),
        ("log", ["proxy"]),
        ("proxy", []),
    ],
)
def test_a_star_is_all_others(own: str, names: list[str]) -> None:
    """`*` is all other regular containers and sidecars; for an init-type container, the ones that start before it."""
    assert awaited(POD, own, ["*"]) == names


@pytest.mark.behaviour("names-looked-up-in-pod")
def test_all_others_of_nobody() -> None:
    """`*` needs KUBEXIT_NAME to be a container's name: otherwise it would include the container itself."""
    with pytest.raises(SettingsError, match="KUBEXIT_NAME"):
        awaited(POD, "worker", ["*"])


@pytest.mark.behaviour("names-looked-up-in-pod")
def test_own_name_is_none_of_the_pod() -> None:
    """Named dependencies do not need KUBEXIT_NAME to be a container's name."""
    assert awaited(POD, "worker", ["db"]) == ["db"]


@pytest.mark.behaviour("native-sidecars")
@pytest.mark.parametrize("own", ["proxy", "setup"])
@pytest.mark.parametrize("word", ["db", "db?"])
def test_init_type_waits_for_a_regular_container(own: str, word: str) -> None:
    """A container that starts only after this one is refused."""
    with pytest.raises(SettingsError, match=f"{own} is an init-type container"):
        awaited(POD, own, [word])


@pytest.mark.behaviour("native-sidecars")
@pytest.mark.parametrize(("own", "name"), [("proxy", "log"), ("proxy", "setup"), ("log", "setup")])
def test_init_type_waits_for_a_later_one(own: str, name: str) -> None:
    """An init-type container cannot wait for a later one: they start one after the other."""
    assert awaited(POD, name, [own]) == [own]

    with pytest.raises(SettingsError, match=f"{name} comes after {own}"):
        awaited(POD, own, [name])


@pytest.mark.behaviour("native-sidecars")
def test_a_container_never_waits_for_itself() -> None:
    """No container waits for itself."""
    with pytest.raises(SettingsError, match="itself"):
        awaited(POD, "main", ["main"])
