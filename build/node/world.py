"""What process 1 makes of its namespaces before any daemon runs: mounts that hide the machine's folders, a network."""

import subprocess
from pathlib import Path

from node.layout import ADDRESS, SERVICE, Layout

# The kubelet sets these for the whole machine; it gets copies.
SYSCTLS = (
    "vm/overcommit_memory",
    "vm/panic_on_oom",
    "kernel/panic",
    "kernel/panic_on_oops",
    "kernel/keys/root_maxkeys",
    "kernel/keys/root_maxbytes",
)
# Folders that daemons know by fixed names, and what of the node's folder is mounted there.
ON_DISK = {"/var/lib/kubelet": "kubelet", "/var/log/pods": "pods", "/var/log/containers": "containers"}


def prepare(layout: Layout) -> None:
    """Make all of it."""
    _mounts(layout)
    _network()


def _mounts(layout: Layout) -> None:
    _call("mount", "--make-rshared", "/")
    for hidden in ("/run", "/var/lib", "/var/log"):
        _call("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", hidden)
    for place, name in ON_DISK.items():
        folder = layout.disk / name
        folder.mkdir(parents=True, exist_ok=True)
        Path(place).mkdir(parents=True)
        _call("mount", "--bind", str(folder), place)
    # What the kubelet mounts must appear in the mount namespaces of containers.
    _call("mount", "--make-rshared", "/var/lib/kubelet")
    for setting in SYSCTLS:
        kernel = Path("/proc/sys") / setting
        if kernel.exists():
            copy = Path("/run") / f"sysctl-{setting.replace('/', '-')}"
            copy.write_text(kernel.read_text())
            _call("mount", "--bind", str(copy), str(kernel))
    # A whole /proc somewhere, or the kernel lets no user namespace mount one.
    whole = Path("/run/proc")
    whole.mkdir()
    _call("mount", "-t", "proc", "proc", str(whole))


def _network() -> None:
    _call("ip", "link", "set", "lo", "up")
    # There is no kube-proxy: the service's address is one of the node's own.
    _call("ip", "address", "add", f"{SERVICE}/32", "dev", "lo")
    _call("ip", "link", "add", "machine", "type", "bridge")
    _call("ip", "address", "add", f"{ADDRESS}/24", "dev", "machine")
    _call("ip", "link", "set", "machine", "up")
    # It leads nowhere; the kubelet looks for one to find the node's address.
    _call("ip", "route", "add", "default", "dev", "machine")
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")


def _call(*words: str) -> None:
    subprocess.run(words, check=True)
