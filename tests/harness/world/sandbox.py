"""The world of a strict container, for one kubexit: it is PID 1 in an empty root that cannot be written to.

Nothing is in there but kubexit, one command and the graveyard. Made with system calls between fork and exec, so no
container runtime is needed, and all of it ends with the process.
"""

import ctypes
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from ..kubexit import Kubexit
from ..supervised import Finished, Supervised
from ..waiting import ALARM
from . import namespaces, seccomp

CLONE_NEWPID = 0x20000000
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 24, 38
CAPABILITIES = 64
ACCOUNT = "var/run/secrets/kubernetes.io/serviceaccount"

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Sandbox:
    """How strict the world is."""

    proc: bool = True
    """Whether /proc is mounted."""
    uid: int = 65534
    filtered: bool = False
    """With a runtime's default seccomp profile."""
    mode: int = 0o555
    """Of kubexit's file."""
    account: Path | None = None
    """What is mounted as the service account."""
    beside: tuple[str, ...] = ()
    """Files beside kubexit's, in a folder that cannot be listed."""

    def start(self, kubexit: Kubexit, *arguments: str, environment: dict[str, str] | None = None) -> Supervised:
        """Start kubexit there, with the command `/bin/actor …` in the arguments; only the environment given is set."""
        namespaces.require_mounts()
        namespaces.require_root()
        root = self._root(kubexit)
        process = subprocess.Popen(
            ["/bin/kubexit", *arguments],
            env=environment or {},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=namespaces.in_turn(*self._steps(kubexit, root)),
        )
        supervised = Supervised(process, {}, depth=1)
        kubexit.started.append(supervised)
        return supervised

    def execute(self, inside: Supervised, *arguments: str, environment: dict[str, str] | None = None) -> Finished:
        """Run a second kubexit in a sandbox that `start` made, as an exec probe or `kubectl exec` does."""
        pid = inside.pid
        steps = [
            namespaces.join_mounts(pid),
            lambda: os.chroot(f"/proc/{pid}/root"),
            lambda: os.chdir("/"),
            lambda: without_rights(self.uid),
        ]
        done = subprocess.run(
            ["/bin/kubexit", *arguments],
            env=environment or {},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            preexec_fn=namespaces.in_turn(*steps),
            timeout=ALARM,
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    def _root(self, kubexit: Kubexit) -> Path:
        root = kubexit.folder / "root"
        for name in ("bin", "proc", "graveyard", ACCOUNT):
            (root / name).mkdir(parents=True)
        for name, source, mode in (("kubexit", kubexit.path, self.mode), ("actor", kubexit.program(), 0o555)):
            shutil.copyfile(source, root / "bin" / name)
            (root / "bin" / name).chmod(mode)
        for name in self.beside:
            (root / "bin" / name).write_text("raise SystemExit(99)\n")
        if self.beside:
            (root / "bin").chmod(0o711)
        kubexit.graveyard.mkdir(exist_ok=True)
        kubexit.graveyard.chmod(0o777)
        return root

    def _steps(self, kubexit: Kubexit, root: Path) -> list[Callable[[], None]]:
        mounts = [namespaces.bind(root, root), namespaces.bind(kubexit.graveyard, root / "graveyard")]
        if self.account is not None:
            mounts.append(namespaces.bind(self.account, root / ACCOUNT))
        read_only = namespaces.MS_BIND | namespaces.MS_REMOUNT | namespaces.MS_RDONLY
        mounts.append(lambda: namespaces.mount("none", root, "none", read_only))
        steps = [namespaces.private_mounts(*mounts), become_first]
        if self.proc:
            steps.append(lambda: namespaces.mount("proc", root / "proc", "proc"))
        steps += [lambda: os.chroot(root), lambda: os.chdir("/"), lambda: without_rights(self.uid)]
        if self.filtered:
            steps.append(seccomp.runtime_default())
        return steps


def become_first() -> None:
    """Become PID 1 of a PID namespace; the old process waits, and exits with the same code."""
    if _libc.unshare(CLONE_NEWPID) != 0:
        raise OSError(ctypes.get_errno(), "unshare(CLONE_NEWPID)")
    child = os.fork()
    if child > 0:
        os.closerange(3, 4096)  # the pipe by which Popen learns of a failure, among others
        _, status = os.waitpid(child, 0)
        os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def without_rights(uid: int) -> None:
    """Another user, without groups and capabilities, for good."""
    for capability in range(CAPABILITIES):
        _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # EINVAL behind the last one
    namespaces.user(uid, uid)()
    _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # a change of the user clears it


def require_filters() -> None:
    """Skip loudly where the kernel has no seccomp."""
    if not Path("/proc/sys/kernel/seccomp").exists():
        pytest.skip("SECCOMP NOT TESTED: this kernel has none")
