"""Actions: what is done when transition.pyx has decided."""
cimport kernel


cdef void events_dispatch(supervisor_t *kx) noexcept nogil:
    """Decide and act on each pending event, in the order in which they came; an action may post the next."""
    cdef event_t event
    cdef step_t next
    while event_take(kx, &event):
        next = decide(kx.phase, event.kind)
        if kx.log.level == LOG_DEBUG and next.phase != kx.phase:
            log_debug(&kx.log, b"%s: %s to %s", event_name(event.kind), phase_name(kx.phase), phase_name(next.phase))
        if event.kind == EVENT_DEPENDENCY_DIED and next.action != ACTION_NONE:
            kx.dead = event.value
        kx.phase = next.phase
        action_perform(kx, next.action, event.kind)


cdef void action_perform(supervisor_t *kx, int action, int event) noexcept nogil:
    """Perform one action; it may lead to the next event at once."""
    if action == ACTION_NONE:
        return
    if action == ACTION_FORWARD:
        action_forward(kx)
    elif action == ACTION_START:
        start_command(kx)
    elif action == ACTION_ABANDON:
        birth_abandon(kx, event)
    elif action == ACTION_EXPIRE:
        birth_expire(kx)
    elif action == ACTION_KILL_WAITER:
        kx.deadline_ns = NEVER_NS
        waiter_signal(&kx.birth, kernel.SIGKILL)
    elif action == ACTION_FAIL:
        birth_fail(kx)
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
    elif action == ACTION_DRAIN:
        burial_begin(kx)
    elif action == ACTION_DRAIN_KILL:
        log_info(&kx.log, b"left-over processes did not end in time: KILL")
        burial_signal_remains(kx, kernel.SIGKILL)
        phase_arm(kx, DRAIN_KILL_MS * MILLISECOND_NS)
    elif action == ACTION_HOLD:
        hold_begin(kx)
    elif action == ACTION_RELEASE:
        hold_release(kx)
    elif action == ACTION_RELEASE_GRACE:
        hold_release_grace(kx)
    else:
        action_perform_last(kx, action)


cdef void action_perform_last(supervisor_t *kx, int action) noexcept nogil:
    """The actions after the command, from its tombstone on."""
    if action == ACTION_BURY:
        burial_end(kx)
        burial_tell(kx)
    elif action == ACTION_HURRY:
        quit_hurry(kx)
    elif action == ACTION_CUT:
        quit_cut(kx)
        burial_leave(kx)
    elif action == ACTION_LEAVE:
        burial_leave(kx)


cdef void action_forward(supervisor_t *kx) noexcept nogil:
    """Pass the signal on, unless the terminal has done so."""
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
    """A dependency died: the stop delay begins."""
    explain_death(kx)
    if kx.settings.stop_delay_ns > 0:
        log_info(&kx.log, b"%s; stopping the command in %s", kx.reason, kx.settings.value[SETTING_STOP_DELAY])
    phase_arm(kx, kx.settings.stop_delay_ns)
    if kx.settings.stop_delay_ns == 0:
        event_post(kx, EVENT_TIME_UP, 0)


cdef void action_stop(supervisor_t *kx) noexcept nogil:
    """Send the stop signal; the grace period begins."""
    cdef char signal[16]
    signal_label(signal, sizeof(signal), kx.settings.stop_signal)
    command_check_sent(kx, signal, command_signal(&kx.command, kx.settings.stop_signal))
    kx.stopped_by_us = True
    phase_arm_grace(kx)
    log_info(&kx.log, b"%s: %s sent to the command, KILL in %s", kx.reason, signal,
             kx.settings.value[SETTING_GRACE_PERIOD])


cdef void action_kill(supervisor_t *kx) noexcept nogil:
    """The grace period is over."""
    command_check_sent(kx, b"KILL", command_kill(&kx.command))
    kx.life.killed = True
    kx.deadline_ns = NEVER_NS
    log_warn(&kx.log, b"grace period of %s is over: KILL sent to the command",
             kx.settings.value[SETTING_GRACE_PERIOD])
