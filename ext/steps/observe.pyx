"""The lookout: what the watch, the FIFOs and the backstop poll tell about dependencies."""
cimport cstd
cimport kernel


cdef void lookout_take(supervisor_t *kx, const kernel.pollfd *ready) noexcept nogil:
    """What the watch, the FIFOs and the backstop poll tell about dependencies."""
    cdef int count = POLL_PEERS
    cdef int index
    cdef int was_suspect
    # The FIFOs stand in the poll set in the order of the list.
    for index in range(kx.settings.deps.count):
        if kx.settings.deps.list[index].alive >= 0:
            # A TERM's look (hold_is_due) may have opened or closed one since the poll.
            if ready[count].fd == kx.settings.deps.list[index].alive and ready[count].revents:
                kx.settings.deps.list[index].stale = True
            count += 1
    if ready[POLL_WATCH].revents:
        was_suspect = kx.graveyard.suspect
        if watch_take_events(&kx.graveyard, &kx.settings):
            lookout_reopen(kx)
        elif kx.graveyard.suspect and not was_suspect:
            lookout_set_poll(kx)
    if kx.poll_at_ns != NEVER_NS and clock_monotonic_ns() >= kx.poll_at_ns:
        lookout_poll(kx)
    lookout_judge(kx)


cdef void lookout_poll(supervisor_t *kx) noexcept nogil:
    """The backstop: inotify is silent on some file systems and sandboxes."""
    dependencies_mark(&kx.settings.deps)
    if watch_is_elsewhere(&kx.graveyard):
        lookout_reopen(kx)
    elif kx.graveyard.suspect > 0:
        kx.graveyard.suspect -= 1
    lookout_set_poll(kx)


cdef void lookout_report_unseen(supervisor_t *kx) noexcept nogil:
    """One line, once, for each dependency that never appeared: a name that is misspelt, say."""
    cdef int index
    kx.unseen_at_ns = NEVER_NS
    for index in range(kx.settings.deps.count):
        if kx.settings.deps.list[index].facts == 0 and kx.settings.deps.list[index].alive < 0:
            log_warn(&kx.log, b"dependency %s has not been seen in %s yet; is it wrapped, with this name and folder?",
                     kx.settings.deps.list[index].name, kx.settings.graveyard)


cdef void lookout_reopen(supervisor_t *kx) noexcept nogil:
    """The graveyard was deleted, moved or unmounted: take what is at its path now, or wait for it."""
    cdef int error = -watch_move(&kx.graveyard)
    if error == 0:
        log_warn(&kx.log, b"graveyard %s was replaced; watching the new one", kx.settings.graveyard)
    else:
        log_debug(&kx.log, b"graveyard %s is gone: %s; waiting for it", kx.settings.graveyard, cstd.strerror(error))
    dependencies_mark(&kx.settings.deps)
    lookout_set_poll(kx)


cdef void lookout_poll_by(supervisor_t *kx, long long due_ns) noexcept nogil:
    """The next look is to be no later than this."""
    if due_ns < kx.poll_at_ns:
        kx.poll_at_ns = due_ns


cdef void lookout_judge(supervisor_t *kx) noexcept nogil:
    """Look at the dependencies that something happened to, then judge all of them."""
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
        if dep.stale and dependency_watched(dep, kx.settings.birth_source, kx.phase > PHASE_LEAVING):
            before = dep.facts
            unsure = not peer_look(dep, &kx.graveyard, &kx.settings, &kx.log) or unsure
            dependency_note_death(&kx.settings.deps, dep, before)
            looked = True
            if dep.facts != before and kx.log.level == LOG_DEBUG:
                dependency_describe(dep, state, sizeof(state))
                log_debug(&kx.log, b"dependency %s: %s", dep.name, state)
        dep.stale = False
    if unsure:
        # No descriptor was to be had, or a file was found half-written: look again soon.
        lookout_poll_by(kx, clock_monotonic_ns() + BLIND_POLL_MS * MILLISECOND_NS)
    if not looked:
        return
    index = dependencies_dead(&kx.settings.deps)
    if index >= 0:
        # A command that has ended by itself before this is not one that we stopped.
        reaper_collect(kx)
        if kx.phase == PHASE_BIRTH or kx.phase == PHASE_EXPIRED or PHASE_LIFE <= kx.phase <= PHASE_ASKED:
            kx.dead = index
            supervisor_event(kx, EVENT_DEPENDENCY_DIED)


cdef bint lookout_is_needed(supervisor_t *kx) noexcept nogil:
    """Whether the graveyard can (still) tell us anything."""
    return dependencies_watched(&kx.settings.deps, kx.settings.birth_source, kx.phase > PHASE_LEAVING)


cdef void lookout_set_poll(supervisor_t *kx) noexcept nogil:
    """When to look at the graveyard next, whatever inotify says."""
    cdef long long interval_ns = kx.settings.poll_ns
    if kx.graveyard.watch < 0 or kx.graveyard.suspect:
        if interval_ns == 0 or interval_ns > BLIND_POLL_MS * MILLISECOND_NS:
            interval_ns = BLIND_POLL_MS * MILLISECOND_NS
    kx.poll_at_ns = NEVER_NS if interval_ns == 0 else clock_add_ns(clock_monotonic_ns(), interval_ns)
