"""How the probe of KUBEXIT_READY_EXEC ends: by itself, with the command, with kubexit, or because it hangs."""

import signal
from pathlib import Path

import pytest

from harness import processes
from harness.containers import running
from harness.kubexit import Kubexit
from harness.probes import probe, starts
from harness.waiting import eventually

pytestmark = pytest.mark.behaviour("readiness-probe-process")


def pids_of(script: Path) -> list[int]:
    """The pids that the probe has written to a file."""
    file = script.with_suffix(".pids")
    text = eventually(lambda: file.exists() and file.read_text().endswith("\n") and file.read_text(), "its pids")
    return [int(pid) for pid in text.split()]


@pytest.mark.parametrize("after", ["exit 0", "exit 1"])
def test_what_it_leaves(kubexit: Kubexit, after: str) -> None:
    """The processes that a probe leaves behind end with it: a thousand probes must not leave a thousand processes."""
    script = probe(kubexit, f"sleep 1000 & echo $! > {kubexit.folder}/probe.pids; {after}")
    running(kubexit, "db", READY_EXEC=script, READY_PERIOD="1h")
    (left,) = pids_of(script)

    eventually(lambda: not processes.alive(left), "it has ended")


@pytest.mark.parametrize("pid1", [False, True], ids=["not-pid1", "pid1"])
def test_ends_with_the_command(kubexit: Kubexit, pid1: bool) -> None:
    """A probe that still runs when the command exits is ended with its children, and delays nothing."""
    script = probe(kubexit, f"sleep 1000 & echo $! $$ > {kubexit.folder}/probe.pids; wait")
    db = running(kubexit, "db", "TERM=4", READY_EXEC=script, pid1=pid1)
    pids = pids_of(script)
    db.signal(signal.SIGTERM)

    assert db.wait() == 4
    if not pid1:
        eventually(lambda: not any(map(processes.alive, pids)), "both have ended")


@pytest.mark.behaviour("parent-death-kills-command")
def test_dies_with_us(kubexit: Kubexit) -> None:
    """The probe does not outlive a supervisor that is killed."""
    script = probe(kubexit, f"echo $$ > {kubexit.folder}/probe.pids; exec sleep 1000")
    db = running(kubexit, "db", READY_EXEC=script)
    (pid,) = pids_of(script)
    db.kill()

    eventually(lambda: not processes.alive(pid), "it has ended")


def test_a_hanging_probe_is_killed_with_its_children(kubexit: Kubexit) -> None:
    """A probe that hangs gets SIGKILL after ten seconds, with its children; then the next one has its turn."""
    once = kubexit.folder / "once"
    body = f"test -e {once} && exit 0; touch {once}; sleep 1000 & echo $! $$ > {kubexit.folder}/probe.pids; wait"
    script = probe(kubexit, body)
    db = running(kubexit, "db", READY_EXEC=script, READY_PERIOD="10500ms", LOG_LEVEL="debug")
    pids = pids_of(script)
    db.wait_line("did not exit within 10s: sent SIGKILL", "stderr", timeout=40)

    eventually(lambda: not any(map(processes.alive, pids)), "both have ended")
    kubexit.wait_tombstone("db", "Ready")
    assert starts(script) == 2
