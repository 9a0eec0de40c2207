"""Lists of dependencies: split on commas, trimmed, empty elements dropped, duplicates merged."""

from types import ModuleType

import pytest

BASE = (b"KUBEXIT_NAME=main", b"KUBEXIT_POD_NAME=pod", b"KUBEXIT_NAMESPACE=ns")


@pytest.mark.behaviour(4)
@pytest.mark.parametrize(
    "text",
    [b"", b",", b",,,", b" ", b" , ", b"db", b" db ", b"db,", b",db", b"db,,db2", b"db,db", b"a,b,c,a", b"\tdb\t,\tb"],
)
@pytest.mark.parametrize("variable", [b"KUBEXIT_DEATH_DEPS", b"KUBEXIT_BIRTH_DEPS"])
def test_taken(supervisor: ModuleType, variable: bytes, text: bytes) -> None:
    """Padding, empty elements and repetitions do no harm."""
    supervisor.settings_read((*BASE, variable + b"=" + text))


@pytest.mark.behaviour(4)
@pytest.mark.parametrize(
    ("variable", "text", "taken"),
    [
        (b"KUBEXIT_DEATH_DEPS", b"db:died", True),
        (b"KUBEXIT_DEATH_DEPS", b"db:failed", True),
        (b"KUBEXIT_DEATH_DEPS", b"db:succeeded", True),
        (b"KUBEXIT_DEATH_DEPS", b"db:failed,db:succeeded", True),
        (b"KUBEXIT_DEATH_DEPS", b"db:born", False),
        (b"KUBEXIT_DEATH_DEPS", b"db:ready", False),
        (b"KUBEXIT_DEATH_DEPS", b"db:", False),
        (b"KUBEXIT_DEATH_DEPS", b"db:Died", False),
        (b"KUBEXIT_DEATH_DEPS", b"db: died", False),
        (b"KUBEXIT_DEATH_DEPS", b"db:died:failed", False),
        (b"KUBEXIT_DEATH_DEPS", b"db?:died", None),
        (b"KUBEXIT_BIRTH_DEPS", b"db:born", True),
        (b"KUBEXIT_BIRTH_DEPS", b"db:died", True),
        (b"KUBEXIT_BIRTH_DEPS", b"db:succeeded", True),
        (b"KUBEXIT_BIRTH_DEPS", b"db,db:born", True),
        (b"KUBEXIT_BIRTH_DEPS", b"db:failed", False),
        (b"KUBEXIT_BIRTH_DEPS", b"db:", False),
        (b"KUBEXIT_BIRTH_DEPS", b"db?", True),
        (b"KUBEXIT_BIRTH_DEPS", b"*", True),
        (b"KUBEXIT_BIRTH_DEPS", b"*,db", True),
        (b"KUBEXIT_BIRTH_DEPS", b"db?:born", False),
        (b"KUBEXIT_BIRTH_DEPS", b"*:born", False),
        (b"KUBEXIT_BIRTH_DEPS", b"?", False),
    ],
)
def test_conditions(supervisor: ModuleType, variable: bytes, text: bytes, taken: bool | None) -> None:
    """Each list knows its own conditions, and a name in doubt needs the API."""
    environ = (*BASE, variable + b"=" + text)
    if taken:
        supervisor.settings_read(environ)
    elif taken is False:
        with pytest.raises(ValueError, match=f"^{variable.decode()}"):
            supervisor.settings_read(environ)


@pytest.mark.behaviour(106)
@pytest.mark.parametrize("text", [b"db?", b"*"])
def test_needs_the_api(supervisor: ModuleType, text: bytes) -> None:
    """Who may be absent or who all the others are is known to the API alone."""
    with pytest.raises(ValueError, match=r"^KUBEXIT_BIRTH_DEPS"):
        supervisor.settings_read((*BASE, b"KUBEXIT_BIRTH_SOURCE=graveyard", b"KUBEXIT_BIRTH_DEPS=" + text))


@pytest.mark.behaviour(4)
def test_at_most_128(supervisor: ModuleType) -> None:
    """There may be 128 dependencies in all; those named twice count once."""
    names = [b"c%d" % number for number in range(128)]
    deaths, births = b",".join(names), b",".join(name + b":born" for name in names[:60])
    supervisor.settings_read((*BASE, b"KUBEXIT_DEATH_DEPS=" + deaths, b"KUBEXIT_BIRTH_DEPS=" + births))

    with pytest.raises(ValueError, match=r"^KUBEXIT_DEATH_DEPS.*128"):
        supervisor.settings_read((*BASE, b"KUBEXIT_DEATH_DEPS=" + deaths + b",one-more"))
