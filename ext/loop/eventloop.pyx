"""The event loop: one poll for everything. What is ready becomes events; each is decided at once.

transition_table.h decides, actions.pyx performs. The wait for birth and the start happen
in here too: for the loop, the time before the command is a phase like any other.
"""
cimport kernel

cdef enum:
    OVERSLEPT_MS = 1000         # so late is more than a busy machine
    UNSEEN_MS = 60000           # before we report a dependency that never appeared


cdef void eventloop_begin(supervisor_t *kx) noexcept nogil:
    """Take the first look, once the watch is set: is a dependency dead already, is all ready already?"""
    dependencies_mark(&kx.settings.deps)
    if observe_is_needed(kx):
        observe_set_poll(kx)
        kx.unseen_at_ns = clock_monotonic_ns() + UNSEEN_MS * MILLISECOND_NS
        look_at_graveyard(kx)
    if not birth_is_ready(kx):
        event_raise(kx, EVENT_BIRTH_UNMET)
    eventloop_check_conditions(kx)


cdef void eventloop_run(supervisor_t *kx) noexcept nogil:
    """Wait, and handle what happened, until nothing is left to do."""
    cdef kernel.pollfd polled[MAX_POLL]
    events_dispatch(kx)
    while not transition_is_end(kx.phase):
        eventloop_wait(kx, polled)
        if polled[POLL_SIGNALS].revents:
            signal_events_take(kx)
        observe_take(kx, polled)
        look_at_graveyard(kx)
        eventloop_probe(kx, polled)
        eventloop_check_time(kx)
        eventloop_check_conditions(kx)


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
    poll_entry(&polled[POLL_READINESS], kx.readiness.descriptor, kx.readiness.events)
    for index in range(kx.settings.deps.count):
        if kx.settings.deps.list[index].alive >= 0:
            poll_entry(&polled[count], kx.settings.deps.list[index].alive, 0)
            count += 1
    if due_ns == NEVER_NS and count == POLL_PEERS and kx.graveyard.watch < 0 and kx.readiness.descriptor < 0:
        polled[POLL_SIGNALS].revents = kernel.POLLIN    # nothing else can happen: the read of it waits
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
    """Return the earliest time at which something must be done."""
    cdef long long due_ns = kx.deadline_ns
    if kx.poll_at_ns < due_ns:
        due_ns = kx.poll_at_ns
    if kx.readiness.next_ns < due_ns:
        due_ns = kx.readiness.next_ns
    if kx.birth.restart_ns < due_ns:
        due_ns = kx.birth.restart_ns
    if kx.unseen_at_ns < due_ns:
        due_ns = kx.unseen_at_ns
    return due_ns


cdef void eventloop_probe(supervisor_t *kx, const kernel.pollfd *polled) noexcept nogil:
    """Test the readiness of our command, and start a child of the wait again, if that is due."""
    cdef bint is_ready = False
    if kx.readiness.descriptor >= 0 and polled[POLL_READINESS].revents:
        is_ready = readiness_answer(&kx.readiness, &kx.settings.ready.address)
    elif kx.readiness.next_ns != NEVER_NS and clock_monotonic_ns() >= kx.readiness.next_ns:
        if kx.readiness.kind == READY_HTTP or kx.readiness.kind == READY_EXEC:
            readiness_child_start(kx)
        else:
            is_ready = readiness_probe(&kx.readiness, &kx.settings.ready, clock_monotonic_ns())
    if is_ready:
        start_write_ready(kx)
    if kx.birth.restart_ns != NEVER_NS and clock_monotonic_ns() >= kx.birth.restart_ns:
        kx.birth.restart_ns = NEVER_NS
        event_raise(kx, EVENT_CHILD_DUE)


cdef void eventloop_check_time(supervisor_t *kx) noexcept nogil:
    """Raise TIME_UP at the deadline, unless a second look shows that the phase is over anyway.

    After a long gap (a frozen cgroup, a throttled CPU) every other container may have
    slept through the deadline just as we did: wait a second more, once.
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
    if transition_exists(kx.phase, EVENT_BIRTH_READY):
        dependencies_mark(&kx.settings.deps)
        look_at_graveyard(kx)
    look_at_children(kx)
    eventloop_check_conditions(kx)
    if kx.deadline_ns != NEVER_NS and clock_monotonic_ns() >= kx.deadline_ns:
        kx.deadline_ns = NEVER_NS
        event_raise(kx, EVENT_TIME_UP)


cdef void eventloop_check_conditions(supervisor_t *kx) noexcept nogil:
    """Raise the events that follow from the state as a whole; the table drops those that come too late."""
    if kx.birth.ask_again and not dependencies_awaited(&kx.settings.deps, kx.settings.birth_source):
        kx.birth.ask_again = False
        event_raise(kx, EVENT_CHILD_DUE)
    if birth_is_ready(kx):
        event_raise(kx, EVENT_BIRTH_READY)
    if kx.deferred_signal != 0 and not dependencies_hold_term(&kx.settings.deps):
        event_raise(kx, EVENT_DEFERRAL_OVER)
    if kx.no_children:
        event_raise(kx, EVENT_ORPHANS_GONE)
