"""What the waiter needs of the interpreter in the static file: C modules that are linked in, and nothing above them.

The standard library's `ssl`, `socket` and `json` do the same with the same C modules. Importing them takes twice the
time of a whole look at the API, and as much memory again. Private names are used here, so this module fits one
version of Python: the pinned one. `public` offers the same for all others, and tests compare the two.
"""

import _json
import _signal as signal  # type: ignore[import-not-found]
import _socket
import _ssl
from posix import _exit as leave
from posix import environ as _environ
from posix import getppid, kill, urandom, write

__all__ = ["Socket", "SslError", "context", "environ", "leave", "parse", "quote", "resolve", "secure", "signal"]
__all__ += ["getppid", "kill", "urandom", "write"]

TLS_1_2 = 0x0303
OPTIONS = _ssl.OP_NO_SSLv2 | _ssl.OP_NO_SSLv3 | _ssl.OP_NO_COMPRESSION | _ssl.OP_NO_TICKET
BLANKS = " \t\n\r"

SslError = _ssl.SSLError
environ = {
    key.decode("utf-8", "surrogateescape"): it.decode("utf-8", "surrogateescape") for key, it in _environ.items()
}


class Socket(_socket.socket):
    """A socket to which TLS can hold a weak reference."""


class _Rules:
    """The default settings of the scanner in json.loads."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}.__getitem__


_scan = _json.make_scanner(_Rules)  # type: ignore[arg-type]
quote = _json.encode_basestring


def parse(text: str) -> object:
    """Return what the JSON text says; ValueError for anything else."""
    text = text.strip(BLANKS)
    try:
        thing, end = _scan(text, 0)
    except (StopIteration, SystemError):  # the second: the scanner did not find json.decoder for its own exception
        raise ValueError("not JSON") from None
    if end != len(text):
        raise ValueError("more than one JSON value")
    return thing


def resolve(host: str, port: int) -> list[tuple[int, int, int, str, tuple[object, ...]]]:
    """Return the addresses of a host as getaddrinfo(3) does; bytes, since text would be encoded by a codec."""
    return _socket.getaddrinfo(host.encode("ascii"), port, 0, _socket.SOCK_STREAM)  # type: ignore[return-value]


def context(authorities: str) -> object:
    """Return the TLS settings of the official client (urllib3's); without authorities, the system's are trusted."""
    made = _ssl._SSLContext(_ssl.PROTOCOL_TLS_CLIENT)  # checks certificate and name
    made.minimum_version = TLS_1_2
    made.options |= OPTIONS
    made.post_handshake_auth = True
    made._host_flags |= _ssl.HOSTFLAG_NEVER_CHECK_SUBJECT  # type: ignore[attr-defined]
    made._set_alpn_protocols(b"\x08http/1.1")  # type: ignore[attr-defined]
    if authorities:
        made.load_verify_locations(authorities)
    else:
        made.set_default_verify_paths()
    return made


def secure(connected: object, settings: object, host: str) -> tuple[object, object]:
    """Return the socket, and TLS over it before its handshake."""
    return connected, settings._wrap_socket(connected, False, host)  # type: ignore[attr-defined]
