"""Term after: a request to stop waits for containers that must exit before ours (KUBEXIT_TERM_AFTER)."""
from libc.stddef cimport size_t

cdef enum:
    DEFER_REST_MS = 5000        # of the grace period, for the command itself


cdef void term_after_defer(supervisor_t *sv) noexcept nogil:
    """Keep the signal, for less than a grace period.

    The kubelet's time for the container is often the same as our grace period, by default
    30 s for both: a rest of it, at most 5 s, is for the command to end in.
    """
    cdef char signal[16]
    cdef text_t names
    cdef long long rest_ns = DEFER_REST_MS * MILLISECOND_NS
    if rest_ns > sv.settings.grace_ns // 2:
        rest_ns = sv.settings.grace_ns // 2
    sv.deferred = sv.signal
    signal_label(signal, sizeof(signal), <int>sv.deferred.ssi_signo)
    phase_arm(sv, sv.settings.grace_ns - rest_ns)
    log_info(&sv.log, b"%s from pid %u, uid %u: waiting for %s to exit first, at most %g s; a second %s is forwarded "
             b"at once", signal, sv.signal.ssi_pid, sv.signal.ssi_uid,
             text_list(&names, sv.settings.value[SETTING_TERM_AFTER]),
             <double>(sv.settings.grace_ns - rest_ns) / SECOND_NS, signal)


cdef void term_after_keep_instead(supervisor_t *sv) noexcept nogil:
    """Forward the kept SIGQUIT and keep the new signal instead, until the same time.

    A runtime sends one stop signal: another one shows that SIGQUIT was for a thread dump.
    """
    cdef char signal[16]
    cdef int result = term_after_send(sv, signal, sizeof(signal))
    log_info(&sv.log, b"%s %s to the command: a second request to stop has come, which waits instead",
             term_after_outcome(result), signal)
    sv.deferred = sv.signal


cdef void term_after_forward(supervisor_t *sv) noexcept nogil:
    """Forward the kept signal: the other containers have exited, or the time is over."""
    cdef char signal[16]
    cdef text_t names
    cdef int number = <int>sv.deferred.ssi_signo
    cdef int result = term_after_send(sv, signal, sizeof(signal))
    cdef bint late = dependencies_hold_term(&sv.settings.deps)
    command_note_asked(sv, number, result)
    text_list(&names, sv.settings.value[SETTING_TERM_AFTER])
    if late:
        log_warn(&sv.log, b"not all of %s exited in time: %s %s to the command", names.bytes,
                 term_after_outcome(result), signal)
    else:
        log_info(&sv.log, b"%s: dead; %s %s to the command", names.bytes, term_after_outcome(result), signal)


cdef void term_after_forward_grace(supervisor_t *sv) noexcept nogil:
    """Forward it because a death dependency died, which starts the grace period too."""
    cdef char signal[16]
    cdef int result
    explain_death(sv)
    result = term_after_send(sv, signal, sizeof(signal))
    command_begin_grace(sv)
    log_info(&sv.log, b"%s: %s %s to the command; SIGKILL in %s", sv.reason, term_after_outcome(result), signal,
             sv.settings.value[SETTING_GRACE_PERIOD])


cdef int term_after_send(supervisor_t *sv, char *signal, size_t size) noexcept nogil:
    """Send the kept signal, and write its name to signal. Return 0; -errno if the command did not get it."""
    cdef int result = command_forward(&sv.command, &sv.deferred)
    signal_label(signal, size, <int>sv.deferred.ssi_signo)
    command_report_refused(sv, signal, result)
    sv.deferred.ssi_signo = 0
    return result


cdef const char *term_after_outcome(int result) noexcept nogil:
    """Return what became of the signal, in words."""
    return b"forwarded" if result == 0 else b"could not forward"
