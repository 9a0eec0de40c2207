"""Peers that no Debian package brings: built once, from a registry or from a source here, kept outside the tree.

A peer that is not available is not an error: the measurements continue without it and say why.
"""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

ALARM = 900.0
ORIGINAL = "github.com/karlkfi/kubexit/cmd/kubexit@latest"
CRATES = {"proa": "0.1.3"}
INFORMER = Path(__file__).with_name("informer")


class UnavailableError(Exception):
    """Why a program cannot be measured here."""


def cache() -> Path:
    """Where built peers are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kubexit" / "peers"


def original() -> Path:
    """The original Go kubexit: the program that BENCH_ORIGINAL names, or the newest that the Go module proxy has."""
    if named := os.environ.get("BENCH_ORIGINAL"):
        if not os.access(named, os.X_OK):
            raise UnavailableError(f"BENCH_ORIGINAL={named} is no program")
        return Path(named)
    program = cache() / "kubexit-go"
    if not program.exists():
        go = _go("; BENCH_ORIGINAL=… names a built one")
        folder = cache() / "go"
        environment = {**os.environ, "GOBIN": str(folder), "CGO_ENABLED": "0", "GOFLAGS": "-p=2"}
        _run([go, "install", "-trimpath", "-ldflags=-s -w", ORIGINAL], environment)
        (folder / "kubexit").rename(program)
    return program


def informer() -> Path:
    """The least compiled client: a wait by client-go's informer, from the source in tests/bench/informer/."""
    sources = b"".join((INFORMER / name).read_bytes() for name in ("main.go", "go.mod", "go.sum"))
    program = cache() / f"informer-{hashlib.sha256(sources).hexdigest()[:16]}"
    if not program.exists():
        draft = program.with_suffix(".draft")
        environment = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-p=2 -buildvcs=false"}
        command = [_go(), "build", "-C", str(INFORMER), "-trimpath", "-ldflags=-s -w", "-o", str(draft), "."]
        _run(command, environment)
        draft.rename(program)
    return program


def crate(name: str) -> Path:
    """A coordinator that crates.io offers under this name."""
    program = cache() / f"{name}-{CRATES[name]}" / "bin" / name
    if not program.exists():
        cargo = shutil.which("cargo")
        if cargo is None:
            raise UnavailableError("no cargo here to build it with")
        root = str(program.parents[1])
        _run([cargo, "install", "--quiet", "--locked", "-j", "2", "--root", root, f"{name}@{CRATES[name]}"], os.environ)
    return program


def _go(hint: str = "") -> str:
    """The path of a Go toolchain; UnavailableError if it is not installed."""
    found = shutil.which(os.environ.get("GO", "go")) or shutil.which("/usr/local/go/bin/go")
    if found is None:
        raise UnavailableError(f"no Go toolchain here{hint}")
    return found


def _run(command: list[str], environment: "os._Environ[str] | dict[str, str]") -> None:
    """Run a build; UnavailableError with its last line when it fails."""
    try:
        done = subprocess.run(
            ["nice", *command], env=environment, cwd="/", capture_output=True, text=True, timeout=ALARM
        )
    except subprocess.TimeoutExpired:
        raise UnavailableError(f"{command[0]} took more than {ALARM:g} s") from None
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise UnavailableError(f"{Path(command[0]).name} {command[1]}: {said[-1].strip()}")
