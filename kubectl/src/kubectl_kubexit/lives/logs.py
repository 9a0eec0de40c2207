"""Log lines of kubexit, as text and as JSON, among other lines and behind what tools put in front of them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from kubectl_kubexit.lives.moment import moment

TEXT = re.compile(r"(\d{4}-\d\d-\d\dT[\d:.]+Z) (debug|info|warn|error) kubexit(?:\[([^]]*)])?: (.*)")
LEVELS = {"debug", "info", "warn", "error"}
COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class Line:
    """A line of kubexit. name: KUBEXIT_NAME; "" as long as kubexit did not know it."""

    at: float
    level: str
    name: str
    message: str


def lines(log: str) -> Iterator[Line]:
    """Return the lines of kubexit in a log; it can also hold lines of the command, and of other containers.

    `kubectl logs --prefix --timestamps`, stern, the files of the container runtime and Docker's json-file put words
    in front of a line or wrap it: what is in front does not count.
    """
    for text in log.splitlines():
        found = line(text)
        if found is not None:
            yield found


def line(text: str) -> Line | None:
    """Return one line of kubexit; None if it is another one."""
    text = COLOUR.sub("", text)
    if '"' in text and "{" in text:
        found = of_json(text[text.index("{") :])
        if found is not None:
            return found
    match = TEXT.search(text)
    at = moment(match[1]) if match else None
    return None if match is None or at is None else Line(at, match[2], *map(printable, (match[3] or "", match[4])))


def of_json(text: str) -> Line | None:
    """Return a line of KUBEXIT_LOG_FORMAT=json, also inside of a line of json-file; None if it is another object."""
    try:
        told, _ = json.JSONDecoder().raw_decode(text)
    except ValueError:
        return None
    if not isinstance(told, dict):
        return None
    if isinstance(told.get("log"), str):
        return line(told["log"])
    at = moment(told.get("time"))
    words = [told.get(key) for key in ("level", "name", "message")]
    if at is None or words[0] not in LEVELS or not all(isinstance(word, str) for word in words):
        return None
    return Line(at, *(printable(str(word)) for word in words))


def printable(text: str) -> str:
    """Return a text of one line that changes nothing on a terminal: a command can log what it wants."""
    return "".join(letter if letter.isprintable() else "?" for letter in " ".join(text.split()))
