"""How the value of a setting is read, by what the table says that it can be."""

import re
from collections.abc import Callable

from kubectl_kubexit.settings import address, duration, mesh, signal
from kubectl_kubexit.settings import name as names
from kubectl_kubexit.settings.effective import Problem, Settings
from kubectl_kubexit.settings.row import Row
from kubectl_kubexit.settings.table import TABLE
from kubectl_kubexit.settings.words import elements, parse_bool, parse_code, parse_program, parse_word, tidy

PERIOD_MIN = 10**7  # nanoseconds: a shorter period would be a busy loop
MAX_URLS = 16
CODE = re.compile(r"[0-9]{1,31}")

Kind = Callable[[Settings, Row, str], object]


def text_kind(settings: Settings, row: Row, value: str) -> object:
    """Any text."""
    return value or None


def word_kind(settings: Settings, row: Row, value: str) -> object:
    """One of the words of the row."""
    return parse_word(value, row.words)


def code_kind(settings: Settings, row: Row, value: str) -> object:
    """An exit code or a word."""
    return parse_code(value, row.words) if value else None


def name_kind(settings: Settings, row: Row, value: str) -> object:
    """The name of the container."""
    if not value:
        raise ValueError("is required; use the container's name, or KUBEXIT_DISABLED=true outside of a pod")
    return names.check(value)


def folder_kind(settings: Settings, row: Row, value: str) -> object:
    """The path of a folder."""
    return tidy(value)


def bool_kind(settings: Settings, row: Row, value: str) -> object:
    """A boolean."""
    return parse_bool(value, any_case=row.name == "IGNORE_CODE_ON_DEATH_DEPS")


def duration_kind(settings: Settings, row: Row, value: str) -> object:
    """A duration; the periods of polls and probes have a least value."""
    nanoseconds = duration.parse(value)
    if row.name == "READY_PERIOD" or (row.name == "POLL_INTERVAL" and nanoseconds > 0):
        return max(nanoseconds, PERIOD_MIN)
    return nanoseconds


def timeout_kind(settings: Settings, row: Row, value: str) -> object:
    """A duration or the word infinite."""
    if value == "infinite":
        return None
    try:
        nanoseconds = duration.parse(value)
    except ValueError:
        raise ValueError(f"not a duration; {duration.USE}, or infinite") from None
    return nanoseconds if nanoseconds < duration.END - 1 else None


def signal_kind(settings: Settings, row: Row, value: str) -> object:
    """A signal."""
    return signal.parse(value)


def signal_map_kind(settings: Settings, row: Row, value: str) -> object:
    """Pairs of signals; 0: none is forwarded. Each bad element is a problem."""
    pairs: dict[int, int] = {}
    for element in elements(value):
        try:
            came, sent = signal.parse_pair(element)
            if came in pairs:
                raise ValueError("maps this signal twice; write it once")
            pairs[came] = sent
        except ValueError as error:
            settings.problems.append(Problem(row.name, element, str(error)))
    return pairs


def codes_kind(settings: Settings, row: Row, value: str) -> object:
    """A set of exit codes, in their order: each bad element is a problem."""
    codes: set[int] = set()
    for element in elements(value):
        if CODE.fullmatch(element) and int(element) <= 255:
            codes.add(int(element))
        else:
            reason = "not an exit code; use numbers from 0 to 255, for example 143"
            settings.problems.append(Problem(row.name, element, reason))
    return sorted(codes)


def dependencies_kind(settings: Settings, row: Row, value: str) -> object:
    """A list of dependencies: each bad element is a problem."""
    source = settings.given.get("BIRTH_SOURCE", TABLE["BIRTH_SOURCE"].default)
    settings.dependencies.given = frozenset(settings.given)
    for element in elements(value):
        try:
            settings.dependencies.add(row.name, element, settings.name, source)
        except ValueError as error:
            settings.problems.append(Problem(row.name, element, str(error)))
    return value or None


def urls_kind(settings: Settings, row: Row, value: str) -> object:
    """A list of URLs: each bad element is a problem."""
    is_birth = row.name == "BIRTH_URLS"
    urls = settings.birth_urls if is_birth else settings.quit_urls
    for element in elements(value if is_birth else value.replace(";", ",")):
        try:
            if len(urls) >= MAX_URLS:
                raise ValueError("one too many; use at most 16 URLs")
            urls.append(address.parse_url(element))
        except ValueError as error:
            settings.problems.append(Problem(row.name, element, str(error)))
    return value or None


def probe_url_kind(settings: Settings, row: Row, value: str) -> object:
    """The URL of a probe, which kubexit must be able to ask without Python."""
    if not value:
        return None
    if not address.parse_url(value).native:
        raise ValueError("probes another host or needs TLS; use plain http to an IP literal or localhost")
    return value


def address_kind(settings: Settings, row: Row, value: str) -> object:
    """An address to connect to."""
    if value:
        address.parse_address(value)
    return value or None


def program_kind(settings: Settings, row: Row, value: str) -> object:
    """A command without a shell."""
    if value:
        parse_program(value)
    return value or None


def mesh_kind(settings: Settings, row: Row, value: str) -> object:
    """A mesh, or the annotation that shows it."""
    return mesh.parse(value)


def processes_kind(settings: Settings, row: Row, value: str) -> object:
    """Names of processes."""
    if "/" in value:
        raise ValueError("contains a path; use names of processes")
    return value or None


# What a value can be, as the table shows it → how it is read. A value that is not here is any text.
KINDS: dict[str, Kind] = {
    "NAME (required)": name_kind,
    "DIR": folder_kind,
    "BOOL": bool_kind,
    "DURATION": duration_kind,
    "DURATION|infinite": timeout_kind,
    "SIGNAL": signal_kind,
    "NAME[:died|:failed|:succeeded],...": dependencies_kind,
    "NAME[?][:born|:died|:succeeded],...": dependencies_kind,
    "NAME,...": dependencies_kind,
    "URL,...": urls_kind,
    "URL": probe_url_kind,
    "[ADDRESS:]PORT": address_kind,
    "COMMAND": program_kind,
    "istio|linkerd|istio-native|linkerd-native|STATUS": mesh_kind,
    "URL,...[;URL,...]": urls_kind,
    "PROCESS,...[;PROCESS,...]": processes_kind,
    "SIGNAL:[SIGNAL],...": signal_map_kind,
    "0-255,...": codes_kind,
}
