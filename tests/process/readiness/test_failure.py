"""Probe and ProbeError: the tombstone shows the readiness probe, and why its last attempt failed."""

import re
from collections.abc import Callable

import pytest

from harness.containers import born, running
from harness.kubexit import Kubexit
from harness.observer import Observer
from harness.servers.webserver import WebServer, status
from harness.waiting import eventually

pytestmark = pytest.mark.behaviour("probe-failure-is-written")

Web = Callable[..., WebServer]


def failure(kubexit: Kubexit, **settings: str) -> tuple[str, str]:
    """Probe and ProbeError of a container whose probe fails."""
    running(kubexit, "db", READY_PERIOD="50ms", **settings)
    stone = kubexit.wait_tombstone("db", "ProbeError")
    assert list(stone) == ["Born", "Probe", "ProbeError"]
    return stone["Probe"], stone["ProbeError"]


@pytest.mark.every_form
def test_a_refused_connection(kubexit: Kubexit) -> None:
    """A port at which no server listens: the connection is refused, at both addresses of localhost."""
    assert failure(kubexit, READY_TCP="1") == ("tcp 1", "1: Connection refused")


def test_an_address_of_another_machine(kubexit: Kubexit) -> None:
    """An address that cannot be reached: the reason is that of the system."""
    probe, why = failure(kubexit, READY_TCP="[::ffff:255.255.255.255]:1")

    assert probe == "tcp [::ffff:255.255.255.255]:1"
    assert re.fullmatch(r"\[::ffff:255\.255\.255\.255\]:1: (Permission denied|Network (is )?unreachable)", why)


def test_a_missing_file_and_an_old_one(kubexit: Kubexit) -> None:
    """A file that is missing, and one that is older than the start."""
    missing, old = kubexit.folder / "missing", kubexit.folder / "old"
    old.touch()
    why = failure(kubexit, READY_FILE=str(missing))
    running(kubexit, "web", READY_PERIOD="50ms", READY_FILE=str(old))
    stone = kubexit.wait_tombstone("web", "ProbeError")

    assert why == (f"file {missing}", f"{missing}: No such file or directory")
    assert stone["ProbeError"] == f"{old}: older than the start of the command"


@pytest.mark.parametrize(
    ("command", "why"), [("false secret", "exited with 1"), ("nosuch secret", "cannot be executed (exit code 127)")]
)
def test_a_command_that_fails(kubexit: Kubexit, command: str, why: str) -> None:
    """A command that fails, or does not exist: its name, never its arguments."""
    name = command.split()[0]

    assert failure(kubexit, READY_EXEC=command) == (f"exec {name}", f"{name}: {why}")


def test_a_url_that_answers_503(kubexit: Kubexit, web: Web) -> None:
    """A URL that answers anything but 2xx: its port and path, never its query. Each new answer replaces the last."""
    server = web(*[status(503)] * 40, *[status(404)] * 60, status(204))
    port = server.url().rstrip("/").rpartition(":")[2]
    running(kubexit, "db", READY_PERIOD="50ms", READY_HTTP=server.url("/health?token=secret"))
    stone = kubexit.wait_tombstone("db", "ProbeError")
    assert (stone["Probe"], stone["ProbeError"]) == (f"http :{port}/health", f":{port}/health: answered 503")
    eventually(lambda: (kubexit.tombstone("db") or {}).get("ProbeError") == f":{port}/health: answered 404", "404")

    assert "ProbeError" not in kubexit.wait_tombstone("db", "Ready")


def test_success_removes_the_failure(kubexit: Kubexit) -> None:
    """When the probe succeeds the reason is gone, and stays gone in the death."""
    file = kubexit.folder / "ready"
    db = running(kubexit, "db", READY_PERIOD="50ms", READY_FILE=str(file))
    kubexit.wait_tombstone("db", "ProbeError")
    file.touch()
    assert list(kubexit.wait_tombstone("db", "Ready")) == ["Born", "Ready", "Probe"]
    db.signal(15)
    db.wait()

    assert "ProbeError" not in (kubexit.tombstone("db") or {})


def test_a_command_that_was_never_ready(kubexit: Kubexit) -> None:
    """The death of a container that was never ready keeps why its probe failed. The same reason is written once."""
    eye = Observer(kubexit.graveyard)
    db = running(kubexit, "db", READY_PERIOD="10ms", READY_TCP="1")
    kubexit.wait_tombstone("db", "ProbeError")
    eventually(lambda: db.process.poll() is None and len(eye.of("db")) == 2, "it was written once")
    db.signal(15)
    db.wait()

    assert (kubexit.tombstone("db") or {})["ProbeError"] == "1: Connection refused"
    assert len(eye.of("db")) == 3


def test_notify_has_no_failure(kubexit: Kubexit) -> None:
    """A probe that only listens cannot fail: it is named, and nothing else."""
    born(kubexit, "db", READY_NOTIFY=True)

    assert list(kubexit.tombstone("db") or {}) == ["Born", "Probe"]
    assert (kubexit.tombstone("db") or {})["Probe"] == "notify"
