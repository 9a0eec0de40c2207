"""A peer does not mix two lives of a dependency, at any step of the dependency between two of its system calls.

POLL_INTERVAL=0: what a look missed is not found by the next poll.
"""

from collections.abc import Callable

import pytest

from harness import graveyard, processes
from harness.containers import fenced_off, put, running
from harness.kubexit import Kubexit
from harness.processes import descriptors
from harness.stepper import Before, Stepper
from harness.supervised import Supervised
from harness.waiting import eventually

Steps = Callable[..., Stepper]

IN_QUIT_REQUESTS = Before("unlinkat", ".main.alive")


def before_its_look(number: int) -> Before:
    """Before the number-th look of a container at a file of main."""
    return Before("openat,open", "main|.main.alive", count=number)


def stepped_sidecar(kubexit: Kubexit, looks: Stepper, **settings: str) -> Supervised:
    """A sidecar of main that is stopped at its looks."""
    settings.setdefault("DEATH_DEPS", "main:failed,fence")
    return kubexit.start(
        kubexit.program(), "ready-then-wait", "--exit", "TERM=0",
        name="sidecar", steps=looks, POLL_INTERVAL="0", REBIRTH_TIMEOUT="1h", **settings,
    )  # fmt: skip


def ended(main: Supervised) -> None:
    """Let main exit with 0, in order."""
    main.signal(15)
    assert main.wait() == 0


def born(kubexit: Kubexit, **settings: object) -> Supervised:
    """Start main; its birth is on its tombstone."""
    main = running(kubexit, "main", **settings)
    kubexit.wait_tombstone("main", "Born")
    return main


def killed_in_quit_requests(kubexit: Kubexit, steps: Steps) -> None:
    """A main that exited with 0 and was killed when its death was written: its FIFO stays, without an owner."""
    main = born(kubexit, steps=steps(Before("unlinkat", ".main.alive", action="kill")))
    main.signal(15)
    main.wait()


def killed_in_its_claim(kubexit: Kubexit, steps: Steps, code: int = 0) -> None:
    """A main whose first life ended with a code. The next one was killed before it removed that death."""
    assert kubexit.run("sh", "-c", f"exit {code}", name="main").code == code
    running_again = kubexit.start("true", name="main", steps=steps(Before("unlinkat", "main", action="kill")))
    running_again.wait()
    assert (kubexit.tombstone("main") or {})["ExitCode"] == code
    assert (kubexit.graveyard / ".main.alive").is_fifo()


def started_before(kubexit: Kubexit) -> None:
    """The sidecar has an earlier life."""
    kubexit.carve("sidecar", Born=True, Died=True, ExitCode=0)


def holds_fifo(container: Supervised) -> bool:
    """Whether it has the FIFO of main open that is in the graveyard now."""
    return any(name.endswith("/.main.alive") for name in descriptors(container.pid))


@pytest.mark.behaviour("death-names-its-life", "rebirth-shown-by-files", "no-crash-that-was-none")
def test_a_whole_life_within_the_first_look(kubexit: Kubexit, steps: Steps) -> None:
    """Main starts, runs and writes its death between the look at its FIFO and the look at its tombstone.

    Its FIFO, which it still holds, is that of the life that died, not of a new one, and its end is no crash.
    """
    started_before(kubexit)
    looks, ends = steps(before_its_look(2)), steps(IN_QUIT_REQUESTS)
    sidecar = stepped_sidecar(kubexit, looks, DEATH_DEPS="main")
    looks.reached()
    main = kubexit.start("true", name="main", steps=ends)
    ends.reached()
    looks.resume()
    sidecar.wait_line("to be started again too", stream="stderr")
    eventually(lambda: holds_fifo(sidecar), "it has looked at the FIFO")
    assert processes.children(sidecar.pid) == []
    ends.resume()
    assert main.wait() == 0
    eventually(lambda: not any(".main.alive" in name for name in descriptors(sidecar.pid)), "it has seen that end")
    assert processes.children(sidecar.pid) == []
    again = born(kubexit)
    sidecar.wait_line("^READY$")
    ended(again)

    assert sidecar.wait() == 0
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 0"
    assert sidecar.stderr.count("dependency main was started again") == 1


@pytest.mark.behaviour("no-crash-that-was-none")
@pytest.mark.parametrize("how", ["in order", "killed in its quit requests"])
def test_a_whole_life_between_two_looks_at_the_fifo(kubexit: Kubexit, steps: Steps, how: str) -> None:
    """The FIFO has no owner at the first look. Main starts again, and its old death goes before the look at the
    tombstone. It exits with 0 before the second look at the FIFO, which has no owner again: no crash."""
    killed_in_quit_requests(kubexit, steps)
    looks = steps(before_its_look(2), before_its_look(3))
    sidecar = stepped_sidecar(kubexit, looks)
    looks.reached()
    rules = [Before("unlinkat", ".main.alive", action="kill")] if how != "in order" else []
    main = born(kubexit, **({"steps": steps(*rules)} if rules else {}))
    looks.resume()
    looks.reached()
    main.signal(15)
    main.wait()
    looks.resume()

    fenced_off(kubexit, sidecar)


@pytest.mark.behaviour("no-crash-that-was-none")
def test_a_whole_life_between_two_looks_without_a_fifo(kubexit: Kubexit, steps: Steps) -> None:
    """Main ends in order and leaves no FIFO. It starts again between the look at its FIFO and the look at its
    tombstone, and ends in order before the second look at the FIFO: no crash."""
    first = born(kubexit)
    looks = steps(*(before_its_look(number) for number in (2, 3, 4, 5)))
    sidecar = stepped_sidecar(kubexit, looks)
    looks.reached()  # it holds the FIFO of the first life
    ended(first)
    second = born(kubexit)
    looks.resume()
    looks.reached()  # it has seen the end of that life, and looks for another FIFO
    ended(second)
    looks.resume()
    looks.reached()  # there is no FIFO
    third = born(kubexit)
    looks.resume()
    looks.reached()  # the tombstone has no death, and it looks for a FIFO again
    ended(third)
    looks.resume()

    fenced_off(kubexit, sidecar)


@pytest.mark.every_form
@pytest.mark.behaviour("death-names-its-life")
def test_a_death_has_the_number_of_its_fifo(kubexit: Kubexit, steps: Steps) -> None:
    """The death on the tombstone and the FIFO beside it show the same life, and the next life has another number."""
    numbers = []
    for _ in range(2):
        killed_in_quit_requests(kubexit, steps)
        numbers.append(graveyard.life(kubexit.graveyard / ".main.alive"))
        assert (kubexit.tombstone("main") or {})["Life"] == f"{numbers[-1]:016x}"

    assert numbers[0] != numbers[1]


@pytest.mark.behaviour("death-names-its-life", "crash-seen-by-peers")
def test_killed_behind_its_own_success(kubexit: Kubexit, steps: Steps) -> None:
    """A main that had exited with 0 is started again, and killed before it removed that death: it crashed."""
    killed_in_its_claim(kubexit, steps)
    finished = kubexit.run("echo", "BORN", name="sidecar", DEATH_DEPS="main:failed", POLL_INTERVAL="0")

    assert (finished.code, finished.stdout) == (0, "")
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main crashed"


@pytest.mark.every_form
@pytest.mark.behaviour("death-names-its-life", "crash-seen-by-peers")
def test_killed_behind_its_own_success_while_watched(kubexit: Kubexit, steps: Steps) -> None:
    """The same, for a sidecar that runs meanwhile."""
    sidecar = running(kubexit, "sidecar", DEATH_DEPS="main:failed", POLL_INTERVAL="0")
    killed_in_its_claim(kubexit, steps)

    assert sidecar.wait() == 0
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main crashed"


@pytest.mark.behaviour("death-names-its-life", "rebirth-shown-by-files", "old-death-ignored-after-restart")
@pytest.mark.parametrize("condition", ["main", "main:failed"])
def test_back_after_a_kill_behind_its_own_success(kubexit: Kubexit, steps: Steps, condition: str) -> None:
    """For a container that was started again this crash is an old death: it waits until main comes back."""
    started_before(kubexit)
    killed_in_its_claim(kubexit, steps)
    sidecar = kubexit.start(
        kubexit.program(), "ready-then-wait", "--exit", "TERM=0",
        name="sidecar", DEATH_DEPS=condition, POLL_INTERVAL="0", REBIRTH_TIMEOUT="1h",
    )  # fmt: skip
    sidecar.wait_line("dependency main crashed before this container was started again", stream="stderr")
    ends = steps(Before("unlinkat", "main"))
    main = running_behind(kubexit, ends)
    sidecar.wait_line("^READY$")
    ends.resume()
    kubexit.wait_tombstone("main", "Born")
    main.kill()

    assert sidecar.wait() == 0
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main crashed"


def running_behind(kubexit: Kubexit, ends: Stepper) -> Supervised:
    """A main that holds its FIFO, and has not removed its old tombstone yet."""
    main = kubexit.start(kubexit.program(), "ready-then-wait", "--exit", "TERM=0", name="main", steps=ends)
    ends.reached()
    return main


@pytest.mark.behaviour("death-names-its-life", "status-shows-all-containers")
def test_status_shows_the_crash(kubexit: Kubexit, steps: Steps) -> None:
    """`--status` shows this main as crashed."""
    killed_in_its_claim(kubexit, steps)
    finished = kubexit.run(options=["--status"], name=None)

    assert finished.code == 3
    assert "crashed" in finished.stdout


@pytest.mark.behaviour("death-names-its-life", "original-and-kubexit-see-each-other")
@pytest.mark.parametrize("life", ["", "Life: 5\n", 'Life: "none"\n', 'Life: "00112233445566zz"\n'])
def test_a_death_without_a_life_counts(kubexit: Kubexit, steps: Steps, life: str) -> None:
    """A death that names no life, of the original or an earlier kubexit, counts beside a FIFO without an owner."""
    killed_in_its_claim(kubexit, steps)
    put(kubexit.graveyard / "main", f'Died: "2026-11-26T07:00:02Z"\nExitCode: 0\n{life}'.encode())
    finished = kubexit.run("echo", "BORN", name="sidecar", DEATH_DEPS="main:failed", POLL_INTERVAL="0")

    assert finished.stdout == "BORN\n"


@pytest.mark.behaviour("look-is-of-one-life", "old-death-ignored-after-restart")
def test_killed_and_started_again_within_the_first_look(kubexit: Kubexit, steps: Steps) -> None:
    """The first look of a container that was started again holds the FIFO of a main that has died and asks sidecars to
    quit. That main is killed and starts again before the look at its tombstone: its death is one of the past."""
    ends = steps(IN_QUIT_REQUESTS)
    old = kubexit.start("true", name="main", steps=ends)
    ends.reached()
    started_before(kubexit)
    looks = steps(before_its_look(2))
    sidecar = stepped_sidecar(kubexit, looks, DEATH_DEPS="main")
    looks.reached()
    old.kill()
    main = born(kubexit)
    looks.resume()
    sidecar.wait_line("^READY$")
    eventually(lambda: holds_fifo(sidecar), "it has seen the end of the old FIFO, and holds the new one")
    ended(main)

    assert sidecar.wait() == 0
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 0"


@pytest.mark.behaviour("look-is-of-one-life", "old-death-ignored-after-restart")
def test_started_again_within_a_later_look(kubexit: Kubexit, steps: Steps) -> None:
    """A held back container holds the FIFO of the life that died. That life exits, and the next one begins, before the
    look at the tombstone: the end of the old FIFO is that of the old death."""
    ends = steps(IN_QUIT_REQUESTS, Before("exit_group"))
    old = kubexit.start("true", name="main", steps=ends)
    ends.reached()
    started_before(kubexit)
    looks = steps(before_its_look(3))
    sidecar = stepped_sidecar(kubexit, looks, DEATH_DEPS="main")
    sidecar.wait_line("to be started again too", stream="stderr")
    ends.resume()
    ends.reached()
    looks.reached()  # it has seen that the FIFO is gone, and still holds it
    ends.resume()
    assert old.wait() == 0
    main = born(kubexit)
    looks.resume()
    sidecar.wait_line("^READY$")
    eventually(lambda: holds_fifo(sidecar), "it has seen the end of the old FIFO, and holds the new one")
    ended(main)

    assert sidecar.wait() == 0
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 0"
