"""The file for arm64 does what the other one does.

In an emulator of system calls, which is none of vfork, of subreapers and of times: what depends on those is not here.
"""

import signal
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from harness import forms
from harness.containers import running
from harness.kubexit import Kubexit
from harness.servers.apiserver import ApiServer
from harness.servers.certificates import authority
from harness.servers.pods import pod, ready
from harness.supervised import Supervised

WAITING = pod("main", "db")
READY = ready(WAITING, "db")

pytestmark = pytest.mark.behaviour("one-file-for-all-images")


def test_it_prints_its_version(kubexit: Kubexit) -> None:
    """It says the version of the project."""
    version = tomllib.loads((forms.ROOT / "pyproject.toml").read_text())["project"]["version"]

    assert kubexit.run(options=["--version"], name=None).stdout == f"kubexit {version}\n"


@pytest.mark.parametrize("code", [0, 1, 42, 126, 255])
def test_the_exit_code_is_passed_on(kubexit: Kubexit, actor: str, code: int) -> None:
    """The command's code is its own, and on the tombstone."""
    assert kubexit.run(actor, "exit", str(code)).code == code
    assert kubexit.tombstone()["ExitCode"] == code


def test_a_missing_command_exits_with_127(kubexit: Kubexit) -> None:
    """A command that is not there is 127."""
    assert kubexit.run("no-such-command").code == 127
    assert kubexit.tombstone()["ExitCode"] == 127


def test_the_environment_arrives_unchanged(kubexit: Kubexit, actor: str) -> None:
    """Environment variables arrive byte for byte; their order is the emulator's."""
    env = {b"LATIN": b"caf\xe9", b"EMPTY": b"", b"LONG": b"x" * 300, b"_PYI_ARCHIVE_FILE": b"kept"}
    started = kubexit.start(actor, "dump-env", env=env)

    assert started.wait() == 0
    words = started.stdout.encode("utf-8", "surrogateescape").split(b"\0")
    assert sorted(filter(None, words)) == sorted(key + b"=" + value for key, value in started.environment.items())


def test_signal_is_forwarded(kubexit: Kubexit) -> None:
    """SIGTERM reaches the command, whose exit code is kubexit's."""
    container = running(kubexit, "main", exits="TERM=7")
    container.signal(signal.SIGTERM)

    assert container.wait() == 7


def test_command_dies_of_a_signal(kubexit: Kubexit, actor: str) -> None:
    """128+n for a command that a signal ended."""
    assert kubexit.run("sh", "-c", "kill -9 $$").code == 137


def test_death_stops_it(kubexit: Kubexit) -> None:
    """A dependency's death is seen through inotify and sends the stop signal."""
    container = running(kubexit, "sidecar", exits="TERM=0", DEATH_DEPS="main")
    kubexit.carve("main", Born=True, Died=True, ExitCode=3)

    assert container.wait() == 0
    assert kubexit.tombstone("sidecar")["ExitCode"] == 0


def test_crash_stops_it(kubexit: Kubexit) -> None:
    """So does the end of a supervisor that could not write its death: the FIFO shows it."""
    main = running(kubexit, "main")
    sidecar = running(kubexit, "sidecar", exits="TERM=0", DEATH_DEPS="main")
    main.kill()

    assert sidecar.wait() == 0


@pytest.mark.behaviour("ready-needs-no-event")
def test_waits_for_readiness(api: ApiServer, awaiting: Callable[..., Supervised], actor: str) -> None:
    """A list and a watch over TLS: the interpreter in the file runs, with all that it imports."""
    api.show(WAITING)
    started = awaiting(actor, "exit", "3")
    api.wait_watched(timeout=60)
    api.show(READY)

    assert started.wait(60) == 3, started.stderr


@pytest.mark.behaviour("cluster-address-and-certificates")
def test_a_foreign_server_gets_no_token(
    api: ApiServer, awaiting: Callable[..., Supervised], actor: str, tmp_path: Path
) -> None:
    """A server that another authority vouches for is never sent the token."""
    (tmp_path / "serviceaccount" / "ca.crt").write_bytes(authority(tmp_path, "foreign").certificate.read_bytes())
    api.show(READY)
    started = awaiting(actor, "exit", "3")
    started.wait_line("certificate verify failed", "stderr", timeout=60)

    assert api.asked() == []


@pytest.mark.behaviour("timeout-names-the-missing")
def test_time_is_up(api: ApiServer, awaiting: Callable[..., Supervised], actor: str) -> None:
    """At the deadline the waiter says what it last saw."""
    api.show(WAITING)
    started = awaiting(actor, "exit", "3", BIRTH_TIMEOUT="15s")

    assert started.wait(60) == 69
    started.wait_line("not ready: db .running, not ready.", "stderr")


@pytest.mark.behaviour("installs-itself")
def test_it_installs_itself_alone(kubexit: Kubexit, tmp_path: Path) -> None:
    """It copies itself, not the emulator."""
    folder = tmp_path / "shared"
    folder.mkdir()

    assert kubexit.run(options=["--install", folder], name=None, GRAVEYARD=None).code == 0
    assert (folder / "kubexit").read_bytes() == (forms.ROOT / "dist" / "kubexit-linux-arm64").read_bytes()
