"""Dependencies: the peers that this container's life and death hang on.

One entry a peer, however often the settings name it: what we want of it (bits
of FACT_*), and what the graveyard said of it last.
"""
from libc.stddef cimport size_t
cimport cstd

cdef enum:
    NAME_BYTES = 240            # leaves room for ".NAME.alive.tmp" in a file name of 255 bytes
    MAX_DEPENDENCIES = 128

cdef enum:
    FACT_BORN = 1
    FACT_READY = 2              # ready and alive
    FACT_DIED = 4
    FACT_SUCCEEDED = 8          # died with exit code 0
    FACT_FAILED = 16            # died with another code, or crashed
    FACT_CRASHED = 32           # its supervisor is gone and carved no death

ctypedef struct dependency_t:
    char name[NAME_BYTES + 2]   # and a "?" for the waiter
    size_t length
    int ends_us                 # facts that end our command, any of them
    int starts_us               # facts that our command waits for, all of them
    bint optional               # may be absent from the pod (NAME?)
    bint holds_term             # a TERM from outside waits for its death
    # What the graveyard tells:
    int facts
    int exit_code
    int alive                   # write end of the peer's FIFO, -1: none held
    int order                   # of the deaths that could end us, from 1 on; the last one is the reason
    bint stale                  # something about it has changed since the last look
    bint hollow                 # its tombstone said nothing at the last look
    bint warned                 # its tombstone is unreadable and that was said

ctypedef struct dependencies_t:
    int count
    int deaths                  # that could end us, seen so far
    bint every_other            # KUBEXIT_BIRTH_DEPS has "*"
    int policy                  # POLICY_*: of KUBEXIT_DEATH_POLICY
    dependency_t list[MAX_DEPENDENCIES]


cdef int dependency_index(dependencies_t *deps, const char *name, size_t length) noexcept nogil:
    """The place of a name in the list, -1 when it is not there."""
    cdef int index
    for index in range(deps.count):
        if deps.list[index].length == length and \
                cstd.memcmp(deps.list[index].name, name, length) == 0:
            return index
    return -1


cdef dependency_t *dependency_add(dependencies_t *deps, const char *name, size_t length) noexcept nogil:
    """The entry for a name, made when there is none yet; NULL when the list is full."""
    cdef int index = dependency_index(deps, name, length)
    cdef dependency_t *dep
    if index >= 0:
        return &deps.list[index]
    if deps.count == MAX_DEPENDENCIES:
        return NULL
    dep = &deps.list[deps.count]
    deps.count += 1
    cstd.memset(dep, 0, sizeof(dependency_t))
    cstd.memcpy(dep.name, name, length)
    dep.length = length
    dep.alive = -1
    return dep


cdef int dependencies_dead(dependencies_t *deps) noexcept nogil:
    """The index of the dependency whose death ends us, -1 while none does.

    With the policy all, every death dependency must be dead at this moment: one
    that was born again is alive.
    """
    cdef int index
    cdef int dead = -1
    for index in range(deps.count):
        if deps.list[index].ends_us == 0:
            continue
        if deps.list[index].ends_us & deps.list[index].facts:
            if deps.policy == POLICY_ANY:
                return index
            if dead < 0 or deps.list[index].order > deps.list[dead].order:
                dead = index
        elif deps.policy == POLICY_ALL:
            return -1
    return dead


cdef bint dependencies_deny_birth(const dependencies_t *deps) noexcept nogil:
    """Whether one of the dead is also what our birth depends on."""
    cdef int index
    for index in range(deps.count):
        if deps.list[index].ends_us & deps.list[index].facts:
            if deps.list[index].starts_us != 0 or deps.every_other:
                return True
    return False


cdef void dependency_note_death(dependencies_t *deps, dependency_t *dep, int facts_before) noexcept nogil:
    """Remember in which order they died."""
    if dep.ends_us & dep.facts and not dep.ends_us & facts_before:
        deps.deaths += 1
        dep.order = deps.deaths


cdef bint dependencies_hold_term(const dependencies_t *deps) noexcept nogil:
    """Whether a container that KUBEXIT_TERM_AFTER names is born and alive."""
    cdef int index
    for index in range(deps.count):
        if deps.list[index].holds_term and deps.list[index].facts & FACT_BORN and \
                not deps.list[index].facts & FACT_DIED:
            return True
    return False


cdef bint dependency_awaited(const dependency_t *dep, int source) noexcept nogil:
    """Whether a birth dependency is still missing something that the graveyard tells."""
    cdef int wanted = dep.starts_us
    if source == SOURCE_KUBERNETES:
        wanted &= ~FACT_READY
    return dep.facts & wanted != wanted


cdef bint dependencies_awaited(dependencies_t *deps, int source) noexcept nogil:
    """Whether any birth dependency is."""
    cdef int index
    for index in range(deps.count):
        if dependency_awaited(&deps.list[index], source):
            return True
    return False


cdef bint dependency_watched(const dependency_t *dep, int source, bint born) noexcept nogil:
    """Whether the graveyard has anything to tell us about it (still)."""
    if dep.ends_us or dep.holds_term:
        return True
    if born:
        return False
    return (dep.starts_us & ~FACT_READY) != 0 or (dep.starts_us != 0 and source == SOURCE_GRAVEYARD)


cdef bint dependencies_watched(dependencies_t *deps, int source, bint born) noexcept nogil:
    """Whether the graveyard needs watching at all."""
    cdef int index
    for index in range(deps.count):
        if dependency_watched(&deps.list[index], source, born):
            return True
    return False


cdef void dependency_describe(const dependency_t *dep, char *target, size_t size) noexcept nogil:
    """Its state in words, for messages: "died with exit code 1", "born, not ready"."""
    if dep.facts & FACT_CRASHED:
        cstd.snprintf(target, size, b"crashed")
    elif dep.facts & FACT_DIED:
        cstd.snprintf(target, size, b"died with exit code %d", dep.exit_code)
    elif dep.facts & FACT_READY:
        cstd.snprintf(target, size, b"ready")
    elif dep.facts & FACT_BORN:
        cstd.snprintf(target, size, b"born, not ready")
    else:
        cstd.snprintf(target, size, b"not born")


cdef void dependencies_mark(dependencies_t *deps) noexcept nogil:
    """All dependencies have to be looked at again."""
    cdef int index
    for index in range(deps.count):
        deps.list[index].stale = True
