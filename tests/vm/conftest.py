"""Machines of the tests: each kernel boots once, and runs the cases of all tests of its session."""

import os
from collections.abc import Callable
from typing import NoReturn

import pytest

from .machine import Ended, Machine, MachineError, cases
from .pins import DEFAULT, pins

SAID: list[str] = []


def chosen() -> list[str]:
    """Return the kernels of KUBEXIT_KERNELS, by default the one of the short form."""
    return os.environ.get("KUBEXIT_KERNELS", "").split() or [DEFAULT]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show which kernels were seen, and which of them are not the pinned ones."""
    for line in SAID:
        terminalreporter.write_line(line, bold=line.startswith("PIN GONE"))


def not_tested(reason: str) -> NoReturn:
    """Skip with a line; fail where machines are required (CI)."""
    said = f"NOT TESTED in machines: {reason}"
    if os.environ.get("KUBEXIT_VM_REQUIRED"):
        pytest.fail(said)
    pytest.skip(said)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test of a machine with each kernel that was chosen."""
    if "ended" in metafunc.fixturenames:
        if unknown := set(chosen()) - set(pins("kernel")):
            raise pytest.UsageError(f"KUBEXIT_KERNELS: no kernel {sorted(unknown)}, there are {list(pins('kernel'))}")
        metafunc.parametrize("ended", chosen(), indirect=True, scope="session")


@pytest.fixture(scope="session")
def ended(request: pytest.FixtureRequest) -> Ended:
    """A machine with this kernel that has run all cases and ended."""
    try:
        machine = Machine(pins("kernel")[request.param])
        machine.prepare(cases())
        SAID.extend(machine.warnings)
        found = machine.run()
    except MachineError as error:
        not_tested(str(error))
    SAID.append(found.row())
    return found


@pytest.fixture
def case(ended: Ended) -> Callable[[str], None]:
    """Assert that a case has passed, `case(name)`; a failure shows its assertions and the console."""

    def passed(name: str) -> None:
        console = ended.console
        found = console.cases.get(name)
        fault = found.fault if found else "it did not begin"
        if fault:
            why = f" (the machine was stopped after {ended.seconds:.0f} s)" if ended.stopped else ""
            pytest.fail(f"{name}{why}:\n{fault}\n--- the end of its console\n{console.tail()}", pytrace=False)

    return passed
