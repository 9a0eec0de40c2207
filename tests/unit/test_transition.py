"""Properties of the transition table that are true for every phase, event and path, with any rows."""

from types import ModuleType

import pytest

Rows = dict[tuple[str, str], tuple[str, str]]

SIGNALS = ("SIGNAL_STOP", "SIGNAL_QUIT", "SIGNAL_INTERRUPT", "SIGNAL_HANGUP", "SIGNAL_OTHER")
TO_QUIT = {"WRITE_DEATH", "FAIL", "GIVE_UP", "QUIT"}
# Actions after which the phase that follows has a deadline.
TIMED = {
    *("WAIT", "EXPIRE", "ABANDON", "DEFER", "DELAY", "STOP", "GRACE", "FORWARD_GRACE", "FORWARD_DEFERRED_GRACE"),
    *("REPLACE_DEFERRED_GRACE", "DELAY_DEFERRED", "DEFER_IN_DELAY"),
    *("TERM_ORPHANS", "KILL_ORPHANS", "QUIT_SOON", *TO_QUIT),
}
GRACE = {"STOP", "GRACE", "FORWARD_GRACE", "FORWARD_DEFERRED_GRACE", "REPLACE_DEFERRED_GRACE"}


@pytest.fixture
def rows(supervisor: ModuleType) -> Rows:
    """The table: (phase, event) to (next phase, action)."""
    return supervisor.transitions()


def reachable(rows: Rows, start: str, *, without: tuple[str, ...] = ()) -> set[str]:
    """The phases that some chain of events leads to, without the events named."""
    reached, new = {start}, {start}
    while new:
        new = {to for (phase, event), (to, _) in rows.items() if phase in new and event not in without} - reached
        reached |= new
    return reached


def with_a_command(rows: Rows) -> set[str]:
    """The phases in which the command runs: from its start to its end, or until it is given up."""
    started = {to for to, action in rows.values() if action == "START"}
    kept = {pair: outcome for pair, outcome in rows.items() if outcome[1] not in TO_QUIT}
    return {phase for start in started for phase in reachable(kept, start, without=("COMMAND_ENDED",))}


def actions_from(rows: Rows, phase: str) -> set[str]:
    """All actions that can still follow in this phase or later."""
    phases = reachable(rows, phase)
    return {action for (start, _), (_, action) in rows.items() if start in phases}


def test_every_word_is_used(supervisor: ModuleType, rows: Rows) -> None:
    """Every phase, event and action has a row; only END has no way out."""
    assert {phase for phase, _ in rows} == {*supervisor.PHASES} - {"END"}
    assert {event for _, event in rows} == {*supervisor.EVENTS}
    assert {action for _, action in rows.values()} == {*supervisor.ACTIONS}


def test_every_word_has_a_meaning(supervisor: ModuleType) -> None:
    """Each word of the table is explained, and no two have the same explanation."""
    meanings = [text for words in (supervisor.PHASES, supervisor.EVENTS, supervisor.ACTIONS) for text in words.values()]

    assert all(meanings)
    assert len(set(meanings)) == len(meanings)


def test_a_pair_without_a_row_changes_nothing(supervisor: ModuleType, rows: Rows) -> None:
    """The lookup gives the row if there is one; otherwise the phase stays and nothing is done."""
    for phase in supervisor.PHASES:
        for event in supervisor.EVENTS:
            assert supervisor.transition(phase, event) == rows.get((phase, event), (phase, "NONE"))


def test_every_phase_can_be_reached(supervisor: ModuleType, rows: Rows) -> None:
    """Each phase lies on a path from the beginning."""
    assert reachable(rows, "BIRTH") == {*supervisor.PHASES}


@pytest.mark.behaviour("every-exit-writes-a-death")
def test_every_phase_leads_to_the_end(supervisor: ModuleType, rows: Rows) -> None:
    """Each phase has a chain of events that leads to END: nothing can hang for want of a row."""
    for phase in supervisor.PHASES:
        assert "END" in reachable(rows, phase)


@pytest.mark.behaviour("death-written-once")
def test_one_death_on_every_path(rows: Rows) -> None:
    """The step to the quit requests writes the death once: no later phase can write a second one."""
    into = {action for (phase, _), (to, action) in rows.items() if to == "QUIT" and phase != "QUIT"}

    assert into == TO_QUIT
    assert {to for to, action in rows.values() if action in TO_QUIT} == {"QUIT"}
    assert not actions_from(rows, "QUIT") & TO_QUIT


@pytest.mark.behaviour("left-over-processes-stopped")
def test_the_end_of_the_command_counts_in_every_phase_that_has_one(rows: Rows) -> None:
    """COMMAND_ENDED leads to the orphans from every phase with a command, and has no row in any other."""
    ended = {phase: outcome for (phase, event), outcome in rows.items() if event == "COMMAND_ENDED"}

    assert set(ended) == with_a_command(rows)
    assert set(ended.values()) == {("ORPHANS", "TERM_ORPHANS")}


def test_the_command_starts_once(rows: Rows) -> None:
    """After the start, or after the wait was given up, no path starts a command."""
    for phase in (*with_a_command(rows), "ABANDONING", "QUIT"):
        assert "START" not in actions_from(rows, phase)


@pytest.mark.behaviour("death-during-birth-wait", "signal-during-birth-wait")
@pytest.mark.parametrize("phase", ["BIRTH", "EXPIRED"])
@pytest.mark.parametrize("event", ["DEPENDENCY_DIED", "SIGNAL_STOP", "SIGNAL_INTERRUPT", "SIGNAL_HANGUP"])
def test_the_wait_can_be_given_up(rows: Rows, phase: str, event: str) -> None:
    """A death and each signal to end stop the wait; other signals are dropped."""
    assert rows[phase, event] == ("ABANDONING", "ABANDON")
    assert (phase, "SIGNAL_OTHER") not in rows


def test_every_deadline_is_heard(rows: Rows) -> None:
    """A phase whose time was started does something when the time is up."""
    timed = {to for to, action in rows.values() if action in TIMED}

    assert {phase for phase in timed if (phase, "TIME_UP") not in rows} == set()


@pytest.mark.behaviour("stop-signal-then-sigkill", "sigkill-always-reaches")
def test_time_alone_leads_from_a_death_to_the_kill(rows: Rows) -> None:
    """From a dependency's death, time leads to SIGKILL, even if the command ignores its signals."""
    for (phase, event), (to, _) in rows.items():
        if event != "DEPENDENCY_DIED" or phase not in with_a_command(rows):
            continue
        action = "NONE"
        while action != "KILL":
            to, action = rows[to, "TIME_UP"]
        assert to == "KILLED"


@pytest.mark.behaviour("refused-signal-does-not-count")
def test_a_command_that_cannot_be_killed_is_given_up(rows: Rows) -> None:
    """After SIGKILL only time, the command's end and a failing wait count; after it nothing is sent to the command."""
    assert rows["KILLED", "TIME_UP"] == ("QUIT", "GIVE_UP")
    assert {event for phase, event in rows if phase == "KILLED"} == {"TIME_UP", "COMMAND_ENDED", "WAIT_FAILED"}


@pytest.mark.behaviour("refused-ppoll-exits-with-70")
def test_a_failing_wait_ends_every_phase(supervisor: ModuleType, rows: Rows) -> None:
    """Without its wait kubexit cannot supervise: each phase ends, with quit requests at most once."""
    for phase in {*supervisor.PHASES} - {"END"}:
        to, action = rows[phase, "WAIT_FAILED"]
        assert to == ("END" if action == "QUIT_ABORT" else "QUIT")


@pytest.mark.behaviour("stop-signal-of-the-image")
def test_a_request_that_does_not_count_any_longer(rows: Rows) -> None:
    """ASKED returns to LIFE when SIGQUIT's time is over, or when the command did not get the request; else never."""
    back = {event: action for (phase, event), (to, action) in rows.items() if phase == "ASKED" and to == "LIFE"}

    assert back == {"TIME_UP": "FORGET_REQUEST", "SIGNAL_REFUSED": "NONE"}


@pytest.mark.behaviour("grace-period-zero", "no-signal-after-exit")
def test_no_kill_before_a_grace_period(rows: Rows) -> None:
    """SIGKILL comes only from TIME_UP, and each way into a phase that sends it starts the grace period."""
    killers = {phase for (phase, _), (_, action) in rows.items() if action == "KILL"}

    assert {event for (_, event), (_, action) in rows.items() if action == "KILL"} == {"TIME_UP"}
    for (phase, _), (to, action) in rows.items():
        if to in killers and phase != to:
            assert action in GRACE


@pytest.mark.behaviour("two-deaths-stop-once", "stop-times-do-not-change")
def test_the_grace_period_starts_once(rows: Rows) -> None:
    """A second death, and a signal during the grace period, do not start it again."""
    for to in {to for to, action in rows.values() if action in GRACE}:
        assert not actions_from(rows, to) & GRACE
        assert (to, "DEPENDENCY_DIED") not in rows


@pytest.mark.behaviour("outside-sigterm-no-deadline", "one-sigterm-not-two")
@pytest.mark.parametrize("signal", ["SIGNAL_STOP", "SIGNAL_QUIT"])
@pytest.mark.parametrize("death_first", [False, True], ids=["signal first", "death first"])
def test_one_stop_signal(supervisor: ModuleType, death_first: bool, signal: str) -> None:
    """A request to stop from outside and a dependency's death, in either order, cause one signal to the command."""
    first, second = ("DEPENDENCY_DIED", signal) if death_first else (signal, "DEPENDENCY_DIED")
    phase, actions = "LIFE", []
    for event in (first, *(["TIME_UP"] if first == "DEPENDENCY_DIED" else []), second):
        phase, action = supervisor.transition(phase, event)
        actions.append(action)

    assert len([action for action in actions if action in ("STOP", "FORWARD_STOP", "FORWARD_GRACE")]) == 1


@pytest.mark.behaviour("stop-delay-ends-early")
@pytest.mark.parametrize("event", ["SIGNAL_STOP", "SIGNAL_QUIT", "SIGNAL_INTERRUPT"])
def test_a_wish_to_end_cuts_the_delay_short(rows: Rows, event: str) -> None:
    """A signal to end during the stop delay is forwarded and starts the grace period; a death is no second reason."""
    assert rows["DELAY", event] == ("ENDING", "FORWARD_GRACE")
    assert ("DELAY", "DEPENDENCY_DIED") not in rows


@pytest.mark.behaviour("outside-sigterm-no-deadline")
def test_signals_reach_the_command(rows: Rows) -> None:
    """A running command gets each signal, except a stop request after the stop signal, or any signal after SIGKILL."""
    dropped = {(phase, event) for phase in with_a_command(rows) for event in SIGNALS if (phase, event) not in rows}
    answers = {
        action for (phase, event), (_, action) in rows.items() if phase in with_a_command(rows) and event in SIGNALS
    }

    assert dropped == {("DYING", "SIGNAL_STOP"), ("DYING", "SIGNAL_QUIT"), *(("KILLED", event) for event in SIGNALS)}
    assert answers == {
        *("FORWARD", "FORWARD_STOP", "FORWARD_QUIT", "FORWARD_GRACE", "REPLACE_DEFERRED", "REPLACE_DEFERRED_GRACE")
    }


@pytest.mark.parametrize("event", ["DEFERRAL_OVER", "TIME_UP", "DEPENDENCY_DIED", "SIGNAL_STOP", "SIGNAL_QUIT"])
def test_a_deferred_signal_arrives_once(supervisor: ModuleType, rows: Rows, event: str) -> None:
    """Each way out of DEFERRED but the command's end sends one stop signal, and cannot come back while that counts."""
    to, action = rows["DEFERRED", event]
    if action == "DELAY_DEFERRED":
        to, action = rows[to, "TIME_UP"]
    counts = {pair: outcome for pair, outcome in rows.items() if (pair[0], outcome[0]) != ("ASKED", "LIFE")}

    assert action in {"FORWARD_DEFERRED", "FORWARD_DEFERRED_GRACE", "REPLACE_DEFERRED"}
    assert "DEFERRED" not in reachable(counts, to)
    assert {start for (start, _), (phase, _) in rows.items() if phase == "DEFERRED"} == {"LIFE", "DEFERRED"}


def test_unknown_words_are_refused(supervisor: ModuleType) -> None:
    """The native door refuses words that are no phase and no event."""
    with pytest.raises(ValueError, match=r"."):
        supervisor.transition("HEAVEN", "TIME_UP")
    with pytest.raises(ValueError, match=r"."):
        supervisor.transition("LIFE", "RAPTURE")
