"""Pods in which some containers run the original kubexit.

The original is played by what it does: it watches the folder for creations, renames and writes, reads YAML strictly
enough, writes in place, keeps no FIFO, and leaves -1 where a signal ended its command.
"""

import os
import re
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from harness.containers import fenced_off, put, running, waiting
from harness.kubexit import Kubexit
from harness.observer import Observer

ORIGINAL = Path(__file__).parents[2] / "recorded/original"
BORN = (ORIGINAL / "born").read_bytes()
# What Go's time.Time takes for a JSON time: RFC 3339, T, at most nine digits, a zone.
GO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")


def read_as_the_original(text: bytes) -> dict:
    """YAML to JSON to a struct: known keys in any case, times and code of the right type, all else ignored."""
    story = yaml.safe_load(text)
    assert isinstance(story, dict)
    for key in ("Born", "Died"):
        if key in story:
            assert isinstance(story[key], str)
            assert GO_TIME.fullmatch(story[key])
            datetime.fromisoformat(story[key][:19])
    assert isinstance(story.get("ExitCode", 0), int)
    return story


@pytest.mark.behaviour("tombstone-lines", "times-are-rfc-3339", "original-and-kubexit-see-each-other")
def test_it_reads_ours(kubexit: Kubexit) -> None:
    """Each tombstone of kubexit, with any of its extra keys, is a tombstone to the original."""
    eye = Observer(kubexit.graveyard)
    file = kubexit.folder / "ready"
    container = running(
        kubexit,
        exits="",
        DEATH_DEPS='ma"in',
        READY_FILE=file,
        READY_PERIOD="10ms",
        GRACE_PERIOD="0",
        EXIT_CODE_ON_STOP="zero",
    )
    kubexit.wait_tombstone("sidecar", "Born")
    read_as_the_original((kubexit.graveyard / "sidecar").read_bytes())
    file.touch()
    kubexit.wait_tombstone("sidecar", "Ready")
    read_as_the_original((kubexit.graveyard / "sidecar").read_bytes())
    kubexit.carve('ma"in', Died=True, ExitCode=1)
    container.wait()
    story = read_as_the_original((kubexit.graveyard / "sidecar").read_bytes())

    assert (story["ExitCode"], story["CommandExitCode"], story["Killed"]) == (0, 137, True)
    assert set(eye.of("sidecar")) == {"IN_MOVED_TO"}


@pytest.mark.behaviour("reader-accepts-many-forms", "original-and-kubexit-see-each-other", "signal-death-is-128-plus-n")
@pytest.mark.parametrize(
    ("file", "code"), [("died-zero", 0), ("died-by-signal", 255), ("died-unborn", 255), ("died-zone-kolkata", 2)]
)
def test_deaths_of_the_original_are_deaths(kubexit: Kubexit, file: str, code: int) -> None:
    """The original's deaths are deaths to kubexit; its -1 is 255, which is the code that a process can have."""
    container = running(kubexit, DEATH_DEPS="main", EXIT_CODE_ON_STOP="dependency", POLL_INTERVAL="0")
    put(kubexit.graveyard / "main", BORN)
    put(kubexit.graveyard / "main", (ORIGINAL / file).read_bytes())

    assert container.wait() == code


@pytest.mark.behaviour("original-and-kubexit-see-each-other", "crash-seen-by-peers")
def test_it_has_no_fifo(kubexit: Kubexit) -> None:
    """A container of the original has no FIFO, which says nothing about its life. Shown to fail by a FIFO that
    has no reader."""
    kubexit.graveyard.mkdir()
    put(kubexit.graveyard / "main", BORN)
    container = running(kubexit, DEATH_DEPS="main,fence")
    put(kubexit.graveyard / "main", BORN)

    fenced_off(kubexit, container)


@pytest.mark.behaviour("original-and-kubexit-see-each-other")
def test_it_is_born(kubexit: Kubexit) -> None:
    """A container of kubexit may wait for the birth and for the success of one of the original."""
    app = waiting(kubexit, BIRTH_DEPS="db:born,migrate:succeeded", POLL_INTERVAL="0")
    put(kubexit.graveyard / "db", BORN)
    put(kubexit.graveyard / "migrate", BORN)
    put(kubexit.graveyard / "migrate", (ORIGINAL / "died-zero").read_bytes())

    assert app.wait() == 0
    assert app.stdout == "BORN\n"


@pytest.mark.behaviour("old-tombstone-gone-at-start", "crash-seen-by-peers")
def test_a_name_changes_hands(kubexit: Kubexit) -> None:
    """A container of the original can come back under kubexit, and the other way round."""
    kubexit.graveyard.mkdir()
    put(kubexit.graveyard / "main", (ORIGINAL / "died-one").read_bytes())
    container = running(kubexit, DEATH_DEPS="main:succeeded,fence", POLL_INTERVAL="0")
    assert kubexit.run("false").code == 1
    put(kubexit.graveyard / "main", BORN)
    assert os.listdir(kubexit.graveyard).count("main") == 1
    put(kubexit.graveyard / "main", (ORIGINAL / "died-zero").read_bytes())

    assert container.wait() == 0
    assert "main died with exit code 0" in (kubexit.tombstone("sidecar") or {})["Reason"]


@pytest.mark.behaviour("original-and-kubexit-see-each-other", "leftover-drafts-removed")
def test_our_other_files(kubexit: Kubexit) -> None:
    """Drafts and FIFOs have names that the original cannot have as a dependency's by accident."""
    eye = Observer(kubexit.graveyard)
    container = running(kubexit, DEATH_DEPS="fence")
    fenced_off(kubexit, container)

    others = {event.file for event in eye.so_far()} - {"sidecar", "fence", ".fence.carved"}
    assert others
    assert all(name.startswith(".sidecar.") for name in others)
