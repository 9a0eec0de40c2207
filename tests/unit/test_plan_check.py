"""The check of a plan: every container checks all lines, its own and the others."""

from types import ModuleType

import pytest

pytestmark = pytest.mark.behaviour("plan-checked-whole")


def problems(supervisor: ModuleType, text: str) -> list[str]:
    """What is wrong with a plan."""
    return supervisor.plan_read(text.encode())["problems"]


@pytest.mark.parametrize(
    "text",
    [
        "report:  BIRTH_DEPS=proxy\nproxy:   SIDECAR_OF=report READY_TCP=8080\n"
        "shipper: SIDECAR_OF=report TERM_AFTER=report,proxy",
        "a: BIRTH_DEPS=b:born,c:died,d:succeeded\nb:\nc:\nd:",
        "a: BIRTH_DEPS=b BIRTH_SOURCE=kubernetes",
        "a: BIRTH_DEPS=b,c?,* BIRTH_SOURCE=kubernetes\nb:",
        "a: DEATH_DEPS=b TERM_AFTER=b\nb: DEATH_DEPS=a TERM_AFTER=a",
        "a: BIRTH_DEPS=b\nb: READY_NOTIFY=true",
        "a: BIRTH_DEPS=b\nb: READY_FILE=/x",
        "a: BIRTH_DEPS=b\nb: READY_HTTP=http://localhost/",
        'a: BIRTH_DEPS=b\nb: READY_EXEC="pg_isready -q"',
        "a: READY_TCP= READY_FILE=/x",
    ],
)
def test_good_plans_have_no_problem(supervisor: ModuleType, text: str) -> None:
    """Plans that work are accepted."""
    assert problems(supervisor, text) == []


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("a:\nb: GRACE_PERIOD=30", "line 2, column 17", "GRACE_PERIOD=30: no unit"),
        ("a:\nb: QUIT_GET=ftp://x", "line 2, column 13", "QUIT_GET=ftp://x: "),
        ('a:\nb: READY_EXEC=" "', "line 2, column 16", "READY_EXEC= : names no command"),
        ("a:\nb: DEATH_DEPS=a,a:often", "line 2, column 17", "DEATH_DEPS=a:often: unknown condition"),
        ("a:\nb: DEATH_DEPS=a,b", "line 2, column 17", "DEATH_DEPS=b: is this container itself"),
        ("main:\nb: DEATH_DEPS=man", "line 2, column 15", "DEATH_DEPS=man: is no container of the plan; did you mean"),
        ("main:\nb: TERM_AFTER=x", "line 2, column 15", "TERM_AFTER=x: is no container of the plan; the plan has main"),
        (
            "main:\nb: SIDECAR_OF=mainn",
            "line 2, column 15",
            "SIDECAR_OF=mainn: is no container of the plan; did you mean",
        ),
        ("a: BIRTH_DEPS=x:born", "line 1, column 15", "BIRTH_DEPS=x: is no container of the plan; the plan has a"),
        (
            "a: BIRTH_DEPS=x:born BIRTH_SOURCE=kubernetes",
            "line 1, column 15",
            "BIRTH_DEPS=x: is no container of the plan; the plan has a",
        ),
        ("a: BIRTH_DEPS=b\nb:", "line 1, column 15", "BIRTH_DEPS=b: has no readiness probe; add READY_TCP"),
        ("a: BIRTH_DEPS=b\nb: READY_NOTIFY=false", "line 1, column 15", "BIRTH_DEPS=b: has no readiness probe"),
        ("a: BIRTH_DEPS=b\nb: READY_TCP=", "line 1, column 15", "BIRTH_DEPS=b: has no readiness probe"),
        ("a: BIRTH_DEPS=b?\nb: READY_TCP=1", "line 1, column 15", "BIRTH_DEPS=b?: the graveyard does not list"),
        ("a: READY_TCP=1 READY_FILE=/x", "line 1, column 1", "KUBEXIT_READY_TCP, KUBEXIT_READY_FILE, "),
        (
            "a: EXIT_CODE_ON_STOP=1 IGNORE_CODE_ON_DEATH_DEPS=true",
            "line 1, column 50",
            "IGNORE_CODE_ON_DEATH_DEPS=true",
        ),
    ],
)
def test_mistakes_on_any_line(supervisor: ModuleType, text: str, place: str, why: str) -> None:
    """Bad values, unknown containers and readiness without a probe are found on each line, with the place."""
    (problem,) = problems(supervisor, text)

    assert problem.startswith(f"KUBEXIT_PLAN {place}: {why}")


@pytest.mark.parametrize(
    ("text", "cycles"),
    [
        ("a: BIRTH_DEPS=b:born\nb: BIRTH_DEPS=a:born", ["a -> b -> a"]),
        ("x: BIRTH_DEPS=a:born\na: BIRTH_DEPS=b:born\nb: BIRTH_DEPS=a:born", ["a -> b -> a"]),
        (
            "a: BIRTH_DEPS=b:born,d:born\nb: BIRTH_DEPS=c:born\nc: BIRTH_DEPS=a:born\nd: BIRTH_DEPS=e:born\n"
            "e: BIRTH_DEPS=d:born",
            ["a -> b -> c -> a", "d -> e -> d"],
        ),
        ("a: BIRTH_DEPS=b:succeeded\nb: BIRTH_DEPS=a READY_TCP=1\n", ["a -> b -> a"]),
        ("a: BIRTH_DEPS=b:died\nb: BIRTH_DEPS=a:born", []),
        ("a: BIRTH_DEPS=b:born BIRTH_ON_TIMEOUT=start\nb: BIRTH_DEPS=a:born", []),
        ("a: BIRTH_DEPS=* BIRTH_SOURCE=kubernetes\nb: BIRTH_DEPS=* BIRTH_SOURCE=kubernetes", ["a -> b -> a"]),
        ("a: BIRTH_DEPS=b BIRTH_SOURCE=kubernetes\nb: BIRTH_DEPS=a:born", ["a -> b -> a"]),
        ("a: BIRTH_DEPS=b:born\nb: BIRTH_DEPS=c:born\nc:\nd: BIRTH_DEPS=a:born,b:born,c:born", []),
    ],
)
def test_cycles_of_births(supervisor: ModuleType, text: str, cycles: list[str]) -> None:
    """Each cycle is reported once. A wait for a death forms none, nor does a container that starts anyway."""
    found = [problem for problem in problems(supervisor, text) if "no container of this cycle" in problem]

    assert [problem.split(": ", 2)[2].split(";")[0] for problem in found] == cycles
    if not cycles:
        assert problems(supervisor, text) == []


@pytest.mark.behaviour("sidecar-cycle-refused")
@pytest.mark.parametrize(
    ("text", "cycles"),
    [
        ("a: SIDECAR_OF=b\nb: SIDECAR_OF=a", ["a -> b -> a"]),
        ("x: SIDECAR_OF=a\na: SIDECAR_OF=b:succeeded\nb: SIDECAR_OF=x,c\nc:", ["x -> a -> b -> x"]),
        ("a: SIDECAR_OF=b DEATH_DEPS=b TERM_AFTER=b\nb: SIDECAR_OF=a", ["a -> b -> a"]),
        ("a: SIDECAR_OF=b\nb: SIDECAR_OF=c\nc:", []),
        ("a: SIDECAR_OF=b\nb: DEATH_DEPS=a TERM_AFTER=a", []),
        ("a: SIDECAR_OF=b BIRTH_ON_TIMEOUT=start\nb: SIDECAR_OF=a", ["a -> b -> a"]),
    ],
)
def test_cycles_of_sidecars(supervisor: ModuleType, text: str, cycles: list[str]) -> None:
    """Containers that are sidecars of each other are refused: none of them is the one that does the work."""
    found = problems(supervisor, text)

    assert all("each container of this cycle is a sidecar" in problem for problem in found)
    assert [problem.split(": ", 2)[2].split(";")[0] for problem in found] == cycles


@pytest.mark.behaviour("sidecar-cycle-refused")
def test_two_kinds_of_cycles(supervisor: ModuleType) -> None:
    """A cycle of births among the same containers is reported too."""
    one, two = problems(supervisor, "a: SIDECAR_OF=b BIRTH_DEPS=b:born\nb: SIDECAR_OF=a BIRTH_DEPS=a:born")

    assert "could ever start: a -> b -> a" in one
    assert "is a sidecar, and none does the work: a -> b -> a" in two


@pytest.mark.behaviour("plan-text")
def test_a_cycle_of_all_lines(supervisor: ModuleType) -> None:
    """The largest cycle has as many containers as a plan can have lines."""
    text = "".join(f"c{number}: BIRTH_DEPS=c{(number + 1) % 128}:born\n" for number in range(128))
    (problem,) = problems(supervisor, text)

    assert problem.startswith(
        "KUBEXIT_PLAN line 1, column 1: no container of this cycle could ever start: c0 -> c1 -> c2"
    )


@pytest.mark.parametrize(
    ("text", "environ", "why"),
    [
        ("a:\nb: READY_TCP=1", {"BIRTH_DEPS": "b"}, "KUBEXIT_BIRTH_DEPS=b: is not in KUBEXIT_PLAN"),
        ("a: BIRTH_TIMEOUT=5s", {"BIRTH_TIMEOUT": "6s"}, "KUBEXIT_BIRTH_TIMEOUT=6s: differs from KUBEXIT_PLAN"),
        ("a: DEATH_DEPS=b\nb:", {"DEATH_DEPS": "b:failed"}, "KUBEXIT_DEATH_DEPS=b:failed: differs"),
        ("a:\nb:", {"SIDECAR_OF": "b"}, "KUBEXIT_SIDECAR_OF=b: is not in KUBEXIT_PLAN"),
        ("a:\nb:", {"TERM_AFTER": "b"}, "KUBEXIT_TERM_AFTER=b: is not in KUBEXIT_PLAN"),
        ("a: READY_TCP=1", {"READY_TCP": "2"}, "KUBEXIT_READY_TCP=2: differs from KUBEXIT_PLAN"),
        ("a:", {"BIRTH_SOURCE": "kubernetes"}, "KUBEXIT_BIRTH_SOURCE=kubernetes: differs from KUBEXIT_PLAN"),
        ("a: BIRTH_SOURCE=kubernetes", {"BIRTH_SOURCE": "graveyard"}, "KUBEXIT_BIRTH_SOURCE=graveyard: differs"),
        ("x:\nproxy:", {"NAME": "prxy"}, "KUBEXIT_NAME=prxy: has no line in KUBEXIT_PLAN; did you mean"),
        ("proxy:\nshipper:", {}, "KUBEXIT_NAME=a: has no line in KUBEXIT_PLAN; the plan has proxy, shipper"),
        ("a:", {"GRACE_PERIOD": "30"}, "KUBEXIT_GRACE_PERIOD=30: no unit"),
    ],
)
@pytest.mark.behaviour("plan-and-variables")
def test_what_a_variable_cannot_do(supervisor: ModuleType, text: str, environ: dict[str, str], why: str) -> None:
    """Relations and probes come from the plan alone, and the container must have a line."""
    with pytest.raises(ValueError, match=r"^KUBEXIT_") as refusal:
        settings(supervisor, text, environ)

    assert str(refusal.value).startswith(why)
    assert len(str(refusal.value).splitlines()) == 1


def settings(supervisor: ModuleType, text: str, environ: dict[str, str]) -> dict:
    """The settings of container a with a plan and variables."""
    variables = {"NAME": "a", "PLAN": text, **environ}
    return supervisor.settings_read([f"KUBEXIT_{key}={value}".encode() for key, value in variables.items()])


@pytest.mark.behaviour("plan-and-variables")
def test_what_a_variable_can_do(supervisor: ModuleType) -> None:
    """A variable wins over the plan in all other settings, and can repeat a relation."""
    text = "a: DEATH_DEPS=b GRACE_PERIOD=5s STOP_DELAY=1s\nb:"
    found = settings(supervisor, text, {"GRACE_PERIOD": "6s", "DEATH_DEPS": "b", "STOP_DELAY": ""})

    assert (found["grace_period"], found["stop_delay"]) == (6 * 10**9, 10**9)
    assert [dep["name"] for dep in found["dependencies"]] == [b"b"]


@pytest.mark.behaviour("plan-and-variables")
def test_readiness_comes_from_the_graveyard(supervisor: ModuleType) -> None:
    """With a plan BIRTH_SOURCE is graveyard, unless the line says otherwise."""
    assert settings(supervisor, "a:", {})["birth_source"] == "graveyard"
    assert settings(supervisor, "a: BIRTH_SOURCE=kubernetes", {})["birth_source"] == "kubernetes"
    # A variable can say what the plan says, also where the plan says it by default.
    assert settings(supervisor, "a:", {"BIRTH_SOURCE": "graveyard"})["birth_source"] == "graveyard"


@pytest.mark.behaviour("plan-and-variables")
def test_the_line_is_like_variables(supervisor: ModuleType) -> None:
    """A container with a line has the same settings as one with these variables."""
    line = {"SIDECAR_OF": "b", "BIRTH_DEPS": "b:born", "READY_EXEC": "x y", "QUIT_POST": "http://localhost/"}
    text = "a: " + " ".join(f'{key}="{value}"' for key, value in line.items()) + "\nb:"
    from_variables = supervisor.settings_read(
        [b"KUBEXIT_NAME=a", *(f"KUBEXIT_{key}={value}".encode() for key, value in line.items())]
    )
    found = settings(supervisor, text, {})

    assert {**found, "plan": b"", "birth_source": None} == {**from_variables, "plan": b"", "birth_source": None}
