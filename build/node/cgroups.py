"""The node's control groups: one below the root of each hierarchy, so that they survive the caller's and are found."""

import re
import time
from pathlib import Path

DAEMONS = "daemons"  # a group with processes has no groups below it that limit anything (version 2)
ALARM = 20.0


def hierarchies() -> list[Path]:
    """Where control groups are mounted: one place for version 2, one for each controller of version 1."""
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    found = [re.fullmatch(r"\S+ \S+ \S+ / (\S+) .* - (cgroup2?) .*", line) for line in mounts]
    return [Path(match[1]) for match in found if match]


def make(name: str) -> None:
    """Make the groups that are not there yet."""
    for hierarchy in hierarchies():
        _delegate(hierarchy)
        group = hierarchy / name
        group.mkdir(exist_ok=True)
        _prepare(hierarchy, group)
        (group / DAEMONS).mkdir(exist_ok=True)


def joins(name: str) -> list[Path]:
    """The files to which a process writes its number to become one of the node's daemons."""
    return [hierarchy / name / DAEMONS / "cgroup.procs" for hierarchy in hierarchies()]


def processes(name: str) -> set[int]:
    """All processes in these groups."""
    files = [file for hierarchy in hierarchies() for file in (hierarchy / name).rglob("cgroup.procs")]
    return {int(number) for file in files for number in _read(file).split()}


def remove(name: str) -> None:
    """Remove the groups; the kernel may need a moment after the last process."""
    deadline = time.monotonic() + ALARM
    while left := [group for hierarchy in hierarchies() if (group := hierarchy / name).exists()]:
        for group in left:
            _remove(group)
        if time.monotonic() > deadline:
            raise TimeoutError(f"control groups cannot be removed: {', '.join(map(str, left))}")
        time.sleep(0.05)


def _remove(group: Path) -> None:
    below = sorted((path for path in group.rglob("*") if path.is_dir()), key=lambda path: -len(path.parts))
    for folder in [*below, group]:
        try:
            folder.rmdir()
        except OSError:
            pass  # still in use, or gone; the caller looks again


def _prepare(hierarchy: Path, group: Path) -> None:
    """What a group needs before a process may enter: of version 1, the processors and memory nodes of its parent."""
    _delegate(group)
    for file in ("cpuset.cpus", "cpuset.mems"):
        if (group / file).exists() and (hierarchy / file).exists() and not _read(group / file).strip():
            (group / file).write_text(_read(hierarchy / file))
    if (group / "cgroup.clone_children").exists():
        (group / "cgroup.clone_children").write_text("1")


def _delegate(group: Path) -> None:
    """Of version 2: let the groups below use every controller that is there."""
    if (group / "cgroup.subtree_control").exists():
        for controller in _read(group / "cgroup.controllers").split():
            try:
                (group / "cgroup.subtree_control").write_text(f"+{controller}")
            except OSError:
                pass  # in use elsewhere, as real-time scheduling may be


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""  # the group went in the meantime
