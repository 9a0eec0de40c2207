"""Actions: takes the events out of the queue, asks the table, performs what it says."""
cimport kernel


cdef void events_dispatch(supervisor_t *sv) noexcept nogil:
    """Decide and act on each pending event, in the order in which they came; an action may post the next."""
    cdef event_t event
    cdef outcome_t outcome
    while event_take(sv, &event):
        outcome = transition_decide(sv.phase, event.kind)
        if sv.log.level == LOG_DEBUG and outcome.phase != sv.phase:
            log_debug(&sv.log, b"%s: %s to %s", EVENT_NAMES[event.kind], PHASE_NAMES[sv.phase],
                      PHASE_NAMES[outcome.phase])
        if outcome.listed and event.kind == EVENT_DEPENDENCY_DIED:
            sv.dead_index = event.value
            sv.dead_code = sv.settings.deps.list[event.value].exit_code
        sv.phase = outcome.phase
        if outcome.action != ACTION_NONE:
            action_perform(sv, outcome.action, &event)


cdef void event_raise(supervisor_t *sv, int event) noexcept nogil:
    """Post an event and have it decided at once. For the loop, which finds events between two steps."""
    event_post(sv, event, 0)
    events_dispatch(sv)


cdef void action_perform(supervisor_t *sv, int action, const event_t *event) noexcept nogil:
    """Perform one action: here those before the command starts.

    Functions in a chain, each short enough to read, for the parts of a life; an action that one
    does not know is for the next.
    """
    if action == ACTION_WAIT:
        birth_begin_wait(sv)
    elif action == ACTION_AWAIT_REBIRTH:
        rebirth_begin_wait(sv)
    elif action == ACTION_GIVE_UP_REBIRTH:
        rebirth_give_up(sv, SPENT_ALONE)
    elif action == ACTION_ASK:
        birth_start_children(sv)
    elif action == ACTION_ASK_LATER:
        birth_lose_child(sv, event.value, b"waiter" if event.kind == EVENT_WAITER_LOST
                         else b"probe of the birth URLs")
    elif action == ACTION_START:
        start_command(sv)
    elif action == ACTION_ABANDON:
        birth_abandon(sv, event.kind == EVENT_DEPENDENCY_DIED)
    elif action == ACTION_EXPIRE:
        birth_expire(sv)
    elif action == ACTION_KILL_CHILDREN:
        sv.deadline_ns = NEVER_NS
        waiter_signal(&sv.birth, kernel.SIGKILL)
    elif action == ACTION_TIME_OUT:
        birth_time_out(sv)
    elif action == ACTION_FAIL:
        birth_fail(sv, event.value)
        action_end(sv)
    else:
        action_perform_alive(sv, action)


cdef void action_perform_alive(supervisor_t *sv, int action) noexcept nogil:
    """Perform one action: those while the command runs; others are for action_perform_dead."""
    if action == ACTION_FORWARD:
        action_forward(sv)
    elif action == ACTION_FORWARD_STOP:
        action_forward_stop(sv)
    elif action == ACTION_FORWARD_QUIT:
        action_forward_quit(sv)
    elif action == ACTION_FORGET_REQUEST:
        sv.asked_to_stop = False
    elif action == ACTION_DELAY:
        action_delay(sv)
    elif action == ACTION_STOP:
        action_stop(sv)
    elif action == ACTION_GRACE:
        explain_stop(sv)
        log_info(&sv.log, b"%s; the command already has a stop signal; SIGKILL in %s", sv.reason,
                 sv.settings.value[SETTING_GRACE_PERIOD])
        command_begin_grace(sv)
    elif action == ACTION_FORWARD_GRACE:
        action_forward(sv)
        command_begin_grace(sv)
    elif action == ACTION_KILL:
        action_kill(sv)
    elif not action_perform_deferred(sv, action):
        action_perform_dead(sv, action)


cdef void action_perform_dead(supervisor_t *sv, int action) noexcept nogil:
    """Perform one action: those after the command has ended. The last in the chain."""
    if action == ACTION_TERM_ORPHANS:
        death_command_ended(sv)
    elif action == ACTION_KILL_ORPHANS:
        death_signal_orphans(sv, kernel.SIGKILL)
        phase_arm(sv, ORPHANS_KILL_MS * MILLISECOND_NS)
    elif action == ACTION_WRITE_DEATH:
        action_end(sv)
    elif action == ACTION_GIVE_UP:
        death_give_up(sv)
        quit_begin(sv)
    elif action == ACTION_QUIT:
        quit_begin(sv)
    elif action == ACTION_QUIT_NEXT:
        quit_next(sv)
    elif action == ACTION_QUIT_LATE:
        quit_abort(sv)
        quit_end_round(sv)
    elif action == ACTION_QUIT_SOON:
        quit_soon(sv)
    elif action == ACTION_QUIT_ABORT:
        quit_abort(sv)
        death_release_name(sv)
    elif action == ACTION_RELEASE_NAME:
        death_release_name(sv)


cdef void action_end(supervisor_t *sv) noexcept nogil:
    """Write the death, then ask sidecars to quit that cannot read it."""
    death_write(sv)
    quit_begin(sv)
    death_log_end(sv)


cdef void action_delay(supervisor_t *sv) noexcept nogil:
    """Begin the stop delay: a dependency died."""
    if sv.settings.stop_delay_ns == 0:
        event_post(sv, EVENT_TIME_UP, 0)    # the words come after the signal
        return
    explain_death(sv)
    log_info(&sv.log, b"%s; stopping the command in %s", sv.reason, sv.settings.value[SETTING_STOP_DELAY])
    phase_arm(sv, sv.settings.stop_delay_ns)


cdef void action_stop(supervisor_t *sv) noexcept nogil:
    """Send the stop signal and begin the grace period. A signal that the command did not get does not count."""
    cdef char signal[16]
    cdef int result = command_signal(&sv.command, sv.settings.stop_signal)
    signal_label(signal, sizeof(signal), sv.settings.stop_signal)
    sv.stopped_by_us = result == 0
    command_begin_grace(sv)
    command_let_run()
    explain_stop(sv)
    if result == 0 and sv.dead_index < 0:
        log_warn(&sv.log, b"%s: sent %s to the command; SIGKILL in %s", sv.reason, signal,
                 sv.settings.value[SETTING_GRACE_PERIOD])
    elif result == 0:
        log_info(&sv.log, b"%s: sent %s to the command; SIGKILL in %s", sv.reason, signal,
                 sv.settings.value[SETTING_GRACE_PERIOD])
    else:
        log_info(&sv.log, b"%s", sv.reason)
        command_report_refused(sv, signal, result)
    # If a whole pod stops, each further death would be an event for each container that still watches.
    stop_hearing(sv)
    if sv.settings.watches_deaths:
        watcher_end(sv)


cdef void action_kill(supervisor_t *sv) noexcept nogil:
    """Send SIGKILL: the grace period is over. If it is refused, PID 1 gives up at once, since its
    exit ends the command; another process leaves the command a moment to end by itself."""
    cdef int result = command_kill(&sv.command)
    if result == 0:
        sv.life.killed = True
        sv.deadline_ns = NEVER_NS
        log_warn(&sv.log, b"grace period of %s is over: sent SIGKILL to the command",
                 sv.settings.value[SETTING_GRACE_PERIOD])
        return
    command_report_refused(sv, b"grace period is over: SIGKILL", result)
    death_explain_refused(sv, result)
    phase_arm(sv, 0 if kernel.getpid() == 1 else GIVE_UP_MS * MILLISECOND_NS)
