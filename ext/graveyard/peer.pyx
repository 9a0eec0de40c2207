"""Peers: one look at a dependency: is it born, ready, dead, crashed?"""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef enum:
    CODE_OF_CRASH = 137         # a KILL of the whole container is what makes a crash
    CODE_UNKNOWN = 255          # as the original's -1 leaves a process

cdef enum:
    PEER_UNREADABLE = -1        # the next good write will be seen
    PEER_HOLLOW = -2            # empty; the next look decides
    PEER_NO_DESCRIPTOR = -3     # too many open files


cdef bint peer_look(dependency_t *dep, const graveyard_t *graveyard, const settings_t *settings,
                    log_t *log) noexcept nogil:
    """Bring dep.facts up to date; False when that could not be done for good and needs another look.

    First the FIFO, then the tombstone: an orderly end carves before it lets go,
    so that a holder found gone has carved its death, or crashed.
    """
    cdef bint gone = False
    cdef int holder = LIVENESS_NONE
    cdef bint sure = True
    cdef int facts
    dep.stale = False
    if dep.alive >= 0 and liveness_ended(dep.alive):
        kernel.close(dep.alive)
        dep.alive = -1
        gone = True
    if graveyard.folder < 0:
        # The folder is gone, which is nobody's death; a FIFO's end is.
        if gone:
            peer_crash(dep)
        return True
    if settings.liveness and dep.alive < 0:
        holder = liveness_open(graveyard, dep.name, &dep.alive)
        sure = holder != LIVENESS_UNKNOWN
    facts = peer_read(dep, graveyard, log)
    if facts == PEER_NO_DESCRIPTOR and dep.alive >= 0:
        # Reading matters more than watching the FIFO: a poll has to do for that.
        kernel.close(dep.alive)
        dep.alive = -1
        sure = False
        facts = peer_read(dep, graveyard, log)
    if facts < 0:
        sure = sure and facts == PEER_UNREADABLE
        facts = dep.facts & ~FACT_READY     # no news
    dep.facts = facts
    if facts & FACT_DIED:
        return sure
    if gone and holder == LIVENESS_HELD:
        # It died and was born again before we looked; how it died is not known. With
        # the policy all that is nothing: it is alive.
        if settings.deps.policy == POLICY_ANY:
            dep.facts |= FACT_DIED
            dep.exit_code = CODE_UNKNOWN
    elif gone or holder == LIVENESS_GONE:
        peer_crash(dep)
    return sure


cdef void peer_crash(dependency_t *dep) noexcept nogil:
    """Its supervisor is gone and carved no death."""
    dep.facts = (dep.facts & FACT_BORN) | FACT_DIED | FACT_FAILED | FACT_CRASHED
    dep.exit_code = CODE_OF_CRASH


cdef int peer_read(dependency_t *dep, const graveyard_t *graveyard, log_t *log) noexcept nogil:
    """The facts on its tombstone, or a PEER_* when there is no news (said once where it is odd)."""
    cdef char text[TOMBSTONE_BYTES + 1]
    cdef tombstone_t stone
    cdef kernel.ssize_t length = graveyard_read(graveyard, dep.name, text)
    if length == -cstd.ENOENT:
        dep.warned = False
        dep.hollow = False
        return 0
    if length == -cstd.EMFILE or length == -cstd.ENFILE:
        return PEER_NO_DESCRIPTOR
    if length < 0:
        return peer_warn(dep, log, peer_problem(<int>-length))
    if tombstone_read(text, <size_t>length, &stone) < 0:
        return peer_warn(dep, log, b"it is half-written or no tombstone")
    if stone.born.start == NULL and stone.died.start == NULL:
        return peer_hollow(dep, log)
    dep.warned = False
    dep.hollow = False
    return peer_facts(dep, &stone)


cdef int peer_hollow(dependency_t *dep, log_t *log) noexcept nogil:
    """A tombstone that says nothing. The original truncates before it writes, so at first
    this is no more than a reason to look again."""
    if dep.hollow:
        return peer_warn(dep, log, b"it is empty, or says neither Born nor Died")
    dep.hollow = True
    return PEER_HOLLOW


cdef int peer_facts(dependency_t *dep, const tombstone_t *stone) noexcept nogil:
    """What a tombstone says, as bits."""
    cdef int facts = FACT_BORN if stone.born.start != NULL else 0
    if stone.died.start == NULL:
        return facts | (FACT_READY if stone.ready.start != NULL else 0)
    dep.exit_code = stone.exit_code if stone.coded and stone.exit_code >= 0 else CODE_UNKNOWN
    if not stone.coded:
        return facts | FACT_DIED    # how it ended is not known (yet)
    return facts | FACT_DIED | (FACT_SUCCEEDED if stone.exit_code == 0 else FACT_FAILED)


cdef int peer_warn(dependency_t *dep, log_t *log, const char *why) noexcept nogil:
    """One warning until the next good write; PEER_UNREADABLE."""
    if not dep.warned:
        log_warn(log, b"tombstone of %s cannot be read: %s; waiting for a good one", dep.name, why)
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
