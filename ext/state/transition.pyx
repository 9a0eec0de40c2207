"""Transition: what follows when an event meets a phase. Pure: no system call, no state.

transition_table.h has the rows. It is the only place where a phase decides anything:
a step that depends on the phase is an action of a row, not a test in the step.
"""

cdef extern from "state/transition_table.h" nogil:
    enum:
        PHASE_BIRTH, PHASE_END, PHASE_COUNT
        EVENT_DEATH_SPENT, EVENT_REBIRTH_LATE
        EVENT_BIRTH_UNMET, EVENT_CHILD_DUE, EVENT_WAITER_LOST, EVENT_PROBE_LOST
        EVENT_BIRTH_READY, EVENT_BIRTH_UNAVAILABLE, EVENT_BIRTH_FAILED, EVENT_CHILDREN_GONE
        EVENT_START_REFUSED, EVENT_TIME_UP, EVENT_DEPENDENCY_DIED, EVENT_LIMIT_REACHED
        EVENT_SIGNAL_DEFERRED, EVENT_DEFERRAL_OVER, EVENT_SIGNAL_STOP, EVENT_SIGNAL_INTERRUPT
        EVENT_SIGNAL_QUIT, EVENT_SIGNAL_HANGUP, EVENT_SIGNAL_OTHER, EVENT_SIGNAL_REFUSED, EVENT_WAIT_FAILED
        EVENT_COMMAND_ENDED, EVENT_ORPHANS_GONE, EVENT_ROUND_DONE
        EVENT_QUIT_DONE, EVENT_COUNT
        ACTION_AWAIT_REBIRTH, ACTION_GIVE_UP_REBIRTH
        ACTION_NONE, ACTION_WAIT, ACTION_ASK, ACTION_ASK_LATER, ACTION_START, ACTION_ABANDON
        ACTION_EXPIRE, ACTION_KILL_CHILDREN, ACTION_TIME_OUT, ACTION_FAIL
        ACTION_FORWARD, ACTION_FORWARD_STOP, ACTION_FORWARD_QUIT, ACTION_KEEP_INSTEAD
        ACTION_DEFER, ACTION_REPLACE_DEFERRED, ACTION_FORWARD_DEFERRED
        ACTION_REPLACE_DEFERRED_GRACE, ACTION_DELAY_DEFERRED, ACTION_DEFER_IN_DELAY, ACTION_FORGET_REQUEST
        ACTION_FORWARD_DEFERRED_GRACE, ACTION_DELAY, ACTION_STOP, ACTION_GRACE
        ACTION_FORWARD_GRACE, ACTION_KILL, ACTION_GIVE_UP
        ACTION_TERM_ORPHANS, ACTION_KILL_ORPHANS, ACTION_WRITE_DEATH
        ACTION_QUIT, ACTION_QUIT_NEXT, ACTION_QUIT_LATE
        ACTION_QUIT_SOON, ACTION_QUIT_ABORT, ACTION_RELEASE_NAME, ACTION_COUNT

    const char PHASE_NAMES[][24]
    const char EVENT_NAMES[][24]
    const char ACTION_NAMES[][24]
    const char *const PHASE_MEANINGS[]
    const char *const EVENT_MEANINGS[]
    const char *const ACTION_MEANINGS[]

    ctypedef struct outcome_t:
        unsigned char listed
        unsigned char phase
        unsigned char action
    const outcome_t OUTCOMES[][EVENT_COUNT]


cdef outcome_t transition_decide(int phase, int event) noexcept nogil:
    """Return what the table says; a pair without a row stays in its phase and does nothing."""
    cdef outcome_t outcome = OUTCOMES[phase][event]
    if not outcome.listed:
        outcome.phase = <unsigned char>phase
        outcome.action = ACTION_NONE
    return outcome


cdef bint transition_exists(int phase, int event) noexcept nogil:
    """True if the table has a row for the pair: the event is worth the work of finding it."""
    return OUTCOMES[phase][event].listed


cdef bint transition_is_end(int phase) noexcept nogil:
    """True if nothing is left to do."""
    return phase == PHASE_END
