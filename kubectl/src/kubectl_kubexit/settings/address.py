"""Addresses and URLs: what can be asked without resolving a name, and what cannot."""

import ipaddress
import re
from dataclasses import dataclass

PORT = re.compile(r"[0-9]+")
URL_BYTES = 2000
HOST_BYTES = 255
ADDRESS_BYTES = 48
NO_ADDRESS = "not an address; use [ADDRESS:]PORT with an IP literal or localhost, and a port from 1 to 65535"


@dataclass(frozen=True)
class Url:
    """A URL of a setting. native: plain http to an IP literal or localhost, which needs no Python and no resolver."""

    text: str
    host: str
    port: int
    native: bool


def is_literal(host: str) -> bool:
    """Return whether a host is an IP address in digits, localhost or empty."""
    if host == "" or host.lower() == "localhost":
        return True
    if "%" in host or not host.isascii():
        return False  # inet_pton(3) knows no zone
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def port_of(text: str) -> int | None:
    """Return a port from 1 to 65535; None for other texts."""
    if not PORT.fullmatch(text) or not 1 <= int(text) <= 65535:
        return None
    return int(text)


def parse_address(text: str) -> tuple[str, int]:
    """Return host and port of [ADDRESS:]PORT; ValueError says what is wrong."""
    host, colon, port_text = text.rpartition(":")
    port = port_of(port_text)
    if port is None or len(host.encode()) + 1 >= ADDRESS_BYTES + 1 or (colon and not host):
        raise ValueError(NO_ADDRESS)
    if len(host) > 1 and host[0] == "[" and host[-1] == "]":
        host = host[1:-1]
    elif ":" in host:
        raise ValueError(NO_ADDRESS)  # an IPv6 literal without brackets: where would its port begin?
    if not is_literal(host):
        raise ValueError(NO_ADDRESS)
    return host, port


def parse_url(text: str) -> Url:
    """Take a URL of a setting apart; ValueError says what is wrong with it."""
    match = re.match(r"(?i)(https?)://(.+)", text, re.DOTALL)
    if match is None:
        raise ValueError("incomplete URL; it must begin with http:// or https:// and name a host")
    if len(text.encode()) > URL_BYTES:
        raise ValueError("too long; use at most 2000 bytes")
    if not all("!" <= letter <= "~" for letter in text):
        raise ValueError("invalid URL; blanks and letters beyond ASCII must be percent-encoded")
    secure = match[1].lower() == "https"
    authority = re.split(r"[/?#]", match[2], maxsplit=1)[0]
    if "@" in authority:
        raise ValueError("a user name is not supported; remove it")
    host, port = split_authority(authority, 443 if secure else 80)
    if host.startswith("["):
        host = host[1:-1]
        if ":" not in host or not is_literal(host):
            raise ValueError("no IPv6 address between the brackets; use for example [::1]")
    elif not re.fullmatch(r"[0-9A-Za-z._-]+", host):
        raise ValueError("invalid host; use a DNS name or an IP address")
    return Url(text, host, port, native=not secure and is_literal(host))


def split_authority(authority: str, default: int) -> tuple[str, int]:
    """Return the host, with its brackets, and the port of HOST[:PORT]."""
    literal = authority.startswith("[")
    end = authority.find("]" if literal else ":")
    length = len(authority) if end < 0 else end + literal
    if length <= 2 * literal or (literal and end < 0):
        raise ValueError("names no host; use http://HOST[:PORT]/PATH")
    if length > HOST_BYTES:
        raise ValueError("host is too long; use at most 255 bytes")
    rest = authority[length:]
    if not rest:
        return authority, default
    port = port_of(rest[1:]) if rest[0] == ":" and len(rest) < 8 else None
    if port is None:
        raise ValueError("invalid port; use a number from 1 to 65535")
    return authority[:length], port
