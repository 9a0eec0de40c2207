"""Stone: our tombstone as long as we live, written at each step, and again when one of its texts has changed."""
cimport cstd

cdef enum:
    REWRITE_MIN_MS = 100        # before a text that could not be written is tried again
    REWRITE_MAX_MS = 5000       # each pause is twice as long as the last, up to this
    STONE_REST_MS = 1000        # between two writes, if only a text has changed


cdef void stone_write(supervisor_t *sv) noexcept nogil:
    """Write that we wait, are born, or ready. A failure is no reason to stop a healthy command, but peers
    wait for it: try again until it is written or the command has exited."""
    cdef int error = 0
    if sv.alone:
        return
    if sv.graveyard.folder < 0:
        error = -graveyard_open(&sv.graveyard, False)
    if error == 0:
        error = -graveyard_write(&sv.graveyard, sv.settings.name, &sv.life)
    if error == 0:
        sv.rewrite_at_ns = NEVER_NS
        sv.rewrite_pause_ns = 0
        sv.written_ns = clock_monotonic_ns()
        if sv.birth.waits and not sv.relations.found:
            sv.relations.due_ns = 0     # now others know what we wait for: the last one to write sees all of them
        return
    if sv.rewrite_pause_ns == 0:
        log_warn(&sv.log, b"cannot write tombstone %s/%s: %s", sv.settings.graveyard, sv.settings.name,
                 cstd.strerror(error))
        sv.rewrite_pause_ns = REWRITE_MIN_MS * MILLISECOND_NS
    sv.rewrite_at_ns = clock_add_ns(clock_monotonic_ns(), sv.rewrite_pause_ns)
    sv.rewrite_pause_ns *= 2
    if sv.rewrite_pause_ns > REWRITE_MAX_MS * MILLISECOND_NS:
        sv.rewrite_pause_ns = REWRITE_MAX_MS * MILLISECOND_NS


cdef void stone_rewrite(supervisor_t *sv) noexcept nogil:
    """A text of the tombstone has changed: write it again, but not within a second of the last time."""
    if sv.rewrite_at_ns == NEVER_NS:
        sv.rewrite_at_ns = clock_add_ns(sv.written_ns, STONE_REST_MS * MILLISECOND_NS)


cdef void stone_begin_wait(supervisor_t *sv) noexcept nogil:
    """Write since when we wait for our birth, and for what, if this was not done. With a timeout of 0 the death, which
    follows, says it."""
    if sv.birth.waits:
        return
    sv.life.waiting_ns = clock_wall_ns()
    sv.birth.waits = True
    sv.life.starts_at_timeout = sv.settings.birth_on_timeout == ON_TIMEOUT_START
    stone_compose_wait(sv, sv.waits_for, WAITS_BYTES)
    if not sv.birth.timed or sv.settings.birth_timeout_ns > 0:
        stone_write(sv)


cdef void stone_follow_wait(supervisor_t *sv) noexcept nogil:
    """Bring what is still missing up to date."""
    cdef char now[WAITS_BYTES]
    if not sv.birth.waits:
        return
    stone_compose_wait(sv, now, WAITS_BYTES)
    if cstd.strcmp(now, sv.waits_for) != 0:
        cstd.memcpy(sv.waits_for, now, cstd.strlen(now) + 1)
        stone_rewrite(sv)


cdef void stone_end_wait(supervisor_t *sv) noexcept nogil:
    """The wait is over: what was missing at its end stays in the tombstone, if it is a death."""
    if sv.birth.waits:
        stone_compose_wait(sv, sv.waits_for, WAITS_BYTES)
    sv.birth.waits = False
    sv.relations.due_ns = NEVER_NS
    sv.rewrite_at_ns = NEVER_NS


cdef void stone_note_probe(supervisor_t *sv) noexcept nogil:
    """Add why the last probe failed: what it asked, then how that went."""
    cdef const char *asked = cstd.strchr(sv.probe, c' ')
    sv.readiness.changed = False
    if sv.readiness.kind != READY_NONE and asked != NULL:
        cstd.snprintf(sv.probe_error, sizeof(sv.probe_error), b"%s: %s", asked + 1, sv.readiness.failure)
        stone_rewrite(sv)


cdef void stone_compose_wait(const supervisor_t *sv, char *target, size_t size) noexcept nogil:
    """Write the birth dependencies that are missing, in the grammar of KUBEXIT_BIRTH_DEPS, and NAME:restarted for each
    other container that must be started again. That is no birth dependency, so it makes no cycle."""
    cdef const dependency_t *dep
    cdef int missing
    cdef int index
    target[0] = 0
    for index in range(sv.settings.deps.count):
        dep = &sv.settings.deps.list[index]
        missing = stone_missing(dep, sv.settings.birth_source, sv.birth.waiter_satisfied)
        if missing == 0 and dep.limit != NULL:
            stone_add_wait(target, size, dep.name, b":restarted")
        if missing & FACT_READY:
            stone_add_wait(target, size, dep.name, b"?" if dep.optional else b"")
        if missing & FACT_BORN:
            stone_add_wait(target, size, dep.name, b":born")
        if missing & FACT_DIED:
            stone_add_wait(target, size, dep.name, b":died")
        if missing & FACT_SUCCEEDED:
            stone_add_wait(target, size, dep.name, b":succeeded")
    if sv.settings.deps.every_other and not sv.birth.waiter_satisfied:
        stone_add_wait(target, size, b"*", b"")


cdef int stone_missing(const dependency_t *dep, int source, bint api_satisfied) noexcept nogil:
    """Return which of the facts that we wait for are missing: the graveyard or the API's last verdict says so."""
    cdef int missing = dep.starts_us & ~dep.facts
    if source == SOURCE_KUBERNETES and api_satisfied and not dependency_contradicts(dep):
        missing &= ~FACT_READY
    elif source == SOURCE_KUBERNETES:
        missing |= dep.starts_us & FACT_READY
    return missing


cdef void stone_add_wait(char *target, size_t size, const char *name, const char *condition) noexcept nogil:
    """Add an element to the list, if the whole of it has room."""
    cdef size_t length = cstd.strlen(target)
    if length + cstd.strlen(name) + cstd.strlen(condition) + 2 < size:
        cstd.snprintf(target + length, size - length, b"%s%s%s", b", " if length > 0 else b"", name, condition)
