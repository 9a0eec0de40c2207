"""The text of a plan: lines, settings, comments, quotes; each mistake has its line and column."""

from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.behaviour("plan-text")


def lines(supervisor: ModuleType, text: str) -> dict[str, dict[str, bytes]]:
    """The settings of each container of a plan without mistakes."""
    plan = supervisor.plan_read(text.encode(), check=False)
    assert plan["problems"] == []
    return {line["name"].decode(): line["settings"] for line in plan["lines"]}


def problems(supervisor: ModuleType, text: str, *, check: bool = False) -> list[str]:
    """What is wrong with a plan."""
    return supervisor.plan_read(text.encode(), check=check)["problems"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a: READY_TCP=80", {"a": {"READY_TCP": b"80"}}),
        ("a:READY_TCP=80", {"a": {"READY_TCP": b"80"}}),
        ("a:", {"a": {}}),
        (" \ta :\tREADY_TCP=80  STRICT=true ", {"a": {"READY_TCP": b"80", "STRICT": b"true"}}),
        ("# one\n\na: STRICT=true # two\r\n  # three\n\nb:\n", {"a": {"STRICT": b"true"}, "b": {}}),
        ("a:#comment", {"a": {}}),
        ("a: READY_HTTP=http://localhost/#x", {"a": {"READY_HTTP": b"http://localhost/#x"}}),
        ('a: READY_EXEC="pg_isready -q" STRICT="true"', {"a": {"READY_EXEC": b"pg_isready -q", "STRICT": b"true"}}),
        ('a: READY_EXEC="a # b:c=d" #', {"a": {"READY_EXEC": b"a # b:c=d"}}),
        ('a: READY_FILE="" READY_TCP=', {"a": {"READY_FILE": b"", "READY_TCP": b""}}),
        ("a: BIRTH_DEPS=b:born,c READY_FILE=/x=y", {"a": {"BIRTH_DEPS": b"b:born,c", "READY_FILE": b"/x=y"}}),
        ("größe: READY_FILE=/ä", {"größe": {"READY_FILE": "/ä".encode()}}),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_what_a_plan_can_be(supervisor: ModuleType, text: str, read: dict[str, dict[str, bytes]]) -> None:
    """Blanks, comments, line ends and quotes are as the page on plans says."""
    assert lines(supervisor, text) == read


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("a: STRICT=true\n  b STRICT=true", "line 2, column 3", "no colon behind the name"),
        ("a BIRTH_DEPS=b:born", "line 1, column 1", "no colon behind the name"),
        ("a\tREADY_HTTP=http://[::1]/", "line 1, column 1", "no colon behind the name"),
        ("a=b c: STRICT=true", "line 1, column 1", "invalid name; it cannot contain blanks"),
        (".a: STRICT=true", "line 1, column 1", "invalid name; it cannot begin with a dot"),
        ("a b: STRICT=true", "line 1, column 1", "invalid name; it cannot contain blanks"),
        (": STRICT=true", "line 1, column 1", "empty name"),
        ("a:\nb:\n a:", "line 3, column 2", "this container has a line already"),
        ("a: STRICT", "line 1, column 4", "no value; use SETTING=VALUE"),
        ("a: BIRTH_DEPS=b, c:born", "line 1, column 18", "a list cannot contain blanks; use SETTING=ONE,TWO"),
        ("a: BIRTH_DEPS=b ,c:born", "line 1, column 17", "a list cannot contain blanks"),
        ("a: y,", "line 1, column 4", "no value; use SETTING=VALUE"),
        ("a: =x", "line 1, column 4", "no name before the sign"),
        ('a: READY_EXEC="x y', "line 1, column 4", "no closing quote"),
        ('a: READY_EXEC="x\n#"', "line 1, column 4", "no closing quote"),
        ('a: READY_EXEC="x"y', "line 1, column 4", "text behind the closing quote"),
        ('a: READY_EXEC=x"y', "line 1, column 4", "a quote inside of a value"),
        ("a: STRICT=true STRICT=true", "line 1, column 16", "STRICT is on this line already"),
        ("a: STRICT= STRICT=true", "line 1, column 12", "STRICT is on this line already"),
        ("a: STRIKT=true", "line 1, column 4", "unknown setting STRIKT; did you mean STRICT?"),
        ("a: strict=true", "line 1, column 4", "unknown setting strict; did you mean STRICT?"),
        ("a: COLOUR=red", "line 1, column 4", "unknown setting COLOUR; kubexit --help lists"),
        ("a: KUBEXIT_STRICT=true", "line 1, column 4", "KUBEXIT_STRICT: write settings without KUBEXIT_"),
        ("größe: READY_FILE=ä STRIKT=true", "line 1, column 21", "unknown setting STRIKT"),
        ("\n\r\n# x\na: STRIKT=true", "line 4, column 4", "unknown setting STRIKT"),
    ],
)
def test_a_mistake_has_its_place(supervisor: ModuleType, text: str, place: str, why: str) -> None:
    """A mistake is one line with the place in characters, the reason, and the line of the plan."""
    (problem,) = problems(supervisor, text)

    assert problem.startswith(f"KUBEXIT_PLAN {place}: {why}")
    shown = text.split("\n")[int(place.split()[1].strip(",")) - 1].rstrip("\r")
    assert problem.endswith(f" [{shown}]")


@pytest.mark.parametrize("name", ["NAME", "GRAVEYARD", "PLAN", "DISABLED", "POD_NAME", "NAMESPACE"])
def test_what_a_plan_cannot_set(supervisor: ModuleType, name: str) -> None:
    """Six settings belong to the container."""
    (problem,) = problems(supervisor, f"a: {name}=x")

    assert f"{name} cannot be in a plan; set KUBEXIT_{name} in the container" in problem


def test_every_other_setting_can_be_in_a_plan(supervisor: ModuleType) -> None:
    """Each row of the table but these six is a setting of a plan."""
    rows = [row["name"].removeprefix("KUBEXIT_") for row in supervisor.settings_table()]
    refused = [name for name in rows if problems(supervisor, f"a: {name}=x")]

    assert sorted(refused) == ["DISABLED", "GRAVEYARD", "NAME", "NAMESPACE", "PLAN", "POD_NAME"]


def test_mistakes_do_not_hide_others(supervisor: ModuleType) -> None:
    """A bad setting and a bad line are left out; everything else is read."""
    plan = supervisor.plan_read(b"a: X=1 STRICT=true Y\nb c:\nd: STRICT=true", check=False)

    assert len(plan["problems"]) == 3
    assert [(line["name"], line["settings"]) for line in plan["lines"]] == [
        (b"a", {"STRICT": b"true"}),
        (b"d", {"STRICT": b"true"}),
    ]


@pytest.mark.parametrize("text", ["", " ", "\n\r\n\t ", "# a comment", "#a: STRICT=true\n"], ids=repr)
def test_an_empty_plan(supervisor: ModuleType, text: str) -> None:
    """A plan without a line is a mistake, and the message has the likely cause."""
    assert problems(supervisor, text) == ["KUBEXIT_PLAN: is empty; is the annotation on the pod template?"]


def test_the_longest_plan(supervisor: ModuleType) -> None:
    """A plan has at most 32 KiB and 128 lines."""
    assert problems(supervisor, "a:\n".ljust(32768, "#")) == []
    assert problems(supervisor, "a:\n".ljust(32769, "#")) == ["KUBEXIT_PLAN: too long; use at most 32 KiB"]
    many = "".join(f"c{number}:\n" for number in range(129))
    (problem,) = problems(supervisor, many)
    assert problem == "KUBEXIT_PLAN line 129, column 1: one line too many; use at most 128 [c128:]"


def test_the_hash_is_that_of_the_text(supervisor: ModuleType) -> None:
    """Any other text has another hash, but blanks at the end do not count (FNV-1a, 64 bits)."""

    def hashed(text: bytes) -> str:
        return supervisor.plan_read(text)["hash"]

    assert hashed(b"a:") == hashed(b"a:\n") == hashed(b"a: \r\n\n")
    assert len({hashed(b"a:"), hashed(b"b:"), hashed(b"a: "[:2] + b"#"), hashed(b" a:")}) == 4
    number = 0xCBF29CE484222325
    for byte in b"a:":
        number = (number ^ byte) * 0x100000001B3 % 2**64
    assert hashed(b"a:") == f"{number:016x}"


@pytest.mark.behaviour("byte-order-mark-skipped")
def test_a_byte_order_mark_is_no_part_of_a_plan(supervisor: ModuleType) -> None:
    """The mark at the begin of a plan changes neither a name, nor the hash, nor the place of a mistake."""
    plain = b"a: LIVENESS=false\nb: X=1"
    marked = b"\xef\xbb\xbf" + plain

    assert supervisor.plan_read(marked) == supervisor.plan_read(plain)
    assert "line 1, column 4" in supervisor.plan_read(b"\xef\xbb\xbfa: X=1")["problems"][0]
    (problem, *_) = supervisor.plan_read(b"b:\n" + marked)["problems"]
    assert problem.startswith("KUBEXIT_PLAN line 2, column 1: invalid name; it cannot contain a byte order mark")


WORDS = st.text(st.characters(codec="utf-8", exclude_characters='\0\n"'), max_size=12)


SETTINGS = st.dictionaries(st.sampled_from(["STRICT", "READY_FILE"]), WORDS)


@given(st.dictionaries(st.sampled_from("abcde"), SETTINGS, min_size=1))
def test_quoted_values_are_read_as_written(supervisor: ModuleType, plan: dict[str, dict[str, str]]) -> None:
    """Any text without a quote and a line end is a value in quotes."""
    words = {name: " ".join(f'{key}="{value}"' for key, value in settings.items()) for name, settings in plan.items()}
    text = "\n".join(f"{name}: {line}" for name, line in words.items())

    assert lines(supervisor, text) == {
        name: {key: value.encode() for key, value in settings.items()} for name, settings in plan.items()
    }


@given(st.binary(max_size=400))
def test_any_text_is_read(supervisor: ModuleType, text: bytes) -> None:
    """Any bytes are a plan or have mistakes, each of which is one short line."""
    found = supervisor.plan_read(text.replace(b"\0", b""))

    assert found["lines"] or found["problems"]
    assert all(len(problem) < 512 and "\n" not in problem for problem in found["problems"])
