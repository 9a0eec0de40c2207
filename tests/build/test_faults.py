"""The table of faults: it has every documented call, and each answer is about a call that it has."""

import errno
import re
from pathlib import Path

import pytest

from faults.fault import faults, unknown
from faults.life import LIVES
from faults.table import Table, load
from harness.faulter import Place, call_names

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/develop/system-calls.md"
ELSEWHERE = {"mprotect"}  # of the static file alone


@pytest.fixture(scope="module")
def table() -> Table:
    return load()


def test_every_documented_call_is_in_the_table(table: Table) -> None:
    """The page on system calls names no call whose failure was not tried."""
    known = set(call_names().values())
    documented = set(re.findall(r"`(\w+)`", PAGE.read_text())) & known

    assert "ppoll" in documented
    assert documented - ELSEWHERE - set(table.calls) == set()


def test_errors_and_answers_exist(table: Table) -> None:
    """Each error has a number here, and each answer is about a call, an error and a life that there are."""
    wrong = [
        f"{call.name}: {error}" for call in table.calls.values() for error in call.errors if not hasattr(errno, error)
    ]
    for answer in table.answers:
        wrong += [answer.call] if answer.call not in table.calls else []
        wrong += [f"{answer.call}: {error}" for error in set(answer.errors) - set(table.calls[answer.call].errors)]
        wrong += [f"{answer.call}: {answer.life}"] if answer.life and answer.life not in LIVES else []

    assert wrong == []


def test_each_error_of_each_place_is_a_fault(table: Table) -> None:
    """A place has a fault for each error of its call, one if it can be short, and two signals; close(2) is made."""
    read, close = Place(0, "read", "main", 1), Place(0, "close", "main", 2)
    found = faults("dependent", [read, close], table)

    assert [fault.error for fault in found if fault.place == read] == [
        *table.calls["read"].errors,
        "short",
        "SIGKILL",
        "SIGSTOP",
    ]
    assert {fault.action.partition("=")[0] for fault in found if fault.place == close} == {"made", "kill", "stop"}


def test_an_unknown_call_is_found(table: Table) -> None:
    """A call that the table does not have is named."""
    assert unknown([Place(0, "read", "", 1), Place(0, "io_uring_setup", "", 1)], table) == ["io_uring_setup"]
