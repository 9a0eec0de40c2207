"""Deaths of dependencies: which of them end us, and which do not count yet."""

cdef enum:                      # a death that our first look found, while its owner is not started again
    SPENT_NO = 0
    SPENT_ALONE = 1             # we wait for that for KUBEXIT_REBIRTH_TIMEOUT
    SPENT_BIRTH = 2             # we wait for its birth, for KUBEXIT_BIRTH_TIMEOUT


cdef int dependencies_dead(dependencies_t *deps) noexcept nogil:
    """Return the index of the dependency whose death ends us; -1 if no death does.

    With the policy all, every death dependency must be dead at this moment: one
    that was born again is alive. A spent death does not count yet.
    """
    cdef int index
    cdef int dead = -1
    for index in range(deps.count):
        if deps.list[index].ends_us == 0:
            continue
        if deps.list[index].ends_us & deps.list[index].facts and deps.list[index].spent == SPENT_NO:
            if deps.policy == POLICY_ANY:
                return index
            if dead < 0 or deps.list[index].order > deps.list[dead].order:
                dead = index
        elif deps.policy == POLICY_ALL:
            return -1
    return dead


cdef bint dependencies_deny_birth(const dependencies_t *deps) noexcept nogil:
    """Return whether our birth depends on one of the dead."""
    cdef int index
    for index in range(deps.count):
        if deps.list[index].ends_us & deps.list[index].facts:
            if deps.list[index].starts_us != 0 or deps.every_other:
                return True
    return False


cdef void dependency_note_death(dependencies_t *deps, dependency_t *dep, int facts_before) noexcept nogil:
    """Number the deaths that could end us, in their order."""
    if dep.ends_us & dep.facts and not dep.ends_us & facts_before:
        deps.deaths += 1
        dep.order = deps.deaths


cdef bint dependencies_spent(const dependencies_t *deps, int kind) noexcept nogil:
    """True if spent deaths of a kind keep the command from its start.

    With the policy all they do so only while every death dependency is dead.
    """
    cdef int index
    cdef bint found = False
    for index in range(deps.count):
        if deps.list[index].spent == kind:
            found = True
        if deps.policy == POLICY_ALL and deps.list[index].ends_us != 0 and \
                not deps.list[index].ends_us & deps.list[index].facts:
            return False
    return found
