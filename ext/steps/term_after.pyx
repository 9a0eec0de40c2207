"""Term after: a SIGTERM from outside waits for containers that must exit before ours (KUBEXIT_TERM_AFTER)."""
from libc.stddef cimport size_t


cdef void term_after_defer(supervisor_t *sv) noexcept nogil:
    """Keep the signal, for one grace period at most."""
    cdef char signal[16]
    sv.deferred_signal = <int>sv.signal.ssi_signo
    signal_label(signal, sizeof(signal), sv.deferred_signal)
    phase_arm(sv, sv.settings.grace_ns)
    log_info(&sv.log, b"%s from pid %u, uid %u: held until %s is dead, at most %s; a second one passes", signal,
             sv.signal.ssi_pid, sv.signal.ssi_uid, sv.settings.value[SETTING_TERM_AFTER],
             sv.settings.value[SETTING_GRACE_PERIOD])


cdef void term_after_forward(supervisor_t *sv) noexcept nogil:
    """Forward the kept signal: the other containers have exited, or the time is over."""
    cdef char signal[16]
    sv.deadline_ns = NEVER_NS
    term_after_send(sv, signal, sizeof(signal))
    if dependencies_hold_term(&sv.settings.deps):
        log_warn(&sv.log, b"not all of %s ended within the grace period: %s passed on to the command",
                 sv.settings.value[SETTING_TERM_AFTER], signal)
    else:
        log_info(&sv.log, b"%s: dead; %s passed on to the command", sv.settings.value[SETTING_TERM_AFTER], signal)


cdef void term_after_forward_grace(supervisor_t *sv) noexcept nogil:
    """Forward it because a death dependency died, which starts the grace period too."""
    cdef char signal[16]
    explain_death(sv)
    term_after_send(sv, signal, sizeof(signal))
    phase_arm_grace(sv)
    log_info(&sv.log, b"%s: %s passed on to the command, KILL in %s", sv.reason, signal,
             sv.settings.value[SETTING_GRACE_PERIOD])


cdef void term_after_send(supervisor_t *sv, char *signal, size_t size) noexcept nogil:
    """Send the kept signal; write its name to signal."""
    signal_label(signal, size, sv.deferred_signal)
    command_check_sent(sv, signal, command_signal(&sv.command, sv.deferred_signal))
    sv.deferred_signal = 0
