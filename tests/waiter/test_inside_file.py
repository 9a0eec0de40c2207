"""The static file's waiter is read from the file itself: in any place, under any name."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.kubexit import Kubexit
from harness.servers.apiserver import ApiServer
from harness.servers.pods import pod, ready
from harness.supervised import Supervised
from harness.world import namespaces

WAITING = pod("main", "db")
READY = ready(WAITING, "db")
NO_PROC = namespaces.tmpfs(Path("/proc"), "size=4k")


@pytest.fixture
def copy(static: Kubexit) -> Kubexit:
    """A copy of the file in a folder for itself."""
    folder = static.folder / "own"
    folder.mkdir()
    shutil.copy(static.path, folder / "kubexit")
    return static.under(folder / "kubexit")


@pytest.mark.behaviour("runs-anywhere-unprivileged")
@pytest.mark.parametrize("how", ["absolute", "relative", "link", "dots"])
@pytest.mark.parametrize("steps", [[], [NO_PROC]], ids=["proc", "no proc"])
def test_it_finds_itself_without_proc(
    api: ApiServer,
    awaiting: Callable[..., Supervised],
    actor: str,
    copy: Kubexit,
    how: str,
    steps: list[namespaces.Step],
) -> None:
    """With and without /proc the waiter finds its file by the path that was executed."""
    api.show(READY)
    folder = Path(copy.path).parent
    link = folder.parent / "link"
    link.symlink_to("own/kubexit")
    path = {"absolute": copy.path, "relative": "own/kubexit", "link": link, "dots": "own/../own/./kubexit"}[how]
    started = awaiting(actor, "exit", "3", kubexit=copy.under(path), cwd=folder.parent, steps=steps)

    assert started.wait() == 3, started.stderr


@pytest.mark.behaviour("runs-anywhere-unprivileged")
@pytest.mark.parametrize("steps", [[], [NO_PROC]], ids=["proc", "no proc"])
def test_found_in_path(
    api: ApiServer, awaiting: Callable[..., Supervised], actor: str, copy: Kubexit, steps: list[namespaces.Step]
) -> None:
    """If a shell finds kubexit along PATH, argv[0] is a bare name, and the waiter still finds its file."""
    api.show(READY)
    folder = os.path.dirname(copy.path)
    # The test starts the shell, not kubexit: the shell then looks for kubexit.
    started = awaiting(
        "-c", f"kubexit {actor} exit 3", kubexit=copy.under("/bin/sh"), env={"PATH": f"{folder}:/bin"}, steps=steps
    )

    assert started.wait() == 3


@pytest.mark.behaviour("runs-anywhere-unprivileged")
def test_odd_bytes_in_the_path(api: ApiServer, awaiting: Callable[..., Supervised], actor: str, copy: Kubexit) -> None:
    """The path may have bytes that are no text in any encoding."""
    api.show(READY)
    odd = os.fsencode(copy.folder) + b"/caf\xe9?17 \n"
    os.rename(os.path.dirname(copy.path), odd)

    assert awaiting(actor, "exit", "3", kubexit=copy.under(os.fsdecode(odd + b"/kubexit"))).wait() == 3


@pytest.mark.behaviour("installs-itself")
@pytest.mark.parametrize("what", ["removed", "replaced"])
def test_another_file_at_the_path(
    api: ApiServer, awaiting: Callable[..., Supervised], actor: str, copy: Kubexit, what: str
) -> None:
    """If the path leads to another file, or to none, the waiter is still read from the running file."""
    api.show(WAITING)
    started = awaiting(actor, "exit", "3", kubexit=copy)
    api.wait_watched()
    os.unlink(copy.path)
    if what == "replaced":
        Path(copy.path).write_text("something else, and shorter")
    os.kill(started.command_pid(), 9)
    api.wait_asked(2, "watch")
    api.show(READY)

    assert started.wait() == 3
