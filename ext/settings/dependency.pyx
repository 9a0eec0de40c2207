"""Dependencies: the peers that this container's life and death depend on.

Each peer has one entry, even if several settings name it: what we want of it (bits
of FACT_*), and what the graveyard said about it last.
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
    FACT_CRASHED = 32           # its supervisor is gone and wrote no death

ctypedef struct dependency_t:
    char name[NAME_BYTES + 2]   # and a "?" for the waiter
    size_t length
    int ends_us                 # facts that end our command, any of them
    int starts_us               # facts that our command waits for, all of them
    bint optional               # may be absent from the pod (NAME?)
    bint holds_term             # a SIGTERM from outside waits for its death
    # What the graveyard says:
    int facts
    int exit_code
    int fifo_fd                 # write end of the peer's FIFO, -1: not open
    unsigned long long fifo_life    # the life that its FIFO is of, as last seen; 0: no FIFO
    unsigned long long death_life   # the life that the death on its tombstone names; 0: no death, or it names none
    int order                   # of the deaths that could end us, from 1 on; the last one is the reason
    bint probed                 # its tombstone names a readiness probe of kubexit
    bint unprobed               # it says that it has none
    bint reported               # that it died before we could start was logged
    bint lost                   # its FIFO lost its holder, and what that means is not decided yet
    int failures                # looks since then that failed for a reason that may pass
    bint stale                  # something about it has changed since the last look
    bint empty                  # its tombstone was empty at the last look
    bint warned                 # its tombstone is unreadable and that was logged
    const char *plan            # the hash of our plan, NULL: none
    bint other_plan             # its tombstone has another, and that was logged
    # What the watcher says, with KUBEXIT_DEATH_SOURCE=kubernetes (graveyard/peer_api.pyx):
    int api                     # API_*
    int api_code                # of the last end
    long long api_due_ns        # API_GONE: from when on that is a death, monotonic
    bint by_api                 # facts come from there
    # A death that our first look found (graveyard/rebirth.pyx):
    bint known                  # a look at it has succeeded
    int spent                   # SPENT_*: it does not count yet, since its owner may be started again
    const char *limit           # how long we wait for that, as set; NULL: not at all
    bint risen                  # its owner was started again, and may not have removed the old tombstone yet
    unsigned long long death    # identifies the death on its tombstone, as last seen
    unsigned long long old_death    # the spent one; 0: a crash, which has none
    unsigned long long old_life     # the life that ended by it, 0: it had no FIFO any longer

ctypedef struct dependencies_t:
    int count
    int deaths                  # that could end us, seen so far
    bint every_other            # KUBEXIT_BIRTH_DEPS has "*"
    int policy                  # POLICY_*: of KUBEXIT_DEATH_POLICY
    dependency_t list[MAX_DEPENDENCIES]


cdef int dependency_index(dependencies_t *deps, const char *name, size_t length) noexcept nogil:
    """Return the index of a name in the list; -1 if it is not found."""
    cdef int index
    for index in range(deps.count):
        if deps.list[index].length == length and \
                cstd.memcmp(deps.list[index].name, name, length) == 0:
            return index
    return -1


cdef dependency_t *dependency_add(dependencies_t *deps, const char *name, size_t length) noexcept nogil:
    """Return the entry for a name, added if it is new; NULL if the list is full."""
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
    dep.fifo_fd = -1
    return dep


cdef bint dependency_unmet(const dependency_t *dep, int source) noexcept nogil:
    """True if the graveyard still says no: something is missing that it shows, or it contradicts the API."""
    cdef int wanted = dep.starts_us
    if source == SOURCE_KUBERNETES:
        if dependency_contradicts(dep):
            return True
        wanted &= ~FACT_READY
    return dep.facts & wanted != wanted


cdef bint dependency_contradicts(const dependency_t *dep) noexcept nogil:
    """True if a dependency that the API may call ready is not, as the graveyard shows.

    The kubelet calls a container without a readiness probe ready as soon as its kubexit runs,
    which may still wait for its own birth; it notices an end only after a while; and after its own
    restart it may call a container ready that has never been. A probe of kubexit knows better.
    """
    if not dep.starts_us & FACT_READY:
        return False
    return dep.facts & FACT_DIED != 0 or dep.lost or (dep.fifo_fd >= 0 and not dep.facts & FACT_BORN) or \
        (dep.probed and dep.facts & FACT_BORN and not dep.facts & FACT_READY)


cdef bint dependencies_unmet(dependencies_t *deps, int source) noexcept nogil:
    """True if any birth dependency is unmet."""
    cdef int index
    for index in range(deps.count):
        if dependency_unmet(&deps.list[index], source):
            return True
    return dependencies_spent(deps, SPENT_BIRTH)


cdef bint dependencies_contradict(const dependencies_t *deps, int source) noexcept nogil:
    """True if the graveyard contradicts the API about one of them."""
    cdef int index
    for index in range(deps.count):
        if source == SOURCE_KUBERNETES and dependency_contradicts(&deps.list[index]):
            return True
    return False


cdef bint dependency_watched(const dependency_t *dep, bint born) noexcept nogil:
    """True if what the graveyard shows of it (still) matters to us."""
    return dep.ends_us != 0 or dep.holds_term or (dep.starts_us != 0 and not born)


cdef bint dependencies_watched(dependencies_t *deps, bint born) noexcept nogil:
    """True if the graveyard needs watching at all."""
    cdef int index
    for index in range(deps.count):
        if dependency_watched(&deps.list[index], born):
            return True
    return False


cdef bint dependency_must_appear(const dependency_t *dep, int source) noexcept nogil:
    """True if it must be in the graveyard; a container whose readiness the API shows need not be under kubexit."""
    return dep.ends_us != 0 or dep.holds_term or source == SOURCE_GRAVEYARD or (dep.starts_us & ~FACT_READY) != 0


cdef void dependency_describe(const dependency_t *dep, char *target, size_t size) noexcept nogil:
    """Describe its state for messages: "died with exit code 1", "born, not ready"."""
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
    """Mark all dependencies to be looked at again."""
    cdef int index
    for index in range(deps.count):
        deps.list[index].stale = True
