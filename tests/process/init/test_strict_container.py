"""kubexit works without any rights: a foreign user, no capabilities, an empty root that cannot be written to."""

import os
import signal
import subprocess

import pytest

from harness import processes
from harness.kubexit import Kubexit
from harness.world.sandbox import Sandbox, require_filters

pytestmark = [pytest.mark.every_form, pytest.mark.single_file, pytest.mark.behaviour("runs-anywhere-unprivileged")]

NAMED = {"KUBEXIT_NAME": "main", "KUBEXIT_GRAVEYARD": "/graveyard"}
HIGH_UID = 1_000_710_000  # such as OpenShift gives to a namespace
WORLDS = {
    "nobody": Sandbox(),
    "high uid": Sandbox(uid=HIGH_UID),
    "no /proc": Sandbox(proc=False),
    "seccomp": Sandbox(filtered=True),
    "seccomp, no /proc": Sandbox(filtered=True, proc=False, uid=HIGH_UID),
    "root without rights": Sandbox(uid=0),
}


@pytest.fixture(params=WORLDS, autouse=True)
def world(request: pytest.FixtureRequest, kubexit: Kubexit) -> Sandbox:
    """Return one of the strict environments, if it is available."""
    if kubexit.form == "sanitize":
        pytest.skip("STRICT CONTAINERS NOT TESTED in this form: the sanitizers need a loader and /proc")
    if WORLDS[request.param].filtered:
        require_filters()
    return WORLDS[request.param]


@pytest.mark.behaviour("settings-of-the-original", "codes-of-kubexit")
def test_code_and_tombstone(kubexit: Kubexit, world: Sandbox) -> None:
    """The command runs, kubexit exits with its code, and the tombstone is written."""
    started = world.start(kubexit, "/bin/actor", "exit", "7", environment=NAMED)

    assert started.wait() == 7, started.stderr
    assert kubexit.tombstone()["ExitCode"] == 7


@pytest.mark.behaviour("dead-before-start")
def test_death_stops_it(kubexit: Kubexit, world: Sandbox) -> None:
    """A death dependency's end is noticed and the stop signal arrives."""
    environment = {**NAMED, "KUBEXIT_DEATH_DEPS": "db"}
    started = world.start(kubexit, "/bin/actor", "ready-then-wait", "--exit", "TERM=5", environment=environment)
    started.wait_line("^READY$")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)

    assert started.wait() == 5


@pytest.mark.behaviour("other-stop-signals")
def test_sigterm_reaches_the_command(kubexit: Kubexit, world: Sandbox) -> None:
    """SIGTERM to PID 1 reaches the command."""
    started = world.start(kubexit, "/bin/actor", "ready-then-wait", "--exit", "TERM=9", environment=NAMED)
    started.wait_line("^READY$")
    started.signal(signal.SIGTERM)

    assert started.wait() == 9


@pytest.mark.behaviour("environment-bytes-unchanged", "no-packaging-in-environment")
def test_the_environment_gains_nothing(kubexit: Kubexit, world: Sandbox) -> None:
    """The command's environment is kubexit's and nothing else, also if HOME or PATH are not set."""
    started = world.start(kubexit, "/bin/actor", "dump-env", environment=NAMED)

    assert started.wait() == 0
    assert started.stdout.split("\0")[:-1] == [f"{key}={value}" for key, value in NAMED.items()]


@pytest.mark.behaviour("codes-of-kubexit")
def test_an_empty_environment_exits_with_2(kubexit: Kubexit, world: Sandbox) -> None:
    """With an empty environment the name is missing, which is a settings error and no crash."""
    started = world.start(kubexit, "/bin/actor", "exit", "0")

    assert started.wait() == 2
    assert "KUBEXIT_NAME: is required" in started.stderr


def test_an_execute_only_file_supervises(kubexit: Kubexit) -> None:
    """A file that may be executed and not read supervises too."""
    started = Sandbox(mode=0o111).start(kubexit, "/bin/actor", "exit", "7", environment=NAMED)

    assert started.wait() == 7, started.stderr


def test_the_world_is_as_strict_as_it_says(kubexit: Kubexit, world: Sandbox) -> None:
    """The environment of the tests above is strict: no rights, no way to write, PID 1. Otherwise they show nothing."""
    started = world.start(kubexit, "/bin/actor", "ready-then-wait", environment=NAMED)
    started.wait_line("^READY$")
    pid = started.pid
    fields = processes.status(pid)

    assert fields["NSpid"].split()[-1] == "1"
    assert fields["Uid"].split() == [str(world.uid)] * 4
    assert int(fields["CapEff"], 16) == int(fields["CapBnd"], 16) == 0
    assert fields["NoNewPrivs"] == "1"
    assert fields["Seccomp"] == ("2" if world.filtered else "0")
    assert os.listdir(f"/proc/{pid}/root/proc") == [] or world.proc
    assert subprocess.run(["touch", f"/proc/{pid}/root/x"], capture_output=True).returncode != 0
