"""KUBEXIT_READY_TIMEOUT: the command is stopped if it is not ready in time, and the exit code is 124."""

from pathlib import Path

import pytest

from harness.containers import running
from harness.kubexit import Kubexit
from harness.waiting import eventually

pytestmark = [pytest.mark.every_form, pytest.mark.behaviour("ready-timeout")]


@pytest.mark.parametrize(
    ("probe", "why"),
    [
        ({"READY_FILE": "/no/such/file"}, "/no/such/file: No such file or directory"),
        ({"READY_NOTIFY": "true"}, ""),
        ({"READY_EXEC": "false"}, "false: exited with 1"),
    ],
    ids=["file", "notify", "exec"],
)
def test_a_command_that_is_not_ready_is_stopped(kubexit: Kubexit, probe: dict[str, str], why: str) -> None:
    """The command gets the stop signal; the reason names the limit and why the probe failed."""
    container = running(kubexit, exits="TERM=0", READY_TIMEOUT="1s", READY_PERIOD="20ms", **probe)

    assert container.wait() == 124
    assert container.stdout == "READY\nSIGNAL TERM 15\n"
    reason = (kubexit.tombstone("sidecar") or {})["Reason"]
    assert reason.startswith("the command was not ready within 1s (KUBEXIT_READY_TIMEOUT)")
    assert reason.endswith(why)


def test_a_command_that_was_ready_continues(kubexit: Kubexit, tmp_path: Path) -> None:
    """Readiness in time ends the limit for good: the command outlives it."""
    file = tmp_path / "ready"
    script = f"touch {file}; sleep 3.3; exit 5"
    finished = kubexit.run("sh", "-c", script, READY_FILE=file, READY_PERIOD="10ms", READY_TIMEOUT="3s")

    assert finished.code == 5
    assert "Ready" in (kubexit.tombstone() or {})


def test_the_earlier_limit_counts(kubexit: Kubexit) -> None:
    """Beside KUBEXIT_TIMEOUT the limit that is over first is the reason."""
    container = running(kubexit, READY_FILE="/no", READY_TIMEOUT="1h", TIMEOUT="1s")
    assert container.wait() == 124
    assert "(KUBEXIT_TIMEOUT)" in (kubexit.tombstone("sidecar") or {})["Reason"]

    container = running(kubexit, READY_FILE="/no", READY_TIMEOUT="1s", TIMEOUT="1h")
    assert container.wait() == 124
    assert "(KUBEXIT_READY_TIMEOUT)" in (kubexit.tombstone("sidecar") or {})["Reason"]


@pytest.mark.behaviour("name-already-alive")
def test_without_a_probe_of_its_name_there_is_no_limit(kubexit: Kubexit) -> None:
    """A second kubexit of a name has no probe, and so no limit for it. Fails when the limit runs: the code is 124."""
    running(kubexit, "main")
    settings = {"READY_FILE": "/no/such/file", "READY_TIMEOUT": "100ms"}
    second = kubexit.start("sh", "-c", "sleep 0.5; exit 4", **settings)
    eventually(lambda: second.process.poll() is not None, "it has ended")

    assert second.wait() == 4


@pytest.mark.behaviour("bad-setting-exits-with-2")
@pytest.mark.parametrize(
    ("settings", "why"),
    [({}, "needs a readiness probe"), ({"READY_NOTIFY": "false"}, "needs a readiness probe")],
    ids=["none", "off"],
)
def test_it_needs_a_probe(kubexit: Kubexit, settings: dict[str, str], why: str) -> None:
    """Without a probe the limit is refused, since nothing could ever be in time."""
    finished = kubexit.run("echo", "BORN", READY_TIMEOUT="5s", **settings)

    assert (finished.code, finished.stdout) == (2, "")
    assert f"KUBEXIT_READY_TIMEOUT=5s: {why}" in finished.stderr


@pytest.mark.behaviour("bad-setting-exits-with-2")
def test_zero_is_refused(kubexit: Kubexit) -> None:
    """0 would stop each command at once."""
    finished = kubexit.run("echo", "BORN", READY_TIMEOUT="0", READY_FILE="/no")

    assert (finished.code, finished.stdout) == (2, "")
    assert "KUBEXIT_READY_TIMEOUT=0: would stop the command at once" in finished.stderr
