"""Lists of dependencies: split on commas, trimmed, empty elements dropped, duplicates merged."""

from types import ModuleType

import pytest

BASE = (b"KUBEXIT_NAME=main", b"KUBEXIT_POD_NAME=pod", b"KUBEXIT_NAMESPACE=ns")


@pytest.mark.behaviour("lists-ignore-blanks-and-repeats")
@pytest.mark.parametrize(
    ("variable", "text"),
    [
        (b"KUBEXIT_DEATH_DEPS", b"db:died"),
        (b"KUBEXIT_DEATH_DEPS", b"db:failed"),
        (b"KUBEXIT_DEATH_DEPS", b"db:succeeded"),
        (b"KUBEXIT_DEATH_DEPS", b"db:failed,db:succeeded"),
        (b"KUBEXIT_BIRTH_DEPS", b"db:born"),
        (b"KUBEXIT_BIRTH_DEPS", b"db:died"),
        (b"KUBEXIT_BIRTH_DEPS", b"db:succeeded"),
        (b"KUBEXIT_BIRTH_DEPS", b"db,db:born"),
        (b"KUBEXIT_BIRTH_DEPS", b"db?"),
        (b"KUBEXIT_BIRTH_DEPS", b"*"),
        (b"KUBEXIT_BIRTH_DEPS", b"*,db"),
    ],
)
def test_conditions_of_each_list(supervisor: ModuleType, variable: bytes, text: bytes) -> None:
    """Each list takes its own conditions."""
    assert supervisor.settings_read((*BASE, variable + b"=" + text))


@pytest.mark.behaviour("bad-setting-exits-with-2", "lists-ignore-blanks-and-repeats")
@pytest.mark.parametrize(
    ("variable", "text", "why"),
    [
        (b"KUBEXIT_DEATH_DEPS", b"db:born", "unknown condition"),
        (b"KUBEXIT_DEATH_DEPS", b"db:ready", "unknown condition"),
        (b"KUBEXIT_DEATH_DEPS", b"db:", "unknown condition"),
        (b"KUBEXIT_DEATH_DEPS", b"db:Died", "unknown condition"),
        (b"KUBEXIT_DEATH_DEPS", b"db: died", "unknown condition"),
        (b"KUBEXIT_DEATH_DEPS", b"db:died:failed", "unknown condition"),
        (b"KUBEXIT_DEATH_DEPS", b"db?:died", "not supported here"),
        (b"KUBEXIT_DEATH_DEPS", b"*", "not supported here"),
        (b"KUBEXIT_BIRTH_DEPS", b"db:failed", "unknown condition"),
        (b"KUBEXIT_BIRTH_DEPS", b"db:", "unknown condition"),
        (b"KUBEXIT_BIRTH_DEPS", b"db?:born", "Kubernetes API"),
        (b"KUBEXIT_BIRTH_DEPS", b"*:born", "Kubernetes API"),
        (b"KUBEXIT_BIRTH_DEPS", b"?", "empty name"),
    ],
)
def test_conditions_of_the_other_list_are_refused(
    supervisor: ModuleType, variable: bytes, text: bytes, why: str
) -> None:
    """The conditions of the other list are refused, and so are `?` and `*` where the API is not asked for the name."""
    with pytest.raises(ValueError, match=f"^{variable.decode()}=.*: .*{why}"):
        supervisor.settings_read((*BASE, variable + b"=" + text))


@pytest.mark.behaviour("graveyard-source-asks-no-api")
@pytest.mark.parametrize("text", [b"db?", b"*"])
def test_needs_the_api(supervisor: ModuleType, text: bytes) -> None:
    """`?` and `*` need the API: only it knows the containers of the pod."""
    with pytest.raises(ValueError, match=r"^KUBEXIT_BIRTH_DEPS"):
        supervisor.settings_read((*BASE, b"KUBEXIT_BIRTH_SOURCE=graveyard", b"KUBEXIT_BIRTH_DEPS=" + text))


@pytest.mark.behaviour("lists-ignore-blanks-and-repeats")
def test_at_most_128(supervisor: ModuleType) -> None:
    """There may be 128 dependencies in all; a name that is listed twice counts once."""
    names = [b"c%d" % number for number in range(128)]
    deaths, births = b",".join(names), b",".join(name + b":born" for name in names[:60])
    supervisor.settings_read((*BASE, b"KUBEXIT_DEATH_DEPS=" + deaths, b"KUBEXIT_BIRTH_DEPS=" + births))

    with pytest.raises(ValueError, match=r"^KUBEXIT_DEATH_DEPS.*128"):
        supervisor.settings_read((*BASE, b"KUBEXIT_DEATH_DEPS=" + deaths + b",one-more"))
