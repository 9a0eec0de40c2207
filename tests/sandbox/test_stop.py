"""Signals, stop sequence and grace period in gVisor."""

import pytest

from harness.waiting import eventually
from sandbox.pod import Pod

pytestmark = [pytest.mark.sandbox, pytest.mark.single_file]

DEAF = ("/bin/actor", "ready-then-wait")


@pytest.mark.behaviour("signals-forwarded")
@pytest.mark.parametrize("name", ["HUP", "USR1", "WINCH"])
def test_signal_reaches_the_command(pod: Pod, name: str) -> None:
    """A signal to the container reaches the command."""
    main = pod.start("main", *DEAF, "--exit", f"{name}=6")
    main.wait_line("^READY$")
    main.signal(name)

    assert main.wait() == 6


@pytest.mark.behaviour("stop-signal-then-sigkill", "other-stop-signals")
def test_only_the_stop_signal_is_sent(pod: Pod) -> None:
    """The signal of KUBEXIT_STOP_SIGNAL stops the command, and no other one is sent."""
    sidecar = pod.start("sidecar", *DEAF, "--exit", "QUIT=3", DEATH_DEPS="main", STOP_SIGNAL="QUIT")
    sidecar.wait_line("^READY$")
    pod.start("main", "/bin/actor", "exit", "0").wait()

    assert sidecar.wait() == 3
    assert [line for line in sidecar.stdout.splitlines() if "SIGNAL" in line] == ["SIGNAL QUIT 3"]


@pytest.mark.behaviour("stop-signal-then-sigkill", "sigkill-always-reaches")
def test_sigkill_after_grace_period(pod: Pod) -> None:
    """A command that ignores the stop signal gets SIGKILL when the grace period is over."""
    sidecar = pod.start("sidecar", *DEAF, DEATH_DEPS="main", GRACE_PERIOD="1s", POLL_INTERVAL="100ms")
    sidecar.wait_line("^READY$")
    pod.start("main", "/bin/actor", "exit", "0").wait()

    assert sidecar.wait() == 137
    assert "SIGNAL TERM 15" in sidecar.stdout
    assert (pod.tombstone("sidecar") or {})["ExitCode"] == 137


@pytest.mark.behaviour("signal-during-birth-wait")
def test_sigterm_ends_the_birth_wait(pod: Pod) -> None:
    """SIGTERM during the wait for birth ends it; the command is not started."""
    main = pod.start("main", *DEAF, BIRTH_DEPS="db", BIRTH_SOURCE="graveyard", BIRTH_TIMEOUT="infinite")
    main.wait_line("waiting for", stream="stderr")
    main.signal("TERM")

    assert main.wait() == 143
    assert main.stdout == ""


@pytest.mark.behaviour("own-group-has-terminal")
def test_signal_reaches_the_group(pod: Pod) -> None:
    """With KUBEXIT_SIGNAL_GROUP the command's children get the signal too."""
    main = pod.start("main", *DEAF, "--children", "2", "--exit", "USR1=2", SIGNAL_GROUP="true")
    main.wait_line("^READY$")
    main.signal("TERM")
    # Before the container ends: with it all processes do, also one that has not printed yet.
    eventually(lambda: main.stdout.count("SIGNAL TERM") == 3, "all three have got it")
    main.signal("USR1")

    assert main.wait() == 2
