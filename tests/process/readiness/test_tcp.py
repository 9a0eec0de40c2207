"""KUBEXIT_READY_TCP: the command is ready when it accepts connections."""

import socket

import pytest

from harness.containers import running, sleeps
from harness.kubexit import Kubexit
from harness.waiting import eventually
from harness.world import namespaces

ADDRESSES = [
    ("127.0.0.1", "127.0.0.1:{}"),
    ("127.0.0.1", "{}"),
    ("127.0.0.1", "localhost:{}"),
    ("127.0.0.1", "LOCALHOST:{}"),
    ("127.0.0.2", "127.0.0.2:{}"),
    ("0.0.0.0", "127.0.0.1:{}"),
    ("::1", "[::1]:{}"),
    ("::1", "{}"),
    ("::1", "localhost:{}"),
    ("::", "[::1]:{}"),
]


def bound(host: str) -> socket.socket:
    """A socket that has a port and does not listen yet."""
    try:
        server = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        if ":" in host:
            server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        server.bind((host, 0))
    except OSError as error:
        pytest.skip(f"IPV6 NOT TESTED: no address {host} here: {error}")
    return server


@pytest.mark.parametrize(("host", "setting"), ADDRESSES)
def test_a_connection_is_readiness(kubexit: Kubexit, host: str, setting: str) -> None:
    """A connection that succeeds is readiness; before, while the port is bound and refuses, there is no readiness."""
    with bound(host) as server:
        port = server.getsockname()[1]
        running(kubexit, "db", READY_TCP=setting.format(port), READY_PERIOD="10ms")
        stone = kubexit.wait_tombstone("db", "Born")
        assert "Ready" not in stone
        server.listen()

        kubexit.wait_tombstone("db", "Ready")


def test_the_first_probe_comes_at_once(kubexit: Kubexit) -> None:
    """The first probe comes at once, not after the first period."""
    with bound("127.0.0.1") as server:
        server.listen()
        running(kubexit, "db", READY_TCP=server.getsockname()[1], READY_PERIOD="1h")

        kubexit.wait_tombstone("db", "Ready")


def test_readiness_needs_one_connection(kubexit: Kubexit) -> None:
    """Once ready, the server is not disturbed again: there is one connection, and it is closed without a byte."""
    with bound("127.0.0.1") as server:
        server.listen()
        db = running(kubexit, "db", READY_TCP=server.getsockname()[1], READY_PERIOD="10ms")
        kubexit.wait_tombstone("db", "Ready")
        connection, _ = server.accept()
        with connection:
            assert connection.recv(1) == b""
        db.signal(15)
        db.wait()
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_hanging_connection_delays_no_signal(kubexit: Kubexit) -> None:
    """A connection that hangs delays neither signals nor the end."""
    with bound("127.0.0.1") as server:
        server.listen(0)
        address = server.getsockname()
        # Fill the queue, so that the next connection is not answered at all.
        fillers = []
        for _ in range(3):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(address)
            fillers.append(filler)
        db = running(kubexit, "db", "TERM=4", READY_TCP=address[1], READY_PERIOD="10ms")
        kubexit.wait_tombstone("db", "Born")
        db.signal(15)

        assert db.wait() == 4
        for filler in fillers:
            filler.close()


def test_port_of_our_own(kubexit: Kubexit) -> None:
    """No server listens, and the only free port of the machine is the probed one: the probe never connects to itself.

    TCP lets a socket connect to itself when it is given the very port that it calls.
    """
    namespaces.require_network()
    lonely = namespaces.private_network("40000 40000")
    db = running(kubexit, "db", READY_TCP="127.0.0.1:40000", READY_PERIOD="10ms", preexec_fn=lonely)
    kubexit.wait_tombstone("db", "Born")
    before = sleeps(db.pid)
    ready = (kubexit.graveyard / "db").read_text
    eventually(lambda: sleeps(db.pid) > before + 5 or "Ready" in ready(), "it has probed five times more")

    assert "Ready" not in ready()
