"""Every pair of phase and event has the answer that the story of a container asks for."""

from types import ModuleType

import pytest

UNBORN = ("BIRTH", "EXPIRED", "LEAVING")
ALIVE = ("LIFE", "HELD", "ASKED", "DELAY")
DYING = ("DYING", "ENDING", "KILLED")
DEAD = ("DRAIN", "DRAIN_KILLED", "QUIT", "QUIT_HURRIED", "END")
SIGNALS = ("SIGNAL_STOP", "SIGNAL_INTERRUPT", "SIGNAL_HANGUP", "SIGNAL_OTHER")

# What is not in here changes nothing.
STEPS = {
    # The wait for birth ends with the start, a failure, or because nobody needs us any more.
    ("BIRTH", "BIRTH_READY"): ("LIFE", "START"),
    ("BIRTH", "BIRTH_FAILED"): ("QUIT", "FAIL"),
    ("BIRTH", "WAITER_GONE"): ("QUIT", "FAIL"),
    ("BIRTH", "TIME_UP"): ("EXPIRED", "EXPIRE"),
    ("BIRTH", "DEPENDENCY_DIED"): ("LEAVING", "ABANDON"),
    ("BIRTH", "SIGNAL_STOP"): ("LEAVING", "ABANDON"),
    ("BIRTH", "SIGNAL_INTERRUPT"): ("LEAVING", "ABANDON"),
    ("BIRTH", "SIGNAL_HANGUP"): ("LEAVING", "ABANDON"),
    # The waiter says its last words: ready wins if it was seen.
    ("EXPIRED", "BIRTH_READY"): ("LIFE", "START"),
    ("EXPIRED", "BIRTH_FAILED"): ("QUIT", "FAIL"),
    ("EXPIRED", "WAITER_GONE"): ("QUIT", "FAIL"),
    ("EXPIRED", "TIME_UP"): ("EXPIRED", "KILL_WAITER"),
    ("EXPIRED", "DEPENDENCY_DIED"): ("LEAVING", "ABANDON"),
    ("EXPIRED", "SIGNAL_STOP"): ("LEAVING", "ABANDON"),
    ("EXPIRED", "SIGNAL_INTERRUPT"): ("LEAVING", "ABANDON"),
    ("EXPIRED", "SIGNAL_HANGUP"): ("LEAVING", "ABANDON"),
    # It has been decided not to start.
    ("LEAVING", "WAITER_GONE"): ("QUIT", "BURY"),
    ("LEAVING", "TIME_UP"): ("LEAVING", "KILL_WAITER"),
    # The command runs. Who asks for its end decides about deadlines: outside has its own, a death has our grace.
    ("LIFE", "DEPENDENCY_DIED"): ("DELAY", "DELAY"),
    ("LIFE", "SIGNAL_STOP"): ("ASKED", "FORWARD"),
    ("LIFE", "SIGNAL_INTERRUPT"): ("LIFE", "FORWARD"),
    ("LIFE", "SIGNAL_HANGUP"): ("LIFE", "FORWARD"),
    ("LIFE", "SIGNAL_OTHER"): ("LIFE", "FORWARD"),
    ("LIFE", "COMMAND_ENDED"): ("DRAIN", "DRAIN"),
    # A TERM that waits for others: their end, time or a second one lets it pass; the command gets only one.
    ("LIFE", "SIGNAL_HELD"): ("HELD", "HOLD"),
    ("HELD", "RELEASED"): ("ASKED", "RELEASE"),
    ("HELD", "TIME_UP"): ("ASKED", "RELEASE"),
    ("HELD", "DEPENDENCY_DIED"): ("ENDING", "RELEASE_GRACE"),
    ("HELD", "SIGNAL_STOP"): ("ASKED", "FORWARD"),
    ("HELD", "SIGNAL_INTERRUPT"): ("HELD", "FORWARD"),
    ("HELD", "SIGNAL_HANGUP"): ("HELD", "FORWARD"),
    ("HELD", "SIGNAL_OTHER"): ("HELD", "FORWARD"),
    ("HELD", "COMMAND_ENDED"): ("DRAIN", "DRAIN"),
    ("ASKED", "DEPENDENCY_DIED"): ("ENDING", "GRACE"),
    ("ASKED", "SIGNAL_STOP"): ("ASKED", "FORWARD"),
    ("ASKED", "SIGNAL_INTERRUPT"): ("ASKED", "FORWARD"),
    ("ASKED", "SIGNAL_HANGUP"): ("ASKED", "FORWARD"),
    ("ASKED", "SIGNAL_OTHER"): ("ASKED", "FORWARD"),
    ("ASKED", "COMMAND_ENDED"): ("DRAIN", "DRAIN"),
    # The stop delay: a wish from outside cuts it short.
    ("DELAY", "TIME_UP"): ("DYING", "STOP"),
    ("DELAY", "SIGNAL_STOP"): ("ENDING", "FORWARD_GRACE"),
    ("DELAY", "SIGNAL_INTERRUPT"): ("ENDING", "FORWARD_GRACE"),
    ("DELAY", "SIGNAL_HANGUP"): ("DELAY", "FORWARD"),
    ("DELAY", "SIGNAL_OTHER"): ("DELAY", "FORWARD"),
    ("DELAY", "COMMAND_ENDED"): ("DRAIN", "DRAIN"),
    # After our stop signal the command gets no second one.
    ("DYING", "TIME_UP"): ("KILLED", "KILL"),
    ("DYING", "SIGNAL_INTERRUPT"): ("DYING", "FORWARD"),
    ("DYING", "SIGNAL_HANGUP"): ("DYING", "FORWARD"),
    ("DYING", "SIGNAL_OTHER"): ("DYING", "FORWARD"),
    ("DYING", "COMMAND_ENDED"): ("DRAIN", "DRAIN"),
    ("ENDING", "TIME_UP"): ("KILLED", "KILL"),
    ("ENDING", "SIGNAL_STOP"): ("ENDING", "FORWARD"),
    ("ENDING", "SIGNAL_INTERRUPT"): ("ENDING", "FORWARD"),
    ("ENDING", "SIGNAL_HANGUP"): ("ENDING", "FORWARD"),
    ("ENDING", "SIGNAL_OTHER"): ("ENDING", "FORWARD"),
    ("ENDING", "COMMAND_ENDED"): ("DRAIN", "DRAIN"),
    ("KILLED", "COMMAND_ENDED"): ("DRAIN", "DRAIN"),
    # What the command left behind.
    ("DRAIN", "ALONE"): ("QUIT", "BURY"),
    ("DRAIN", "TIME_UP"): ("DRAIN_KILLED", "DRAIN_KILL"),
    ("DRAIN_KILLED", "ALONE"): ("QUIT", "BURY"),
    ("DRAIN_KILLED", "TIME_UP"): ("QUIT", "BURY"),
    # The death is carved: who cannot read it is asked to quit, in a time that somebody may cut short.
    ("QUIT", "QUIT_DONE"): ("END", "LEAVE"),
    ("QUIT", "TIME_UP"): ("END", "CUT"),
    ("QUIT", "SIGNAL_STOP"): ("QUIT_HURRIED", "HURRY"),
    ("QUIT", "SIGNAL_INTERRUPT"): ("QUIT_HURRIED", "HURRY"),
    ("QUIT", "SIGNAL_HANGUP"): ("QUIT_HURRIED", "HURRY"),
    ("QUIT_HURRIED", "QUIT_DONE"): ("END", "LEAVE"),
    ("QUIT_HURRIED", "TIME_UP"): ("END", "CUT"),
    ("QUIT_HURRIED", "SIGNAL_STOP"): ("QUIT_HURRIED", "HURRY"),
    ("QUIT_HURRIED", "SIGNAL_INTERRUPT"): ("QUIT_HURRIED", "HURRY"),
    ("QUIT_HURRIED", "SIGNAL_HANGUP"): ("QUIT_HURRIED", "HURRY"),
}


def test_the_phases_are_known(supervisor: ModuleType) -> None:
    """The phases and events of the table are all there are, and no action is without use."""
    assert set(supervisor.PHASES) == {*UNBORN, *ALIVE, *DYING, *DEAD}
    assert set(supervisor.EVENTS) == {event for _, event in STEPS}
    assert set(supervisor.ACTIONS) == {action for _, action in STEPS.values()} | {"NONE"}


@pytest.mark.behaviour(37, 40, 49, 52, 53, 54, 55, 56, 61, 81, 118)
def test_every_pair(supervisor: ModuleType) -> None:
    """Each pair that has a step takes it; every other pair stays where it is and does nothing."""
    answers = {
        (phase, event): supervisor.transition(phase, event)
        for phase in supervisor.PHASES
        for event in supervisor.EVENTS
    }

    assert {pair: step for pair, step in answers.items() if step != (pair[0], "NONE")} == STEPS


@pytest.mark.behaviour(49, 50)
@pytest.mark.parametrize("phase", ALIVE)
def test_a_death_ends_in_kill(supervisor: ModuleType, phase: str) -> None:
    """From a dependency's death on, time alone leads to KILL, whatever the command does with its signals."""
    phase, _ = supervisor.transition(phase, "DEPENDENCY_DIED")
    actions = []
    for _ in range(3):
        phase, action = supervisor.transition(phase, "TIME_UP")
        actions.append(action)

    assert phase == "KILLED"
    assert "KILL" in actions


@pytest.mark.behaviour(26)
def test_every_phase_leads_to_the_end(supervisor: ModuleType) -> None:
    """Whatever the phase, some chain of events leads to END: nothing can hang for want of a transition."""
    for start in supervisor.PHASES:
        reached, new = {start}, {start}
        while new:
            new = {supervisor.transition(phase, event)[0] for phase in new for event in supervisor.EVENTS} - reached
            reached |= new

        assert "END" in reached


@pytest.mark.behaviour(31)
def test_the_end_is_the_end(supervisor: ModuleType) -> None:
    """After END nothing happens, so that a death is carved once."""
    assert {supervisor.transition("END", event) for event in supervisor.EVENTS} == {("END", "NONE")}


@pytest.mark.behaviour(118)
@pytest.mark.parametrize("first", ["SIGNAL_STOP", "DEPENDENCY_DIED"])
def test_one_stop_signal(supervisor: ModuleType, first: str) -> None:
    """A TERM from outside and a dependency's death, in either order, are one signal to the command."""
    second = {"SIGNAL_STOP": "DEPENDENCY_DIED", "DEPENDENCY_DIED": "SIGNAL_STOP"}[first]
    phase, actions = "LIFE", []
    for event in (first, *(["TIME_UP"] if first == "DEPENDENCY_DIED" else []), second):
        phase, action = supervisor.transition(phase, event)
        actions.append(action)

    assert len([action for action in actions if action in ("STOP", "FORWARD", "FORWARD_GRACE")]) == 1


def test_unknown_words(supervisor: ModuleType) -> None:
    """The door refuses words that are no phase and no event."""
    with pytest.raises(ValueError, match=r"."):
        supervisor.transition("HEAVEN", "TIME_UP")
    with pytest.raises(ValueError, match=r"."):
        supervisor.transition("LIFE", "RAPTURE")
