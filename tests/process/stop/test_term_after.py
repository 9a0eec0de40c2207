"""KUBEXIT_TERM_AFTER: a SIGTERM from outside waits until the named containers have exited."""

import errno
import signal
from typing import Any

import pytest

from harness import processes
from harness.containers import born, lines
from harness.kubexit import Kubexit
from harness.supervised import Supervised
from harness.waiting import eventually
from harness.world import namespaces

pytestmark = pytest.mark.behaviour("term-after")

ONE_TERM = "READY\nSIGNAL TERM 15\n"


def shipper(kubexit: Kubexit, exits: str = "TERM=9", **settings: Any) -> Supervised:
    """Start a container that must end after main, and wait until its command runs."""
    return born(kubexit, "shipper", exits, **{"TERM_AFTER": "main", "GRACE_PERIOD": "1h", **settings})


def hold(container: Supervised, number: int = signal.SIGTERM) -> None:
    """Send it a SIGTERM that it holds."""
    container.signal(number)
    container.wait_line("to exit first, at most", "stderr")


@pytest.mark.parametrize("how", ["ends", "is told to end", "fails", "crashes"])
def test_sigterm_is_deferred_until_the_other_died(kubexit: Kubexit, how: str) -> None:
    """The command gets its SIGTERM when the other has died in any way; not before, and once."""
    main = born(kubexit, "main", "TERM=0 USR2=0 USR1=3")
    held = shipper(kubexit)
    hold(held)
    held.signal(signal.SIGUSR1)
    held.wait_line("SIGNAL USR1")
    assert "SIGNAL TERM" not in held.stdout
    if how == "crashes":
        main.kill()
    else:
        main.signal({"ends": signal.SIGUSR2, "is told to end": signal.SIGTERM, "fails": signal.SIGUSR1}[how])
        main.wait()

    assert held.wait() == 9
    assert held.stdout == "READY\nSIGNAL USR1 10\nSIGNAL TERM 15\n"
    assert (kubexit.tombstone("shipper") or {})["ExitCode"] == 9
    assert lines(held.stderr, "warn") == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGRTMIN + 2], ids=["TERM", "RTMIN+2"])
def test_sigterm_and_stop_signal_are_deferred(kubexit: Kubexit, number: int) -> None:
    """SIGTERM and the stop signal are held, and each is forwarded as the signal that it is."""
    born(kubexit)
    held = shipper(kubexit, "36=7 TERM=9", STOP_SIGNAL="RTMIN+2")
    hold(held, number)
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)

    assert held.wait() == (9 if number == signal.SIGTERM else 7)


def test_a_second_sigterm_is_forwarded(kubexit: Kubexit) -> None:
    """A second SIGTERM is forwarded at once; the command gets one."""
    born(kubexit)
    held = shipper(kubexit)
    hold(held)
    held.signal(signal.SIGTERM)

    assert held.wait() == 9
    assert held.stdout == ONE_TERM


@pytest.mark.behaviour("outside-sigterm-no-deadline")
def test_at_most_one_grace_period(kubexit: Kubexit) -> None:
    """When the grace period is over it is forwarded, with a warning; then kubexit has no deadline."""
    born(kubexit)
    held = shipper(kubexit, "USR1=0", GRACE_PERIOD="200ms")
    hold(held)
    held.wait_line("warn .*not all of main exited in time: forwarded SIGTERM to the command", "stderr")
    held.wait_line("SIGNAL TERM")
    held.signal(signal.SIGUSR1)

    assert held.wait() == 0
    assert held.stdout == ONE_TERM + "SIGNAL USR1 10\n"


@pytest.mark.parametrize(("grace", "limit"), [("30s", 25), ("8s", 4)])
def test_rest_of_the_grace_period(kubexit: Kubexit, grace: str, limit: int) -> None:
    """The last 5 s of the grace period, at most half of it, are for the command: the kubelet's may end with it."""
    born(kubexit)
    held = shipper(kubexit, GRACE_PERIOD=grace, POLL_INTERVAL="0")
    hold(held)
    held.wait_line(f"at most {limit} s; a second SIGTERM is forwarded at once", "stderr")

    assert limit - 2 < eventually(lambda: processes.next_look(held.pid), "it sleeps") <= limit


def test_seen_in_the_last_moment(kubexit: Kubexit) -> None:
    """A birth just before the SIGTERM counts. Fails when kubexit judges the signal by what it saw before."""
    held = shipper(kubexit)
    held.signal(signal.SIGSTOP)
    kubexit.carve("main", Born=True)
    held.signal(signal.SIGTERM)
    held.signal(signal.SIGCONT)
    held.wait_line(": waiting for main to exit first", "stderr")
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)

    assert held.wait() == 9
    assert held.stdout.count("SIGNAL TERM") == 1


@pytest.mark.behaviour("no-inotify-polls", "silent-deaths-polled")
def test_without_inotify_polling_finds_the_death(kubexit: Kubexit) -> None:
    """If inotify is not available, polling finds the death."""
    kubexit.carve("main", Born=True)
    held = shipper(kubexit, preexec_fn=namespaces.refuse("inotify_init1", errno.ENOSYS), POLL_INTERVAL="10ms")
    hold(held)
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)

    assert held.wait() == 9


def test_the_present_life_is_waited_for(kubexit: Kubexit) -> None:
    """A container that was started again is alive: its present life is waited for."""
    kubexit.carve("main", Born=True, Died=True, ExitCode=1)
    held = shipper(kubexit)
    main = born(kubexit)
    hold(held)
    assert "SIGNAL TERM" not in held.stdout
    main.signal(signal.SIGTERM)

    assert held.wait() == 9


@pytest.mark.behaviour("tombstone-has-exit-code")
def test_a_command_can_end_meanwhile(kubexit: Kubexit) -> None:
    """A command that exits by itself meanwhile is treated as without a held signal."""
    born(kubexit)
    held = shipper(kubexit, "USR1=4")
    hold(held)
    held.signal(signal.SIGUSR1)

    assert held.wait() == 4
    assert "SIGNAL TERM" not in held.stdout


@pytest.mark.behaviour("pid-1-exits")
def test_as_pid_1(kubexit: Kubexit) -> None:
    """kubexit holds the SIGTERM as PID 1 too."""
    main = born(kubexit)
    held = shipper(kubexit, pid1=True)
    hold(held)
    main.signal(signal.SIGTERM)

    assert held.wait() == 9
    eventually(lambda: main.process.poll() is not None, "main has ended")
