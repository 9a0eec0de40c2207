"""Signals by name or number, as Linux numbers them; the author's machine may number them differently."""

import re

FIRST_REALTIME = 34
LAST = 64
WORD_BYTES = 32  # of a signal in a pair, one more than it can have
# signal(7), the numbers of x86 and Arm.
NUMBERS = {
    "HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "TRAP": 5, "ABRT": 6, "IOT": 6, "BUS": 7, "FPE": 8, "KILL": 9,
    "USR1": 10, "SEGV": 11, "USR2": 12, "PIPE": 13, "ALRM": 14, "TERM": 15, "STKFLT": 16, "CHLD": 17, "CONT": 18,
    "STOP": 19, "TSTP": 20, "TTIN": 21, "TTOU": 22, "URG": 23, "XCPU": 24, "XFSZ": 25, "VTALRM": 26, "PROF": 27,
    "WINCH": 28, "IO": 29, "POLL": 29, "PWR": 30, "SYS": 31,
}  # fmt: skip
NEVER_FORWARDED = (NUMBERS["KILL"], NUMBERS["STOP"], NUMBERS["CHLD"])
REALTIME = re.compile(r"RTMIN(?:\+([0-9]+))?|RTMAX(?:-([0-9]+))?")


def parse(text: str) -> int:
    """Return the number of `TERM`, SIGTERM, RTMIN+3 or 15, in any case; ValueError if there is no such signal."""
    if re.fullmatch(r"[0-9]+", text) and 1 <= int(text) <= LAST:
        return int(text)
    name = ascii_upper(text)
    name = name.removeprefix("SIG")
    if name in NUMBERS:
        return NUMBERS[name]
    match = REALTIME.fullmatch(name)
    offset = int(match[1] or match[2] or "0") if match else LAST
    if match is None or offset > LAST - FIRST_REALTIME:
        raise ValueError("unknown signal; use for example SIGTERM or RTMIN+3, or a number from 1 to 64")
    return FIRST_REALTIME + offset if name.startswith("RTMIN") else LAST - offset


def parse_pair(text: str) -> tuple[int, int]:
    """Return both signals of SIGTERM:SIGQUIT; 0 for the second one if nothing is behind the colon."""
    came, colon, sent = text.partition(":")
    if not colon:
        raise ValueError("no colon; use FROM:TO, for example SIGTERM:SIGQUIT, or FROM: to forward nothing")
    try:
        if max(len(came.encode()), len(sent.encode())) >= WORD_BYTES:
            raise ValueError
        pair = parse(came), parse(sent) if sent else 0
    except ValueError:
        raise ValueError("unknown signal; use for example SIGTERM:SIGQUIT, or numbers from 1 to 64") from None
    if pair[0] in NEVER_FORWARDED:
        raise ValueError("maps SIGKILL, SIGSTOP or SIGCHLD, which are never forwarded; use another signal")
    return pair


def label(number: int) -> str:
    """Return the name of a signal as a setting has it, for example QUIT, or its number as text."""
    return next((name for name, value in NUMBERS.items() if value == number), str(number))


def ascii_upper(text: str) -> str:
    """Return a text with its ASCII letters in upper case; other letters have no case for the native unit."""
    return "".join(letter.upper() if letter.isascii() else letter for letter in text)
