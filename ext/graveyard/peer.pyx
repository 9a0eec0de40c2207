"""Peers: one dependency, read from its FIFO and its tombstone: is it born, ready, dead, crashed?"""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef enum:
    CODE_OF_CRASH = 137         # a crash is a SIGKILL of the whole container
    CODE_UNKNOWN = 255          # as the original's -1 leaves a process

cdef enum:
    PEER_UNREADABLE = -1        # the next good write will be seen
    PEER_EMPTY = -2             # the next look decides
    PEER_NO_DESCRIPTOR = -3     # too many open files
    PEER_FAILED = -4            # another failure that may pass
    PEER_TRIES = 10             # looks that may fail before a FIFO without an owner is a crash: two seconds


cdef bint peer_look(dependency_t *dep, const graveyard_t *graveyard, const settings_t *settings,
                    log_t *log) noexcept nogil:
    """Bring dep.facts up to date; False if another look is needed soon.

    First the FIFO, then the tombstone: an orderly end writes its death before it releases
    the FIFO, so a peer whose FIFO has no owner has written its death, or crashed.
    """
    cdef int owner
    cdef bint sure
    dep.stale = False
    peer_notice_end(dep)
    if graveyard.folder < 0:
        # The folder is gone, which is no death; a FIFO's end is.
        if dep.lost:
            peer_crash(dep)
        return True
    owner = peer_owner(dep, graveyard, settings)
    sure = peer_take_facts(dep, graveyard, log) and owner != LIVENESS_UNKNOWN
    if dep.facts & FACT_DIED:
        dep.lost = False
        dep.failures = 0
        return sure
    if dep.lost or owner == LIVENESS_GONE:
        return peer_conclude(dep, graveyard, settings, owner == LIVENESS_OWNED, sure)
    return sure


cdef void peer_notice_end(dependency_t *dep) noexcept nogil:
    """Close its FIFO if the owner is gone, and remember that: what it means is for the next good look."""
    if dep.fifo_fd >= 0 and liveness_ended(dep.fifo_fd):
        peer_close_fifo(dep)
        dep.lost = True


cdef void peer_close_fifo(dependency_t *dep) noexcept nogil:
    """Close its FIFO."""
    kernel.close(dep.fifo_fd)
    dep.fifo_fd = -1


cdef int peer_owner(dependency_t *dep, const graveyard_t *graveyard, const settings_t *settings) noexcept nogil:
    """Hold its FIFO if it can be held. Return LIVENESS_*."""
    if dep.fifo_fd >= 0:
        return LIVENESS_OWNED
    return liveness_open(graveyard, dep.name, &dep.fifo_fd) if settings.liveness else LIVENESS_NONE


cdef bint peer_take_facts(dependency_t *dep, const graveyard_t *graveyard, log_t *log) noexcept nogil:
    """Read its tombstone into dep.facts; False if that failed for a reason that may pass."""
    cdef bint sure = True
    cdef int facts = peer_read(dep, graveyard, log)
    if facts == PEER_NO_DESCRIPTOR and dep.fifo_fd >= 0:
        # Reading matters more than watching the FIFO: a poll must do for that.
        peer_close_fifo(dep)
        sure = False
        facts = peer_read(dep, graveyard, log)
    if facts >= 0:
        dep.facts = facts
        return sure
    dep.facts &= ~FACT_READY    # no news
    return sure and facts == PEER_UNREADABLE


cdef bint peer_conclude(dependency_t *dep, const graveyard_t *graveyard, const settings_t *settings,
                        bint owned, bint sure) noexcept nogil:
    """Decide about a peer whose FIFO lost its owner, and that has no death on its tombstone; False
    if another look is needed.

    A death that could not be read may be there all the same. And between our look at the FIFO and
    the one at the tombstone it may have started again, and removed the old death.
    """
    if not sure and dep.failures < PEER_TRIES:
        dep.failures += 1
        return False
    dep.failures = 0
    if not owned and peer_owner(dep, graveyard, settings) == LIVENESS_OWNED:
        return False
    if not owned:
        peer_crash(dep)
    elif settings.deps.policy == POLICY_ANY:
        # It died and was born again before we looked; how it died is not known. With
        # the policy all that is nothing: it is alive.
        dep.facts |= FACT_DIED
        dep.exit_code = CODE_UNKNOWN
    dep.lost = False
    return sure


cdef void peer_crash(dependency_t *dep) noexcept nogil:
    """Note that its supervisor is gone and wrote no death."""
    dep.lost = False
    dep.facts = (dep.facts & FACT_BORN) | FACT_DIED | FACT_FAILED | FACT_CRASHED
    dep.exit_code = CODE_OF_CRASH


cdef int peer_read(dependency_t *dep, const graveyard_t *graveyard, log_t *log) noexcept nogil:
    """Return the facts on its tombstone, or a PEER_* if there is no news (logged once where it is odd)."""
    cdef tombstone_t tombstone
    cdef kernel.ssize_t length = graveyard_read(graveyard, dep.name, tombstone_text)
    if length == -cstd.ENOENT:
        dep.warned = False
        dep.empty = False
        return 0
    if length == -cstd.EMFILE or length == -cstd.ENFILE:
        return PEER_NO_DESCRIPTOR
    if length < 0:
        peer_warn(dep, log, peer_problem(<int>-length))
        return PEER_FAILED if graveyard_error_passes(<int>-length) else PEER_UNREADABLE
    if tombstone_read(tombstone_text, <size_t>length, &tombstone) < 0:
        return peer_warn(dep, log, b"it is half-written or not a tombstone")
    if tombstone.born.start == NULL and tombstone.died.start == NULL:
        return peer_note_empty(dep, log)
    dep.warned = False
    dep.empty = False
    return peer_facts(dep, &tombstone)


cdef int peer_note_empty(dependency_t *dep, log_t *log) noexcept nogil:
    """Note an empty tombstone. The original truncates before it writes, so the first time
    this is only a reason to look again."""
    if dep.empty:
        return peer_warn(dep, log, b"it is empty, or says neither Born nor Died")
    dep.empty = True
    return PEER_EMPTY


cdef int peer_facts(dependency_t *dep, const tombstone_t *tombstone) noexcept nogil:
    """What a tombstone says, as bits."""
    cdef int facts = FACT_BORN if tombstone.born.start != NULL else 0
    if tombstone.died.start == NULL:
        return facts | (FACT_READY if tombstone.ready.start != NULL else 0)
    dep.exit_code = tombstone.exit_code if tombstone.coded and tombstone.exit_code >= 0 else CODE_UNKNOWN
    if not tombstone.coded:
        return facts | FACT_DIED    # how it ended is not known (yet)
    return facts | FACT_DIED | (FACT_SUCCEEDED if tombstone.exit_code == 0 else FACT_FAILED)


cdef int peer_warn(dependency_t *dep, log_t *log, const char *why) noexcept nogil:
    """One warning until the next good write; PEER_UNREADABLE."""
    if not dep.warned:
        log_warn(log, b"cannot read tombstone of %s: %s; waiting for the next one", dep.name, why)
    dep.warned = True
    return PEER_UNREADABLE


cdef const char *peer_problem(int error) noexcept nogil:
    """Why a file is no tombstone."""
    if error == cstd.EINVAL:
        return b"it is not a regular file"
    if error == cstd.ELOOP:
        return b"it is a symbolic link"
    if error == cstd.EFBIG:
        return b"it is larger than 64 KiB"
    return cstd.strerror(error)
