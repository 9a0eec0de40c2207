"""Fixtures of all tests: `kubexit`, in each of its forms, and the compiled `actor`."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from harness import forms, processes
from harness.kubexit import Kubexit
from harness.programs import program
from harness.servers.ports import reserved
from harness.servers.webserver import Answer, WebServer
from harness.stepper import Before, Stepper
from harness.terminal import Terminal


def pytest_configure() -> None:
    processes.adopt_orphans()
    processes.default_signals()
    # A busy machine stops an example for longer than a deadline, and so the generation of examples.
    hypothesis.settings.register_profile("busy", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
    hypothesis.settings.load_profile("busy")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "form" not in metafunc.fixturenames:
        return
    named = forms.named()
    parameters = []
    marked = [metafunc.definition.get_closest_marker(name) is not None for name in ("every_form", "single_file")]
    for form in forms.of_test(*marked):
        if not form.exists and named is not None:
            raise pytest.UsageError(f"KUBEXIT_FORMS: {form.missing}")
        skip = [] if form.exists else [pytest.mark.skip(reason=form.missing)]
        parameters.append(pytest.param(form, id=form.name, marks=skip))
    metafunc.parametrize("form", parameters)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Report a form that was not tested, at any verbosity."""
    reasons = [form.missing for form in forms.chosen() if not form.exists]
    reasons += [form.missing for form in forms.FORMS.values() if form.is_stale]
    skips = {str(report.longrepr[2]) for report in terminalreporter.getreports("skipped")}
    reasons += sorted(skip for skip in skips if "NOT TESTED" in skip)
    for reason in reasons:
        terminalreporter.write_line(f"NOT TESTED: {reason}", yellow=True, bold=True)


@pytest.fixture
def kubexit(form: forms.Form, tmp_path: Path) -> Iterator[Kubexit]:
    """kubexit in one form, with a fresh graveyard (not created); all that it started is ended afterwards."""
    runner = Kubexit(form, tmp_path)
    yield runner
    runner.end()


@pytest.fixture(scope="session")
def actor() -> str:
    """The path of the compiled tests/programs/actor.c."""
    return str(program("actor"))


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """A terminal with the test at its keyboard."""
    opened = Terminal()
    yield opened
    opened.close()


@pytest.fixture
def web() -> Iterator[Callable[..., WebServer]]:
    """Make web servers, `web(*answers, listening=True, **keywords)`, and close them after the test."""
    made: list[WebServer] = []

    def make(*answers: Answer, listening: bool = True, **keywords: Any) -> WebServer:
        made.append(WebServer(*answers, **keywords))
        return made[-1].listen() if listening else made[-1]

    yield make
    for server in made:
        server.close()


@pytest.fixture
def port() -> Iterator[int]:
    """A free port of 127.0.0.1 for a program that the test starts; no other program is given it meanwhile."""
    with reserved() as place:
        yield int(place.getsockname()[1])


@pytest.fixture
def steps() -> Iterator[Callable[..., Stepper]]:
    """Make what stops a kubexit at its system calls, `steps(*rules)`, and let go of it after the test."""
    made: list[Stepper] = []

    def make(*rules: Before) -> Stepper:
        made.append(Stepper(*rules))
        return made[-1]

    yield make
    for stepper in made:
        stepper.close()
