"""An API server that cannot be reached for a while, or speaks another TLS."""

import ssl

import pytest

from harness.servers.apiserver import ApiServer
from harness.servers.pods import pod, ready
from harness.waiter_in_pod import Waiter

pytestmark = pytest.mark.every_form

WAITING = pod("main", "db")


@pytest.mark.behaviour("broken-streams-reopened")
def test_server_is_unreachable_at_first(api: ApiServer, waiter: Waiter) -> None:
    """The waiter tries a server that refuses connections until it accepts one."""
    api.show(ready(WAITING, "db"))
    api.refuse()
    started = waiter.start("db")
    started.wait_line("refused.*next try", "stderr")
    api.listen()

    assert started.wait() == 0


@pytest.mark.behaviour("broken-streams-reopened")
def test_server_goes_and_comes_back(api: ApiServer, waiter: Waiter) -> None:
    """A server that restarts during the watch is found again."""
    api.show(WAITING)
    started = waiter.start("db")
    api.wait_watched()
    api.refuse()
    started.wait_line("list.*refused.*next try", "stderr")
    api.listen()
    api.show(ready(WAITING, "db"))

    assert started.wait() == 0


@pytest.mark.behaviour("broken-streams-reopened", "cluster-address-and-certificates")
def test_handshake_takes_its_time(api: ApiServer, waiter: Waiter) -> None:
    """A TLS handshake that never ends has a time limit; a slow one is waited for."""
    api.show(ready(WAITING, "db"))
    api.hold_handshake.clear()
    started = waiter.start("db")
    started.wait_line("next try", "stderr")
    api.hold_handshake.set()

    assert started.wait() == 0


@pytest.mark.behaviour("cluster-address-and-certificates")
@pytest.mark.parametrize(
    ("version", "spoken"), [(ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True)], ids=["1.1", "1.2"]
)
def test_version_of_tls(api: ApiServer, waiter: Waiter, version: ssl.TLSVersion, spoken: bool) -> None:
    """TLS 1.2 is the oldest version that the waiter accepts."""
    api.show(ready(WAITING, "db"))
    api.tls(version)
    started = waiter.start("db")
    if spoken:
        assert started.wait() == 0
    else:
        started.wait_line("(?i)tls.*version.*next try", "stderr")
        assert api.asked() == []
