"""A name is one part of a path, and is different from any draft and any list syntax."""

from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

GOOD = [
    b"main",
    b"a",
    b"a-b_c.d",
    b"Main2",
    b"x" * 240,
    "größe".encode(),
    b"-",
    b"--",
    b"~",
    b"a.",
    b"$(x)",
    b"*a",
    b"0",
    b"\xff",
]
BAD = [
    b".",
    b"..",
    b".main",
    b".alive",
    b"a/b",
    b"/",
    b"../x",
    b"a b",
    b" a",
    b"a ",
    b"a\tb",
    b"a\nb",
    b"\x7f",
    b"\x01",
    b"a,b",
    b"a:b",
]
BAD += [b":", b",", b"x" * 241, b"x" * 4000]
MARK = b"\xef\xbb\xbf"  # the byte order mark, U+FEFF
BAD += [b"a" + MARK, b"a" + MARK + b"b"]


def refusal(supervisor: ModuleType, *environ: bytes) -> str | None:
    """Return the message of a refusal, None when the settings are accepted."""
    try:
        supervisor.settings_read(environ)
    except ValueError as problem:
        return str(problem)
    return None


@pytest.mark.behaviour("names-of-tombstones")
@pytest.mark.parametrize("name", GOOD, ids=lambda name: repr(name)[:30])
def test_good_names_are_accepted(supervisor: ModuleType, name: bytes) -> None:
    """A file name without the letters of the list syntax is a name."""
    assert refusal(supervisor, b"KUBEXIT_NAME=" + name) is None


@pytest.mark.behaviour("bad-setting-exits-with-2", "names-of-tombstones")
@pytest.mark.parametrize("name", [b"", *BAD], ids=lambda name: repr(name)[:30])
def test_bad_names_are_refused(supervisor: ModuleType, name: bytes) -> None:
    """Any other text is refused in one line that names the variable."""
    message = refusal(supervisor, b"KUBEXIT_NAME=" + name)

    assert message is not None
    assert message.startswith("KUBEXIT_NAME")


@pytest.mark.behaviour("bad-setting-exits-with-2")
def test_a_missing_name_is_refused(supervisor: ModuleType) -> None:
    """Without KUBEXIT_NAME there is no supervision."""
    assert "KUBEXIT_NAME" in (refusal(supervisor) or "")


@pytest.mark.behaviour("names-of-tombstones")
@pytest.mark.parametrize("variable", [b"KUBEXIT_DEATH_DEPS", b"KUBEXIT_BIRTH_DEPS"])
@pytest.mark.parametrize(
    "name", [name for name in BAD if b"," not in name and name.strip() == name], ids=lambda name: repr(name)[:30]
)
def test_bad_dependencies_are_refused(supervisor: ModuleType, variable: bytes, name: bytes) -> None:
    """The names of dependencies are checked in the same way."""
    message = refusal(supervisor, b"KUBEXIT_NAME=main", b"KUBEXIT_BIRTH_SOURCE=graveyard", variable + b"=ok," + name)

    assert message is not None
    assert message.startswith(variable.decode())


@pytest.mark.behaviour("no-dependency-on-itself")
@pytest.mark.parametrize("variable", [b"KUBEXIT_DEATH_DEPS", b"KUBEXIT_BIRTH_DEPS"])
@pytest.mark.parametrize("element", [b"main", b"main:died", b" main ", b"db,main"])
def test_a_container_cannot_depend_on_itself(supervisor: ModuleType, variable: bytes, element: bytes) -> None:
    """A container that depends on itself is refused."""
    message = refusal(supervisor, b"KUBEXIT_NAME=main", b"KUBEXIT_BIRTH_SOURCE=graveyard", variable + b"=" + element)

    assert message is not None
    assert message.startswith(variable.decode())
    assert "main" in message


@pytest.mark.behaviour("byte-order-mark-skipped")
@pytest.mark.parametrize(
    ("setting", "value", "found"),
    [
        ("name", b"main", b"main"),
        ("grace_period", b"5s", 5 * 10**9),
        ("graveyard", b"/g", b"/g"),
        ("birth_deps", b"db:born", b"db:born"),
        ("mesh", b"istio", "istio"),
    ],
)
def test_a_byte_order_mark_before_a_value(supervisor: ModuleType, setting: str, value: bytes, found: object) -> None:
    """The byte order mark of the file that a value comes from is no part of the value."""
    environ = [b"KUBEXIT_" + setting.upper().encode() + b"=" + MARK + value, b"KUBEXIT_NAME=main"]

    assert supervisor.settings_read(environ)[setting] == found


@pytest.mark.behaviour("byte-order-mark-skipped")
def test_a_value_that_is_only_a_byte_order_mark(supervisor: ModuleType) -> None:
    """It is no value: the default counts, and a plan is empty."""
    assert supervisor.settings_read([b"KUBEXIT_NAME=a", b"KUBEXIT_GRACE_PERIOD=" + MARK])["grace_period"] == 30 * 10**9
    with pytest.raises(ValueError, match="KUBEXIT_PLAN: is empty"):
        supervisor.settings_read([b"KUBEXIT_NAME=a", b"KUBEXIT_PLAN=" + MARK])


@pytest.mark.behaviour("byte-order-mark-skipped")
@pytest.mark.parametrize("variable", [b"KUBEXIT_NAME", b"KUBEXIT_DEATH_DEPS"])
def test_a_byte_order_mark_in_a_name(supervisor: ModuleType, variable: bytes) -> None:
    """Inside of a name it is refused, since no person would see why no container has this name."""
    message = refusal(supervisor, b"KUBEXIT_NAME=main", variable + b"=a" + MARK + b"b")
    if variable == b"KUBEXIT_NAME":
        message = refusal(supervisor, variable + b"=a" + MARK + b"b")

    assert "byte order mark (U+FEFF), which is not visible" in (message or "")


@pytest.mark.behaviour("names-of-tombstones")
@given(st.binary(max_size=300).filter(lambda name: b"\0" not in name))
def test_exactly_the_allowed_bytes_are_names(supervisor: ModuleType, name: bytes) -> None:
    """Of all byte strings, exactly the ones that the rule allows are names."""
    forbidden = set(b",:/") | set(range(33)) | {127}
    bare = name.removeprefix(MARK)
    good = 0 < len(bare) <= 240 and not bare.startswith(b".") and not forbidden & set(bare) and MARK not in bare

    assert (refusal(supervisor, b"KUBEXIT_NAME=" + name) is None) == good


@pytest.mark.behaviour("bad-setting-exits-with-2")
@given(
    st.binary(max_size=3000).filter(lambda text: b"\0" not in text),
    st.sampled_from(b"NAME DEATH_DEPS STOP_SIGNAL GRACE_PERIOD READY_TCP".split()),
)
def test_message_is_bounded(supervisor: ModuleType, text: bytes, variable: bytes) -> None:
    """With a bad value of any length, the message stays short enough to be written at once."""
    message = refusal(
        supervisor, b"KUBEXIT_NAME=main" if variable != b"NAME" else b"", b"KUBEXIT_" + variable + b"=" + text
    )

    assert message is None or 0 < len(message) < 600
