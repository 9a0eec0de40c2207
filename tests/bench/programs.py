"""The programs: kubexit in the forms that are built, the peers that are installed, and the floor."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench import obtain
from bench.children import child
from harness.forms import FORMS

# The words before the command, with the options that each needs to do its work when it is not PID 1.
INITS = {
    "tini": ["-s", "--"],
    "tini-static": ["-s", "--"],
    "dumb-init": ["--"],
    "catatonit": ["--"],
}


@dataclass(frozen=True)
class Program:
    """One supervisor: the words before the command, and what it takes part in."""

    name: str
    words: tuple[str, ...]
    kind: str  # floor, kubexit, init, coordinator, readiness (only that)
    version: str = ""
    slow: bool = False  # starts an interpreter: fewer rounds

    @property
    def file(self) -> Path:
        """The file that an image has to contain."""
        return Path(shutil.which(self.words[0]) or self.words[0]).resolve()

    @property
    def coordinates(self) -> bool:
        """Whether it knows tombstones."""
        return self.kind in ("floor", "kubexit", "coordinator")


@dataclass(frozen=True)
class Found:
    """The programs of a run, and why the others are not among them."""

    programs: list[Program]
    skipped: dict[str, str]


def find(only: list[str] | None = None) -> Found:
    """All that is there; of the names in `only`, if any are given."""
    found = Found([], {})
    makers: dict[str, Callable[[], Program]] = {"floor": _floor}
    makers |= {name: partial(_form, name) for name in ("gate", "static", "installed")}
    makers |= {name: partial(_init, name) for name in INITS}
    makers |= {"original": _original, "proa": _proa, "client-go": _informer}
    if unknown := set(only or []) - set(makers):
        raise SystemExit(f"bench: no program {', '.join(sorted(unknown))}; there are {', '.join(makers)}")
    for name, make in makers.items():
        if only and name not in only:
            continue
        try:
            found.programs.append(make())
        except obtain.UnavailableError as reason:
            found.skipped[name] = str(reason)
    return found


def _floor() -> Program:
    return Program("floor", (child("floor"),), "floor")


def _form(name: str) -> Program:
    form = FORMS[name]
    if not form.exists:
        raise obtain.UnavailableError(form.missing)
    return Program(name, (str(form.path),), "kubexit", _version([str(form.path), "--version"]), slow=not form.is_native)


def _init(name: str) -> Program:
    path = shutil.which(name)
    if path is None:
        raise obtain.UnavailableError("not installed (apt-get install tini dumb-init catatonit)")
    return Program(name, (path, *INITS[name]), "init", _version([path, "--version"]))


def _original() -> Program:
    path = obtain.original()
    return Program("original", (str(path),), "coordinator", _go_version(path))


def _proa() -> Program:
    return Program("proa", (str(obtain.crate("proa")), "--"), "readiness", obtain.CRATES["proa"])


def _informer() -> Program:
    mod = (obtain.INFORMER / "go.mod").read_text()
    version = re.search(r"k8s\.io/client-go v(\S+)", mod)
    return Program("client-go", (str(obtain.informer()),), "readiness", version[1] if version else "")


def _version(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    match = re.search(r"\d+\.\d+\S*", done.stdout + done.stderr)
    return match[0] if match else ""


def _go_version(path: Path) -> str:
    go = shutil.which(os.environ.get("GO", "go"))
    if go is None:
        return ""
    text = subprocess.run([go, "version", "-m", str(path)], capture_output=True, text=True, timeout=20).stdout
    match = re.search(r"^\s*mod\s+\S+\s+(\S+)", text, re.MULTILINE)
    return match[1] if match else ""
