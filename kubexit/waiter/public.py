"""What the waiter needs of the interpreter, from public modules of any version; `private` is for one version."""

import json
import signal
import socket
import ssl
import sys
from json.encoder import encode_basestring as quote
from os import _exit as leave
from os import environ, getppid, kill, urandom, write

__all__ = ["Socket", "SslError", "context", "environ", "leave", "parse", "quote", "resolve", "secure", "signal"]
__all__ += ["getppid", "kill", "urandom", "write"]

Socket = socket.socket
SslError = ssl.SSLError


def parse(text: str) -> object:
    """Return what the JSON text says; ValueError for anything else."""
    return json.loads(text)


def resolve(host: str, port: int) -> list[tuple[int, int, int, str, tuple[object, ...]]]:
    """Return the addresses of a host as getaddrinfo(3) does."""
    return socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)  # type: ignore[return-value]


def context(authorities: str) -> ssl.SSLContext:
    """Return the TLS settings of the official client (urllib3's); without authorities, the system's are trusted."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks certificate and name
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.options |= ssl.OP_NO_SSLv2 | ssl.OP_NO_SSLv3 | ssl.OP_NO_COMPRESSION | ssl.OP_NO_TICKET
    made.post_handshake_auth = True
    made.hostname_checks_common_name = False
    made.set_alpn_protocols(["http/1.1"])
    if sys.version_info >= (3, 13):
        made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_STRICT
    if authorities:
        made.load_verify_locations(authorities)
    else:
        made.set_default_verify_paths()
    return made


def secure(connected: socket.socket, settings: ssl.SSLContext, host: str) -> tuple[socket.socket, ssl.SSLSocket]:
    """Return the socket, which is another one now, and TLS over it before its handshake."""
    stream = settings.wrap_socket(
        connected, server_hostname=host, do_handshake_on_connect=False, suppress_ragged_eofs=False
    )
    return stream, stream
