"""Peer FIFO: the FIFO of one dependency, held for as long as its owner lives, and what its end means."""
cimport kernel

cdef enum:
    CODE_OF_CRASH = 137         # a crash is a SIGKILL of the whole container
    CODE_UNKNOWN = 255          # as the original's -1 leaves a process

cdef enum:
    PEER_TRIES = 10             # looks that may fail before a FIFO without an owner is a crash: two seconds


cdef void peer_notice_end(dependency_t *dep) noexcept nogil:
    """Close its FIFO if the owner is gone, and remember that: what it means is for the next good look.
    A spent death has only come to its end."""
    if dep.fifo_fd >= 0 and liveness_ended(dep.fifo_fd):
        peer_close_fifo(dep)
        dep.lost = dep.spent == SPENT_NO
        dep.old_life = 0


cdef void peer_close_fifo(dependency_t *dep) noexcept nogil:
    """Close its FIFO."""
    kernel.close(dep.fifo_fd)
    dep.fifo_fd = -1


cdef int peer_owner(dependency_t *dep, const graveyard_t *graveyard, const settings_t *settings) noexcept nogil:
    """Hold its FIFO if it can be held, and note whose it is. Return LIVENESS_*."""
    cdef int owner = LIVENESS_OWNED
    if dep.fifo_fd < 0:
        dep.fifo_life = 0
        owner = LIVENESS_NONE
        if settings.liveness:
            owner = liveness_open(graveyard, dep.name, &dep.fifo_fd, &dep.fifo_life)
        if owner == LIVENESS_UNKNOWN:
            dep.fifo_life = LIFE_UNKNOWN
    if dep.spent != SPENT_NO and owner == LIVENESS_OWNED:
        rebirth_take_fifo(dep)
    return owner


cdef bint peer_death_is_older(const dependency_t *dep) noexcept nogil:
    """Return whether the death on its tombstone is not of the life that its FIFO is of: that life was killed before it
    removed the death of the one before, or another one has come and gone since we looked at the FIFO."""
    return dep.death_life != 0 and dep.death_life != dep.fifo_life


cdef bint peer_conclude(dependency_t *dep, const graveyard_t *graveyard, const settings_t *settings,
                        int owner, bint sure) noexcept nogil:
    """Decide about a peer whose FIFO lost its owner, and whose tombstone has no death of that life; False if another
    look is needed.

    A death that could not be read may be there all the same. And between our look at the FIFO and
    the one at the tombstone it may have started again, and removed the old death.
    """
    if not sure and dep.failures < PEER_TRIES:
        dep.failures += 1
        return False
    if owner != LIVENESS_OWNED and peer_has_moved(dep, graveyard, settings, owner):
        return False
    dep.failures = 0
    if owner != LIVENESS_OWNED:
        peer_crash(dep)
    elif settings.deps.policy == POLICY_ANY:
        # It died and was born again before we looked; how it died is not known. With
        # the policy all that is nothing: it is alive.
        dep.facts |= FACT_DIED
        dep.exit_code = CODE_UNKNOWN
    dep.lost = False
    return sure


cdef bint peer_has_moved(dependency_t *dep, const graveyard_t *graveyard, const settings_t *settings,
                         int owner) noexcept nogil:
    """Look at its FIFO again. Return whether another life may have begun since the first look.

    The same FIFO without an owner proves that none has: a life puts its FIFO in place before it touches the tombstone,
    and keeps it until it has written its death. Without a FIFO, two equal looks prove nothing by themselves: a whole
    life may be between them.
    """
    cdef unsigned long long life = dep.fifo_life
    if peer_owner(dep, graveyard, settings) != owner or dep.fifo_life != life:
        return True
    if owner != LIVENESS_NONE or dep.failures >= peer_patience(graveyard):
        return False
    dep.failures += 1
    return True


cdef int peer_patience(const graveyard_t *graveyard) noexcept nogil:
    """Return how many looks must find no FIFO before that counts. Each life causes events: if no event waits, no life
    was missed. Others may cause events without an end, so the number is limited. Without inotify, two looks suffice."""
    if graveyard.watch < 0:
        return 1
    return PEER_TRIES if watch_has_events(graveyard) else 0


cdef void peer_crash(dependency_t *dep) noexcept nogil:
    """Note that its supervisor is gone and wrote no death."""
    dep.lost = False
    dep.facts = (dep.facts & FACT_BORN) | FACT_DIED | FACT_FAILED | FACT_CRASHED
    dep.exit_code = CODE_OF_CRASH
