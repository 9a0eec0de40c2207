"""KUBEXIT_QUIT_POLICY, and containers whose command was never started: who is asked to quit, and when not."""

import signal
from collections.abc import Callable

import pytest

from harness.containers import lines, running, waiting
from harness.kubexit import Kubexit
from harness.servers.webserver import WebServer

pytestmark = pytest.mark.behaviour("quit-requests")

Web = Callable[..., WebServer]
POLICIES = {
    (None, 0): True,
    (None, 3): True,
    ("always", 0): True,
    ("always", 3): True,
    ("success", 0): True,
    ("success", 3): False,
    ("failure", 0): False,
    ("failure", 3): True,
    ("never", 0): False,
    ("never", 3): False,
}
NEVER_STARTED = {
    "command not found": (["/no/such"], {}, 127),
    "not executable": (["/etc/passwd"], {}, 126),
    "birth timeout": (["true"], {"BIRTH_DEPS": "db:born", "BIRTH_TIMEOUT": "10ms"}, 69),
    "settings": (["true"], {"GRACE_PERIOD": "30"}, 2),
    "settings of readiness": (["true"], {"READY_HTTP": "https://localhost/"}, 2),
    "no pod name": (["true"], {"BIRTH_DEPS": "db"}, 2),
    "no command": ([], {}, 2),
    "dead dependency": (["true"], {"DEATH_DEPS": "dead"}, 0),
    "dead and needed": (["true"], {"DEATH_DEPS": "dead", "BIRTH_DEPS": "dead:born"}, 69),
}


@pytest.mark.parametrize(("policy", "code"), POLICIES)
def test_the_policy_goes_by_the_code(kubexit: Kubexit, web: Web, policy: str | None, code: int) -> None:
    """Always, only after a 0, only after another code, or never; without the setting always."""
    server = web()
    finished = kubexit.run("sh", "-c", f"exit {code}", QUIT_POST=server.url(), QUIT_POLICY=policy)

    assert finished.code == code
    assert len(server.requests) == int(POLICIES[policy, code])


@pytest.mark.behaviour("exit-code-on-stop")
@pytest.mark.parametrize(("policy", "asked"), [("success", 1), ("failure", 0)])
def test_policy_of_our_own_code(kubexit: Kubexit, web: Web, policy: str, asked: int) -> None:
    """The condition looks at the code that kubexit exits with, not at the command's own."""
    server = web()
    sidecar = running(
        kubexit, exits="TERM=9", DEATH_DEPS="main", EXIT_CODE_ON_STOP="zero", QUIT_POLICY=policy, QUIT_POST=server.url()
    )
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)

    assert sidecar.wait() == 0
    assert len(server.requests) == asked


@pytest.mark.behaviour("signal-death-is-128-plus-n")
def test_signal_death_is_a_failure(kubexit: Kubexit, web: Web, actor: str) -> None:
    """A command that a signal ended has failed."""
    server = web()
    finished = kubexit.run(actor, "die", "TERM", QUIT_POST=server.url(), QUIT_POLICY="failure")

    assert finished.code == 143
    assert len(server.requests) == 1


@pytest.mark.behaviour("bad-setting-exits-with-2", "every-exit-writes-a-death", "codes-of-kubexit")
@pytest.mark.parametrize("case", NEVER_STARTED)
@pytest.mark.parametrize("policy", ["always", "success", "failure"])
def test_a_command_never_started_asks_too(kubexit: Kubexit, web: Web, case: str, policy: str) -> None:
    """A command that was never started leaves a pod that has to end too; the policy goes by the code.

    The death is already written.
    """
    command, settings, code = NEVER_STARTED[case]
    kubexit.carve("dead", Born=True, Died=True, ExitCode=0)
    server = web(look=kubexit.tombstone)
    finished = kubexit.run(*command, QUIT_POST=server.url(), QUIT_POLICY=policy, **settings)
    wanted = policy == "always" or (policy == "success") == (code == 0)

    assert finished.code == code
    assert [request.seen["ExitCode"] for request in server.requests] == [code] * wanted


@pytest.mark.behaviour("graveyard-not-a-folder", "every-exit-writes-a-death")
def test_an_unusable_graveyard_still_asks_urls(kubexit: Kubexit, web: Web) -> None:
    """If no death can be written, the URLs are asked all the same."""
    kubexit.graveyard.write_text("")
    server = web()
    finished = kubexit.run("true", QUIT_POST=server.url())

    assert finished.code == 73
    assert len(server.requests) == 1


@pytest.mark.behaviour("every-exit-writes-a-death", "signal-during-birth-wait")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signal_while_waiting(kubexit: Kubexit, web: Web, number: int) -> None:
    """So they are after a signal that ended the wait for birth."""
    server = web(look=lambda: kubexit.tombstone("app"))
    app = waiting(kubexit, BIRTH_DEPS="db:born", QUIT_POST=server.url())
    app.signal(number)

    assert app.wait() == 128 + number
    assert [request.seen["ExitCode"] for request in server.requests] == [128 + number]


@pytest.mark.behaviour("every-exit-writes-a-death", "dead-before-start")
def test_death_while_waiting(kubexit: Kubexit, web: Web) -> None:
    """And after a death that ended it."""
    server = web()
    app = waiting(kubexit, BIRTH_DEPS="db:born", DEATH_DEPS="main", QUIT_POST=server.url())
    kubexit.carve("main", Died=True, ExitCode=0)

    assert app.wait() == 0
    assert len(server.requests) == 1


@pytest.mark.behaviour("bad-setting-exits-with-2")
@pytest.mark.parametrize(
    "bad",
    [{"QUIT_TIMEOUT": "5"}, {"QUIT_POLICY": "no"}, {"QUIT_GET": "x"}, {"MESH": "none"}],
    ids=str,
)
def test_bad_quit_settings(kubexit: Kubexit, web: Web, bad: dict[str, str]) -> None:
    """With a fault in these settings themselves no URL is asked: what is meant is not known."""
    server = web()
    finished = kubexit.run("true", QUIT_POST=server.url(), **bad)

    assert finished.code == 2
    assert server.requests == []


@pytest.mark.behaviour("bad-setting-exits-with-2")
@pytest.mark.parametrize(
    "bad",
    [{"NAME": "a/b"}, {"NAME": None}, {"LIVENESS": "x"}, {"DISABLED": "x"}, {"LOG_LEVEL": "loud"}, {"LOG_FORMAT": "x"}],
    ids=str,
)
@pytest.mark.parametrize("timeout", ["5s", "5"])
def test_bad_first_settings(kubexit: Kubexit, web: Web, bad: dict[str, str | None], timeout: str) -> None:
    """A fault in earlier settings leaves no sidecar waiting either; each fault is logged."""
    server = web()
    finished = kubexit.run("true", QUIT_POST=server.url(), QUIT_TIMEOUT=timeout, **bad)

    assert finished.code == 2
    errors = [line for line in finished.stderr.splitlines() if " error kubexit" in line]
    assert f"KUBEXIT_{next(iter(bad))}" in errors[0]
    assert ["KUBEXIT_QUIT_TIMEOUT" in line for line in errors[1:]] == [True] * (timeout == "5")
    assert len(server.requests) == (timeout == "5s")


@pytest.mark.behaviour("name-already-alive")
@pytest.mark.parametrize("settings", [{}, {"GRACE_PERIOD": "30"}], ids=["good", "bad"])
def test_second_of_a_name(kubexit: Kubexit, web: Web, settings: dict[str, str]) -> None:
    """A second supervisor of a living name asks no URL: the first one's command still needs the sidecars."""
    server = web()
    first = running(kubexit, "main", QUIT_POST=server.url())
    kubexit.wait_tombstone("main", "Born")
    kubexit.run("true", QUIT_POST=server.url(), **settings)
    assert server.requests == []
    first.signal(signal.SIGTERM)

    assert first.wait() == 0
    assert len(server.requests) == 1


@pytest.mark.behaviour("disabled-executes-only")
def test_disabled_kubexit_asks_no_url(kubexit: Kubexit, web: Web) -> None:
    """Switched off, kubexit asks no URL."""
    server = web()

    assert kubexit.run("true", DISABLED="true", QUIT_POST=server.url()).code == 0
    assert server.requests == []


def test_nobody_to_ask(kubexit: Kubexit) -> None:
    """Without any URL no line is logged."""
    finished = kubexit.run("true", QUIT_POLICY="always", QUIT_TIMEOUT="1h")

    assert "quit" not in finished.stderr
    assert lines(finished.stderr, "warn") == []
