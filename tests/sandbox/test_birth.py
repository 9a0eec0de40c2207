"""Birth from the graveyard and readiness in gVisor."""

import pytest

from sandbox.pod import Pod

pytestmark = [pytest.mark.sandbox, pytest.mark.single_file]

WAITS = ("/bin/actor", "ready-then-wait", "--exit", "TERM=0")
BIRTH = {"BIRTH_SOURCE": "graveyard", "BIRTH_TIMEOUT": "infinite", "POLL_INTERVAL": "100ms"}


@pytest.mark.behaviour("graveyard-source-asks-no-api")
def test_command_starts_after_birth(pod: Pod) -> None:
    """The command is started when the dependency is born, and not before."""
    app = pod.start("app", "/bin/actor", "exit", "3", BIRTH_DEPS="db:born", **BIRTH)
    app.wait_line(r"waiting for", stream="stderr")
    assert "Born" not in (pod.tombstone("app") or {})
    pod.start("db", *WAITS)

    assert app.wait() == 3
    assert "db" in app.stderr


@pytest.mark.behaviour("graveyard-source-asks-no-api")
def test_wait_ends_at_timeout(pod: Pod) -> None:
    """A dependency that is never born ends the wait with 69."""
    app = pod.start("app", *WAITS, **{**BIRTH, "BIRTH_DEPS": "db:born", "BIRTH_TIMEOUT": "300ms"})

    assert app.wait() == 69
    assert app.stdout == ""


@pytest.mark.behaviour("graveyard-source-asks-no-api")
def test_ready_by_file(pod: Pod) -> None:
    """A readiness probe works as elsewhere: the file that the command makes is readiness."""
    db = pod.start("db", *WAITS, READY_FILE="/graveyard/.db-is-up")
    app = pod.start("app", "/bin/actor", "exit", "3", BIRTH_DEPS="db", **BIRTH)
    db.wait_line("^READY$")
    app.wait_line(r"waiting for", stream="stderr")
    pod.touch(".db-is-up")

    assert app.wait() == 3


@pytest.mark.behaviour("graveyard-source-asks-no-api")
def test_ready_by_command(pod: Pod) -> None:
    """A probe by command works too."""
    pod.start("db", *WAITS, READY_EXEC="/bin/actor exit 0", READY_PERIOD="100ms")
    app = pod.start("app", "/bin/actor", "exit", "3", BIRTH_DEPS="db", **BIRTH)

    assert app.wait() == 3


@pytest.mark.behaviour("graveyard-source-asks-no-api")
def test_ready_by_notification(pod: Pod) -> None:
    """READY=1 to NOTIFY_SOCKET works too."""
    pod.start("db", "/bin/inmate", "notify", "STATUS=starting", "READY=1", READY_NOTIFY="true")
    app = pod.start("app", "/bin/actor", "exit", "3", **{**BIRTH, "BIRTH_DEPS": "db", "BIRTH_TIMEOUT": "5s"})

    assert app.wait() == 3


@pytest.mark.behaviour("graveyard-source-asks-no-api")
@pytest.mark.parametrize("probe", [{"READY_TCP": "8080"}, {"READY_HTTP": "http://127.0.0.1:8080/ready"}], ids=str)
def test_ready_by_connection(pod: Pod, probe: dict[str, str]) -> None:
    """Probes by connection and by HTTP request work too."""
    app = pod.start("app", "/bin/actor", "exit", "3", BIRTH_DEPS="db", **BIRTH)
    app.wait_line("waiting for", stream="stderr")
    pod.start("db", "/bin/inmate", "serve", "8080", READY_PERIOD="100ms", **probe)

    assert app.wait() == 3
    assert "Ready" in (pod.tombstone("db") or {})


@pytest.mark.behaviour("birth-urls")
def test_waits_for_url(pod: Pod) -> None:
    """A URL can be waited for: the containers of a pod share one network there too."""
    app = pod.start("app", "/bin/actor", "exit", "3", BIRTH_URLS="http://127.0.0.1:8080/", BIRTH_TIMEOUT="infinite")
    app.wait_line("waiting for", stream="stderr")
    pod.run("proxy", "/bin/inmate", "serve", "8080")

    assert app.wait() == 3
