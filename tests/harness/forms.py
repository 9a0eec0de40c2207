"""The forms of kubexit that a test runs over, and where each of them is found."""

import os
import platform
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build"
DRIVER = Path(__file__).with_name("installed_driver.py")

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_ARCHITECTURE = _ARCHITECTURES.get(platform.machine(), platform.machine())

ALWAYS = ("installed", "gate")
WHEN_THERE = ("static",)
WHEN_NAMED = ("sanitize",)
SOURCES_OF_STATIC = ("ext", "kubexit", "build/static")


@dataclass(frozen=True)
class Form:
    """One way in which the same supervisor is delivered."""

    name: str
    path: Path
    how_to_make: str
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def exists(self) -> bool:
        return os.access(self.path, os.X_OK)

    @property
    def is_stale(self) -> bool:
        """Return whether it is older than its sources: only the static form is not built before each run."""
        if self.name not in WHEN_THERE or not self.exists:
            return False
        sources = (source for place in SOURCES_OF_STATIC for source in (ROOT / place).rglob("*.*"))
        return self.path.stat().st_mtime < max(source.stat().st_mtime for source in sources)

    @property
    def is_native(self) -> bool:
        """No interpreter runs before the supervisor does."""
        return self.name != "installed"

    @property
    def missing(self) -> str:
        if self.is_stale:
            return f"form {self.name!r} is older than its sources ({self.how_to_make})"
        return f"form {self.name!r} is not built: no {self.path.relative_to(ROOT)} ({self.how_to_make})"


FORMS = {
    form.name: form
    for form in (
        Form("installed", BUILD / "venv/bin/kubexit", "make dev"),
        Form("gate", BUILD / "gate/kubexit", "make gate"),
        Form("static", ROOT / f"dist/kubexit-linux-{_ARCHITECTURE}", "make static"),
        Form(
            "sanitize",
            BUILD / "sanitize/kubexit",
            "make test KIND=sanitize",
            # LeakSanitizer stops the process with ptrace, which a supervisor's children do not like.
            {
                "ASAN_OPTIONS": "detect_leaks=0:disable_coredump=0:exitcode=99",
                "UBSAN_OPTIONS": "halt_on_error=1:exitcode=99",
            },
        ),
    )
}


def named() -> list[Form] | None:
    """The forms listed in KUBEXIT_FORMS; None when it is not set."""
    text = os.environ.get("KUBEXIT_FORMS", "").replace(",", " ")
    if not text.strip():
        return None
    unknown = [name for name in text.split() if name not in FORMS]
    if unknown:
        raise LookupError(f"KUBEXIT_FORMS: no form {unknown}, there are {list(FORMS)}")
    return [FORMS[name] for name in text.split()]


def chosen() -> list[Form]:
    """The forms of this run: those named, or all that ought to be there."""
    forms = named()
    if forms is not None:
        return forms
    there = [FORMS[name] for name in WHEN_THERE]
    return [FORMS[name] for name in ALWAYS] + [form for form in there if form.exists and not form.is_stale]


def of_test(every_form: bool, single_file: bool) -> list[Form]:
    """Return the forms that a test runs over: all of this run for the mark `every_form`, else one.

    That one is the gate form, which starts fastest, or the first of a run without it.
    """
    forms = [form for form in chosen() if form.is_native or not single_file]
    if every_form:
        return forms
    return [form for form in forms if form.name == "gate"] or forms[:1]
