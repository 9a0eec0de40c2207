"""Types of the native unit's Python door (ext/bindings.pyx)."""

from collections.abc import Iterable, Sequence
from typing import TypedDict

class SettingRow(TypedDict):
    name: str
    default: str
    values: str
    meaning: str
    purpose: str

class ExitCodeRow(TypedDict):
    code: int
    name: str
    meaning: str

class PlanLine(TypedDict):
    name: bytes
    settings: dict[str, bytes]

class Plan(TypedDict):
    hash: str
    lines: list[PlanLine]
    problems: list[str]

class Tombstone(TypedDict):
    born: str | None
    ready: str | None
    died: str | None
    exit_code: int | None

class TombstoneWords(TypedDict):
    waiting: bytes | None
    waits_for: bytes | None
    probe: bytes | None
    probe_error: bytes | None
    plan: bytes | None

PHASES: dict[str, str]
EVENTS: dict[str, str]
ACTIONS: dict[str, str]

def run(argv: Iterable[bytes], waiter: Iterable[bytes]) -> int: ...
def duration_parse(text: bytes) -> int: ...
def tombstone_parse(text: bytes) -> Tombstone: ...
def tombstone_words(text: bytes) -> TombstoneWords: ...
def tombstone_life(text: bytes) -> int: ...
def tombstone_format(
    born_ns: int | None = None,
    ready_ns: int | None = None,
    died_ns: int | None = None,
    exit_code: int | None = None,
    command_exit_code: int | None = None,
    killed: bool = False,
    reason: bytes | None = None,
    waiting_ns: int | None = None,
    waits_for: bytes = b"",
    probe: bytes = b"",
    probe_error: bytes = b"",
    plan: bytes = b"",
    life_number: int = 0,
    starts_at_timeout: bool = False,
) -> bytes: ...
def settings_read(environ: Sequence[bytes]) -> dict[str, object]: ...
def plan_read(text: bytes, *, check: bool = True) -> Plan: ...
def cgroups_of_one_pod(ours: bytes, theirs: bytes) -> bool: ...

SETTING_PURPOSES: list[str]

def settings_table() -> list[SettingRow]: ...
def exit_codes() -> list[ExitCodeRow]: ...
def transitions() -> dict[tuple[str, str], tuple[str, str]]: ...
def transition(phase: str, event: str) -> tuple[str, str]: ...
