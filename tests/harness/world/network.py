"""A pod's network: a namespace with nothing but a loopback, in which the test listens and kubexit is started."""

import os
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from .namespaces import CLONE_NEWNET, libc_call, require_network, start_loopback

Result = TypeVar("Result")

IPV6_OFF = Path("/proc/sys/net/ipv6/conf/all/disable_ipv6")  # of the network of the thread that opens it


class Network:
    """A network namespace that lives as long as this object is not closed."""

    def __init__(self, ipv6: bool = True) -> None:
        require_network()
        self._namespace = _in_a_thread(lambda: self._make(ipv6))

    def enter(self) -> None:
        """A `preexec_fn`: what is executed then lives in this network."""
        libc_call("setns", self._namespace, CLONE_NEWNET)

    def bound(self, port: int, host: str = "127.0.0.1") -> socket.socket:
        """A socket of this network that has a port and does not listen yet."""
        return _in_a_thread(lambda: self._bind(port, host))

    def close(self) -> None:
        """Let go of it; it ends with the last process and socket in it."""
        os.close(self._namespace)

    def _bind(self, port: int, host: str) -> socket.socket:
        self.enter()
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        listener.bind((host, port))
        return listener

    @staticmethod
    def _make(ipv6: bool) -> int:
        libc_call("unshare", CLONE_NEWNET)
        if not ipv6 and IPV6_OFF.exists():
            IPV6_OFF.write_text("1")
        start_loopback()
        return os.open(Path("/proc/thread-self/ns/net"), os.O_RDONLY | os.O_CLOEXEC)


def _in_a_thread(work: Callable[[], Result]) -> Result:
    """Return the result of work in a new thread: a namespace that it enters ends with it (setns(2))."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()
