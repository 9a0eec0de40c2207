"""The programs that stand side by side: kubexit without an interpreter, its peer, the floor."""

import shutil
from collections.abc import Callable

import pytest

from bench import clock
from bench.children import child
from bench.programs import INITS, Program
from harness import forms
from latency.ratio import Samples

ROUNDS = 200  # enough for a stable median

SideBySide = Callable[[str, Program, Program], Samples]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The built forms that start no interpreter; the installed one need not be fast."""
    if "ours" in metafunc.fixturenames:
        native = [form for form in forms.chosen() if form.name in ("gate", "static")]
        metafunc.parametrize("ours", native, ids=lambda form: form.name, indirect=True)


@pytest.fixture
def ours(request: pytest.FixtureRequest) -> Program:
    form: forms.Form = request.param
    if not form.exists:
        pytest.skip(f"NOT TESTED: {form.missing}")
    if form.name == "gate" and "musl" not in (form.path.parent / "how").read_text():
        pytest.skip("NOT TESTED: how fast the gate form is; it is linked with glibc here, which itself takes longer")
    return Program(form.name, (str(form.path),), "kubexit")


@pytest.fixture(scope="session")
def tini() -> Program:
    """The fastest of the peers that do the same work without a graveyard."""
    path = shutil.which("tini-static")
    if path is None:
        pytest.skip("NOT TESTED: times beside tini-static, which is not installed (apt-get install tini)")
    return Program("tini-static", (path, *INITS["tini-static"]), "init")


@pytest.fixture(scope="session")
def floor() -> Program:
    """The least that is possible."""
    return Program("floor", (child("floor"),), "floor")


@pytest.fixture
def side_by_side() -> SideBySide:
    """Rounds of two programs, taken in turn."""

    def measure(name: str, ours: Program, theirs: Program) -> Samples:
        mine, others = clock.times(name, [ours, theirs], ROUNDS)
        return mine, others

    return measure
