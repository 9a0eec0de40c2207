"""How a container in gVisor ends, and what its tombstone says."""

import pytest

from sandbox.pod import Pod

pytestmark = [pytest.mark.sandbox, pytest.mark.single_file]


@pytest.mark.behaviour("tombstone-has-exit-code", "exit-codes-passed-on")
@pytest.mark.parametrize("code", [0, 7])
def test_exit_code_is_passed_on(pod: Pod, code: int) -> None:
    """The command's exit code is the container's, and is written."""
    main = pod.start("main", "/bin/actor", "exit", str(code))

    assert main.wait() == code
    stone = pod.tombstone("main")
    assert stone is not None
    assert stone["ExitCode"] == code
    assert list(stone)[:2] == ["Born", "Died"]


@pytest.mark.behaviour("signal-death-is-128-plus-n")
def test_signal_death_is_128_and_more(pod: Pod) -> None:
    """If a signal ends the command, the code is 128 plus the signal's number."""
    main = pod.start("main", "/bin/actor", "die", "USR1")

    assert main.wait() == 138
    assert (pod.tombstone("main") or {})["ExitCode"] == 138


@pytest.mark.behaviour("codes-of-kubexit")
def test_missing_command_is_127(pod: Pod) -> None:
    """For a missing command the code is 127, in the tombstone too."""
    main = pod.start("main", "/bin/nothing")

    assert main.wait() == 127
    assert "cannot execute /bin/nothing" in main.stderr
    assert (pod.tombstone("main") or {})["ExitCode"] == 127


@pytest.mark.behaviour("pid-1-exits", "pid-1-reaps-orphans")
def test_orphans_are_reaped(pod: Pod) -> None:
    """kubexit is the first process of its container and reaps what others leave behind."""
    main = pod.start("main", "/bin/actor", "orphans", "20", "--exit", "5")

    assert main.wait() == 5


@pytest.mark.behaviour("runs-anywhere-unprivileged")
def test_any_user_will_do(pod: Pod) -> None:
    """kubexit runs as any user: all may write to the graveyard."""
    main = pod.start("main", "/bin/actor", "exit", "3", uid=65532)

    assert main.wait() == 3
    assert (pod.tombstone("main") or {})["ExitCode"] == 3
