"""`make node` and `make node-down`: a second node beside the first, and what is left of it."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.forms import ROOT
from node import cgroups, control, life, ready
from node.layout import Layout

pytestmark = [pytest.mark.node, pytest.mark.alone]

FOLDERS = ("/var/lib", "/var/log", "/run", "/opt", "/etc", "/usr/libexec")


def _listed():
    """What is in the folders of the machine into which a node might write."""
    return {str(path) for folder in FOLDERS for path in Path(folder).iterdir()}


def _mounts():
    return sorted(line.split(" ", 3)[3] for line in Path("/proc/self/mountinfo").read_text().splitlines())


def _links():
    return sorted(path.name for path in Path("/sys/class/net").iterdir())


def _sysctls():
    return {name: (Path("/proc/sys") / name).read_text() for name in ("vm/overcommit_memory", "kernel/panic")}


def _namespaces(pid):
    return {kind: Path(f"/proc/{pid}/ns/{kind}").readlink() for kind in ("net", "mnt", "pid", "ipc", "uts")}


def _users_of(namespaces):
    """The processes that are in one of these namespaces."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/ns"):
        for kind, name in namespaces.items():
            try:
                if (entry / kind).readlink() == name:
                    found.append((entry.parent.name, kind))
            except OSError:
                pass  # it ended in the meantime
    return found


def test_a_node_that_is_stopped_leaves_nothing(tmp_path: Path, layout: Layout) -> None:
    """A node that is ended leaves no process, namespace, mount, link, control group, setting or file."""
    before = _listed(), _mounts(), _links(), _sysctls()
    second = Layout(tmp_path / "deep/node")
    begin = time.monotonic()
    try:
        kubeconfig = life.start(second)
        assert time.monotonic() - begin < 60
        assert life.start(second) == kubeconfig  # runs already
        process = control.process_one(second)
        assert process is not None
        namespaces = _namespaces(process)
        assert not set(namespaces.values()) & set(_namespaces("self").values())
        assert b"node" in ready.ask(second, "/api/v1/nodes")
        assert cgroups.processes(second.cgroup)
        assert _users_of(namespaces)
        assert (_listed(), _mounts(), _links(), _sysctls()) == before, "it changes the machine while it runs"
    finally:
        life.end(second)

    assert control.process_one(second) is None
    assert cgroups.processes(second.cgroup) == set()
    assert [path for path in cgroups.hierarchies() if (path / second.cgroup).exists()] == []
    assert _users_of(namespaces) == []
    assert list(second.folder.parent.iterdir()) == []
    assert (_listed(), _mounts(), _links(), _sysctls()) == before
    life.end(second)  # nothing to end is nothing wrong


def test_a_running_node_is_not_started_again(layout: Layout) -> None:
    """`make node` for a node that runs says where its KUBECONFIG is, and starts nothing."""
    before = control.process_one(layout)
    done = subprocess.run(
        [sys.executable, "-P", "-B", "-m", "node", "up"],
        env={"PYTHONPATH": str(ROOT / "build"), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(Path.home())},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert f"export KUBECONFIG={layout.kubeconfig}" in done.stdout
    assert control.process_one(layout) == before
