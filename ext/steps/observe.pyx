"""Observe: which dependencies the watch, a FIFO or the backstop poll reports, and what reading them shows."""
cimport cstd
cimport kernel

cdef enum:
    POLL_SIGNALS = 0            # places in the poll set
    POLL_WATCH = 1
    POLL_READINESS = 2
    POLL_WATCHER = 3
    POLL_PEERS = 4              # from here on, the FIFOs of dependencies
    MAX_POLL = POLL_PEERS + MAX_DEPENDENCIES
    BLIND_POLL_MS = 200         # without inotify, polling is all there is


cdef void observe_take(supervisor_t *sv, const kernel.pollfd *polled) noexcept nogil:
    """Mark the dependencies that the watch, a FIFO or the backstop poll reports; observe_read reads those."""
    cdef int count = POLL_PEERS
    cdef int index
    cdef int was_suspect
    # The FIFOs are in the poll set in the order of the list.
    for index in range(sv.settings.deps.count):
        if sv.settings.deps.list[index].fifo_fd >= 0:
            # The look at a stop signal (signal_events_must_defer) may have opened or closed one since the poll.
            if polled[count].fd == sv.settings.deps.list[index].fifo_fd and polled[count].revents:
                sv.settings.deps.list[index].stale = True
            count += 1
    if polled[POLL_WATCH].revents:
        was_suspect = sv.graveyard.suspect
        if watch_take_events(&sv.graveyard, &sv.settings):
            observe_reopen(sv)
        elif sv.graveyard.suspect and not was_suspect:
            observe_set_poll(sv)
    if sv.poll_at_ns != NEVER_NS and clock_monotonic_ns() >= sv.poll_at_ns:
        observe_poll(sv)


cdef void observe_poll(supervisor_t *sv) noexcept nogil:
    """The backstop: inotify is silent on some file systems and sandboxes."""
    dependencies_mark(&sv.settings.deps)
    if watch_is_elsewhere(&sv.graveyard):
        observe_reopen(sv)
    elif sv.graveyard.suspect > 0:
        sv.graveyard.suspect -= 1
    observe_set_poll(sv)


cdef void observe_reopen(supervisor_t *sv) noexcept nogil:
    """Take what is at the graveyard's path now, or wait for it: it was deleted, moved or unmounted."""
    cdef int error = -watch_move(&sv.graveyard)
    if error == 0 and sv.graveyard.watch < 0:
        log_warn(&sv.log, b"graveyard %s was replaced, and inotify is not available; polling the new one",
                 sv.settings.graveyard)
    elif error == 0:
        log_warn(&sv.log, b"graveyard %s was replaced; watching the new one", sv.settings.graveyard)
    else:
        log_debug(&sv.log, b"graveyard %s is gone: %s; waiting for it", sv.settings.graveyard, cstd.strerror(error))
    dependencies_mark(&sv.settings.deps)
    observe_set_poll(sv)


cdef void observe_poll_by(supervisor_t *sv, long long due_ns) noexcept nogil:
    """Look at the graveyard no later than this."""
    if due_ns < sv.poll_at_ns:
        sv.poll_at_ns = due_ns


cdef int observe_read(supervisor_t *sv) noexcept nogil:
    """Read the marked dependencies. Return the index of one whose death ends us; -1 if no death does,
    or if no dependency was marked.

    The caller posts the death: it must collect the command first, which may have ended before.
    """
    cdef dependency_t *dep
    cdef bint looked = False
    cdef bint unsure = False
    cdef int index
    cdef int error = 0
    for index in range(sv.settings.deps.count):
        dep = &sv.settings.deps.list[index]
        if dep.stale and sv.graveyard.folder < 0 and error == 0:
            error = -graveyard_open(&sv.graveyard, False)
        if dep.stale and error > 0 and graveyard_error_passes(error):
            # The folder is there: a death in it must not be lost.
            peer_notice_end(dep)
            unsure = True
            continue
        if dep.stale and dependency_watched(dep, sv.command.started):
            unsure = not observe_read_one(sv, dep) or unsure
            looked = True
        dep.stale = False
    if unsure:
        # No descriptor was available, or a file was half-written: look again soon.
        observe_poll_by(sv, clock_monotonic_ns() + BLIND_POLL_MS * MILLISECOND_NS)
    return dependencies_dead(&sv.settings.deps) if looked else -1


cdef bint observe_read_one(supervisor_t *sv, dependency_t *dep) noexcept nogil:
    """Read one dependency; False if another look is needed soon."""
    cdef char state[64]
    cdef int before = dep.facts
    cdef int tries = 0
    cdef bint sure
    if dep.by_api:
        peer_forget_api(dep)
    sure = peer_look(dep, &sv.graveyard, &sv.settings, &sv.log)
    while tries < PEER_TRIES and rebirth_missed_an_end(sv, dep):
        tries += 1
        sure = peer_look(dep, &sv.graveyard, &sv.settings, &sv.log)
    if dep.api != API_UNKNOWN:
        # A death that counted before the watcher lost sight of the pod counts on.
        peer_take_api(dep, clock_monotonic_ns(), sv.watcher.blind and not before & FACT_DIED)
    rebirth_take(sv, dep, sure)
    if sv.birth.waits and not sv.relations.found:
        sv.relations.due_ns = 0
    dependency_note_death(&sv.settings.deps, dep, before)
    if dep.facts != before and sv.log.level == LOG_DEBUG:
        dependency_describe(dep, state, sizeof(state))
        log_debug(&sv.log, b"dependency %s: %s", dep.name, state)
    return sure


cdef bint observe_is_needed(supervisor_t *sv) noexcept nogil:
    """True if a dependency may still change in the graveyard."""
    return dependencies_watched(&sv.settings.deps, sv.command.started)


cdef void observe_set_poll(supervisor_t *sv) noexcept nogil:
    """Set when to look at the graveyard next, regardless of inotify."""
    cdef long long interval_ns = sv.settings.poll_ns
    if sv.graveyard.watch < 0 or sv.graveyard.suspect:
        if interval_ns == 0 or interval_ns > BLIND_POLL_MS * MILLISECOND_NS:
            interval_ns = BLIND_POLL_MS * MILLISECOND_NS
    sv.poll_at_ns = NEVER_NS if interval_ns == 0 else clock_add_ns(clock_monotonic_ns(), interval_ns)
