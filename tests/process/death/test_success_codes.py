"""KUBEXIT_SUCCESS_CODES: exit codes of the command that count as success, also after a stop."""

import signal

import pytest

from harness.containers import running
from harness.kubexit import Kubexit

pytestmark = [pytest.mark.every_form, pytest.mark.behaviour("success-codes")]


@pytest.mark.behaviour("tombstone-has-exit-code")
@pytest.mark.parametrize(
    ("codes", "own", "returned"), [("3", 3, 0), (" 143 , 255", 255, 0), ("143,4", 3, 3), ("0", 1, 1), ("3", 0, 0)]
)
def test_a_code_of_the_list_is_success(kubexit: Kubexit, codes: str, own: int, returned: int) -> None:
    """kubexit exits with 0 for a code of the list; the tombstone has both codes. Other codes stay."""
    finished = kubexit.run("sh", "-c", f"exit {own}", SUCCESS_CODES=codes)

    assert finished.code == returned
    stone = kubexit.tombstone() or {}
    assert stone["ExitCode"] == returned
    assert stone.get("CommandExitCode", returned) == own
    assert ("(KUBEXIT_SUCCESS_CODES)" in finished.stderr) == (own != returned)


@pytest.mark.parametrize("how", ["signal from outside", "death", "SIGKILL"])
def test_however_it_ended(kubexit: Kubexit, how: str) -> None:
    """A request to stop from outside, the stop signal of kubexit and SIGKILL make no difference."""
    code = 137 if how == "SIGKILL" else 9
    exits, grace = ("", "50ms") if how == "SIGKILL" else ("TERM=9", "1h")
    container = running(kubexit, exits=exits, DEATH_DEPS="main", SUCCESS_CODES=code, GRACE_PERIOD=grace)
    if how == "signal from outside":
        container.signal(signal.SIGTERM)
    else:
        kubexit.carve("main", Born=True, Died=True, ExitCode=1)

    assert container.wait() == 0
    assert (kubexit.tombstone("sidecar") or {})["CommandExitCode"] == code


@pytest.mark.behaviour("exit-code-on-stop")
@pytest.mark.parametrize(("on_stop", "returned"), [("77", 77), ("dependency", 9), ("keep", 0)])
def test_a_setting_for_the_stop_wins(kubexit: Kubexit, on_stop: str, returned: int) -> None:
    """EXIT_CODE_ON_STOP says more about this end, and the code of a dependency is not the command's."""
    container = running(kubexit, exits="TERM=9", DEATH_DEPS="main", SUCCESS_CODES="9", EXIT_CODE_ON_STOP=on_stop)
    kubexit.carve("main", Born=True, Died=True, ExitCode=9)

    assert container.wait() == returned


@pytest.mark.behaviour("codes-of-kubexit")
def test_a_command_that_did_not_run_is_a_failure(kubexit: Kubexit) -> None:
    """The codes of kubexit are not in question: a command that is not found stays 127."""
    assert kubexit.run("/no/such/program", SUCCESS_CODES="127,126,2").code == 127


def test_others_see_a_success(kubexit: Kubexit) -> None:
    """A condition of another container sees the code that kubexit returned."""
    kubexit.run("sh", "-c", "exit 143", SUCCESS_CODES="143")
    finished = kubexit.run("echo", "BORN", name="next", BIRTH_DEPS="main:succeeded", BIRTH_TIMEOUT="0")

    assert (finished.code, finished.stdout) == (0, "BORN\n")


@pytest.mark.behaviour("bad-setting-exits-with-2")
@pytest.mark.parametrize("value", ["143,256", "x", "-1", "1-3"])
def test_a_bad_code_is_refused(kubexit: Kubexit, value: str) -> None:
    """A bad element is one line that says what is right."""
    finished = kubexit.run("echo", "BORN", SUCCESS_CODES=value)

    assert finished.code == 2
    assert f"KUBEXIT_SUCCESS_CODES={value.split(',')[-1]}: not an exit code; use numbers" in finished.stderr
