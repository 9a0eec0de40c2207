"""Birth URLs that need TLS or a name resolved: the waiter asks them, together with the API's question."""

import os
import signal
from collections.abc import Callable

import pytest

from harness import processes, waiters
from harness.containers import lines
from harness.kubexit import Kubexit
from harness.servers import certificates
from harness.servers.webserver import WebServer, status
from harness.supervised import Supervised
from harness.waiters import Waiter
from harness.waiting import eventually

pytestmark = pytest.mark.behaviour("birth-urls")

Web = Callable[..., WebServer]
POD = {"POD_NAME": "pod-1", "NAMESPACE": "ns-1"}
FOREIGN = "https://127.0.0.1:1/a"
NAMED = "127.1"  # 127.0.0.1 to a resolver, and no IP literal


def start(kubexit: Kubexit, waiter: Waiter | None, **settings: object) -> Supervised:
    return kubexit.start("echo", "BORN", name="app", waiter=waiter, **{"BIRTH_TIMEOUT": "infinite", **settings})


def acting(kubexit: Kubexit, *exits: str) -> Waiter:
    """Make a waiter that writes READY and its signals to stderr, and exits at the signals that it is given."""
    options = " ".join(f"--exit {pair}" for pair in exits)
    return Waiter(kubexit.folder, f"exec {kubexit.program()} ready-then-wait {options} >&2")


def test_the_waiter_gets_only_its_urls(kubexit: Kubexit, web: Web) -> None:
    """The waiter gets kubexit's name and the URLs that it must ask; no pod, if the API is not asked."""
    waiter = Waiter(kubexit.folder, "")
    urls = f"{FOREIGN}, {web().url()} ,http://proxy:8080/b?x=1"
    app = start(kubexit, waiter, BIRTH_URLS=urls, **POD)

    assert app.wait() == 0
    assert waiter.starts == [f"--name app --get {FOREIGN} --get http://proxy:8080/b?x=1"]


def test_arguments_with_containers(kubexit: Kubexit) -> None:
    """The same waiter asks the API about containers: one interpreter for everything."""
    waiter = Waiter(kubexit.folder, "")
    app = start(kubexit, waiter, BIRTH_URLS=FOREIGN, BIRTH_DEPS="db,cache?", **POD)

    assert app.wait() == 0
    assert waiter.starts == [f"--pod pod-1 --namespace ns-1 --name app --get {FOREIGN} db cache?"]


def test_local_urls_start_no_waiter(kubexit: Kubexit, web: Web) -> None:
    """If nothing needs it, no interpreter is started."""
    waiter = Waiter(kubexit.folder, "exit 1")

    assert start(kubexit, waiter, BIRTH_URLS=web().url()).wait() == 0
    assert waiter.starts == []


@pytest.mark.parametrize("first", ["waiter", "probe"])
def test_waiter_and_urls_are_needed_together(kubexit: Kubexit, web: Web, first: str) -> None:
    """The waiter's verdict and kubexit's own URLs are needed together, in any order."""
    server = web(status(503))
    app = start(kubexit, acting(kubexit, "USR1=0"), BIRTH_URLS=f"{server.url()},{FOREIGN}")
    app.wait_line("^READY", stream="stderr")
    server.wait_asked()
    waiter, probe = processes.children(app.pid)
    for step in (first, "probe" if first == "waiter" else "waiter"):
        assert "Born" not in (kubexit.tombstone("app") or {})
        if step == "waiter":
            os.kill(waiter, signal.SIGUSR1)
            eventually(lambda: waiter not in processes.children(app.pid), "the verdict is taken")
        else:
            server.answer_next(status(200))
            eventually(lambda: probe not in processes.children(app.pid), "the URL has answered")

    assert app.wait() == 0
    assert app.stdout == "BORN\n"


@pytest.mark.behaviour("codes-of-kubexit")
@pytest.mark.parametrize(("verdict", "code"), [(2, 2), (69, 69), (77, 77), (1, 70)])
def test_a_verdict_ends_the_wait_for_urls(kubexit: Kubexit, web: Web, verdict: int, code: int) -> None:
    """A verdict of the waiter that ends the wait ends it at once, with the probe; the reason names the URLs."""
    server = web(status(503))
    waiter = Waiter(kubexit.folder, f"read line < {kubexit.folder}/go; exit {verdict}")
    os.mkfifo(kubexit.folder / "go")
    app = start(kubexit, waiter, BIRTH_URLS=f"{server.url()},{FOREIGN}")
    server.wait_asked()
    children = eventually(lambda: len(found := processes.children(app.pid)) == 2 and found, "both ask")
    (kubexit.folder / "go").write_text("go\n")

    assert app.wait() == code
    assert app.stdout == ""
    assert FOREIGN in (kubexit.tombstone("app") or {})["Reason"]
    eventually(lambda: not any(map(processes.alive, children)), "no probe is running")


@pytest.mark.behaviour("all-ready-at-once")
def test_odd_answers_start_nothing(kubexit: Kubexit, web: Web) -> None:
    """An answer that makes a library fail does not start the command: it was not 2xx."""
    server = web(status(503, "Content-Type: multipart/mixed; boundary*=a; boundary*0=b"))
    app = start(kubexit, waiters.real(kubexit), BIRTH_URLS=server.url("/", NAMED))
    server.wait_asked(2)  # so the first answer was not taken for a good one
    app.signal(signal.SIGTERM)

    assert app.wait() == 143
    assert "BORN" not in app.stdout


def test_not_from_memory(kubexit: Kubexit) -> None:
    """A verdict while the graveyard is not ready does not count: kubexit asks for it again afterwards."""
    waiter = Waiter(kubexit.folder, "")
    app = start(kubexit, waiter, BIRTH_URLS=FOREIGN, BIRTH_DEPS="db:born", LOG_LEVEL="debug")
    eventually(lambda: waiter.starts and processes.children(app.pid) == [], "the first verdict is taken")
    kubexit.carve("db", Born=True)

    assert app.wait() == 0
    assert len(waiter.starts) == 2


@pytest.mark.behaviour("timeout-names-the-missing")
def test_time_is_up(kubexit: Kubexit) -> None:
    """At the deadline the waiter gets SIGTERM, and the reason names its URLs."""
    app = start(kubexit, acting(kubexit, "TERM=69"), BIRTH_URLS=FOREIGN, BIRTH_TIMEOUT="500ms")

    assert app.wait() == 69
    assert f"{FOREIGN} (no 2xx yet)" in (kubexit.tombstone("app") or {})["Reason"]


@pytest.mark.behaviour("timeout-names-the-missing")
def test_only_what_is_missing(kubexit: Kubexit) -> None:
    """A container that the graveyard shows ready is not named beside a URL that has not answered."""
    kubexit.carve("db", Born=True, Ready=True)
    settings = {"BIRTH_URLS": FOREIGN, "BIRTH_DEPS": "db", "BIRTH_SOURCE": "graveyard", "BIRTH_TIMEOUT": "500ms"}
    app = start(kubexit, acting(kubexit, "TERM=69"), **settings)

    assert app.wait() == 69
    assert (kubexit.tombstone("app") or {})["Reason"].endswith(f": {FOREIGN} (no 2xx yet)")


@pytest.mark.behaviour("nothing-of-the-wait-remains")
@pytest.mark.parametrize("by", ["TLS", "name"])
def test_the_real_waiter_opens_the_gate(
    kubexit: Kubexit, web: Web, tmp_path_factory: pytest.TempPathFactory, by: str
) -> None:
    """The real waiter opens the gate at the first 2xx, and no process of the wait is left."""
    folder = tmp_path_factory.mktemp("ca")
    authority = certificates.authority(folder)
    answers = (status(503), status(302, "Location: /"), status(200))
    if by == "TLS":
        server = web(*answers, certificate=certificates.server(folder, authority, "IP:127.0.0.1"))
    else:
        server = web(*answers)
    app = kubexit.start(
        kubexit.program(),
        "plain",
        name="app",
        waiter=waiters.real(kubexit),
        env={"SSL_CERT_FILE": authority.certificate},
        BIRTH_URLS=server.url("/ready", NAMED if by == "name" else ""),
        BIRTH_TIMEOUT="infinite",
    )
    app.wait_line("^READY$")
    app.wait_line("command started", "stderr")  # only then the waiter, which ends beside the start, is collected

    assert [(request.method, request.target) for request in server.requests] == [("GET", "/ready")] * 3
    kubexit.wait_tombstone("app", "Born")
    assert processes.children(app.pid) == [app.command_pid()]


@pytest.mark.behaviour("timeout-names-the-missing")
def test_the_real_waiter_names_the_missing_url(kubexit: Kubexit, web: Web) -> None:
    """At the deadline the real waiter logs which URL is missing and how it answered last."""
    server = web(status(503))
    url = server.url("/ready", NAMED)
    app = start(kubexit, waiters.real(kubexit), BIRTH_URLS=url, BIRTH_TIMEOUT="5s")
    server.wait_asked(2)

    assert app.wait() == 69
    assert f"not ready: {url}: answered 503" in app.stderr
    assert len(lines(app.stderr, "error")) == 2


@pytest.mark.behaviour("signal-during-birth-wait")
def test_sigterm_ends_the_real_wait(kubexit: Kubexit, web: Web) -> None:
    """A SIGTERM ends the wait of the real waiter while a server takes its time."""
    server = web(lambda connection: connection.recv(1))
    app = start(kubexit, waiters.real(kubexit), BIRTH_URLS=server.url("/", NAMED))
    server.wait_asked()
    app.signal(signal.SIGTERM)

    assert app.wait() == 143
    assert app.stdout == ""
