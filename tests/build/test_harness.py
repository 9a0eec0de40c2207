"""What the tests take for granted of their harness on a busy machine."""

import socket
from pathlib import Path

import hypothesis
import pytest

from harness.observer import Observer
from harness.servers import certificates
from harness.servers.ports import bound, reserved
from harness.servers.tlsserver import TlsServer


def test_no_event_behind_the_wanted_one_is_lost(tmp_path: Path) -> None:
    """Events that were read together with the one that was waited for are seen later."""
    eye = Observer(tmp_path, patience=0)
    for name in ("first", "second", "third"):
        (tmp_path / name).mkdir()
    eye.until(lambda event: event.file == "first")

    assert [event.file for event in eye.so_far()] == ["first", "second", "third"]


def test_a_server_that_is_down_keeps_its_port(tmp_path: Path) -> None:
    """While nothing listens there, connections are refused, and no other socket can have the port."""
    server = TlsServer(certificates.authority(tmp_path), "127.0.0.1")
    server.refuse()
    with socket.socket() as client, socket.socket() as other:
        with pytest.raises(ConnectionRefusedError):
            client.connect(("127.0.0.1", server.port))
        with pytest.raises(OSError, match="in use"):
            other.bind(("127.0.0.1", server.port))
    server.listen()
    socket.create_connection(("127.0.0.1", server.port)).close()
    server.close()


def test_a_reserved_port_is_for_a_server(tmp_path: Path) -> None:
    """A server that sets SO_REUSEADDR, as servers do, listens at a port that is reserved for it."""
    with reserved() as place, bound(*place.getsockname()) as server:
        server.listen()
        with socket.create_connection(place.getsockname()), server.accept()[0] as connection:
            assert connection.getsockname() == place.getsockname()


def test_examples_have_no_deadline() -> None:
    """A machine that does something else for a moment makes no example of hypothesis a failure."""
    assert hypothesis.settings.default is not None
    assert hypothesis.settings.default.deadline is None
    assert hypothesis.HealthCheck.too_slow in hypothesis.settings.default.suppress_health_check
