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


cdef bint peer_look(dependency_t *dep, const graveyard_t *graveyard, const settings_t *settings,
                    log_t *log) noexcept nogil:
    """Bring dep.facts up to date; False if another look is needed.

    First the FIFO, then the tombstone: at an orderly end the death is written before
    the FIFO is closed. So if the owner is gone, its death is written, or it crashed.
    """
    cdef bint gone = dep.fifo_fd >= 0 and liveness_ended(dep.fifo_fd)
    cdef int owner = LIVENESS_NONE
    cdef bint sure = True
    cdef int facts
    dep.stale = False
    if gone:
        peer_close_fifo(dep)
    if graveyard.folder < 0:
        # A folder that is gone is not a death; the end of a FIFO is.
        if gone:
            peer_crash(dep)
        return True
    if settings.liveness and dep.fifo_fd < 0:
        owner = liveness_open(graveyard, dep.name, &dep.fifo_fd)
        sure = owner != LIVENESS_UNKNOWN
    facts = peer_read(dep, graveyard, log)
    if facts == PEER_NO_DESCRIPTOR and dep.fifo_fd >= 0:
        # Reading matters more than watching the FIFO: a poll replaces that.
        peer_close_fifo(dep)
        sure = False
        facts = peer_read(dep, graveyard, log)
    if facts < 0:
        sure = sure and facts == PEER_UNREADABLE
        facts = dep.facts & ~FACT_READY     # no news
    dep.facts = facts
    if not facts & FACT_DIED:
        peer_note_end(dep, gone, owner, settings.deps.policy)
    return sure


cdef void peer_close_fifo(dependency_t *dep) noexcept nogil:
    """Close the FIFO of a peer."""
    kernel.close(dep.fifo_fd)
    dep.fifo_fd = -1


cdef void peer_note_end(dependency_t *dep, bint gone, int owner, int policy) noexcept nogil:
    """Note an end that the tombstone does not show: its FIFO had an owner that is gone."""
    if gone and owner == LIVENESS_OWNED:
        # It died and was born again before we looked; how it died is not known. With
        # the policy all this does not count: it is alive.
        if policy == POLICY_ANY:
            dep.facts |= FACT_DIED
            dep.exit_code = CODE_UNKNOWN
    elif gone or owner == LIVENESS_GONE:
        peer_crash(dep)


cdef void peer_crash(dependency_t *dep) noexcept nogil:
    """Note that its supervisor is gone and wrote no death."""
    dep.facts = (dep.facts & FACT_BORN) | FACT_DIED | FACT_FAILED | FACT_CRASHED
    dep.exit_code = CODE_OF_CRASH


cdef int peer_read(dependency_t *dep, const graveyard_t *graveyard, log_t *log) noexcept nogil:
    """Return the facts on its tombstone, or a PEER_* if there is no news (logged once where it is odd)."""
    cdef char text[TOMBSTONE_BYTES + 1]
    cdef tombstone_t tombstone
    cdef kernel.ssize_t length = graveyard_read(graveyard, dep.name, text)
    if length == -cstd.ENOENT:
        dep.warned = False
        dep.empty = False
        return 0
    if length == -cstd.EMFILE or length == -cstd.ENFILE:
        return PEER_NO_DESCRIPTOR
    if length < 0:
        return peer_warn(dep, log, peer_problem(<int>-length))
    if tombstone_read(text, <size_t>length, &tombstone) < 0:
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
