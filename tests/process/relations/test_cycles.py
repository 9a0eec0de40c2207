"""Cycles of birth dependencies are refused as soon as all their members wait."""

import signal
from pathlib import Path

import pytest

from harness.clock import FrozenClock
from harness.containers import lines, running, waiting
from harness.kubexit import Kubexit
from harness.supervised import Supervised
from harness.waiters import Waiter
from harness.waiting import eventually

pytestmark = pytest.mark.behaviour("cycle-refused-at-once")

TWO = {"a": "b", "b": "a:born"}
THREE = {"a": "b:born", "b": "c:succeeded", "c": "x:born,a"}
PROBE = {"BIRTH_SOURCE": "graveyard", "READY_TCP": "1"}


def pod(kubexit: Kubexit, edges: dict[str, str], **settings: str) -> dict[str, Supervised]:
    """Containers that wait for each other, started in this order, each when the one before waits."""
    members = {}
    for name, deps in edges.items():
        members[name] = waiting(kubexit, name, BIRTH_DEPS=deps, **{**PROBE, **settings})
        eventually(lambda name=name: kubexit.tombstone(name) is not None, f"{name} waits")
    return members


@pytest.mark.every_form
@pytest.mark.parametrize("edges", [TWO, THREE], ids=["two", "three"])
@pytest.mark.parametrize("order", [1, -1], ids=["forward", "backward"])
def test_every_member_exits_with_2(kubexit: Kubexit, edges: dict[str, str], order: int) -> None:
    """Every member exits with 2 long before the timeout, and its line and tombstone show the cycle from its side."""
    members = pod(kubexit, dict(list(edges.items())[::order]))

    assert {name: member.wait(timeout=10) for name, member in members.items()} == dict.fromkeys(edges, 2)
    for name, member in members.items():
        (line,) = lines(member.stderr, "error")
        reason = (kubexit.tombstone(name) or {})["Reason"]
        assert f"a cycle: {name} waits for " in line
        assert reason in line
        assert reason.count(" waits for ") == len(edges)
        assert (kubexit.tombstone(name) or {})["WaitsFor"] == ", ".join(edges[name].split(","))


def test_a_member_with_a_death_dependency(kubexit: Kubexit) -> None:
    """A member whose death dependency is refused for the cycle exits with 2 too, and not with 69."""
    a = waiting(kubexit, "a", BIRTH_DEPS="b:born", DEATH_DEPS="b")
    b = waiting(kubexit, "b", BIRTH_DEPS="a:born", DEATH_DEPS="a")

    assert (a.wait(timeout=10), b.wait(timeout=10)) == (2, 2)


def test_a_container_that_leads_into_a_cycle(kubexit: Kubexit) -> None:
    """A container that waits for a member, but is no member itself, is not refused."""
    outside = waiting(kubexit, "outside", BIRTH_DEPS="a:born")
    eventually(lambda: kubexit.tombstone("outside") is not None, "it waits")
    members = pod(kubexit, TWO)
    assert [member.wait(timeout=10) for member in members.values()] == [2, 2]
    kubexit.carve("a", Born=True)

    assert outside.wait() == 0


@pytest.mark.parametrize(
    ("edges", "settings"),
    [({"a": "b:died", "b": "a:born"}, {}), (TWO, {"BIRTH_ON_TIMEOUT": "start"})],
    ids=["died", "start"],
)
def test_a_cycle_that_resolves_itself(kubexit: Kubexit, edges: dict[str, str], settings: dict[str, str]) -> None:
    """A wait for a death, or a member that starts at its timeout: one warning shows the cycle, and each waits."""
    members = pod(kubexit, edges, BIRTH_TIMEOUT="4s", **settings)
    for member in members.values():
        member.wait_line("birth dependencies form a cycle, .*: . waits for .*, . waits for", "stderr")

    assert 2 not in [member.wait() for member in members.values()]
    for member in members.values():
        assert len([line for line in lines(member.stderr, "warn") if "form a cycle" in line]) == 1


@pytest.mark.behaviour("cycle-through-all-is-logged")
@pytest.mark.parametrize(
    ("edges", "cycles"),
    [
        (
            {"a": "*", "b": "a:born"},
            {"a": "a waits for b, b waits for a:born", "b": "b waits for a:born, a waits for b (*)"},
        ),
        ({"a": "*", "b": "*"}, {"a": "a waits for b, b waits for a (*)", "b": "b waits for a, a waits for b (*)"}),
        ({"a": "*", "b": "x:born"}, {}),
    ],
    ids=["one", "both", "none"],
)
def test_a_cycle_through_all_others(
    kubexit: Kubexit, tmp_path: Path, edges: dict[str, str], cycles: dict[str, str]
) -> None:
    """ "*" is the API's to decide, so no member is refused; each that still waits after 10 s logs the cycle once."""
    clock = FrozenClock(tmp_path)
    waiter = Waiter(kubexit.folder, "exec sleep 600")
    members = {}
    for name, deps in edges.items():
        settings = {"BIRTH_DEPS": deps, "waiter": waiter, "POD_NAME": "p", "NAMESPACE": "n"}
        members[name] = waiting(clock.kubexit(kubexit), name, env=clock.environment, **settings)
        kubexit.wait_tombstone(name, "WaitsFor")
    for seconds in (10, 20):
        clock.advance(seconds)
        for member in members.values():
            member.signal(signal.SIGCHLD)  # it looks at its clock; without death dependencies it reads no graveyard
            member.wait_line("still waiting for birth dependencies", "stderr", count=seconds // 10)

    for name, member in members.items():
        told = [line.partition(" starts: ")[2] for line in lines(member.stderr, "warn") if "a cycle through *" in line]
        assert told == ([cycles[name]] if cycles else [])
        assert member.process.poll() is None


def test_one_member_that_starts_at_its_timeout(kubexit: Kubexit) -> None:
    """It is enough that one member does: the others know that from its tombstone, and start after it."""
    a = waiting(kubexit, "a", BIRTH_DEPS="b:born", BIRTH_TIMEOUT="1s", BIRTH_ON_TIMEOUT="start")
    b = waiting(kubexit, "b", BIRTH_DEPS="a:born")

    assert (a.wait(), b.wait()) == (0, 0)


def test_a_wait_that_ended_long_ago(kubexit: Kubexit) -> None:
    """A container that was refused before this one began to wait is no member: it may be started again."""
    kubexit.carve("a", Waiting="2026-01-01T00:00:00.000000000Z", Died="2026-01-01T00:00:00.000000001Z", ExitCode=2,
                  WaitsFor="b:born", Probe="none")  # fmt: skip
    b = waiting(kubexit, "b", BIRTH_DEPS="a:born", BIRTH_TIMEOUT="1s")

    assert b.wait() == 69


def test_a_wait_without_a_holder(kubexit: Kubexit) -> None:
    """A tombstone of a wait whose FIFO no process holds is no member."""
    kubexit.carve("a", Waiting="2126-01-01T00:00:00.000000000Z", WaitsFor="b:born", Probe="none")
    b = waiting(kubexit, "b", BIRTH_DEPS="a:born", BIRTH_TIMEOUT="1s")

    assert b.wait() == 69


def test_a_running_container_is_no_member(kubexit: Kubexit) -> None:
    """A container that has started waits for nothing any longer. Shown to fail by one that still waits."""
    running(kubexit, "a", BIRTH_DEPS="b:born", BIRTH_TIMEOUT="0", BIRTH_ON_TIMEOUT="start")
    b = waiting(kubexit, "b", BIRTH_DEPS="a", BIRTH_SOURCE="graveyard", BIRTH_TIMEOUT="1s", BIRTH_ON_TIMEOUT="start")

    assert b.wait() == 0
    assert "cycle" not in b.stderr
