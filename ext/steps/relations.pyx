"""Relations: what can be known during the wait for birth about dependencies that will never be met."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef enum:
    RELATIONS_AGAIN_MS = 100    # before a finding is refused: a container may be about to write its birth


cdef void relations_follow(supervisor_t *sv) noexcept nogil:
    """Look at the relations if that is due."""
    if not sv.birth.waits or sv.relations.due_ns == NEVER_NS or clock_monotonic_ns() < sv.relations.due_ns:
        return
    sv.relations.due_ns = NEVER_NS
    if not relations_refuse(sv):
        sv.relations.found = False
        relations_report_deaths(sv)


cdef bint relations_refuse(supervisor_t *sv) noexcept nogil:
    """Post the failure of the birth if a dependency can never be met. False if none is found.

    The first time only look again a little later: a container of a cycle may have been started just now.
    """
    cdef text_t text
    cdef const dependency_t *dep = relations_unprobed(sv)
    cdef bint found = cycle_find(sv, CYCLE_STRICT, &text)
    if not found and dep == NULL:
        relations_tell_soft_cycle(sv)
        return False
    if not found and sv.settings.birth_on_timeout == ON_TIMEOUT_START:
        relations_tell_unprobed(sv, dep)
        return False
    if not sv.relations.found:
        sv.relations.found = True
        sv.relations.due_ns = clock_add_ns(clock_monotonic_ns(), RELATIONS_AGAIN_MS * MILLISECOND_NS)
        return True
    if found:
        cstd.snprintf(sv.birth.words, REASON_BYTES, b"a cycle: %s", text.bytes)
    else:
        cstd.snprintf(sv.birth.words, REASON_BYTES, b"%s has no readiness probe of kubexit, so it is never ready; set "
                      b"one of KUBEXIT_READY_TCP, _HTTP, _EXEC, _FILE or _NOTIFY there, or wait for %s:born", dep.name,
                      dep.name)
    event_post(sv, EVENT_BIRTH_FAILED, EXIT_SETTINGS)
    return True


cdef bint relations_refuse_after(supervisor_t *sv) noexcept nogil:
    """A death ends our wait: return whether its owner was refused for a cycle that we are part of. The words say it."""
    cdef text_t text
    if not sv.birth.waits or not cycle_find(sv, CYCLE_STRICT, &text):
        return False
    cstd.snprintf(sv.reason, REASON_BYTES, b"birth dependencies are impossible: a cycle: %s", text.bytes)
    return True


cdef const dependency_t *relations_unprobed(const supervisor_t *sv) noexcept nogil:
    """Return a dependency that can never be ready, since it lives and says that it has no probe; NULL if none is."""
    cdef const dependency_t *dep
    cdef int index
    if sv.settings.birth_source != SOURCE_GRAVEYARD:
        return NULL
    for index in range(sv.settings.deps.count):
        dep = &sv.settings.deps.list[index]
        if dep.starts_us & FACT_READY and not dep.facts & (FACT_READY | FACT_DIED) and dep.fifo_fd >= 0 and \
                dep.unprobed:
            return dep
    return NULL


cdef void relations_tell_unprobed(supervisor_t *sv, const dependency_t *dep) noexcept nogil:
    """Log once that readiness is awaited in vain, where the command starts at the timeout."""
    if not sv.relations.told:
        log_warn(&sv.log, b"dependency %s has no readiness probe of kubexit, so it is never ready: the command starts "
                 b"only after %s (KUBEXIT_BIRTH_ON_TIMEOUT=start)", dep.name, sv.settings.value[SETTING_BIRTH_TIMEOUT])
    sv.relations.told = True


cdef void relations_tell_soft_cycle(supervisor_t *sv) noexcept nogil:
    """Log once a cycle that a death or a timeout will resolve."""
    cdef text_t text
    if not sv.relations.told and cycle_find(sv, CYCLE_SOFT, &text):
        log_warn(&sv.log, b"birth dependencies form a cycle, which only a death or KUBEXIT_BIRTH_ON_TIMEOUT=start "
                 b"can resolve: %s", text.bytes)
        sv.relations.told = True


cdef void relations_report_deaths(supervisor_t *sv) noexcept nogil:
    """Log once each dependency that died before it was what we wait for; the wait continues."""
    cdef dependency_t *dep
    cdef char state[64]
    cdef int index
    for index in range(sv.settings.deps.count):
        dep = &sv.settings.deps.list[index]
        if not dep.facts & FACT_DIED or not stone_missing(dep, sv.settings.birth_source, sv.birth.waiter_satisfied):
            dep.reported = False
        elif not dep.reported and dep.limit == NULL:
            dep.reported = True
            dependency_describe(dep, state, sizeof(state))
            log_warn(&sv.log, b"dependency %s %s, and this container waits for it to be %s; it must be started again"
                     b"%s%s", dep.name, state, relations_wanted(dep), relations_limit(sv),
                     relations_hint_at_main(sv, dep))


cdef const char *relations_wanted(const dependency_t *dep) noexcept nogil:
    """Return the state that a dead dependency must reach."""
    if dep.starts_us & FACT_READY:
        return b"ready"
    return b"successful" if dep.starts_us & FACT_SUCCEEDED else b"born"


cdef const char *relations_limit(const supervisor_t *sv) noexcept nogil:
    """Return how long the wait continues, in words that follow."""
    return b"" if sv.settings.birth_timeout_ns == NEVER_NS else b" before the birth timeout"


cdef const char *relations_hint_at_main(supervisor_t *sv, const dependency_t *dep) noexcept nogil:
    """Return a hint if a dependency exited with 0 because we had died: with restartPolicy OnFailure it stays dead."""
    cdef tombstone_t stone
    cdef char because[NAME_BYTES + 16]
    cdef size_t length
    cdef kernel.ssize_t size = graveyard_read(&sv.graveyard, dep.name, tombstone_text)
    if size <= 0 or tombstone_read(tombstone_text, <size_t>size, &stone) < 0 or dep.exit_code != 0:
        return b""
    cstd.snprintf(because, sizeof(because), b"dependency %s ", sv.settings.name)
    length = cstd.strlen(because)
    if stone.reason.length <= length or cstd.memcmp(stone.reason.start, because, length) != 0:
        return b""
    return b"; it stopped because this container had died: with restartPolicy OnFailure, its death dependency on " \
        b"this container needs the condition :succeeded"
