"""System calls that a container runtime refuses: kubexit does without, and always writes a death."""

import errno
import os
import re

import pytest

from harness.containers import lines, running
from harness.kubexit import Kubexit
from harness.world import namespaces

DESCRIPTORS = range(3, 16)


@pytest.mark.behaviour("runs-anywhere-unprivileged", "graveyard-tried-not-asked")
@pytest.mark.parametrize("error", [errno.EPERM, errno.ENOSYS], ids=errno.errorcode.get)
def test_a_folder_is_tried_and_not_asked_about(kubexit: Kubexit, error: int) -> None:
    """A folder that can be written to is used, regardless of the answer to access(2)."""
    finished = kubexit.run("sh", "-c", "exit 9", LIVENESS="false", preexec_fn=namespaces.refuse("faccessat", error))

    assert finished.code == 9
    assert (kubexit.tombstone() or {})["ExitCode"] == 9


@pytest.mark.behaviour("new-generation-clears-graveyard", "graveyard-tried-not-asked")
def test_a_folder_to_clear_is_tried_and_not_asked_about(kubexit: Kubexit) -> None:
    """A folder that is cleared is tried too, and nothing is left of the attempt to write."""
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)
    world = namespaces.refuse("faccessat", errno.EPERM)
    finished = kubexit.run(options=["--clear", kubexit.graveyard], name=None, GRAVEYARD=None, preexec_fn=world)

    assert finished.code == 0
    assert os.listdir(kubexit.graveyard) == []


@pytest.mark.behaviour("unwritten-birth-continues", "crash-seen-by-peers", "graveyard-tried-not-asked")
def test_a_denied_fifo_is_a_warning(kubexit: Kubexit) -> None:
    """A FIFO that a security module denies is a warning where files can be made."""
    main = running(kubexit, "main", preexec_fn=namespaces.refuse("mknod", errno.EACCES))
    main.signal(15)

    assert main.wait() == 0
    assert len(lines(main.stderr, "warn")) == 1
    assert (kubexit.tombstone() or {})["ExitCode"] == 0


@pytest.mark.behaviour("every-exit-writes-a-death")
def test_signals_that_cannot_be_read_are_a_death(kubexit: Kubexit) -> None:
    """Without signalfd(2) nothing starts; the code is 70, and a death says why."""
    finished = kubexit.run("echo", "BORN", preexec_fn=namespaces.refuse("signalfd", errno.EPERM))

    assert (finished.code, finished.stdout) == (70, "")
    stone = kubexit.tombstone() or {}
    assert stone["ExitCode"] == 70
    assert "signalfd" in stone["Reason"]


@pytest.mark.behaviour("tombstone-appears-whole", "unwritten-death-keeps-code")
def test_a_draft_that_cannot_be_closed_is_not_used(kubexit: Kubexit) -> None:
    """A draft that the file system has not kept, which it may say at close(2) only, takes no tombstone's place.

    Which descriptor the draft gets is not known here: each is tried. It stays open, so the next draft has another.
    """
    failed = []
    for descriptor in DESCRIPTORS:
        name = f"main{descriptor}"
        finished = kubexit.run("true", name=name, preexec_fn=namespaces.refuse_to_close(descriptor, errno.EIO))
        if re.search(f"{name}: (Input/output|I/O) error", finished.stderr):  # as glibc and musl word it
            failed.append(name)

    assert failed
    assert not {f".{name}.tmp" for name in failed} & set(os.listdir(kubexit.graveyard))
