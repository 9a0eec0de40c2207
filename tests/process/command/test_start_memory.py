"""What only the start uses is not in memory while the command runs."""

import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.containers import running, sleeps
from harness.kubexit import Kubexit
from harness.stepper import Before, Stepper
from harness.waiting import eventually

pytestmark = pytest.mark.single_file  # the installed form has the memory of an interpreter

MAPPING = re.compile(r"^[0-9a-f]+-[0-9a-f]+ r-xp .*\nSize: +(\d+) kB\n(?:.*\n)*?Rss: +(\d+) kB$", re.MULTILINE)


def share_of_code(pid: int) -> float:
    """The share of the supervisor's code that is mapped: its segment is the first executable one."""
    found = MAPPING.search(Path(f"/proc/{pid}/smaps").read_text())
    assert found is not None
    return int(found[2]) / int(found[1])


def skip_unless_marked(kubexit: Kubexit) -> None:
    """Skip where no linker script marks the code of the start: with sanitizers, or in a gate form with glibc."""
    if kubexit.form == "sanitize" or (
        kubexit.form == "gate" and "musl" not in (Path(kubexit.path).parent / "how").read_text()
    ):
        pytest.skip("NOT TESTED: this form is linked without a linker script")


@pytest.mark.every_form
@pytest.mark.behaviour("start-memory-let-go")
def test_a_waiting_supervisor_has_no_code_of_the_start(kubexit: Kubexit) -> None:
    """Looks at the graveyard and a signal do not map it again. Fails without madvise: all pages are mapped then."""
    skip_unless_marked(kubexit)
    sidecar = running(kubexit, exits="", DEATH_DEPS="main", POLL_INTERVAL="20ms")
    before = sleeps(sidecar.pid)
    eventually(lambda: sleeps(sidecar.pid) > before + 3, "it has looked at the graveyard")

    assert share_of_code(sidecar.pid) < 0.5

    sidecar.signal(signal.SIGTERM)
    sidecar.wait_line("forwarded to the command", "stderr")

    assert share_of_code(sidecar.pid) < 0.5


@pytest.mark.every_form
@pytest.mark.behaviour("start-memory-let-go")
def test_the_end_does_not_map_it_again(kubexit: Kubexit, steps: Callable[..., Stepper]) -> None:
    """A death, a stop and the end use none of it. Fails when a function of the end is in the list of the start.

    Of three lives one is enough: what seldom happens, such as a line about a slow machine, may map it again.
    """
    skip_unless_marked(kubexit)
    shares = []
    for name in ("first", "second", "third"):
        end = steps(Before("exit_group"))
        sidecar = running(kubexit, name=name, steps=end, DEATH_DEPS="main")
        kubexit.carve("main", Born=True, Died=True, ExitCode=0)
        end.reached()
        shares.append(share_of_code(sidecar.pid))
        end.resume()
        assert sidecar.wait() == 0
        (kubexit.graveyard / "main").unlink()

    assert min(shares) < 0.5


@pytest.mark.behaviour("start-memory-let-go")
def test_memory_that_cannot_be_let_go_changes_nothing(kubexit: Kubexit, steps: Callable[..., Stepper]) -> None:
    """If the system call is refused, the command runs and its exit code is returned."""
    refused = steps(Before("madvise", count=0, action="EPERM"))
    finished = kubexit.start("sh", "-c", "exit 7", steps=refused).wait()

    assert finished == 7
    assert (kubexit.tombstone() or {})["ExitCode"] == 7
