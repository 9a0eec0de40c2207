"""The waiter tries each address of a host, and what it says when none answers."""

import json
import socket
import subprocess
import sys

import pytest

from harness.world.namespaces import require_network
from harness.world.network import Network

SCRIPT = """
import json, sys
from time import monotonic
from kubexit.waiter import engine, urls

addresses = json.loads(sys.argv[1])
engine.resolve = lambda host, port: [(*kind, "", tuple(where)) for *kind, where in addresses]
print(urls.has_ended(urls.Url("POST", "https://localhost:7070/"), monotonic() + 20))
"""
FOUR = (socket.AF_INET, socket.SOCK_STREAM, 0, ("127.0.0.1", 7070))
SIX = (socket.AF_INET6, socket.SOCK_STREAM, 0, ("::1", 7070))
# A family that the kernel does not know, as IPv6 is to a kernel without it.
UNKNOWN = (999, socket.SOCK_STREAM, 0, ("127.0.0.1", 7070))


@pytest.mark.behaviour("quit-wait")
@pytest.mark.parametrize("listens", [False, True])
@pytest.mark.parametrize("addresses", [(FOUR, SIX), (SIX, FOUR), (FOUR, UNKNOWN), (UNKNOWN, FOUR)])
def test_localhost_without_ipv6(addresses: tuple[object, ...], listens: bool) -> None:
    """A sidecar has ended when 127.0.0.1 refuses and ::1 is no address here, in any order of the two.

    Fails when the last address alone decides what is reported.
    """
    require_network()
    network = Network(ipv6=False)
    try:
        with network.bound(7070) as server:
            if listens:
                server.listen()
            finished = subprocess.run(
                [sys.executable, "-c", SCRIPT, json.dumps(addresses)],
                preexec_fn=network.enter, capture_output=True, text=True, check=True,
            )  # fmt: skip
    finally:
        network.close()

    assert finished.stdout.strip() == str(not listens)
