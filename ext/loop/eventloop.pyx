"""The event loop: one poll for everything. What is ready becomes events; each is decided at once.

transition_table.h decides, actions.pyx performs. The wait for birth and the start happen
in here too: for the loop, the time before the command is a phase like any other.
"""
cimport cstd
cimport kernel

cdef enum:
    OVERSLEPT_MS = 1000         # so late is more than a busy machine
    MAX_WAIT_FAILURES = 100     # in a row, of waitpid(2), before we take it for refused


cdef void eventloop_begin(supervisor_t *sv) noexcept nogil:
    """Take the first look, once the watch is set: is a dependency dead already, is all ready already?"""
    dependencies_mark(&sv.settings.deps)
    if observe_is_needed(sv):
        observe_set_poll(sv)
        look_at_graveyard(sv)
    eventloop_check_conditions(sv)
    missing_begin(sv)


cdef void eventloop_run(supervisor_t *sv) noexcept nogil:
    """Wait, and handle what happened, until nothing is left to do."""
    cdef kernel.pollfd polled[MAX_POLL]
    cdef int error
    events_dispatch(sv)
    while not transition_is_end(sv.phase):
        error = -eventloop_wait(sv, polled)
        if error != 0 or sv.wait_failures > MAX_WAIT_FAILURES:
            eventloop_fail(sv, b"ppoll" if error != 0 else b"wait4", error or sv.wait_error)
            continue
        if polled[POLL_SIGNALS].revents:
            signal_events_take(sv)
        if sv.children_changed:
            look_at_children(sv)
        if transition_is_end(sv.phase):
            return
        if sv.settings.watches_deaths:
            watching_take(sv, polled[POLL_WATCHER].revents != 0)
        observe_take(sv, polled)
        look_at_graveyard(sv)
        eventloop_probe(sv, polled)
        eventloop_check_rebirth(sv)
        limit_events_check(sv)
        eventloop_check_time(sv)
        eventloop_check_conditions(sv)


cdef void eventloop_fail(supervisor_t *sv, const char *call, int error) noexcept nogil:
    """The system does not let us wait, for example by a seccomp profile: nothing can be supervised."""
    cstd.snprintf(sv.reason, REASON_BYTES, b"kubexit cannot wait for events: %s: %s", call, cstd.strerror(error))
    sv.wait_failures = 0
    if command_kill(&sv.command) == 0:
        sv.life.killed = True
    event_raise(sv, EVENT_WAIT_FAILED)


cdef int eventloop_wait(supervisor_t *sv, kernel.pollfd *polled) noexcept nogil:
    """Sleep until something is ready or due. Return 0; -errno if that is not possible."""
    cdef kernel.timespec length
    cdef long long due_ns = eventloop_due_ns(sv)
    cdef unsigned long count = POLL_PEERS
    cdef int error
    cdef int index
    graveyard_close(&sv.graveyard)
    poll_entry(&polled[POLL_SIGNALS], sv.signals.descriptor, kernel.POLLIN)
    poll_entry(&polled[POLL_WATCH], sv.graveyard.watch, kernel.POLLIN)
    poll_entry(&polled[POLL_WATCHER], sv.watcher.descriptor, kernel.POLLIN)
    poll_entry(&polled[POLL_READINESS], sv.readiness.descriptor, sv.readiness.events)
    for index in range(sv.settings.deps.count):
        if sv.settings.deps.list[index].fifo_fd >= 0:
            poll_entry(&polled[count], sv.settings.deps.list[index].fifo_fd, 0)
            count += 1
    if sv.command.started and not sv.start_released:
        pages_release_start()
        sv.start_released = True
    if due_ns != NEVER_NS:
        due_ns -= clock_monotonic_ns()
        if due_ns < 0:
            due_ns = 0
        length.tv_sec = due_ns // SECOND_NS
        length.tv_nsec = due_ns % SECOND_NS
    error = -poll_wait(polled, count, &length if due_ns != NEVER_NS else NULL)
    return 0 if is_passing(error) else -error


cdef bint is_passing(int error) noexcept nogil:
    """Return whether a poll failed for the moment only: a stop and SIGCONT interrupted it, or memory was short."""
    return error == cstd.EINTR or error == cstd.EAGAIN or error == cstd.ENOMEM


cdef long long eventloop_due_ns(const supervisor_t *sv) noexcept nogil:
    """Return the earliest time at which something must be done."""
    cdef long long due_ns = 0 if sv.children_changed else sv.deadline_ns
    due_ns = clock_earlier(clock_earlier(due_ns, sv.poll_at_ns), sv.readiness.next_ns)
    due_ns = clock_earlier(clock_earlier(due_ns, sv.birth.restart_ns), sv.relations.due_ns)
    due_ns = clock_earlier(clock_earlier(due_ns, sv.unseen_at_ns), sv.rewrite_at_ns)
    due_ns = clock_earlier(due_ns, limits_due_ns(sv))
    if sv.settings.watches_deaths:
        due_ns = clock_earlier(due_ns, watching_due_ns(sv))
    return clock_earlier(due_ns, sv.rebirth.until_ns)


cdef void eventloop_probe(supervisor_t *sv, const kernel.pollfd *polled) noexcept nogil:
    """Test the readiness of our command, write again what could not be written, and start a child of the wait
    again, if that is due."""
    cdef bint is_ready = False
    if sv.readiness.descriptor >= 0 and polled[POLL_READINESS].revents:
        is_ready = readiness_answer(&sv.readiness, &sv.settings.ready.address)
    elif sv.readiness.next_ns != NEVER_NS and clock_monotonic_ns() >= sv.readiness.next_ns:
        if sv.readiness.kind == READY_HTTP or sv.readiness.kind == READY_EXEC:
            readiness_child_start(sv)
        else:
            is_ready = readiness_probe(&sv.readiness, &sv.settings.ready, clock_monotonic_ns())
    if is_ready:
        start_write_ready(sv)
    elif sv.readiness.changed:
        stone_note_probe(sv)
    if sv.rewrite_at_ns != NEVER_NS and clock_monotonic_ns() >= sv.rewrite_at_ns:
        stone_write(sv)
    if sv.birth.restart_ns != NEVER_NS and clock_monotonic_ns() >= sv.birth.restart_ns:
        sv.birth.restart_ns = NEVER_NS
        event_raise(sv, EVENT_CHILD_DUE)


cdef void eventloop_check_rebirth(supervisor_t *sv) noexcept nogil:
    """Let the deaths of the first look count when their time is over, unless another look shows that their
    owners are started again. After a long gap wait a second more, once, as eventloop_check_time does."""
    cdef long long late_ns = clock_monotonic_ns() - sv.rebirth.until_ns if sv.rebirth.until_ns != NEVER_NS else -1
    if late_ns < 0:
        return
    if late_ns > OVERSLEPT_MS * MILLISECOND_NS and not sv.rebirth.overslept:
        sv.rebirth.overslept = True
        sv.rebirth.until_ns = clock_monotonic_ns() + OVERSLEPT_MS * MILLISECOND_NS
        return
    dependencies_mark(&sv.settings.deps)
    look_at_graveyard(sv)
    sv.rebirth.until_ns = NEVER_NS
    event_raise(sv, EVENT_REBIRTH_LATE)


cdef void eventloop_check_time(supervisor_t *sv) noexcept nogil:
    """Raise TIME_UP at the deadline, unless a second look shows that the phase is over anyway.

    After a long gap (a frozen cgroup, a throttled CPU) every other container may have
    slept through the deadline just as we did: wait a second more, once.
    """
    cdef long long late_ns
    if sv.unseen_at_ns != NEVER_NS and clock_monotonic_ns() >= sv.unseen_at_ns:
        missing_report(sv)
    if sv.deadline_ns == NEVER_NS:
        return
    late_ns = clock_monotonic_ns() - sv.deadline_ns
    if late_ns < 0:
        return
    if late_ns > OVERSLEPT_MS * MILLISECOND_NS and not sv.overslept:
        sv.overslept = True
        sv.deadline_ns = clock_monotonic_ns() + OVERSLEPT_MS * MILLISECOND_NS
        return
    if transition_exists(sv.phase, EVENT_BIRTH_READY):
        dependencies_mark(&sv.settings.deps)
        look_at_graveyard(sv)
    look_at_children(sv)
    eventloop_check_conditions(sv)
    if sv.deadline_ns != NEVER_NS and clock_monotonic_ns() >= sv.deadline_ns:
        sv.deadline_ns = NEVER_NS
        event_raise(sv, EVENT_TIME_UP)


cdef void eventloop_check_birth(supervisor_t *sv) noexcept nogil:
    """Let the birth timeout run if births are missing, and stop it if not."""
    if birth_is_unmet(sv) and not sv.birth.timed:
        event_raise(sv, EVENT_BIRTH_UNMET)
    elif sv.birth.timed and not birth_is_unmet(sv):
        birth_pause(sv)


cdef void eventloop_check_conditions(supervisor_t *sv) noexcept nogil:
    """Raise the events that follow from the state as a whole; the table drops an event that comes too late."""
    if not sv.command.started:
        birth_doubt_verdict(sv)
        stone_follow_wait(sv)
        relations_follow(sv)
        events_dispatch(sv)
    if sv.birth.ask_again and not birth_is_held_back(sv):
        sv.birth.ask_again = False
        event_raise(sv, EVENT_CHILD_DUE)
    if rebirth_is_unannounced(sv):
        event_raise(sv, EVENT_DEATH_SPENT)
    if transition_exists(sv.phase, EVENT_BIRTH_UNMET):
        eventloop_check_birth(sv)
    if birth_is_ready(sv):
        event_raise(sv, EVENT_BIRTH_READY)
    if sv.deferred.ssi_signo != 0 and not dependencies_hold_term(&sv.settings.deps):
        event_raise(sv, EVENT_DEFERRAL_OVER)
    if sv.no_children:
        event_raise(sv, EVENT_ORPHANS_GONE)
