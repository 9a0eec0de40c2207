"""Term after: a SIGTERM from outside waits for containers that must exit before ours (KUBEXIT_TERM_AFTER)."""
from libc.stddef cimport size_t


cdef void term_after_defer(supervisor_t *kx) noexcept nogil:
    """Keep the signal, for one grace period at most."""
    cdef char signal[16]
    kx.deferred_signal = <int>kx.signal.ssi_signo
    signal_label(signal, sizeof(signal), kx.deferred_signal)
    phase_arm(kx, kx.settings.grace_ns)
    log_info(&kx.log, b"%s from pid %u, uid %u: held until %s is dead, at most %s; a second one passes", signal,
             kx.signal.ssi_pid, kx.signal.ssi_uid, kx.settings.value[SETTING_TERM_AFTER],
             kx.settings.value[SETTING_GRACE_PERIOD])


cdef void term_after_forward(supervisor_t *kx) noexcept nogil:
    """Forward the kept signal: the other containers have exited, or the time is over."""
    cdef char signal[16]
    kx.deadline_ns = NEVER_NS
    term_after_send(kx, signal, sizeof(signal))
    if dependencies_hold_term(&kx.settings.deps):
        log_warn(&kx.log, b"not all of %s ended within the grace period: %s passed on to the command",
                 kx.settings.value[SETTING_TERM_AFTER], signal)
    else:
        log_info(&kx.log, b"%s: dead; %s passed on to the command", kx.settings.value[SETTING_TERM_AFTER], signal)


cdef void term_after_forward_grace(supervisor_t *kx) noexcept nogil:
    """Forward it because a death dependency died, which starts the grace period too."""
    cdef char signal[16]
    explain_death(kx)
    term_after_send(kx, signal, sizeof(signal))
    phase_arm_grace(kx)
    log_info(&kx.log, b"%s: %s passed on to the command, KILL in %s", kx.reason, signal,
             kx.settings.value[SETTING_GRACE_PERIOD])


cdef void term_after_send(supervisor_t *kx, char *signal, size_t size) noexcept nogil:
    """Send the kept signal; write its name to signal."""
    signal_label(signal, size, kx.deferred_signal)
    command_check_sent(kx, signal, command_signal(&kx.command, kx.deferred_signal))
    kx.deferred_signal = 0
