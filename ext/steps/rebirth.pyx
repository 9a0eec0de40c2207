"""Rebirth: when we are started again, a death that our first look finds does not count yet.

Our earlier life knew it already, and its owner may be about to start again like us. The command waits
for that: the death is ignored once its owner is started again, and counts after a time limit.
"""


cdef void rebirth_take(supervisor_t *sv, dependency_t *dep, bint sure) noexcept nogil:
    """Judge what a look has shown: a death that is spent, or one that no longer is. sure: the look succeeded."""
    if dep.spent != SPENT_NO:
        if rebirth_is_over(dep):
            rebirth_forget(sv, dep)
    elif not dep.known and not sv.command.started and dep.facts & dep.ends_us and sv.rebirth.again and \
            sv.settings.rebirth_ns > 0:
        rebirth_note_spent(dep, rebirth_kind(sv, dep))
    dep.known = dep.known or sure


cdef bint rebirth_missed_an_end(const supervisor_t *sv, dependency_t *dep) noexcept nogil:
    """Return whether an old life ended during this look, and close its FIFO: the look mixed two lives, and must be
    taken again. At the first look, a life is old unless its FIFO is held until after it; its death is new then."""
    if dep.spent != SPENT_NO:
        if not rebirth_is_over(dep) or dep.fifo_life != dep.old_life:
            return False
    elif dep.known or sv.command.started or not sv.rebirth.again or sv.settings.rebirth_ns == 0 or \
            dep.ends_us == 0 or dep.facts & FACT_DIED:
        return False
    if dep.fifo_fd < 0 or not liveness_ended(dep.fifo_fd):
        return False
    peer_close_fifo(dep)
    return True


cdef int rebirth_kind(const supervisor_t *sv, const dependency_t *dep) noexcept nogil:
    """Return which timeout counts (SPENT_*). An infinite birth timeout is no limit: no pod may hang for a dead
    container that never comes back."""
    if sv.settings.birth_timeout_ns != NEVER_NS and (dep.starts_us != 0 or sv.settings.deps.every_other):
        return SPENT_BIRTH
    return SPENT_ALONE


cdef void rebirth_forget(supervisor_t *sv, dependency_t *dep) noexcept nogil:
    """Ignore a spent death: its owner is started again."""
    if dep.limit != NULL and not dep.facts & dep.ends_us:
        log_info(&sv.log, b"dependency %s was started again", dep.name)
    dep.spent = SPENT_NO
    dep.limit = NULL


cdef bint rebirth_is_awaited(const supervisor_t *sv) noexcept nogil:
    """True if a spent death keeps the command from its start."""
    return dependencies_spent(&sv.settings.deps, SPENT_ALONE) or dependencies_spent(&sv.settings.deps, SPENT_BIRTH)


cdef bint rebirth_is_unannounced(const supervisor_t *sv) noexcept nogil:
    """True if one does, and the wait for it has not begun."""
    cdef int index
    for index in range(sv.settings.deps.count):
        if sv.settings.deps.list[index].spent != SPENT_NO and sv.settings.deps.list[index].limit == NULL:
            return rebirth_is_awaited(sv)
    return False


cdef void rebirth_begin_wait(supervisor_t *sv) noexcept nogil:
    """Begin to wait until the owners of spent deaths are started again."""
    cdef dependency_t *dep
    cdef char state[64]
    cdef int index
    for index in range(sv.settings.deps.count):
        dep = &sv.settings.deps.list[index]
        if dep.spent == SPENT_NO or dep.limit != NULL:
            continue
        dep.limit = sv.settings.value[SETTING_BIRTH_TIMEOUT if dep.spent == SPENT_BIRTH else SETTING_REBIRTH_TIMEOUT]
        dependency_describe(dep, state, sizeof(state))
        log_info(&sv.log, b"dependency %s %s before this container was started again; waiting for it to be started "
                 b"again too, at most %s", dep.name, state, dep.limit)
    stone_begin_wait(sv)
    if sv.rebirth.until_ns == NEVER_NS:
        sv.rebirth.until_ns = clock_add_ns(clock_monotonic_ns(), sv.settings.rebirth_ns)


cdef void rebirth_give_up(supervisor_t *sv, int kind) noexcept nogil:
    """Let spent deaths of a kind count: their owners were not started again in time."""
    cdef bint found = False
    cdef int dead
    cdef int index
    for index in range(sv.settings.deps.count):
        if sv.settings.deps.list[index].spent == kind:
            sv.settings.deps.list[index].spent = SPENT_NO
            found = True
    dead = dependencies_dead(&sv.settings.deps)
    if found and dead >= 0:
        event_post(sv, EVENT_DEPENDENCY_DIED, dead)


cdef void rebirth_end(supervisor_t *sv) noexcept nogil:
    """The command starts: from now on, the dead are dead."""
    cdef int index
    sv.rebirth.until_ns = NEVER_NS
    for index in range(sv.settings.deps.count):
        sv.settings.deps.list[index].spent = SPENT_NO
        sv.settings.deps.list[index].limit = NULL


cdef const char *rebirth_describe_wait(const supervisor_t *sv, text_t *text) noexcept nogil:
    """Write which container must be started again, the first of several. Return the text."""
    cdef int index
    text.length = 0
    for index in range(sv.settings.deps.count):
        if text.length == 0 and sv.settings.deps.list[index].spent != SPENT_NO:
            text_add(text, sv.settings.deps.list[index].name)
            text_add(text, b" to be started again")
    text.bytes[text.length] = 0
    return text.bytes
