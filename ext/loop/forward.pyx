"""Forward: actions that forward a signal, or keep it for other containers (KUBEXIT_TERM_AFTER)."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel


cdef bint action_perform_deferred(supervisor_t *sv, int action) noexcept nogil:
    """Perform one action: one with a kept signal. False if it is none of these."""
    if action == ACTION_DEFER:
        term_after_defer(sv)
    elif action == ACTION_KEEP_INSTEAD:
        term_after_keep_instead(sv)
    elif action == ACTION_REPLACE_DEFERRED:
        sv.deferred.ssi_signo = 0
        action_forward_stop(sv)
    elif action == ACTION_FORWARD_DEFERRED:
        term_after_forward(sv)
    elif action == ACTION_FORWARD_DEFERRED_GRACE:
        term_after_forward_grace(sv)
    elif action == ACTION_DELAY_DEFERRED:
        term_after_delay(sv)
    elif action == ACTION_DEFER_IN_DELAY:
        term_after_defer_in_delay(sv)
    elif action == ACTION_REPLACE_DEFERRED_GRACE:
        sv.deferred.ssi_signo = 0
        action_forward(sv)
        command_begin_grace(sv)
    else:
        return False
    return True


cdef int action_forward(supervisor_t *sv) noexcept nogil:
    """Forward the signal, unless the terminal has done so. Return 0; -errno if the command did not get it."""
    cdef int number = <int>sv.signal.ssi_signo
    cdef int sent = command_gets(&sv.settings, number)
    cdef char signal[SENDER_BYTES]
    cdef char changed[32]
    cdef int result = 0
    signal_describe(&sv.signal, signal, sizeof(signal))
    if signal_is_of_terminal(&sv.signal) and command_shares_group(&sv.command):
        log_debug(&sv.log, b"%s: the command also got it", signal)
        sv.forwarded = sv.signal
        return 0
    result = command_forward(&sv.command, &sv.signal, sent)
    if sent == kernel.SIGCONT:
        sv.command.stopped = False
    command_note_request(sv, &sv.signal, result)
    command_let_run()
    forward_describe_change(number, sent, changed, sizeof(changed))
    if result < 0:
        signal_label(signal, sizeof(signal), sent)
        command_report_refused(sv, signal, result)
    elif command_is_asked_by(&sv.settings, number) or number == kernel.SIGINT or number == kernel.SIGQUIT:
        log_info(&sv.log, b"%s: forwarded to the command%s", signal, changed)
    else:
        log_debug(&sv.log, b"%s: forwarded%s", signal, changed)
    return result


cdef void forward_describe_change(int number, int sent, char *target, size_t size) noexcept nogil:
    """Describe what KUBEXIT_SIGNAL_MAP made of a signal, in words that follow; empty if it is the same."""
    cdef char label[16]
    target[0] = 0
    if sent != number:
        signal_label(label, sizeof(label), sent)
        cstd.snprintf(target, size, b" as %s", label)


cdef void action_forward_stop(supervisor_t *sv) noexcept nogil:
    """Forward a request to stop, and let it count as one if the command got it."""
    command_note_asked(sv, <int>sv.signal.ssi_signo, action_forward(sv))


cdef void action_forward_quit(supervisor_t *sv) noexcept nogil:
    """Forward another SIGQUIT of the runtime. A deadline runs only if nothing but SIGQUIT counts so far."""
    if action_forward(sv) == 0 and sv.deadline_ns != NEVER_NS:
        phase_arm(sv, sv.settings.grace_ns)
