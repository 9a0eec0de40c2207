"""Small worlds for one kubexit: private mounts, users, limits. Each is a `preexec_fn` of `kubexit.start`.

They are made with unshare(2) between fork and exec, so they end with the process. A file in a private mount is
reached from the test through `inside(pid, path)`.
"""

import ctypes
import fcntl
import os
import socket
import struct
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from . import seccomp

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
CLONE_NEWTIME = 0x00000080
MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 32, 4096, 16384, 1 << 18
MNT_DETACH = 2

Step = Callable[[], None]
_libc = ctypes.CDLL(None, use_errno=True)


def libc_call(name: str, *arguments: object) -> None:
    """Make a system call through libc; OSError when it fails."""
    if getattr(_libc, name)(*arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}{arguments}: {os.strerror(error)}")


def mount(source: str, target: os.PathLike[str] | str, kind: str, flags: int = 0, options: str = "") -> None:
    """mount(2)."""
    libc_call("mount", source.encode(), os.fsencode(target), kind.encode(), ctypes.c_ulong(flags), options.encode())


def unmount(target: os.PathLike[str] | str) -> None:
    """umount2(2), lazily."""
    libc_call("umount2", os.fsencode(target), MNT_DETACH)


def private_mounts(*steps: Step) -> Step:
    """Take the steps in a new mount namespace."""

    def enter() -> None:
        libc_call("unshare", CLONE_NEWNS)
        mount("none", "/", "none", MS_REC | MS_PRIVATE)
        for step in steps:
            step()

    return enter


def tmpfs(target: Path, options: str) -> Step:
    """Mount a tmpfs, for instance with `size=4k`."""
    return lambda: mount("graveyard", target, "tmpfs", 0, options)


def bind(source: Path, target: os.PathLike[str] | str) -> Step:
    """Show a file or folder in another place."""
    return lambda: mount(os.fspath(source), target, "none", MS_BIND)


def service_account(source: Path) -> Step:
    """Show a folder where the kubelet mounts the service account; one that does not exist is a pod without account."""

    def step() -> None:
        # On a tmpfs, since what is below /var/run is the machine's.
        mount("run", os.path.realpath("/var/run"), "tmpfs")
        target = Path("/var/run/secrets/kubernetes.io/serviceaccount")
        target.mkdir(parents=True)
        if source.is_dir():
            bind(source, target)()

    return step


def read_only(target: Path) -> Step:
    """Make a folder read-only, as a volume that is mounted so."""

    def step() -> None:
        mount(os.fspath(target), target, "none", MS_BIND)
        mount("none", target, "none", MS_BIND | MS_REMOUNT | MS_RDONLY)

    return step


def user_limit(name: str, value: int) -> Step:
    """A user namespace with one of the limits of /proc/sys/user, for instance `max_inotify_instances`."""
    uid, gid = os.getuid(), os.getgid()

    def enter() -> None:
        libc_call("unshare", CLONE_NEWUSER)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
        Path("/proc/self/gid_map").write_text(f"0 {gid} 1")
        Path(f"/proc/sys/user/{name}").write_text(str(value))

    return enter


def user(uid: int, gid: int, *groups: int) -> Step:
    """Another user of the same pod."""

    def become() -> None:
        os.setgroups(groups)
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)

    return become


def private_network(local_ports: str) -> Step:
    """A network namespace with nothing but a loopback, and these ports for outgoing connections."""

    def enter() -> None:
        libc_call("unshare", CLONE_NEWNET)
        start_loopback()
        Path("/proc/sys/net/ipv4/ip_local_port_range").write_text(local_ports)

    return enter


def start_loopback() -> None:
    """Bring up the loopback of a network namespace: SIOCGIFFLAGS, then SIOCSIFFLAGS with IFF_UP (netdevice(7))."""
    with socket.socket() as any_socket:
        request = fcntl.ioctl(any_socket, 0x8913, struct.pack("16sH22x", b"lo", 0))
        flags = struct.unpack("16sH22x", request)[1] | 1
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH22x", b"lo", flags))


def no_override() -> None:
    """Root as any other user: from the next exec on, the permissions of files hold for it too."""
    libc_call("prctl", 24, 1, 0, 0, 0)  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE
    libc_call("prctl", 24, 2, 0, 0, 0)  # CAP_DAC_READ_SEARCH


def no_capability_to_signal() -> None:
    """Root that cannot signal other users: from the next exec on, without CAP_KILL."""
    libc_call("prctl", 24, 5, 0, 0, 0)  # PR_CAPBSET_DROP, CAP_KILL


def require_root() -> None:
    """Skip loudly where files of other users cannot be made."""
    if os.getuid() != 0:
        pytest.skip("OTHER USERS NOT TESTED: only root can make files of other users")


def uptime(seconds: int) -> Step:
    """A time namespace whose monotonic clock is so far ahead (time_namespaces(7)); it begins with the next exec."""

    def enter() -> None:
        libc_call("unshare", CLONE_NEWTIME)
        Path("/proc/self/timens_offsets").write_text(f"monotonic {seconds} 0\n")

    return enter


def in_turn(*steps: Step) -> Step:
    """Several of them, in this order."""

    def enter() -> None:
        for step in steps:
            step()

    return enter


def inside(pid: int, path: os.PathLike[str] | str) -> Path:
    """A path as the process sees it."""
    return Path(f"/proc/{pid}/root{os.fspath(path)}")


@cache
def _refused(make: Callable[..., Step], *arguments: object) -> str | None:
    step = make(*arguments)

    def attempt() -> None:
        try:
            step()
        except OSError as error:
            os.write(2, str(error).encode())
            os._exit(1)

    done = subprocess.run(["true"], preexec_fn=attempt, stderr=subprocess.PIPE, text=True)
    return None if done.returncode == 0 else done.stderr or f"true(1) ended with {done.returncode}"


def require_mounts() -> None:
    """Skip loudly where no private mounts can be made."""
    if why := _refused(private_mounts):
        pytest.skip(f"MOUNTS NOT TESTED: no mount namespace can be made here: {why}")


def require_user_limits() -> None:
    """Skip loudly where no user namespace can be made."""
    if why := _refused(user_limit, "max_inotify_instances", 0):
        pytest.skip(f"LIMITS NOT TESTED: no user namespace can be made here: {why}")


def require_uptime() -> None:
    """Skip loudly where no time namespace can be made."""
    if why := _refused(uptime, 1):
        pytest.skip(f"CLOCKS NOT TESTED: no time namespace can be made here: {why}")


def require_network() -> None:
    """Skip loudly where no network namespace can be made."""
    if why := _refused(private_network, "40000 40001"):
        pytest.skip(f"NETWORKS NOT TESTED: no network namespace can be made here: {why}")


def join_mounts(pid: int) -> Step:
    """Enter the mount namespace of a running process."""

    def enter() -> None:
        descriptor = os.open(f"/proc/{pid}/ns/mnt", os.O_RDONLY)
        libc_call("setns", descriptor, CLONE_NEWNS)
        os.close(descriptor)

    return enter


_NUMBERS = {
    "x86_64": {
        "inotify_init1": (294, 253),
        "inotify_add_watch": (254,),
        "mknod": (133, 259),
        "faccessat": (21, 269, 439),
        "signalfd": (282, 289),
        "rename": (82, 264, 316),
        "fstatfs": (138,),
        "fsync": (74,),
        "ppoll": (271,),
    },
    "aarch64": {
        "inotify_init1": (26,),
        "inotify_add_watch": (27,),
        "mknod": (33,),
        "faccessat": (48, 439),
        "signalfd": (74,),
        "rename": (38, 276),
        "fstatfs": (44,),
        "fsync": (82,),
        "ppoll": (73,),
    },
}


def refuse(call: str, error: int) -> Step:
    """A seccomp filter, as sandboxes have it, that answers a system call with an errno."""
    numbers = _NUMBERS[os.uname().machine][call]
    return lambda: seccomp.install(seccomp.refuse_calls(dict.fromkeys(numbers, error)))


def refuse_to_close(descriptor: int, error: int) -> Step:
    """A seccomp filter that answers close(2) of one descriptor with an errno."""
    number = {"x86_64": 3, "aarch64": 57}[os.uname().machine]
    rules = [
        (seccomp.JUMP_EQUAL, 0, 3, number),
        (seccomp.LOAD, 0, 0, seccomp.FIRST_ARGUMENT),
        (seccomp.JUMP_EQUAL, 0, 1, descriptor),
        (seccomp.RETURN, 0, 0, seccomp.ERRNO | error),
    ]
    return lambda: seccomp.install(rules)


def require_other_users(*programs: os.PathLike[str] | str) -> None:
    """Skip loudly if other users are not available or may not run these programs."""
    if os.getuid() != 0:
        pytest.skip("OTHER USERS NOT TESTED: only root can start processes of other users")
    for program in programs:
        path = Path(program).resolve()
        for part in (path, *path.parents):
            if not part.stat().st_mode & 0o001:
                pytest.skip(f"OTHER USERS NOT TESTED: they may not enter {part}")
