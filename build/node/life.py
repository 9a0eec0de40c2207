"""Starting the node and ending it."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from node import cgroups, control, files, images, programs, ready
from node.layout import Layout

START_ALARM = 180.0  # on a busy machine; it takes about 20 s
END_ALARM = 30.0
NEEDED = ("unshare", "nsenter", "ip", "openssl", "mount")


def start(layout: Layout) -> Path:
    """The KUBECONFIG of a node that is ready for pods; it is started unless it runs."""
    with _alone(layout):
        if control.process_one(layout) is None:
            require()
            for program in programs.PROGRAMS:
                programs.build(program)
            _remove(layout)  # what a killed one left
            try:
                _start(layout)
            except BaseException:
                _keep_logs(layout)
                _remove(layout)
                raise
    return layout.kubeconfig


def end(layout: Layout) -> None:
    """End the node and remove all that it made."""
    with _alone(layout):
        _remove(layout)


def require() -> None:
    """UnavailableError where no node can be."""
    if os.geteuid() != 0:
        raise programs.UnavailableError("a node needs root: mounts, networks, control groups")
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        raise programs.UnavailableError(f"not installed: {', '.join(missing)} (build/machine.sh node installs them)")
    tried = subprocess.run(["unshare", "--net", "--mount", "--pid", "--fork", "true"], capture_output=True, text=True)
    if tried.returncode:
        raise programs.UnavailableError(f"no namespaces here: {tried.stderr.strip()}")
    if not cgroups.hierarchies():
        raise programs.UnavailableError("no control groups are mounted")


def _start(layout: Layout) -> None:
    for folder in (layout.logs, layout.bin, layout.disk):
        folder.mkdir(parents=True)
    for program in programs.PROGRAMS:
        (layout.bin / program.name).symlink_to(program.path)
    cgroups.make(layout.cgroup)
    with socket.create_server(("127.0.0.1", 0), backlog=128) as outside:
        files.write(layout, outside.getsockname()[1])
        _launch(layout, outside.fileno())
    archive = images.pause(layout.disk / "pause.tar")
    _await(layout, "containerd", lambda: _answers(control.inside(layout, "ctr", "version")))
    load(layout, archive)
    _await(layout, "kube-apiserver", lambda: ready.api_server(layout))
    _await(layout, "the kubelet", lambda: ready.node(layout))


def load(layout: Layout, archive: Path) -> None:
    """Give the node the images of an archive, under all their names."""
    command = control.inside(layout, "ctr", "images", "import", "--local", str(archive))
    done = subprocess.run(command, capture_output=True, text=True, timeout=START_ALARM)
    if done.returncode:
        raise RuntimeError(f"{archive} cannot be imported: {done.stderr}")


def _launch(layout: Layout, descriptor: int) -> None:
    """Join the node's control groups, make its namespaces, and start process 1 in them."""
    here = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": str(here), "PATH": f"{layout.bin}:{os.environ['PATH']}"}
    environment.pop("KUBECONFIG", None)
    joins = " ".join(map(str, cgroups.joins(layout.cgroup)))
    # The shell joins, so that `unshare` is a member too: what ends the caller's group must not end the node.
    namespaces = "unshare --net --mount --pid --ipc --uts --fork --kill-child --mount-proc"
    script = f'for file in {joins}; do echo $$ >"$file" || exit 1; done; exec {namespaces} "$@"'
    command = ["sh", "-c", script, "sh", sys.executable, "-P", "-m", "node.daemons", str(layout.folder)]
    command.append(str(descriptor))
    with (layout.logs / "daemons.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            cwd=layout.folder,
            pass_fds=[descriptor],
            start_new_session=True,
        )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    deadline = time.monotonic() + END_ALARM
    while not (found := children.read_text().split() if process.poll() is None else ["0"]):
        if time.monotonic() > deadline:
            break
        time.sleep(0.01)
    if process.poll() is not None or not found:
        raise RuntimeError(f"no namespaces: {(layout.logs / 'daemons.log').read_text()}")
    control.note(layout, process.pid, int(found[0]))
    process.returncode = 0  # it outlives this program: nothing waits for it


def _await(layout: Layout, what: str, fact: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_ALARM
    while not fact():
        if control.process_one(layout) is None:
            raise RuntimeError(f"the node ended: {(layout.logs / 'daemons.log').read_text()[-2000:]}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} is not ready after {START_ALARM:.0f} s")
        time.sleep(0.1)


def _answers(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, timeout=END_ALARM).returncode == 0


def _remove(layout: Layout) -> None:
    holder = control.holder(layout)
    if (inside := control.process_one(layout)) is not None:
        os.kill(inside, signal.SIGKILL)
    if holder is not None:
        _collect(holder)
    deadline = time.monotonic() + END_ALARM
    while left := cgroups.processes(layout.cgroup):
        for pid in left:
            _kill(pid)
        if time.monotonic() > deadline:
            raise TimeoutError(f"processes of the node cannot be ended: {sorted(left)}")
        time.sleep(0.05)
    cgroups.remove(layout.cgroup)
    if layout.folder.exists():
        shutil.rmtree(layout.folder)


def _collect(holder: int) -> None:
    """Wait for the process that holds the namespaces, which exits after process 1, if it is our child."""
    try:
        os.waitpid(holder, 0)
    except ChildProcessError:
        pass  # another's; its group is looked at next


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # it ended in the meantime


def _keep_logs(layout: Layout) -> None:
    """Leave the logs of a failed start beside the folder, which goes away."""
    kept = layout.folder.with_name(f"{layout.folder.name}-failed-logs")
    shutil.rmtree(kept, ignore_errors=True)
    if layout.logs.exists():
        shutil.copytree(layout.logs, kept)
        print(f"  the logs are in {kept}", file=sys.stderr)


@contextmanager
def _alone(layout: Layout) -> Iterator[None]:
    """One start or end at a time; the lock is on the folder above, which stays."""
    layout.folder.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(layout.folder.parent, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
