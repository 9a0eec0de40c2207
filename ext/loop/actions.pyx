"""Actions: takes the events out of the queue, asks the table, performs what it says."""
cimport kernel


cdef void events_dispatch(supervisor_t *kx) noexcept nogil:
    """Decide and act on each pending event, in the order in which they came; an action may post the next."""
    cdef event_t event
    cdef outcome_t outcome
    while event_take(kx, &event):
        outcome = transition_decide(kx.phase, event.kind)
        if kx.log.level == LOG_DEBUG and outcome.phase != kx.phase:
            log_debug(&kx.log, b"%s: %s to %s", EVENT_NAMES[event.kind], PHASE_NAMES[kx.phase],
                      PHASE_NAMES[outcome.phase])
        if outcome.listed and event.kind == EVENT_DEPENDENCY_DIED:
            kx.dead_index = event.value
        kx.phase = outcome.phase
        if outcome.action != ACTION_NONE:
            action_perform(kx, outcome.action, &event)


cdef void event_raise(supervisor_t *kx, int event) noexcept nogil:
    """Have one event decided at once."""
    event_post(kx, event, 0)
    events_dispatch(kx)


cdef void action_perform(supervisor_t *kx, int action, const event_t *event) noexcept nogil:
    """Perform one action: here those before the command starts."""
    if action == ACTION_WAIT:
        birth_begin_wait(kx)
    elif action == ACTION_ASK:
        birth_start_children(kx)
    elif action == ACTION_ASK_LATER:
        birth_lose_child(kx, event.value, b"readiness waiter" if event.kind == EVENT_WAITER_LOST
                         else b"probe of the birth URLs")
    elif action == ACTION_START:
        start_command(kx)
    elif action == ACTION_ABANDON:
        birth_abandon(kx, event.kind == EVENT_DEPENDENCY_DIED)
    elif action == ACTION_EXPIRE:
        birth_expire(kx)
    elif action == ACTION_KILL_CHILDREN:
        kx.deadline_ns = NEVER_NS
        waiter_signal(&kx.birth, kernel.SIGKILL)
    elif action == ACTION_TIME_OUT:
        birth_time_out(kx)
    elif action == ACTION_FAIL:
        birth_fail(kx, event.value)
        action_end(kx)
    else:
        action_perform_alive(kx, action)


cdef void action_perform_alive(supervisor_t *kx, int action) noexcept nogil:
    """The actions while the command runs."""
    if action == ACTION_FORWARD:
        action_forward(kx)
    elif action == ACTION_DEFER:
        term_after_defer(kx)
    elif action == ACTION_REPLACE_DEFERRED:
        kx.deferred_signal = 0
        action_forward(kx)
    elif action == ACTION_FORWARD_DEFERRED:
        term_after_forward(kx)
    elif action == ACTION_FORWARD_DEFERRED_GRACE:
        term_after_forward_grace(kx)
    elif action == ACTION_DELAY:
        action_delay(kx)
    elif action == ACTION_STOP:
        action_stop(kx)
    elif action == ACTION_GRACE:
        explain_death(kx)
        log_info(&kx.log, b"%s; the command has its signal already, KILL in %s", kx.reason,
                 kx.settings.value[SETTING_GRACE_PERIOD])
        phase_arm_grace(kx)
    elif action == ACTION_FORWARD_GRACE:
        action_forward(kx)
        phase_arm_grace(kx)
    elif action == ACTION_KILL:
        action_kill(kx)
    else:
        action_perform_dead(kx, action)


cdef void action_perform_dead(supervisor_t *kx, int action) noexcept nogil:
    """The actions after the command."""
    if action == ACTION_TERM_ORPHANS:
        death_command_ended(kx)
    elif action == ACTION_KILL_ORPHANS:
        log_info(&kx.log, b"left-over processes did not end in time: KILL")
        death_signal_orphans(kx, kernel.SIGKILL)
        phase_arm(kx, ORPHANS_KILL_MS * MILLISECOND_NS)
    elif action == ACTION_WRITE_DEATH:
        action_end(kx)
    elif action == ACTION_QUIT:
        quit_begin(kx)
    elif action == ACTION_QUIT_SOON:
        quit_soon(kx)
    elif action == ACTION_QUIT_ABORT:
        quit_abort(kx)
        death_release_name(kx)
    elif action == ACTION_RELEASE_NAME:
        death_release_name(kx)


cdef void action_end(supervisor_t *kx) noexcept nogil:
    """Write the death, then ask sidecars to quit that cannot read it."""
    death_write(kx)
    quit_begin(kx)
    death_log_end(kx)


cdef void action_forward(supervisor_t *kx) noexcept nogil:
    """Forward the signal, unless the terminal has done so."""
    cdef int number = <int>kx.signal.ssi_signo
    cdef char signal[16]
    cdef int result
    if signal_reached_command(&kx.signal, kx.command.own_group):
        log_debug(&kx.log, b"signal %d from the terminal, which the command has too", number)
        return
    result = command_signal(&kx.command, number)
    if result < 0 or kx.log.level == LOG_DEBUG:
        signal_label(signal, sizeof(signal), number)
        command_check_sent(kx, signal, result)
        log_debug(&kx.log, b"%s from pid %u, uid %u: forwarded", signal, kx.signal.ssi_pid, kx.signal.ssi_uid)


cdef void action_delay(supervisor_t *kx) noexcept nogil:
    """Begin the stop delay: a dependency died."""
    explain_death(kx)
    if kx.settings.stop_delay_ns == 0:
        event_post(kx, EVENT_TIME_UP, 0)
        return
    log_info(&kx.log, b"%s; stopping the command in %s", kx.reason, kx.settings.value[SETTING_STOP_DELAY])
    phase_arm(kx, kx.settings.stop_delay_ns)


cdef void action_stop(supervisor_t *kx) noexcept nogil:
    """Send the stop signal and begin the grace period."""
    cdef char signal[16]
    signal_label(signal, sizeof(signal), kx.settings.stop_signal)
    command_check_sent(kx, signal, command_signal(&kx.command, kx.settings.stop_signal))
    kx.stopped_by_us = True
    phase_arm_grace(kx)
    log_info(&kx.log, b"%s: %s sent to the command, KILL in %s", kx.reason, signal,
             kx.settings.value[SETTING_GRACE_PERIOD])


cdef void action_kill(supervisor_t *kx) noexcept nogil:
    """Send SIGKILL: the grace period is over."""
    command_check_sent(kx, b"KILL", command_kill(&kx.command))
    kx.life.killed = True
    kx.deadline_ns = NEVER_NS
    log_warn(&kx.log, b"grace period of %s is over: KILL sent to the command",
             kx.settings.value[SETTING_GRACE_PERIOD])
