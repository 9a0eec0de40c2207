"""KUBEXIT_SIDECAR_OF: one word for what most sidecars need."""

import signal

import pytest

from harness.containers import born, running, waiting
from harness.kubexit import Kubexit

pytestmark = pytest.mark.behaviour("sidecar-of")


def test_a_sidecar_ends_after_main(kubexit: Kubexit) -> None:
    """When main has exited the sidecar is stopped, and that is no failure."""
    main = born(kubexit)
    sidecar = running(kubexit, "proxy", "TERM=143", SIDECAR_OF="main")
    main.signal(signal.SIGTERM)

    assert (main.wait(), sidecar.wait()) == (0, 0)
    stone = kubexit.tombstone("proxy") or {}
    assert (stone["ExitCode"], stone["CommandExitCode"]) == (0, 143)
    assert "death dependencies: main" in sidecar.stderr


def test_a_deleted_pod_ends_in_order(kubexit: Kubexit) -> None:
    """All containers get SIGTERM at once: the sidecar's command gets it when main is dead, and exits with 0."""
    main = born(kubexit, "main", "USR1=0")
    sidecar = born(kubexit, "proxy", "TERM=143", SIDECAR_OF="main")
    for container in (sidecar, main):
        container.signal(signal.SIGTERM)
    sidecar.wait_line("waiting for main to exit first", "stderr")
    main.wait_line("SIGNAL TERM")
    assert "SIGNAL" not in sidecar.stdout
    main.signal(signal.SIGUSR1)

    assert (main.wait(), sidecar.wait()) == (0, 0)
    assert sidecar.stdout == "READY\nSIGNAL TERM 15\n"


def test_a_sidecar_alone_exits_with_zero_at_sigterm(kubexit: Kubexit) -> None:
    """A SIGTERM that is not held, since main was never born, is no failure either."""
    sidecar = born(kubexit, "proxy", "TERM=143", SIDECAR_OF="main")
    sidecar.signal(signal.SIGTERM)

    assert sidecar.wait() == 0


def test_a_sidecar_that_fails_by_itself_has_failed(kubexit: Kubexit, actor: str) -> None:
    """The exit code of a sidecar that was not stopped is its own."""
    assert kubexit.run(actor, "exit", "3", name="proxy", SIDECAR_OF="main").code == 3


def test_a_stop_by_force_is_no_failure(kubexit: Kubexit) -> None:
    """A sidecar that needs SIGKILL exits with 0 too, as ON_STOP says."""
    main = born(kubexit)
    sidecar = running(kubexit, "proxy", "", SIDECAR_OF="main", GRACE_PERIOD="50ms")
    main.signal(signal.SIGTERM)

    assert sidecar.wait() == 0


@pytest.mark.parametrize("code", [0, 3])
def test_a_condition_is_that_of_the_death(kubexit: Kubexit, code: int) -> None:
    """With :succeeded the sidecar continues when main fails, and ends when it succeeds."""
    sidecar = running(kubexit, "proxy", "TERM=0 USR1=5", SIDECAR_OF="main:succeeded", LOG_LEVEL="debug")
    kubexit.carve("main", Born=True, Died=True, ExitCode=code)
    sidecar.wait_line(f"dependency main: died with exit code {code}", "stderr")
    if code:
        sidecar.signal(signal.SIGUSR1)

    assert sidecar.wait() == (5 if code else 0)


@pytest.mark.parametrize(
    ("settings", "code", "held"),
    [
        ({"EXIT_CODE_ON_TERM": "keep"}, 9, True),
        ({"EXIT_CODE_ON_TERM": "4"}, 4, True),
        ({"TERM_AFTER": "other"}, 0, False),
        ({"DEATH_DEPS": "other"}, 0, True),
    ],
    ids=str,
)
def test_each_part_can_be_set_at_deletion(kubexit: Kubexit, settings: dict[str, str], code: int, held: bool) -> None:
    """What is set by itself wins, and the rest of the preset stays."""
    main = born(kubexit)
    sidecar = born(kubexit, "proxy", "TERM=9", SIDECAR_OF="main", **settings)
    sidecar.signal(signal.SIGTERM)
    if held:
        sidecar.wait_line("waiting for main to exit first", "stderr")
        main.signal(signal.SIGTERM)

    assert sidecar.wait() == code


def test_the_code_of_a_stop_can_be_set(kubexit: Kubexit) -> None:
    """KUBEXIT_EXIT_CODE_ON_STOP wins over the preset."""
    sidecar = running(kubexit, "proxy", "TERM=9", SIDECAR_OF="main", EXIT_CODE_ON_STOP="keep")
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)

    assert sidecar.wait() == 9


def test_a_death_dependency_of_its_own_wins(kubexit: Kubexit) -> None:
    """With KUBEXIT_DEATH_DEPS the death of main does not stop the sidecar."""
    sidecar = running(kubexit, "proxy", "TERM=0", SIDECAR_OF="main", DEATH_DEPS="fence", LOG_LEVEL="debug")
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)
    sidecar.wait_line("dependency main: died", "stderr")
    kubexit.carve("fence", Born=True, Died=True, ExitCode=0)
    sidecar.wait()

    assert (kubexit.tombstone("proxy") or {})["Reason"] == "dependency fence died with exit code 0"


def test_main_that_is_dead_before_the_start(kubexit: Kubexit) -> None:
    """As with KUBEXIT_DEATH_DEPS, a sidecar whose main is dead already does not start."""
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)
    finished = kubexit.run("echo", "BORN", name="proxy", SIDECAR_OF="main")

    assert (finished.code, finished.stdout) == (0, "")


@pytest.mark.behaviour("exit-code-on-term")
def test_a_wait_for_birth_keeps_its_code(kubexit: Kubexit) -> None:
    """A SIGTERM during the wait for birth is no stop of a sidecar: 143."""
    sidecar = waiting(kubexit, "proxy", SIDECAR_OF="main", BIRTH_DEPS="db:born")
    sidecar.wait_line("waiting for birth dependencies", "stderr")
    sidecar.signal(signal.SIGTERM)

    assert sidecar.wait() == 143


@pytest.mark.behaviour("bad-setting-exits-with-2", "no-dependency-on-itself")
@pytest.mark.parametrize("value", ["proxy", "main:ready", "main:born", "main?", "*", "a/b"])
def test_what_a_sidecar_cannot_be_of(kubexit: Kubexit, value: str) -> None:
    """The grammar is that of KUBEXIT_DEATH_DEPS."""
    finished = kubexit.run("echo", "BORN", name="proxy", SIDECAR_OF=value)

    (line,) = finished.stderr.splitlines()
    assert finished.code == 2
    assert f"KUBEXIT_SIDECAR_OF={value}: " in line
