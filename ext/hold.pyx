"""The hold: a TERM from outside waits for containers that have to end before ours (KUBEXIT_TERM_AFTER)."""
cimport kernel


cdef bint hold_is_due(supervisor_t *kx) noexcept nogil:
    """Whether a signal to end has to wait now: one of the named containers is born and alive."""
    return kx.phase == PHASE_LIFE and not kx.outside and dependencies_hold_term(&kx.settings.deps)


cdef void hold_begin(supervisor_t *kx) noexcept nogil:
    """Remember the signal; at most one grace period it is ours."""
    cdef char signal[16]
    kx.held = <int>kx.signal.ssi_signo
    signal_label(signal, sizeof(signal), kx.held)
    action_arm(kx, kx.settings.grace_ns)
    log_info(&kx.log, b"%s from pid %u, uid %u: held until %s have ended, at most %s; a second one passes", signal,
             kx.signal.ssi_pid, kx.signal.ssi_uid, kx.settings.value[SETTING_TERM_AFTER],
             kx.settings.value[SETTING_GRACE_PERIOD])


cdef void hold_release(supervisor_t *kx) noexcept nogil:
    """Pass the held signal on."""
    cdef char signal[16]
    kx.deadline_ns = NEVER_NS
    signal_label(signal, sizeof(signal), kx.held)
    action_check_sent(kx, signal, command_signal(&kx.command, kx.held))
    if dependencies_hold_term(&kx.settings.deps):
        log_warn(&kx.log, b"not all of %s ended within the grace period: %s passed on to the command",
                 kx.settings.value[SETTING_TERM_AFTER], signal)
    else:
        log_info(&kx.log, b"%s have ended: %s passed on to the command", kx.settings.value[SETTING_TERM_AFTER], signal)
