"""The event loop: one poll for everything; turns what is ready into events, and has each decided at once.

transition.pyx decides, actions.pyx performs. Birth and start happen in here as well: to
the loop, the wait before the command is a phase like any other.
"""
cimport kernel

cdef enum:
    SIGNALS_A_READ = 16
    OVERSLEPT_MS = 1000         # so late is more than a busy machine
    UNSEEN_MS = 60000           # before a dependency that never appeared is spoken of


cdef void eventloop_run(supervisor_t *kx) noexcept nogil:
    """From the first look at the graveyard until the death is carved."""
    eventloop_begin(kx)
    eventloop_turn(kx)


cdef void eventloop_raise(supervisor_t *kx, int event) noexcept nogil:
    """Have one event decided at once."""
    event_post(kx, event, 0)
    events_dispatch(kx)


cdef void eventloop_look(supervisor_t *kx) noexcept nogil:
    """Read what is new in the graveyard; a dependency's death is an event."""
    cdef int dead = observe_read(kx)
    if dead >= 0:
        # A command that has ended by itself before this is not one that we stopped.
        eventloop_reap(kx)
        event_post(kx, EVENT_DEPENDENCY_DIED, dead)
        events_dispatch(kx)


cdef void eventloop_reap(supervisor_t *kx) noexcept nogil:
    """Collect all children that have ended. After our end the rest is PID 1's, if that is not us."""
    while kx.phase != PHASE_END and reaper_collect(kx):
        events_dispatch(kx)


cdef void eventloop_turn(supervisor_t *kx) noexcept nogil:
    """Wait, and see to what has happened, until nothing is left to do."""
    cdef kernel.pollfd polled[POLL_MOST]
    events_dispatch(kx)
    while kx.phase != PHASE_END:
        eventloop_wait(kx, polled)
        if polled[POLL_SIGNALS].revents:
            eventloop_take_signals(kx)
        if kx.phase == PHASE_END:
            return
        observe_take(kx, polled)
        eventloop_look(kx)
        eventloop_probe(kx, polled)
        eventloop_check_time(kx)
        eventloop_settle(kx)


cdef void eventloop_begin(supervisor_t *kx) noexcept nogil:
    """Watch is set: look. Who is dead already, what is ready already?"""
    dependencies_mark(&kx.settings.deps)
    if observe_is_needed(kx):
        observe_set_poll(kx)
        eventloop_look(kx)
        kx.unseen_at_ns = clock_monotonic_ns() + UNSEEN_MS * MILLISECOND_NS
    if kx.phase == PHASE_BIRTH and not birth_is_ready(kx):
        birth_await(kx)
    eventloop_settle(kx)


cdef void eventloop_wait(supervisor_t *kx, kernel.pollfd *polled) noexcept nogil:
    """Sleep until something is ready or due."""
    cdef kernel.timespec length
    cdef long long due_ns = eventloop_due_ns(kx)
    cdef long long now_ns
    cdef unsigned long count = POLL_PEERS
    cdef int index
    graveyard_leave(&kx.graveyard)
    poll_entry(&polled[POLL_SIGNALS], kx.signals.descriptor, kernel.POLLIN)
    poll_entry(&polled[POLL_WATCH], kx.graveyard.watch, kernel.POLLIN)
    poll_entry(&polled[POLL_READY], kx.ready.descriptor, kx.ready.events)
    for index in range(kx.settings.deps.count):
        if kx.settings.deps.list[index].alive >= 0:
            poll_entry(&polled[count], kx.settings.deps.list[index].alive, 0)
            count += 1
    if due_ns == NEVER_NS and count == POLL_PEERS and kx.graveyard.watch < 0 and kx.ready.descriptor < 0:
        polled[POLL_SIGNALS].revents = kernel.POLLIN     # nothing else can happen: its read waits
        return
    if due_ns == NEVER_NS:
        kernel.ppoll(polled, count, NULL, NULL)
        return
    now_ns = clock_monotonic_ns()
    due_ns = due_ns - now_ns if due_ns > now_ns else 0
    length.tv_sec = due_ns // SECOND_NS
    length.tv_nsec = due_ns % SECOND_NS
    kernel.ppoll(polled, count, &length, NULL)


cdef long long eventloop_due_ns(const supervisor_t *kx) noexcept nogil:
    """The earliest of all times that something has to be done at."""
    cdef long long due_ns = kx.deadline_ns
    if kx.poll_at_ns < due_ns:
        due_ns = kx.poll_at_ns
    if kx.ready.next_ns < due_ns:
        due_ns = kx.ready.next_ns
    if kx.birth.restart_ns < due_ns:
        due_ns = kx.birth.restart_ns
    if kx.unseen_at_ns < due_ns:
        due_ns = kx.unseen_at_ns
    return due_ns


cdef void eventloop_take_signals(supervisor_t *kx) noexcept nogil:
    """Signals from outside become events, in the kernel's order; children are collected after them."""
    cdef kernel.signalfd_siginfo taken[SIGNALS_A_READ]
    cdef int count = signals_read(&kx.signals, taken, SIGNALS_A_READ)
    cdef bint children = False
    cdef int index
    for index in range(count):
        if taken[index].ssi_signo == kernel.SIGCHLD:
            children = True
        elif not signal_is_noise(&kx.signals, &taken[index]):
            kx.signal = taken[index]
            eventloop_pass_on(kx)
    if children:
        eventloop_reap(kx)


cdef void eventloop_pass_on(supervisor_t *kx) noexcept nogil:
    """One signal as an event. What the command itself sends is not a request from outside
    to end it; it gets it back, as it would from any init."""
    if kx.command.pid > 0 and kx.signal.ssi_pid == <unsigned int>kx.command.pid:
        if kx.command.own_group or not signal_is_echo(&kx.signals, &kx.signal, kx.settings.stop_signal):
            eventloop_raise(kx, EVENT_SIGNAL_OTHER)
        return
    eventloop_raise(kx, eventloop_event_of(kx, kx.signal.ssi_signo))


cdef int eventloop_event_of(supervisor_t *kx, unsigned int signal) noexcept nogil:
    """The kind of event a signal from outside is."""
    if signal == kernel.SIGTERM or signal == <unsigned int>kx.settings.stop_signal:
        if kx.phase == PHASE_HELD and signal != <unsigned int>kx.held:
            return EVENT_SIGNAL_OTHER       # not the held one's second: that goes on waiting
        if kx.phase == PHASE_LIFE and kx.settings.is_set[SETTING_TERM_AFTER]:
            # Look now: the watch's event may be queued behind the signal, or only the
            # backstop poll would see it. A death that this finds is decided first.
            dependencies_mark(&kx.settings.deps)
            eventloop_look(kx)
            if kx.phase == PHASE_LIFE and dependencies_hold_term(&kx.settings.deps):
                return EVENT_SIGNAL_HELD
        return EVENT_SIGNAL_STOP
    if signal == kernel.SIGINT or signal == kernel.SIGQUIT:
        return EVENT_SIGNAL_INTERRUPT
    return EVENT_SIGNAL_HANGUP if signal == kernel.SIGHUP else EVENT_SIGNAL_OTHER


cdef void eventloop_probe(supervisor_t *kx, const kernel.pollfd *polled) noexcept nogil:
    """Readiness of our own command, and a waiter that has to be started again."""
    cdef bint is_ready = False
    if kx.ready.descriptor >= 0 and polled[POLL_READY].revents:
        is_ready = ready_answer(&kx.ready, &kx.settings.ready.address)
    elif kx.ready.next_ns != NEVER_NS and clock_monotonic_ns() >= kx.ready.next_ns:
        if kx.ready.kind == READY_HTTP or kx.ready.kind == READY_EXEC:
            ready_process_start(kx)
        else:
            is_ready = ready_probe(&kx.ready, &kx.settings.ready, clock_monotonic_ns())
    if is_ready:
        start_carve_ready(kx)
    if kx.birth.restart_ns != NEVER_NS and clock_monotonic_ns() >= kx.birth.restart_ns:
        kx.birth.restart_ns = NEVER_NS
        if kx.phase == PHASE_BIRTH:
            birth_start_children(kx)


cdef void eventloop_check_time(supervisor_t *kx) noexcept nogil:
    """The phase's time is up, unless a second look shows that it need not be.

    After a long gap (a frozen cgroup, a throttled CPU) everybody else may have
    slept through the deadline just as we did: a second more, once.
    """
    cdef long long late_ns
    if kx.unseen_at_ns != NEVER_NS and clock_monotonic_ns() >= kx.unseen_at_ns:
        observe_report_unseen(kx)
    if kx.deadline_ns == NEVER_NS:
        return
    late_ns = clock_monotonic_ns() - kx.deadline_ns
    if late_ns < 0:
        return
    if late_ns > OVERSLEPT_MS * MILLISECOND_NS and not kx.overslept:
        kx.overslept = True
        kx.deadline_ns = clock_monotonic_ns() + OVERSLEPT_MS * MILLISECOND_NS
        return
    if kx.phase == PHASE_BIRTH:
        dependencies_mark(&kx.settings.deps)
        eventloop_look(kx)
    eventloop_reap(kx)
    eventloop_settle(kx)
    if kx.deadline_ns != NEVER_NS and clock_monotonic_ns() >= kx.deadline_ns:
        kx.deadline_ns = NEVER_NS
        eventloop_raise(kx, EVENT_TIME_UP)


cdef void eventloop_settle(supervisor_t *kx) noexcept nogil:
    """Events that follow from the state as a whole."""
    if kx.phase == PHASE_BIRTH and kx.birth.ask_again and \
            not dependencies_awaited(&kx.settings.deps, kx.settings.birth_source):
        kx.birth.ask_again = False
        birth_start_children(kx)
    if (kx.phase == PHASE_BIRTH or kx.phase == PHASE_EXPIRED) and birth_is_ready(kx):
        eventloop_raise(kx, EVENT_BIRTH_READY)
    if kx.phase == PHASE_HELD and not dependencies_hold_term(&kx.settings.deps):
        eventloop_raise(kx, EVENT_RELEASED)
    if (kx.phase == PHASE_DRAIN or kx.phase == PHASE_DRAIN_KILLED) and kx.alone:
        eventloop_raise(kx, EVENT_ALONE)
