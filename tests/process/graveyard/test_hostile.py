"""Any file under a dependency's name causes no hang and no false death, but one warning; the next good one counts."""

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.containers import lines, running, sleeps
from harness.kubexit import Kubexit
from harness.observer import Observer
from harness.waiting import eventually
from harness.world import namespaces

DEATH = b'Born: "2020-04-28T10:41:46Z"\nDied: "2020-04-28T10:41:47Z"\nExitCode: 0\n'
HOSTILE = Path(__file__).parents[2] / "recorded/hostile"


def fifo(path: Path) -> None:
    os.mkfifo(path)


def link_to_a_death(path: Path) -> None:
    path.with_name("elsewhere").write_bytes(DEATH)
    path.symlink_to("elsewhere")


def link_out_of_the_graveyard(path: Path) -> None:
    (path.parents[1] / "outside").write_bytes(DEATH)
    path.symlink_to(path.parents[1] / "outside")


def link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


def folder(path: Path) -> None:
    path.mkdir()
    (path / "Died").write_bytes(DEATH)


def unix_socket(path: Path) -> None:
    here = os.open(".", os.O_RDONLY)
    os.chdir(path.parent)  # the address would be too long
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)
    os.fchdir(here)
    os.close(here)


def device(path: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("DEVICES NOT TESTED: only root makes them")
    os.mknod(path, 0o666 | 0o020000, os.makedev(1, 5))  # /dev/zero: endless


def in_one_step(path: Path, text: bytes, size: int = 0) -> None:
    """Make a file that is never seen in a state in between."""
    draft = path.with_name(".draft")
    draft.write_bytes(text)
    if size:
        os.truncate(draft, size)
    draft.rename(path)


def huge(path: Path) -> None:
    in_one_step(path, DEATH + b"# filler\n" * 8000)


def endless_line(path: Path) -> None:
    in_one_step(path, DEATH[:-1] + b" " * 70_000)


def sparse(path: Path) -> None:
    in_one_step(path, DEATH, 1 << 40)


KINDS = [
    fifo,
    link_to_a_death,
    link_out_of_the_graveyard,
    link_to_itself,
    folder,
    unix_socket,
    device,
    huge,
    endless_line,
    sparse,
]


def clear(path: Path) -> None:
    """Remove it again."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


@pytest.mark.behaviour("junk-is-no-death", "tombstone-size-limited", "links-not-followed")
@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("there", [True, False], ids=["there at start", "appears later"])
def test_things_that_are_no_file_cause_one_warning(kubexit: Kubexit, make: Callable[[Path], None], there: bool) -> None:
    """Files that are no tombstones cause one warning. Shown to fail by making a good death instead."""
    path = kubexit.graveyard / "main"
    kubexit.graveyard.mkdir()
    if there:
        make(path)
    container = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0")
    if not there:
        make(path)
    container.wait_line("cannot read tombstone of main", stream="stderr")
    (kubexit.graveyard / "noise").write_bytes(b"")
    assert container.process.poll() is None
    clear(path)
    kubexit.carve("main", Died=True, ExitCode=0)

    assert container.wait() == 0
    assert len(lines(container.stderr, "warn")) == 1
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 0"


@pytest.mark.behaviour("junk-is-no-death")
@pytest.mark.parametrize("name", sorted(path.name for path in HOSTILE.iterdir()))
def test_files_without_a_death_stop_no_command(kubexit: Kubexit, name: str) -> None:
    """Files that are no deaths do not end the command; the good one that follows does."""
    kubexit.graveyard.mkdir()
    shutil.copy(HOSTILE / name, kubexit.graveyard / "main")
    container = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0")
    shutil.copy(HOSTILE / name, kubexit.graveyard / "main")
    kubexit.carve("main", Died=True, ExitCode=7)

    assert container.wait() == 0
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 7"
    assert len(lines(container.stderr, "warn")) <= 1


@pytest.mark.behaviour("junk-is-no-death")
def test_warned_again_after_a_good_one(kubexit: Kubexit) -> None:
    """After a good tombstone a broken one causes a new warning."""
    container = running(kubexit, DEATH_DEPS="main", LOG_LEVEL="debug", POLL_INTERVAL="0")
    # Another state each time: only a change is a line, and a line is what shows that the good one was read.
    for count, state, keys in ((1, "born", {}), (2, "ready", {"Ready": True})):
        kubexit.carve("main", Born=True, **keys)
        container.wait_line(f"main: {state}", stream="stderr")
        (kubexit.graveyard / "main").write_bytes(b"Died:")
        (kubexit.graveyard / "main").write_bytes(b"?")
        container.wait_line("cannot read tombstone of main: ", stream="stderr", count=count)


@pytest.mark.behaviour("tombstone-size-limited")
def test_a_tombstone_has_at_most_64_kib(kubexit: Kubexit) -> None:
    """A file of 64 KiB is a tombstone; one byte more is not."""
    kubexit.graveyard.mkdir()
    (kubexit.graveyard / "main").write_bytes(DEATH.ljust(65537, b"\n"))
    container = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0")
    container.wait_line("larger than 64 KiB", stream="stderr")
    in_one_step(kubexit.graveyard / "main", DEATH.ljust(65536, b"\n"))

    assert container.wait() == 0


@pytest.mark.behaviour("junk-is-no-death")
def test_no_right_to_read(kubexit: Kubexit) -> None:
    """A tombstone that kubexit may not read causes a warning, and is read when it may."""
    namespaces.require_root()
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)
    (kubexit.graveyard / "main").chmod(0)
    os.chown(kubexit.graveyard / "main", 1000, 1000)
    container = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="20ms", preexec_fn=namespaces.no_override)
    container.wait_line("cannot read tombstone of main: Permission denied", stream="stderr")
    (kubexit.graveyard / "main").chmod(0o644)

    assert container.wait() == 0


@pytest.mark.behaviour("links-not-followed")
def test_links_are_not_written_through(kubexit: Kubexit) -> None:
    """Anything under kubexit's own names is replaced, not followed: a link there does not lead out of the graveyard."""
    kubexit.graveyard.mkdir()
    outside = kubexit.folder / "outside"
    outside.write_text("precious")
    for name in ("main", ".main.tmp", ".main.alive", ".main.alive.tmp"):
        (kubexit.graveyard / name).symlink_to(outside)
    finished = kubexit.run("true")

    assert finished.code == 0
    assert outside.read_text() == "precious"
    assert (kubexit.tombstone() or {})["ExitCode"] == 0
    assert os.listdir(kubexit.graveyard) == ["main"]


@pytest.mark.behaviour("leftover-drafts-removed", "links-not-followed")
def test_draft_that_cannot_be_replaced(kubexit: Kubexit) -> None:
    """A folder under the draft's name prevents a tombstone; the command runs and keeps its code."""
    eye = Observer(kubexit.graveyard)
    (kubexit.graveyard / ".main.tmp").mkdir()
    finished = kubexit.run("sh", "-c", "exit 3")

    assert finished.code == 3
    assert f"{kubexit.graveyard}/main" in finished.stderr
    assert eye.of("main") == []


@pytest.mark.behaviour("junk-is-no-death")
@pytest.mark.parametrize("text", [b"", b"\n", b"# nothing\n", b"Pod: x\n"], ids=repr)
@pytest.mark.parametrize("poll", ["10ms", "0"])
def test_an_empty_tombstone_causes_one_warning(kubexit: Kubexit, text: bytes, poll: str) -> None:
    """A tombstone that is empty at two looks makes one warning, and only one, at any number of looks."""
    kubexit.graveyard.mkdir()
    in_one_step(kubexit.graveyard / "main", text)
    container = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL=poll)
    container.wait_line("cannot read tombstone of main: it is empty", stream="stderr")
    for count in range(1, 6):
        in_one_step(kubexit.graveyard / "main", text)
        looks = sleeps(container.pid)
        if poll != "0":
            eventually(lambda looks=looks: sleeps(container.pid) > looks + 1, f"look {count}")
    kubexit.carve("main", Died=True, ExitCode=0)

    assert container.wait() == 0
    assert len(lines(container.stderr, "warn")) == 1
