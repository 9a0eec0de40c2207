"""Ports of loopback that stay with the test while nothing listens there: no other program is given one meanwhile."""

import socket


def bound(host: str, port: int) -> socket.socket:
    """A socket that has a port, which others of the same kind can have too as long as none of them listens."""
    opened = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((host, port))
    except OSError:
        opened.close()
        raise
    return opened


def reserved(host: str = "127.0.0.1") -> socket.socket:
    """A free port, until the socket is closed: for a server that sets SO_REUSEADDR, as all that are used here do.

    Connections to it are refused until that server listens.
    """
    return bound(host, 0)
