"""kubexit on kernels of Debian: cases in tests/vm/guest/cases, one machine for each kernel.

A test is the report of what the machine has asserted; the assertions are in the case.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from vm.machine import Ended, Machine, cases

Passed = Callable[[str], None]

pytestmark = [pytest.mark.vm, pytest.mark.timeout(1200)]


@pytest.mark.behaviour("kernels-of-debian")
def test_the_machine_ends(ended: Ended) -> None:
    """It boots, runs all cases, and ends by itself."""
    assert not ended.stopped, f"stopped after {ended.seconds:.0f} s; the end of its console:\n{ended.console.tail()}"
    assert ended.console.release.startswith(ended.pin.version[:4]), ended.console.tail()
    assert list(ended.console.cases) == [*cases(), "shutdown"], ended.console.tail()


@pytest.mark.behaviour("kernels-of-debian")
def test_a_pod_starts_and_ends_in_its_order(case: Passed) -> None:
    """A pod of three containers starts and ends in its order."""
    case("pod")


@pytest.mark.behaviour("kernels-of-debian", "codes-of-kubexit", "exit-codes-passed-on")
def test_a_command_starts_by_a_real_vfork(case: Passed) -> None:
    """The command starts by a real vfork: exit codes, a missing program, a file that is no program."""
    case("codes")


@pytest.mark.behaviour("group-kill-is-a-crash", "crash-seen-by-peers")
def test_a_group_that_is_killed_is_a_crash(case: Passed) -> None:
    """A container that is killed as a group for its memory is a crash; a command that is killed alone is a death."""
    case("oom")


@pytest.mark.behaviour("frozen-container")
def test_a_frozen_container_loses_nothing(case: Passed) -> None:
    """A frozen container is not a crash, and has lost nothing when it continues."""
    case("freezer")


@pytest.mark.behaviour("limit-of-processes")
def test_the_limit_of_processes_is_reported(case: Passed) -> None:
    """At the limit of processes the command cannot start, which is 126; a probe is tried again."""
    case("pids")


@pytest.mark.behaviour("grace-clock-cannot-be-set", "died-not-before-born")
def test_a_clock_that_is_set_changes_no_deadline(case: Passed) -> None:
    """Setting the wall clock a day forward or back changes no deadline."""
    case("clock")


@pytest.mark.behaviour("grace-clock-cannot-be-set", "kernels-of-debian")
def test_time_namespaces_make_no_difference(case: Passed) -> None:
    """Containers whose monotonic clocks differ see each other as always."""
    case("timens")


@pytest.mark.behaviour("kernels-of-debian", "one-file-for-all-images")
def test_the_interpreter_in_the_file_runs(case: Passed) -> None:
    """The interpreter in the file runs."""
    case("waiter")


@pytest.mark.behaviour("init-of-a-machine", "pid-1-reaps-orphans")
def test_pid_1_of_the_machine_collects_orphans(case: Passed) -> None:
    """As PID 1 of the machine kubexit collects every process that has lost its parent."""
    case("orphans")


@pytest.mark.behaviour("init-of-a-machine")
def test_shutdown_reaches_every_process(case: Passed, ended: Ended) -> None:
    """PID 1 forwards SIGTERM, stops what its command has left, and exits with the command's code."""
    case("shutdown")
    assert "stopped" in ended.console.others, ended.console.tail()
    assert ended.console.init_code == 7, ended.console.tail()


@pytest.mark.behaviour("kernels-of-debian")
def test_a_machine_that_hangs_is_stopped(ended: Ended) -> None:
    """At its time limit a machine is stopped, and no case of it has passed. Here it has no time to boot."""
    machine = Machine(replace(ended.pin, name=f"{ended.pin.name}-hung"))
    machine.prepare(cases())
    hung = machine.run(seconds=1)

    assert hung.stopped
    assert hung.console.cases == {}
    assert hung.console.init_code is None
