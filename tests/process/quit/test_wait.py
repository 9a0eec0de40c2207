"""KUBEXIT_QUIT_WAIT: kubexit waits until the sidecars that it asked to quit have ended."""

import os
import shutil
import signal
import time
from collections.abc import Callable

import pytest

from harness.containers import lines
from harness.kubexit import Kubexit
from harness.servers.webserver import WebServer, bound, status
from harness.waiting import eventually
from harness.world.namespaces import require_network
from harness.world.network import Network

pytestmark = [pytest.mark.every_form, pytest.mark.behaviour("quit-wait")]

Web = Callable[..., WebServer]


def test_it_waits_until_the_sidecar_refuses_connections(kubexit: Kubexit, web: Web) -> None:
    """kubexit exits when nothing listens at the URL any longer. Shown to fail by leaving the server open."""
    server = web()
    url = server.url("/quit")
    main = kubexit.start("true", QUIT_POST=url, QUIT_WAIT="1h", GRACE_PERIOD="1h")
    main.wait_line("quit request POST .*: answered 200", "stderr")
    assert main.process.poll() is None
    assert "Died" in (kubexit.tombstone() or {})
    server.close()

    assert main.wait() == 0
    assert f"quit request POST {url}: the sidecar has ended" in main.stderr
    assert lines(main.stderr, "warn") == []


def test_it_does_not_wait_longer_than_the_grace_period(kubexit: Kubexit, web: Web) -> None:
    """A sidecar that does not end is a warning after the grace period; the exit code stays."""
    begin = time.monotonic()
    finished = kubexit.run(
        "sh", "-c", "exit 3", QUIT_POST=web().url(), QUIT_WAIT="1h", GRACE_PERIOD="300ms", QUIT_TIMEOUT="20s"
    )

    assert finished.code == 3
    assert 0.3 <= time.monotonic() - begin < 15
    (warning,) = lines(finished.stderr, "warn")
    assert "the sidecar has not ended in time; kubexit's exit code stays 3" in warning


def test_a_sidecar_that_did_not_agree_is_not_waited_for(kubexit: Kubexit, web: Web) -> None:
    """Without a 2xx the sidecar will not end, so kubexit does not wait; nor for one that is not there."""
    with bound() as unserved:
        url = f"http://127.0.0.1:{unserved.getsockname()[1]}/"
        finished = kubexit.run("true", QUIT_POST=f"{web(status(404)).url()},{url}", QUIT_WAIT="1h", GRACE_PERIOD="1h")

    assert finished.code == 0
    assert "answered 404" in finished.stderr
    assert "ended" not in finished.stderr


@pytest.mark.behaviour("quit-rounds")
def test_the_next_round_waits_for_the_end_of_the_first(kubexit: Kubexit, web: Web) -> None:
    """With rounds, a sidecar is asked when those before it have ended, not only answered."""
    first, second = web(), web()
    main = kubexit.start("true", QUIT_POST=f"{first.url()};{second.url()}", QUIT_WAIT="20m", GRACE_PERIOD="20m")
    main.wait_line("quit request POST .*: answered 200", "stderr")
    assert second.requests == []
    first.close()
    second.wait_asked()
    second.close()

    assert main.wait() == 0
    assert main.stderr.count("the sidecar has ended") == 2


@pytest.mark.behaviour("quit-requests-never-delay-sigkill")
def test_a_request_without_a_time_limit_has_half_a_second(kubexit: Kubexit, web: Web) -> None:
    """With a KUBEXIT_QUIT_TIMEOUT of 0 the sidecar is asked, and waited for, as without the wait.

    Fails when the request itself has no time.
    """
    server = web()
    main = kubexit.start("true", QUIT_POST=server.url(), QUIT_TIMEOUT="0", QUIT_WAIT="1h", GRACE_PERIOD="1h")
    main.wait_line("quit request POST .*: answered 200", "stderr")
    server.close()

    assert main.wait() == 0
    assert "the sidecar has ended" in main.stderr


def test_localhost_without_ipv6(kubexit: Kubexit, web: Web) -> None:
    """In a pod without IPv6 nothing is at ::1, so a sidecar at localhost has ended when 127.0.0.1 refuses.

    Fails when ::1, which is no address there, has to refuse too.
    """
    require_network()
    network = Network(ipv6=False)
    try:
        server = web(listener=network.bound(7070))
        main = kubexit.start(
            "true", QUIT_POST=server.url("/", "localhost"), QUIT_WAIT="1h", GRACE_PERIOD="1h", preexec_fn=network.enter
        )
        main.wait_line("quit request POST .*: answered 200", "stderr")
        server.close()

        assert main.wait() == 0
        assert "the sidecar has ended" in main.stderr
    finally:
        network.close()


def test_a_signal_ends_the_wait(kubexit: Kubexit, web: Web) -> None:
    """A SIGTERM leaves it half a second, like the requests."""
    main = kubexit.start("true", QUIT_POST=web().url(), QUIT_WAIT="1h", GRACE_PERIOD="1h")
    main.wait_line("answered 200", "stderr")
    main.signal(signal.SIGTERM)

    assert main.wait() == 0
    assert "no answer, or no end of the sidecar, in time" in main.stderr


@pytest.mark.behaviour("quit-processes-by-name")
@pytest.mark.parametrize("ends", [True, False])
def test_it_waits_for_processes_too(kubexit: Kubexit, ends: bool) -> None:
    """kubexit exits when the processes with SIGTERM have ended: one of them does at once, or not before the limit."""
    sidecar = kubexit.folder / "sidecar"
    shutil.copy(kubexit.program(), sidecar)
    out = kubexit.folder / "out"
    own = "--exit TERM=0" if ends else ""
    script = f"{sidecar} ready-then-wait {own} > {out} & exec {kubexit.program()} ready-then-wait --exit USR1=3"
    limit = "1h" if ends else "1s"
    main = kubexit.start("sh", "-c", script, fence=True, QUIT_PROCESSES="sidecar", QUIT_WAIT=limit, GRACE_PERIOD="1h")
    eventually(lambda: out.exists() and "READY" in out.read_text(), "the sidecar runs")
    main.wait_line("READY")
    main.signal(signal.SIGUSR1)

    assert main.wait() == 3
    assert "SIGNAL TERM" in out.read_text()
    if ends:
        assert "the processes of KUBEXIT_QUIT_PROCESSES have ended" in main.stderr
    else:
        assert "1 process of KUBEXIT_QUIT_PROCESSES has not ended in time; kubexit's exit code stays 3" in main.stderr


@pytest.mark.behaviour("quit-processes-by-name", "quit-rounds")
def test_more_rounds_of_processes_than_requests_can_run(kubexit: Kubexit) -> None:
    """A signal has all rounds asked at once, regardless of their number, and one child waits for their processes.

    Fails when there is a child for each round: they were more than kubexit has room for, and the exit code was lost.
    """
    names = [f"sidecar{number}" for number in range(40)]
    for name in names:
        os.link(kubexit.program(), kubexit.folder / name)
    out = kubexit.folder / "out"
    script = "\n".join(f"{kubexit.folder}/{name} ready-then-wait >> {out} &" for name in names)
    command = f"{script}\nexec {kubexit.program()} ready-then-wait --exit USR1=3"
    main = kubexit.start(
        "sh", "-c", command, fence=True, QUIT_PROCESSES=";".join(names), QUIT_WAIT="1h", GRACE_PERIOD="1h"
    )
    eventually(lambda: out.exists() and out.read_text().count("READY") == len(names), "the sidecars run")
    main.wait_line("READY")
    main.signal(signal.SIGUSR1)
    main.wait_line("sent SIGTERM to pid", "stderr")
    main.signal(signal.SIGTERM)

    assert main.wait() == 3
    assert main.stderr.count("sent SIGTERM to pid") == len(names)
    assert main.stderr.count("processes of KUBEXIT_QUIT_PROCESSES have not ended in time") == 1


def test_the_waiter_waits_for_its_sidecars(kubexit: Kubexit, web: Web) -> None:
    """A URL that needs a name resolved is asked by the waiter, which waits as well."""
    if kubexit.form in {"gate", "sanitize"}:
        pytest.skip("WAITER NOT TESTED: this form has no waiter inside")
    server = web()
    url = server.url(host="127.1")
    main = kubexit.start("true", QUIT_POST=url, QUIT_WAIT="1h", GRACE_PERIOD="1h")
    main.wait_line("quit request POST .*: answered 200", "stderr")
    assert main.process.poll() is None
    server.close()

    assert main.wait() == 0
    assert f"quit request POST {url}: the sidecar has ended" in main.stderr
