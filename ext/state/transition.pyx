"""Decisions: (phase, event) to (phase, action). Pure: no system call, no state.

    BIRTH ──ready──► LIFE ──dependency died──► DELAY ──time──► DYING ──time──► KILLED
      │               └──TERM from outside──► ASKED ──dependency died──► ENDING ──┘
      │                          └─► HELD ─────┘ (KUBEXIT_TERM_AFTER)
      └─► EXPIRED, LEAVING: the waiter is on its way out
    every phase with a command ──it ended──► DRAIN ──nobody left──► QUIT ──all asked──► END

eventloop.pyx finds the events, action.pyx performs the actions. Whatever is not
listed for a phase changes nothing: it is dropped.
"""

cdef enum:
    PHASE_BIRTH = 0     # waiting for birth dependencies
    PHASE_EXPIRED       # the birth timeout is over, the waiter has a moment to say what it saw
    PHASE_LEAVING       # the wait was given up, the waiter is being ended
    PHASE_LIFE          # the command runs
    PHASE_HELD          # TERM came from outside and waits for others to end
    PHASE_ASKED         # TERM came from outside and was forwarded; no deadline of ours
    PHASE_DELAY         # a dependency died; the stop delay runs
    PHASE_DYING         # our stop signal was sent; the grace period runs
    PHASE_ENDING        # asked from outside, and a dependency died: grace, no second signal
    PHASE_KILLED        # KILL was sent
    PHASE_DRAIN         # the command has ended; left-over descendants have their TERM
    PHASE_DRAIN_KILLED  # they have their KILL
    PHASE_QUIT          # the death is carved; sidecars that cannot be wrapped are asked to end
    PHASE_QUIT_HURRIED  # somebody wants us to end meanwhile
    PHASE_END           # nothing is left to do
    PHASE_COUNT

cdef enum:
    EVENT_BIRTH_READY = 0
    EVENT_BIRTH_FAILED      # the waiter's verdict: it can never be
    EVENT_WAITER_GONE       # after it was told to leave
    EVENT_TIME_UP           # of the phase
    EVENT_DEPENDENCY_DIED
    EVENT_SIGNAL_HELD       # TERM or the stop signal, from outside; others have to end first
    EVENT_RELEASED          # they have
    EVENT_SIGNAL_STOP       # TERM or the stop signal, from outside
    EVENT_SIGNAL_INTERRUPT  # INT or QUIT
    EVENT_SIGNAL_HANGUP
    EVENT_SIGNAL_OTHER
    EVENT_COMMAND_ENDED
    EVENT_ALONE             # no descendant is left
    EVENT_QUIT_DONE         # all quit requests are done, or there are none
    EVENT_COUNT

cdef enum:
    ACTION_NONE = 0
    ACTION_START            # start the command
    ACTION_ABANDON          # end the waiter, remember why
    ACTION_EXPIRE           # tell the waiter that time is up
    ACTION_KILL_WAITER
    ACTION_FAIL             # give up with the code of the failed birth
    ACTION_FORWARD          # pass the signal on
    ACTION_DELAY            # start the stop delay
    ACTION_STOP             # send the stop signal, start the grace period
    ACTION_GRACE            # start the grace period
    ACTION_FORWARD_GRACE    # pass the signal on, start the grace period
    ACTION_KILL
    ACTION_DRAIN            # TERM to left-over descendants
    ACTION_DRAIN_KILL
    ACTION_HOLD             # keep the signal for a while
    ACTION_RELEASE          # pass the held signal on
    ACTION_RELEASE_GRACE    # pass the held signal on, start the grace period
    ACTION_BURY             # carve the death, begin the quit requests
    ACTION_HURRY            # give the quit requests little time
    ACTION_CUT              # end the quit requests, let go of the graveyard
    ACTION_LEAVE            # let go of the graveyard
    ACTION_COUNT

ctypedef struct step_t:
    int phase
    int action


cdef step_t step(int phase, int action) noexcept nogil:
    """A step as a value."""
    cdef step_t result
    result.phase = phase
    result.action = action
    return result


cdef step_t decide(int phase, int event) noexcept nogil:
    """What follows when this event meets this phase."""
    if phase <= PHASE_LEAVING:
        return transition_unborn(phase, event)
    if phase < PHASE_DRAIN:
        if event == EVENT_COMMAND_ENDED:
            return step(PHASE_DRAIN, ACTION_DRAIN)
        if phase <= PHASE_DELAY:
            return transition_alive(phase, event)
        return transition_dying(phase, event)
    return transition_dead(phase, event)


cdef step_t transition_unborn(int phase, int event) noexcept nogil:
    """Before the command: BIRTH, EXPIRED, LEAVING."""
    if event == EVENT_TIME_UP:
        if phase == PHASE_BIRTH:
            return step(PHASE_EXPIRED, ACTION_EXPIRE)
        return step(phase, ACTION_KILL_WAITER)
    if phase == PHASE_LEAVING:
        # The decision not to start has been taken; only the waiter's end matters.
        return step(PHASE_QUIT, ACTION_BURY) if event == EVENT_WAITER_GONE else step(phase, ACTION_NONE)
    if event == EVENT_BIRTH_READY:
        return step(PHASE_LIFE, ACTION_START)
    if event == EVENT_BIRTH_FAILED or event == EVENT_WAITER_GONE:
        return step(PHASE_QUIT, ACTION_FAIL)
    if event == EVENT_DEPENDENCY_DIED or event == EVENT_SIGNAL_STOP or \
            event == EVENT_SIGNAL_INTERRUPT or event == EVENT_SIGNAL_HANGUP:
        return step(PHASE_LEAVING, ACTION_ABANDON)
    return step(phase, ACTION_NONE)


cdef step_t transition_alive(int phase, int event) noexcept nogil:
    """While nothing of ours has been sent to the command: LIFE, HELD, ASKED, DELAY."""
    if phase == PHASE_HELD and (event == EVENT_RELEASED or event == EVENT_TIME_UP):
        return step(PHASE_ASKED, ACTION_RELEASE)
    if event == EVENT_SIGNAL_HELD and phase == PHASE_LIFE:
        return step(PHASE_HELD, ACTION_HOLD)
    if event == EVENT_DEPENDENCY_DIED:
        if phase == PHASE_LIFE:
            return step(PHASE_DELAY, ACTION_DELAY)
        if phase == PHASE_HELD:
            return step(PHASE_ENDING, ACTION_RELEASE_GRACE)
        if phase == PHASE_ASKED:
            # Many programs take a second TERM as "die now".
            return step(PHASE_ENDING, ACTION_GRACE)
    if event == EVENT_TIME_UP and phase == PHASE_DELAY:
        return step(PHASE_DYING, ACTION_STOP)
    if event == EVENT_SIGNAL_STOP:
        return step(PHASE_ENDING, ACTION_FORWARD_GRACE) if phase == PHASE_DELAY \
            else step(PHASE_ASKED, ACTION_FORWARD)
    if event == EVENT_SIGNAL_INTERRUPT and phase == PHASE_DELAY:
        return step(PHASE_ENDING, ACTION_FORWARD_GRACE)
    if is_signal(event):
        return step(phase, ACTION_FORWARD)
    return step(phase, ACTION_NONE)


cdef step_t transition_dying(int phase, int event) noexcept nogil:
    """While the grace period runs, and after it: DYING, ENDING, KILLED."""
    if phase == PHASE_KILLED:
        return step(phase, ACTION_NONE)
    if event == EVENT_TIME_UP:
        return step(PHASE_KILLED, ACTION_KILL)
    if event == EVENT_SIGNAL_STOP and phase == PHASE_DYING:
        return step(phase, ACTION_NONE)     # it has ours already
    if is_signal(event):
        return step(phase, ACTION_FORWARD)
    return step(phase, ACTION_NONE)


cdef step_t transition_dead(int phase, int event) noexcept nogil:
    """After the command: DRAIN, DRAIN_KILLED, QUIT, QUIT_HURRIED, END. Nothing changes the outcome any more."""
    if phase < PHASE_QUIT:
        if event == EVENT_ALONE:
            return step(PHASE_QUIT, ACTION_BURY)
        if event == EVENT_TIME_UP:
            return step(PHASE_DRAIN_KILLED, ACTION_DRAIN_KILL) if phase == PHASE_DRAIN \
                else step(PHASE_QUIT, ACTION_BURY)
    elif phase < PHASE_END:
        if event == EVENT_QUIT_DONE:
            return step(PHASE_END, ACTION_LEAVE)
        if event == EVENT_TIME_UP:
            return step(PHASE_END, ACTION_CUT)
        if event == EVENT_SIGNAL_STOP or event == EVENT_SIGNAL_INTERRUPT or event == EVENT_SIGNAL_HANGUP:
            return step(PHASE_QUIT_HURRIED, ACTION_HURRY)
    return step(phase, ACTION_NONE)


cdef bint is_signal(int event) noexcept nogil:
    """Any signal from outside."""
    return EVENT_SIGNAL_STOP <= event <= EVENT_SIGNAL_OTHER


cdef const char *phase_name(int phase) noexcept nogil:
    """For debug lines and tests; NULL past the last."""
    if phase == PHASE_BIRTH: return b"BIRTH"
    if phase == PHASE_EXPIRED: return b"EXPIRED"
    if phase == PHASE_LEAVING: return b"LEAVING"
    if phase == PHASE_LIFE: return b"LIFE"
    if phase == PHASE_HELD: return b"HELD"
    if phase == PHASE_ASKED: return b"ASKED"
    if phase == PHASE_DELAY: return b"DELAY"
    if phase == PHASE_DYING: return b"DYING"
    if phase == PHASE_ENDING: return b"ENDING"
    if phase == PHASE_KILLED: return b"KILLED"
    if phase == PHASE_DRAIN: return b"DRAIN"
    if phase == PHASE_DRAIN_KILLED: return b"DRAIN_KILLED"
    if phase == PHASE_QUIT: return b"QUIT"
    if phase == PHASE_QUIT_HURRIED: return b"QUIT_HURRIED"
    if phase == PHASE_END: return b"END"
    return NULL


cdef const char *event_name(int event) noexcept nogil:
    """For debug lines and tests; NULL past the last."""
    if event == EVENT_BIRTH_READY: return b"BIRTH_READY"
    if event == EVENT_BIRTH_FAILED: return b"BIRTH_FAILED"
    if event == EVENT_WAITER_GONE: return b"WAITER_GONE"
    if event == EVENT_TIME_UP: return b"TIME_UP"
    if event == EVENT_DEPENDENCY_DIED: return b"DEPENDENCY_DIED"
    if event == EVENT_SIGNAL_HELD: return b"SIGNAL_HELD"
    if event == EVENT_RELEASED: return b"RELEASED"
    if event == EVENT_SIGNAL_STOP: return b"SIGNAL_STOP"
    if event == EVENT_SIGNAL_INTERRUPT: return b"SIGNAL_INTERRUPT"
    if event == EVENT_SIGNAL_HANGUP: return b"SIGNAL_HANGUP"
    if event == EVENT_SIGNAL_OTHER: return b"SIGNAL_OTHER"
    if event == EVENT_COMMAND_ENDED: return b"COMMAND_ENDED"
    if event == EVENT_ALONE: return b"ALONE"
    if event == EVENT_QUIT_DONE: return b"QUIT_DONE"
    return NULL


cdef const char *action_name(int action) noexcept nogil:
    """For tests; NULL past the last."""
    if action == ACTION_NONE: return b"NONE"
    if action == ACTION_START: return b"START"
    if action == ACTION_ABANDON: return b"ABANDON"
    if action == ACTION_EXPIRE: return b"EXPIRE"
    if action == ACTION_KILL_WAITER: return b"KILL_WAITER"
    if action == ACTION_FAIL: return b"FAIL"
    if action == ACTION_FORWARD: return b"FORWARD"
    if action == ACTION_DELAY: return b"DELAY"
    if action == ACTION_STOP: return b"STOP"
    if action == ACTION_GRACE: return b"GRACE"
    if action == ACTION_FORWARD_GRACE: return b"FORWARD_GRACE"
    if action == ACTION_KILL: return b"KILL"
    if action == ACTION_DRAIN: return b"DRAIN"
    if action == ACTION_DRAIN_KILL: return b"DRAIN_KILL"
    if action == ACTION_HOLD: return b"HOLD"
    if action == ACTION_RELEASE: return b"RELEASE"
    if action == ACTION_RELEASE_GRACE: return b"RELEASE_GRACE"
    if action == ACTION_BURY: return b"BURY"
    if action == ACTION_HURRY: return b"HURRY"
    if action == ACTION_CUT: return b"CUT"
    if action == ACTION_LEAVE: return b"LEAVE"
    return NULL
