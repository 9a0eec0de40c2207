"""Signal events: signals from outside, and what kind of event each of them is."""
cimport kernel

cdef enum:
    SIGNALS_A_READ = 16


cdef void signal_events_take(supervisor_t *sv) noexcept nogil:
    """Handle signals from outside in the kernel's order; note that children have ended."""
    cdef kernel.signalfd_siginfo taken[SIGNALS_A_READ]
    cdef int count = signals_read(&sv.signals, taken, SIGNALS_A_READ)
    cdef int index
    for index in range(count):
        if taken[index].ssi_signo == kernel.SIGCHLD:
            sv.children_changed = True
            if waiter_says_ready(&sv.birth, &taken[index]) and transition_exists(sv.phase, EVENT_BIRTH_READY):
                birth_hear_ready(sv)
        elif not signal_is_noise(&sv.signals, &taken[index]):
            sv.signal = taken[index]
            signal_events_raise(sv)


cdef void signal_events_raise(supervisor_t *sv) noexcept nogil:
    """Handle one signal. What the command itself sends is not a request from outside to
    stop it; the command gets it back, as it would from any init."""
    cdef int sent = command_gets(&sv.settings, <int>sv.signal.ssi_signo)
    if sv.command.pid > 0 and sent < 0:
        signal_events_report_dropped(sv)
        return
    if sv.command.pid > 0 and sv.signal.ssi_pid == <unsigned int>sv.command.pid:
        if not signal_is_echo(&sv.signals, &sv.signal, sent, sv.settings.stop_signal):
            event_raise(sv, EVENT_SIGNAL_OTHER)
        return
    event_raise(sv, signal_events_kind(sv, <int>sv.signal.ssi_signo))


cdef void signal_events_report_dropped(supervisor_t *sv) noexcept nogil:
    """Log a signal that the command does not get."""
    cdef char signal[SENDER_BYTES]
    signal_describe(&sv.signal, signal, sizeof(signal))
    if command_is_asked_by(&sv.settings, <int>sv.signal.ssi_signo):
        log_info(&sv.log, b"%s: not forwarded (KUBEXIT_SIGNAL_MAP)", signal)
    else:
        log_debug(&sv.log, b"%s: not forwarded (KUBEXIT_SIGNAL_MAP)", signal)


cdef int signal_events_kind(supervisor_t *sv, int signal) noexcept nogil:
    """Return the kind of event that a signal from outside is.

    The runtime sends the image's STOPSIGNAL, which we cannot know. Without a command, any
    signal that it sends can be only that. With one, SIGHUP and SIGUSR1 may be reloads: the
    requests to stop are SIGTERM, SIGQUIT of the runtime and KUBEXIT_STOP_SIGNAL, and what
    KUBEXIT_SIGNAL_MAP makes one of these. Without a command nothing is mapped.
    """
    cdef bint asks = signal == kernel.SIGTERM or signal == sv.settings.stop_signal or \
        (sv.command.pid > 0 and command_is_asked_by(&sv.settings, signal))
    cdef bint quits = signal == kernel.SIGQUIT and not asks and signal_is_from_outside(&sv.signal)
    if sv.command.pid <= 0 and signal_ends_wait(&sv.signal):
        return EVENT_SIGNAL_STOP
    if asks or quits:
        if sv.deferred.ssi_signo != 0 and signal != <int>sv.deferred.ssi_signo:
            # Not the second of the kept one, which waits on. A kept SIGQUIT was a thread dump, if this comes too.
            return EVENT_SIGNAL_DEFERRED if signal_events_kept_quit(sv) else EVENT_SIGNAL_OTHER
        if signal_events_must_defer(sv):
            return EVENT_SIGNAL_DEFERRED
        return EVENT_SIGNAL_QUIT if quits else EVENT_SIGNAL_STOP
    if signal == kernel.SIGINT or signal == kernel.SIGQUIT:
        return EVENT_SIGNAL_INTERRUPT
    return EVENT_SIGNAL_HANGUP if signal == kernel.SIGHUP else EVENT_SIGNAL_OTHER


cdef bint signal_events_kept_quit(const supervisor_t *sv) noexcept nogil:
    """True if the kept signal is a SIGQUIT that may be a request for a thread dump."""
    return sv.deferred.ssi_signo == kernel.SIGQUIT and not command_is_asked_by(&sv.settings, kernel.SIGQUIT)


cdef bint signal_events_must_defer(supervisor_t *sv) noexcept nogil:
    """True if a stop signal must wait because a container of KUBEXIT_TERM_AFTER is alive, because the stop
    delay after its death runs, or for KUBEXIT_TERM_DELAY.

    Look now: the watch's event may be queued behind the signal, or only the backstop
    poll would see it. A death that this finds is decided before the signal.
    """
    if sv.deferred.ssi_signo != 0:
        return False                        # a second one is forwarded
    if not transition_exists(sv.phase, EVENT_SIGNAL_DEFERRED):
        return False
    if not dependencies_can_hold_term(&sv.settings.deps):
        return sv.settings.term_delay_ns > 0
    dependencies_mark(&sv.settings.deps)
    look_at_graveyard(sv)
    return transition_exists(sv.phase, EVENT_SIGNAL_DEFERRED) and \
        (dependencies_hold_term(&sv.settings.deps) or sv.deadline_ns != NEVER_NS or sv.settings.term_delay_ns > 0)
