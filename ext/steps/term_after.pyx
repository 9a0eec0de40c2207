"""The hold: a TERM from outside waits for containers that have to end before ours (KUBEXIT_TERM_AFTER)."""
from libc.stddef cimport size_t


cdef void hold_begin(supervisor_t *kx) noexcept nogil:
    """Remember the signal; at most one grace period it is ours."""
    cdef char signal[16]
    kx.held = <int>kx.signal.ssi_signo
    signal_label(signal, sizeof(signal), kx.held)
    phase_arm(kx, kx.settings.grace_ns)
    log_info(&kx.log, b"%s from pid %u, uid %u: held until %s is dead, at most %s; a second one passes", signal,
             kx.signal.ssi_pid, kx.signal.ssi_uid, kx.settings.value[SETTING_TERM_AFTER],
             kx.settings.value[SETTING_GRACE_PERIOD])


cdef void hold_release(supervisor_t *kx) noexcept nogil:
    """Pass the held signal on: the others have ended, or the time is over."""
    cdef char signal[16]
    kx.deadline_ns = NEVER_NS
    hold_send(kx, signal, sizeof(signal))
    if dependencies_hold_term(&kx.settings.deps):
        log_warn(&kx.log, b"not all of %s ended within the grace period: %s passed on to the command",
                 kx.settings.value[SETTING_TERM_AFTER], signal)
    else:
        log_info(&kx.log, b"%s: dead; %s passed on to the command", kx.settings.value[SETTING_TERM_AFTER], signal)


cdef void hold_release_grace(supervisor_t *kx) noexcept nogil:
    """Pass it on because a death dependency has died, which starts the grace period too."""
    cdef char signal[16]
    explain_death(kx)
    hold_send(kx, signal, sizeof(signal))
    phase_arm_grace(kx)
    log_info(&kx.log, b"%s: %s passed on to the command, KILL in %s", kx.reason, signal,
             kx.settings.value[SETTING_GRACE_PERIOD])


cdef void hold_send(supervisor_t *kx, char *signal, size_t size) noexcept nogil:
    """Send the held signal, and tell its name."""
    signal_label(signal, size, kx.held)
    command_check_sent(kx, signal, command_signal(&kx.command, kx.held))
