"""Term after: a request to stop waits for containers that must exit before ours (KUBEXIT_TERM_AFTER), and for a
time (KUBEXIT_TERM_DELAY)."""
from libc.stddef cimport size_t

cdef enum:
    DEFER_REST_MS = 5000        # of the grace period, for the command itself


cdef void term_after_defer(supervisor_t *sv) noexcept nogil:
    """Keep the signal: for other containers for less than a grace period, and for KUBEXIT_TERM_DELAY.

    The kubelet's time for the container is often the same as our grace period, by default
    30 s for both: a rest of it, at most 5 s, is for the command to end in.
    """
    cdef char signal[16]
    cdef char sender[SENDER_BYTES]
    cdef text_t names
    cdef long long length_ns
    term_after_keep(sv, dependencies_hold_term(&sv.settings.deps))
    length_ns = term_after_longest_ns(sv)
    signal_label(signal, sizeof(signal), <int>sv.deferred.ssi_signo)
    phase_arm(sv, length_ns)
    signal_describe(&sv.signal, sender, sizeof(sender))
    if not sv.deferred_for_others:
        log_info(&sv.log, b"%s: waits for %s (KUBEXIT_TERM_DELAY); a second %s is forwarded at once", sender,
                 sv.settings.value[SETTING_TERM_DELAY], signal)
        return
    log_info(&sv.log, b"%s: waiting for %s to exit first, at most %g s; a second %s is forwarded at once", sender,
             dependencies_that_hold_term(&sv.settings.deps, &names),
             <double>length_ns / SECOND_NS, signal)


cdef void term_after_keep(supervisor_t *sv, bint for_others) noexcept nogil:
    """Note the signal, what it waits for, and when KUBEXIT_TERM_DELAY is over for it."""
    sv.deferred = sv.signal
    sv.deferred_for_others = for_others
    sv.deferred_until_ns = clock_add_ns(clock_monotonic_ns(), sv.settings.term_delay_ns)


cdef long long term_after_longest_ns(const supervisor_t *sv) noexcept nogil:
    """Return how long the signal can be kept."""
    cdef long long rest_ns = DEFER_REST_MS * MILLISECOND_NS
    if rest_ns > sv.settings.grace_ns // 2:
        rest_ns = sv.settings.grace_ns // 2
    if not sv.deferred_for_others or sv.settings.term_delay_ns > sv.settings.grace_ns - rest_ns:
        return sv.settings.term_delay_ns
    return sv.settings.grace_ns - rest_ns


cdef void term_after_delay(supervisor_t *sv) noexcept nogil:
    """Keep the signal during the stop delay, if the other containers have exited just now, and until
    KUBEXIT_TERM_DELAY is over. It was kept until now, so the end of that time is the end of the delay too."""
    cdef char signal[16]
    cdef long long now_ns = clock_monotonic_ns()
    cdef long long due_ns = now_ns
    if sv.deferred_for_others or sv.dead_index >= 0:
        due_ns = clock_add_ns(now_ns, sv.settings.stop_delay_ns)
    if due_ns < sv.deferred_until_ns:
        due_ns = sv.deferred_until_ns
    if due_ns <= now_ns:
        event_post(sv, EVENT_TIME_UP, 0)
        return
    if due_ns < sv.deadline_ns:
        sv.deadline_ns = due_ns
        sv.overslept = False
    if not sv.deferred_for_others or sv.settings.stop_delay_ns == 0:
        return
    signal_label(signal, sizeof(signal), <int>sv.deferred.ssi_signo)
    log_info(&sv.log, b"%s waits for the stop delay of %s; a second %s is forwarded at once", signal,
             sv.settings.value[SETTING_STOP_DELAY], signal)


cdef void term_after_defer_in_delay(supervisor_t *sv) noexcept nogil:
    """Keep the signal until the stop delay is over, which runs already, or for the longest time."""
    cdef char signal[16]
    cdef char sender[SENDER_BYTES]
    cdef long long latest_ns
    term_after_keep(sv, dependencies_can_hold_term(&sv.settings.deps))
    latest_ns = clock_add_ns(clock_monotonic_ns(), term_after_longest_ns(sv))
    if latest_ns < sv.deadline_ns:
        sv.deadline_ns = latest_ns
    signal_label(signal, sizeof(signal), <int>sv.deferred.ssi_signo)
    signal_describe(&sv.signal, sender, sizeof(sender))
    log_info(&sv.log, b"%s: waits for the stop delay%s; a second %s is forwarded at once", sender,
             b" or KUBEXIT_TERM_DELAY" if sv.settings.term_delay_ns > 0 else b"", signal)


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
    if not sv.deferred_for_others:
        log_info(&sv.log, b"%s %s to the command after %s (KUBEXIT_TERM_DELAY)", term_after_outcome(result), signal,
                 sv.settings.value[SETTING_TERM_DELAY])
        return
    dependencies_that_hold_term(&sv.settings.deps, &names)
    if late:
        log_warn(&sv.log, b"not all of %s exited in time: %s %s to the command", names.bytes,
                 term_after_outcome(result), signal)
    else:
        log_info(&sv.log, b"%s: dead; %s %s to the command", names.bytes, term_after_outcome(result), signal)


cdef void term_after_forward_grace(supervisor_t *sv) noexcept nogil:
    """Forward it because a death dependency died, or because the command's time is over. The grace period starts."""
    cdef char signal[16]
    cdef int result
    explain_stop(sv)
    result = term_after_send(sv, signal, sizeof(signal))
    command_begin_grace(sv)
    log_info(&sv.log, b"%s: %s %s to the command; SIGKILL in %s", sv.reason, term_after_outcome(result), signal,
             sv.settings.value[SETTING_GRACE_PERIOD])


cdef int term_after_send(supervisor_t *sv, char *signal, size_t size) noexcept nogil:
    """Send the kept signal, and write what the command gets to signal. Return 0; -errno if it did not get it."""
    cdef int sent = command_gets(&sv.settings, <int>sv.deferred.ssi_signo)
    cdef int result = command_forward(&sv.command, &sv.deferred, sent)
    signal_label(signal, size, sent)
    command_report_refused(sv, signal, result)
    command_note_request(sv, &sv.deferred, result)
    sv.deferred.ssi_signo = 0
    return result


cdef const char *term_after_outcome(int result) noexcept nogil:
    """Return what became of the signal, in words."""
    return b"forwarded" if result == 0 else b"could not forward"
