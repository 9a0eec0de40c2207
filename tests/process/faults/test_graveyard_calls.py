"""One system call on the graveyard fails: that is no answer. kubexit tries again, and takes the safe side meanwhile."""

import os
import re
from collections.abc import Callable

import pytest

from harness.containers import born, fenced_off, lines, running
from harness.kubexit import Kubexit
from harness.observer import Observer
from harness.stepper import Before, Stepper

Steps = Callable[..., Stepper]

pytestmark = pytest.mark.behaviour("failed-call-is-no-answer")

OPEN = "open,openat"
STATUS = "fstat,newfstatat"


def test_a_name_that_cannot_be_looked_up_is_tried_again(kubexit: Kubexit, steps: Steps) -> None:
    """A FIFO that cannot be opened for a moment may have an owner: the second kubexit of the name finds the first.

    Fails when the failure counts as a free name: then the second writes its death over the living first.
    """
    first = born(kubexit)
    second = kubexit.run("true", steps=steps(Before(OPEN, ".main.alive", action="ENFILE")))

    assert (second.code, first.process.poll()) == (0, None)
    assert "main is already alive" in second.stderr
    assert "Died" not in (kubexit.tombstone() or {})


def test_a_name_that_is_never_known_is_not_taken(kubexit: Kubexit, steps: Steps) -> None:
    """If it cannot be opened at all, kubexit exits with 73, and the living container keeps its name."""
    first = born(kubexit)
    second = kubexit.run("echo", "BORN", steps=steps(Before(OPEN, ".main.alive", count=0, action="ENFILE")))

    assert (second.code, second.stdout) == (73, "")
    assert "cannot be used" in second.stderr
    assert first.process.poll() is None
    assert "Died" not in (kubexit.tombstone() or {})


def test_a_bad_setting_writes_nothing_over_an_unknown_name(kubexit: Kubexit, steps: Steps) -> None:
    """A refusal is not written over a name that may be in use."""
    born(kubexit)
    second = kubexit.run("true", GRACE_PERIOD="30", steps=steps(Before(OPEN, ".main.alive", count=0, action="ENFILE")))

    assert second.code == 2
    assert "Died" not in (kubexit.tombstone() or {})


@pytest.mark.parametrize("calls", [OPEN, STATUS, "read"])
def test_a_death_that_cannot_be_read_is_read_again(kubexit: Kubexit, steps: Steps, calls: str) -> None:
    """A death whose tombstone cannot be opened, examined or read at the one look is seen at another one."""
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)
    looks = steps(Before(calls, "main", action="EIO"))
    sidecar = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0", steps=looks)

    assert looks.reached().calls == calls
    assert sidecar.wait() == 0
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 0"


def test_a_fifo_without_owner_and_an_unread_death_are_no_crash(kubexit: Kubexit, steps: Steps) -> None:
    """Main has written its death, code 0, and was killed. A look that cannot read the death does not see a crash."""
    main = born(kubexit, steps=steps(Before("unlinkat", ".main.alive", action="kill")))
    main.signal(15)
    main.wait()
    looks = steps(Before(OPEN, "main", action="EIO"))
    sidecar = running(kubexit, DEATH_DEPS="main:failed,fence", POLL_INTERVAL="0", steps=looks)
    looks.reached()

    fenced_off(kubexit, sidecar)


@pytest.mark.behaviour("junk-is-no-death")
def test_a_tombstone_that_is_empty_once_makes_no_warning(kubexit: Kubexit, steps: Steps) -> None:
    """A tombstone that is empty at one look, as while the original writes it, is looked at again without a warning."""
    kubexit.graveyard.mkdir()
    (kubexit.graveyard / "main").touch()
    looks = steps(Before(OPEN, "main", count=2))
    sidecar = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0", steps=looks)
    looks.reached()
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)
    looks.resume()

    assert sidecar.wait() == 0
    assert lines(sidecar.stderr, "warn") == []


@pytest.mark.parametrize("at", [Before(STATUS, ".main.alive", action="EIO"), Before(OPEN, ".main.alive", action="EIO")])
def test_a_crash_that_cannot_be_seen_is_looked_for_again(kubexit: Kubexit, steps: Steps, at: Before) -> None:
    """A FIFO without an owner that cannot be examined at the one look is a crash at another one."""
    main = born(kubexit)
    main.kill()
    looks = steps(at)
    sidecar = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0", steps=looks)

    assert looks.reached() == at
    assert sidecar.wait() == 0
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main crashed"


def test_a_living_fifo_that_cannot_be_examined_is_held_later(kubexit: Kubexit, steps: Steps) -> None:
    """A FIFO with an owner that cannot be examined at the one look is held from another one on, and its end is seen."""
    main = born(kubexit)
    looks = steps(Before(STATUS, ".main.alive", action="ENOMEM"))
    sidecar = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0", steps=looks)
    looks.reached()
    main.kill()

    assert sidecar.wait() == 0
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main crashed"


@pytest.mark.parametrize(
    "at",
    [
        Before(OPEN, ".main.alive", count=1, action="EMFILE"),
        Before(OPEN, ".main.alive", count=2, action="EMFILE"),
        Before(OPEN, "main", action="EIO"),
        Before(STATUS, "main", action="EIO"),
        Before("getdents64", "graveyard", count=1, action="EIO"),
        Before("getdents64", "graveyard", count=3, action="EIO"),
        Before("unlinkat", "main", action="EPERM"),
    ],
    ids=lambda at: at.rule,
)
def test_what_cannot_be_read_is_not_cleared(kubexit: Kubexit, steps: Steps, at: Before) -> None:
    """A graveyard of which something cannot be read or removed is not reported as cleared: the code is 73."""
    main = born(kubexit)
    main.kill()
    clears = steps(at)
    finished = kubexit.run(options=["--clear", kubexit.graveyard], name=None, GRAVEYARD=None, steps=clears)

    assert clears.reached() == at
    assert finished.code == 73
    assert "cannot be cleared" in finished.stderr


def test_an_unknown_holder_keeps_its_files(kubexit: Kubexit, steps: Steps) -> None:
    """If it is not known whether a FIFO has an owner, nothing is removed."""
    born(kubexit)
    files = {path.name for path in kubexit.graveyard.iterdir()}
    clears = steps(Before(OPEN, ".main.alive", count=0, action="EMFILE"))
    finished = kubexit.run(options=["--clear", kubexit.graveyard], name=None, GRAVEYARD=None, steps=clears)

    assert finished.code == 73
    assert {path.name for path in kubexit.graveyard.iterdir()} == files


@pytest.mark.behaviour("bad-setting-exits-with-2")
def test_the_death_of_a_refusal_is_tried_again(kubexit: Kubexit, steps: Steps) -> None:
    """The death of a container with bad settings is written at another try, like any death."""
    writes = steps(Before("write", ".main.tmp", action="ENOSPC"))
    finished = kubexit.run("true", GRACE_PERIOD="30", steps=writes)

    writes.reached()
    assert finished.code == 2
    assert (kubexit.tombstone() or {})["ExitCode"] == 2


@pytest.mark.behaviour("bad-setting-exits-with-2", "log-says-what-happened")
def test_an_unwritten_refusal_is_logged(kubexit: Kubexit, steps: Steps) -> None:
    """If it cannot be written at all, the log says so: peers wait for it in vain."""
    finished = kubexit.run("true", GRACE_PERIOD="30", steps=steps(Before("write", ".main.tmp", 0, "ENOSPC")))

    assert finished.code == 2
    assert f"cannot write tombstone {kubexit.graveyard}/main" in finished.stderr


@pytest.mark.behaviour("graveyard-replaced", "log-says-what-happened")
def test_a_new_folder_without_inotify_is_polled(kubexit: Kubexit, steps: Steps) -> None:
    """A folder that takes the graveyard's place is polled if it cannot be watched, and the log says so."""
    looks = steps(Before("inotify_init1", count=2, action="EMFILE"))
    sidecar = born(kubexit, "sidecar", DEATH_DEPS="main", POLL_INTERVAL="0", steps=looks)
    kubexit.graveyard.rename(kubexit.folder / "moved")
    kubexit.graveyard.mkdir()
    sidecar.wait_line("was replaced, and inotify is not available; polling the new one", stream="stderr")
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)

    assert sidecar.wait() == 0


@pytest.mark.behaviour("log-says-what-happened")
def test_a_fifo_that_cannot_be_replaced_is_used(kubexit: Kubexit, steps: Steps) -> None:
    """If the FIFO of a killed run cannot be replaced, it is used, and the warning says why it was not replaced."""
    born(kubexit).kill()
    main = running(kubexit, "main", steps=steps(Before("renameat,renameat2", ".main.alive.tmp", action="EIO")))
    main.signal(15)

    assert main.wait() == 0
    assert re.search(
        r"main.alive of an earlier run cannot be replaced: (I/O|Input/output) error; using it", main.stderr
    )


@pytest.mark.behaviour("name-already-alive", "log-says-what-happened")
def test_a_name_that_cannot_be_held_is_a_warning(kubexit: Kubexit, steps: Steps) -> None:
    """Without FIFOs, a name that no socket can hold is worth a warning: a second kubexit would not be noticed."""
    main = running(kubexit, "main", LIVENESS="false", steps=steps(Before("socket", action="EAFNOSUPPORT")))
    main.signal(15)

    assert main.wait() == 0
    assert "cannot hold the name main" in main.stderr


@pytest.mark.parametrize("call", ["socket", "bind"])
def test_a_name_without_fifo_that_cannot_be_looked_up_is_tried_again(kubexit: Kubexit, steps: Steps, call: str) -> None:
    """A name that is held by a socket is found too, if the socket to find it with cannot be made for a moment."""
    first = born(kubexit, LIVENESS="false")
    second = kubexit.run("true", LIVENESS="false", steps=steps(Before(call, action="ENOMEM")))

    assert (second.code, first.process.poll()) == (0, None)
    assert "main is already alive" in second.stderr
    assert "Died" not in (kubexit.tombstone() or {})


def test_a_name_without_fifo_that_is_never_known_is_not_taken(kubexit: Kubexit, steps: Steps) -> None:
    """If that stays so, kubexit exits with 73, and the living container keeps its tombstone."""
    first = born(kubexit, LIVENESS="false")
    second = kubexit.run("echo", "BORN", LIVENESS="false", steps=steps(Before("socket", count=0, action="EMFILE")))

    assert (second.code, second.stdout, first.process.poll()) == (73, "", None)
    assert "Died" not in (kubexit.tombstone() or {})


def test_a_bad_setting_writes_nothing_over_an_unknown_name_without_fifo(kubexit: Kubexit, steps: Steps) -> None:
    """A refusal is not written over a name that a socket may hold."""
    born(kubexit, LIVENESS="false")
    rule = Before("socket", count=0, action="ENFILE")
    second = kubexit.run("true", LIVENESS="false", GRACE_PERIOD="30", steps=steps(rule))

    assert second.code == 2
    assert "Died" not in (kubexit.tombstone() or {})


@pytest.mark.parametrize("action", ["EACCES", "EPERM", "ENOMEM"])
def test_an_unknown_holder_without_fifo_keeps_its_files(kubexit: Kubexit, steps: Steps, action: str) -> None:
    """If it is not known whether a socket holds a name, nothing is removed: a security module may refuse the answer."""
    born(kubexit, LIVENESS="false")
    clears = steps(Before("connect", count=0, action=action))
    finished = kubexit.run(options=["--clear", kubexit.graveyard], name=None, GRAVEYARD=None, steps=clears)

    assert finished.code == 73
    assert (kubexit.graveyard / "main").exists()


@pytest.mark.behaviour("no-crash-that-was-none")
@pytest.mark.parametrize("calls", [OPEN, STATUS, "read"])
def test_an_earlier_death_that_cannot_be_read_is_read_again(kubexit: Kubexit, steps: Steps, calls: str) -> None:
    """A written death of an earlier run that cannot be read for a moment stays until the FIFO has a holder.

    Fails when the failure counts as no death: the tombstone goes first then, and the old FIFO shows a crash.
    """
    kubexit.graveyard.mkdir()
    os.mkfifo(kubexit.graveyard / ".main.alive")
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)
    eye = Observer(kubexit.graveyard)
    running(kubexit, "main", steps=steps(Before(calls, "main", action="EIO")))
    events = [(event.kind, event.file) for event in eye.so_far()]

    assert events.index(("IN_MOVED_TO", ".main.alive")) < events.index(("IN_DELETE", "main"))
