"""A tombstone appears whole: it is written under a name that is never read, then renamed."""

import pytest

from harness.containers import running
from harness.kubexit import Kubexit
from harness.observer import Observer


@pytest.mark.behaviour("tombstone-appears-whole", "death-written-once")
def test_a_life_is_two_renames(kubexit: Kubexit) -> None:
    """During a whole life an observer sees two renames to the tombstone's name, and no write."""
    eye = Observer(kubexit.graveyard)
    kubexit.run("true")

    assert eye.of("main") == ["IN_MOVED_TO", "IN_MOVED_TO"]


@pytest.mark.behaviour("names-of-tombstones", "tombstone-appears-whole", "leftover-drafts-removed")
def test_drafts_begin_with_a_dot(kubexit: Kubexit) -> None:
    """All other files have a name with a dot in front, which no dependency can have."""
    eye = Observer(kubexit.graveyard)
    kubexit.run("true")

    assert {event.file for event in eye.so_far()} == {"main", ".main.tmp", ".main.alive", ".main.alive.tmp"}


@pytest.mark.behaviour("tombstone-appears-whole")
def test_same_file_system(kubexit: Kubexit) -> None:
    """The draft is in the graveyard itself, so that the rename never crosses a mount."""
    eye = Observer(kubexit.graveyard)
    running(kubexit, "main")
    eye.until(lambda event: event.kind == "IN_MOVED_TO" and event.file == "main")

    assert ("IN_MOVED_FROM", ".main.tmp") in [(event.kind, event.file) for event in eye.events]


@pytest.mark.behaviour("original-and-kubexit-see-each-other")
def test_the_original_sees_it(kubexit: Kubexit) -> None:
    """The rename is an event that the original's watcher takes for a creation, with the content in place."""
    eye = Observer(kubexit.graveyard)
    container = running(kubexit, "main")
    eye.until(lambda event: event.kind == "IN_MOVED_TO" and event.file == "main")
    assert "Born" in (kubexit.tombstone() or {})
    births = len(eye.of("main"))
    container.signal(15)
    container.wait()

    assert eye.of("main")[births:] == ["IN_MOVED_TO"]
    assert "Died" in (kubexit.tombstone() or {})
