"""Observe: what the watch, the FIFOs and the backstop poll show about dependencies."""
cimport cstd
cimport kernel

cdef enum:
    POLL_SIGNALS = 0            # places in the poll set
    POLL_WATCH = 1
    POLL_READINESS = 2
    POLL_PEERS = 3              # from here on, the FIFOs of dependencies
    MAX_POLL = POLL_PEERS + MAX_DEPENDENCIES
    BLIND_POLL_MS = 200         # without inotify, polling is all there is


cdef void observe_take(supervisor_t *kx, const kernel.pollfd *polled) noexcept nogil:
    """Mark the dependencies that the watch, a FIFO or the backstop poll reports; observe_read reads those."""
    cdef int count = POLL_PEERS
    cdef int index
    cdef int was_suspect
    # The FIFOs are in the poll set in the order of the list.
    for index in range(kx.settings.deps.count):
        if kx.settings.deps.list[index].alive >= 0:
            # A TERM's look (signal_events_must_defer) may have opened or closed one since the poll.
            if polled[count].fd == kx.settings.deps.list[index].alive and polled[count].revents:
                kx.settings.deps.list[index].stale = True
            count += 1
    if polled[POLL_WATCH].revents:
        was_suspect = kx.graveyard.suspect
        if watch_take_events(&kx.graveyard, &kx.settings):
            observe_reopen(kx)
        elif kx.graveyard.suspect and not was_suspect:
            observe_set_poll(kx)
    if kx.poll_at_ns != NEVER_NS and clock_monotonic_ns() >= kx.poll_at_ns:
        observe_poll(kx)


cdef void observe_poll(supervisor_t *kx) noexcept nogil:
    """The backstop: inotify is silent on some file systems and sandboxes."""
    dependencies_mark(&kx.settings.deps)
    if watch_is_elsewhere(&kx.graveyard):
        observe_reopen(kx)
    elif kx.graveyard.suspect > 0:
        kx.graveyard.suspect -= 1
    observe_set_poll(kx)


cdef void observe_report_unseen(supervisor_t *kx) noexcept nogil:
    """Log once each dependency that never appeared: its name may be misspelt."""
    cdef int index
    kx.unseen_at_ns = NEVER_NS
    for index in range(kx.settings.deps.count):
        if kx.settings.deps.list[index].facts == 0 and kx.settings.deps.list[index].alive < 0:
            log_warn(&kx.log, b"dependency %s has not been seen in %s yet; is it wrapped, with this name and folder?",
                     kx.settings.deps.list[index].name, kx.settings.graveyard)


cdef void observe_reopen(supervisor_t *kx) noexcept nogil:
    """Take what is at the graveyard's path now, or wait for it: it was deleted, moved or unmounted."""
    cdef int error = -watch_move(&kx.graveyard)
    if error == 0:
        log_warn(&kx.log, b"graveyard %s was replaced; watching the new one", kx.settings.graveyard)
    else:
        log_debug(&kx.log, b"graveyard %s is gone: %s; waiting for it", kx.settings.graveyard, cstd.strerror(error))
    dependencies_mark(&kx.settings.deps)
    observe_set_poll(kx)


cdef void observe_poll_by(supervisor_t *kx, long long due_ns) noexcept nogil:
    """Look at the graveyard no later than this."""
    if due_ns < kx.poll_at_ns:
        kx.poll_at_ns = due_ns


cdef int observe_read(supervisor_t *kx) noexcept nogil:
    """Look at the marked dependencies. If there were any, return the index of a dependency
    whose death ends us; else -1."""
    cdef dependency_t *dep
    cdef bint looked = False
    cdef bint unsure = False
    cdef int before
    cdef int index
    cdef char state[64]
    for index in range(kx.settings.deps.count):
        dep = &kx.settings.deps.list[index]
        if dep.stale and kx.graveyard.folder < 0:
            graveyard_open(&kx.graveyard, False)
        if dep.stale and dependency_watched(dep, kx.settings.birth_source, kx.command.started):
            before = dep.facts
            unsure = not peer_look(dep, &kx.graveyard, &kx.settings, &kx.log) or unsure
            dependency_note_death(&kx.settings.deps, dep, before)
            looked = True
            if dep.facts != before and kx.log.level == LOG_DEBUG:
                dependency_describe(dep, state, sizeof(state))
                log_debug(&kx.log, b"dependency %s: %s", dep.name, state)
        dep.stale = False
    if unsure:
        # No descriptor was available, or a file was half-written: look again soon.
        observe_poll_by(kx, clock_monotonic_ns() + BLIND_POLL_MS * MILLISECOND_NS)
    return dependencies_dead(&kx.settings.deps) if looked else -1


cdef bint observe_is_needed(supervisor_t *kx) noexcept nogil:
    """True if a dependency of ours may still change in the graveyard."""
    return dependencies_watched(&kx.settings.deps, kx.settings.birth_source, kx.command.started)


cdef void observe_set_poll(supervisor_t *kx) noexcept nogil:
    """Set when to look at the graveyard next, regardless of inotify."""
    cdef long long interval_ns = kx.settings.poll_ns
    if kx.graveyard.watch < 0 or kx.graveyard.suspect:
        if interval_ns == 0 or interval_ns > BLIND_POLL_MS * MILLISECOND_NS:
            interval_ns = BLIND_POLL_MS * MILLISECOND_NS
    kx.poll_at_ns = NEVER_NS if interval_ns == 0 else clock_add_ns(clock_monotonic_ns(), interval_ns)
