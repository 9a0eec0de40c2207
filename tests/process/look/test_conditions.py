"""`kubexit --status NAME[:CONDITION]` is a condition for probes: 0 if it is met, 1 if not, 2 if it is no condition."""

import pytest

from harness.containers import born, running
from harness.kubexit import Kubexit
from harness.looks import look
from harness.world.sandbox import Sandbox, require_filters

pytestmark = pytest.mark.behaviour("status-as-condition")

NAMED = {"KUBEXIT_NAME": "main", "KUBEXIT_GRAVEYARD": "/graveyard"}


@pytest.mark.parametrize(
    ("stone", "met"),
    [
        ({"Born": True}, {"born"}),
        ({"Born": True, "Ready": True}, {"born", "ready"}),
        ({"Born": True, "Ready": True, "Died": True, "ExitCode": 0}, {"born", "died", "succeeded"}),
        ({"Born": True, "Died": True, "ExitCode": 1}, {"born", "died"}),
        ({"Died": True, "ExitCode": 69}, {"died"}),
        ({}, set()),
    ],
    ids=["born", "ready", "succeeded", "failed", "unborn", "absent"],
)
def test_each_condition_has_its_meaning(kubexit: Kubexit, stone: dict[str, object], met: set[str]) -> None:
    """Each condition means what it means in KUBEXIT_BIRTH_DEPS, and a plain name means ready."""
    kubexit.carve("other", Born=True)
    if stone:
        kubexit.carve("db", **stone)
    answers = {condition: look(kubexit, "--status", f"db:{condition}").code for condition in
               ("born", "ready", "died", "succeeded")}  # fmt: skip

    assert answers == {condition: int(condition not in met) for condition in answers}
    assert look(kubexit, "--status", "db").code == answers["ready"]


def test_all_of_them_must_be_met(kubexit: Kubexit) -> None:
    """Several conditions, as a list or as arguments, must all be met; a probe's event shows what is missing."""
    kubexit.carve("db", Born=True)
    kubexit.carve("migrate", Born=True, Died=True, ExitCode=3)
    kubexit.carve("app", Born=True, Ready=True)

    assert look(kubexit, "--status", "db:born", "app, migrate:died").code == 0
    finished = look(kubexit, "--status", "db,migrate:succeeded", "app", "cache:born")
    assert finished.code == 1
    missing = "db:ready (born, not ready), migrate:succeeded (died with exit code 3), cache:born (not there)"
    assert finished.stdout == f"not met: {missing}\n"


@pytest.mark.behaviour("crash-seen-by-peers")
def test_a_crash_is_a_death(kubexit: Kubexit) -> None:
    """A container that crashed has died, has not succeeded, and is not ready."""
    main = born(kubexit, "main", READY_EXEC="true")
    kubexit.wait_tombstone("main", "Ready")
    assert look(kubexit, "--status", "main").code == 0
    main.kill()

    assert look(kubexit, "--status", "main:died").code == 0
    assert look(kubexit, "--status", "main:succeeded").code == 1
    assert look(kubexit, "--status", "main").stdout == "not met: main:ready (crashed)\n"


@pytest.mark.behaviour("bad-setting-exits-with-2")
@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ("db:reddy", "db:reddy: unknown condition; use :ready, :born, :died or :succeeded"),
        ("db:", "db:: unknown condition"),
        ("a/b", "a/b: invalid name"),
        (":born", ": empty name; use the name of a container"),
        ("db?", "db?: the graveyard does not list the pod's containers"),
        ("*", "*: the graveyard does not list"),
    ],
)
@pytest.mark.parametrize("command", ["--status", "--wait"])
def test_bad_grammar_exits_with_2(kubexit: Kubexit, command: str, condition: str, why: str) -> None:
    """A condition that does not exist gives exit code 2 and one line that says what would be right."""
    kubexit.graveyard.mkdir()
    finished = look(kubexit, command, condition)

    assert (finished.code, finished.stdout) == (2, "")
    (line,) = finished.stderr.splitlines()
    assert f" error kubexit: {command} {why}" in line


@pytest.mark.every_form
@pytest.mark.single_file
@pytest.mark.behaviour("runs-anywhere-unprivileged", "look-changes-nothing")
@pytest.mark.parametrize("command", ["--status", "--wait"])
@pytest.mark.parametrize("arguments", [[""], ["db:born", " , "]], ids=["empty", "blanks"])
def test_an_argument_without_a_name_exits_with_2(kubexit: Kubexit, command: str, arguments: list[str]) -> None:
    """An argument that names no container, as from a variable that is not set, is not met by having no condition."""
    kubexit.carve("db", Born=True)
    finished = look(kubexit, command, *arguments)

    assert finished.code == 2
    assert "names no container" in finished.stderr


@pytest.mark.parametrize("uid", [65_534, 1_000_710_000])
@pytest.mark.parametrize("filtered", [False, True], ids=["unfiltered", "seccomp"])
def test_it_is_a_probe_in_a_strict_container(kubexit: Kubexit, uid: int, filtered: bool) -> None:
    """As an exec probe it runs in an empty read-only root, as any user, with the name of its container inherited."""
    if kubexit.form == "sanitize":
        pytest.skip("STRICT CONTAINERS NOT TESTED in this form: the sanitizers need a loader and /proc")
    if filtered:
        require_filters()
    world = Sandbox(uid=uid, filtered=filtered, proc=not filtered)
    settings = NAMED | {"KUBEXIT_READY_FILE": "/graveyard/.ready"}
    container = world.start(kubexit, "/bin/actor", "ready-then-wait", "--exit", "TERM=5", environment=settings)
    container.wait_line("^READY$")
    kubexit.wait_tombstone("main", "Born")
    before = world.execute(container, "--status", "main", environment=settings)
    (kubexit.graveyard / ".ready").touch()
    kubexit.wait_tombstone("main", "Ready")
    after = world.execute(container, "--status", "main", environment=settings)
    table = world.execute(container, "--status", environment={})

    assert (before.code, before.stdout) == (1, "not met: main:ready (born, not ready)\n")
    assert (after.code, after.stdout, after.stderr) == (0, "", "")
    assert table.code == 0
    assert "main  ready" in table.stdout
    container.signal(15)
    assert container.wait() == 5


@pytest.mark.behaviour("look-changes-nothing")
def test_a_crowd_of_probes_disturbs_no_one(kubexit: Kubexit) -> None:
    """Any number of probes at once are no holders: the container ends, starts again and is seen as it is."""
    main = running(kubexit, "main")
    side = running(kubexit, "side", DEATH_DEPS="main:failed")
    probes = [kubexit.start(options=["--status", "main:born", "--in", kubexit.graveyard], name=None) for _ in range(30)]
    main.signal(15)
    assert main.wait() == 0
    again = born(kubexit, "main")
    assert {probe.wait() for probe in probes} <= {0, 1}
    assert side.process.poll() is None
    assert "is already alive" not in again.stderr
