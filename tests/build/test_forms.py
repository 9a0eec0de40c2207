"""Which tests run in which form of kubexit."""

from pathlib import Path

import pytest

from harness import forms

ROOT = Path(__file__).parents[2]
DEPEND_ON_THE_FORM = ("command", "install", "log", "signals")


@pytest.mark.parametrize(
    ("named", "every_form", "single_file", "expected"),
    [
        ("installed,gate,static", True, False, "installed gate static"),
        ("installed,gate,static", False, False, "gate"),
        ("installed,gate,static", True, True, "gate static"),
        ("installed,static", False, True, "static"),
        ("installed", False, False, "installed"),
        ("installed", False, True, ""),
        ("sanitize", True, False, "sanitize"),
        ("sanitize", False, False, "sanitize"),
    ],
)
def test_one_form_is_enough_without_the_mark(
    monkeypatch: pytest.MonkeyPatch, named: str, every_form: bool, single_file: bool, expected: str
) -> None:
    """A marked test runs over all forms of the run, another one over one of them, by preference the gate form."""
    monkeypatch.setenv("KUBEXIT_FORMS", named)

    assert [form.name for form in forms.of_test(every_form, single_file)] == expected.split()


@pytest.mark.parametrize("folder", DEPEND_ON_THE_FORM)
def test_folders_that_depend_on_the_form_have_the_mark(folder: str) -> None:
    """All tests of the start, the install, standard streams and signals run in every form."""
    files = sorted((ROOT / "tests/process" / folder).glob("test_*.py"))

    assert files != []
    assert [file.name for file in files if "pytest.mark.every_form" not in file.read_text()] == []
