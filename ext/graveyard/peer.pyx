"""Peers: one dependency, read from its FIFO and its tombstone: is it born, ready, dead, crashed?"""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef enum:
    PEER_UNREADABLE = -1        # the next good write will be seen
    PEER_EMPTY = -2             # the next look decides
    PEER_NO_DESCRIPTOR = -3     # too many open files
    PEER_FAILED = -4            # another failure that may pass


cdef bint peer_look(dependency_t *dep, const graveyard_t *graveyard, const settings_t *settings,
                    log_t *log) noexcept nogil:
    """Bring dep.facts up to date; False if another look is needed soon.

    First the FIFO, then the tombstone: an orderly end writes its death before it releases
    the FIFO, so a peer whose FIFO has no owner has written its death, or crashed. A death of an
    earlier life than that of the FIFO is not the one that it would have written.
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
    if dep.facts & FACT_DIED and not (owner == LIVENESS_GONE and peer_death_is_older(dep)):
        dep.lost = False
        dep.failures = 0
        return sure
    if dep.lost or owner == LIVENESS_GONE:
        return peer_conclude(dep, graveyard, settings, owner, sure)
    return sure


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


cdef int peer_read(dependency_t *dep, const graveyard_t *graveyard, log_t *log) noexcept nogil:
    """Return the facts on its tombstone, or a PEER_* if there is no news (logged once where it is odd)."""
    cdef tombstone_t tombstone
    cdef kernel.ssize_t length = graveyard_read(graveyard, dep.name, tombstone_text)
    if length == -cstd.ENOENT:
        dep.death_life = 0
        dep.unprobed = False
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
    if tombstone.born.start == NULL and tombstone.died.start == NULL and tombstone.waiting.start == NULL:
        return peer_note_empty(dep, log)
    dep.warned = False
    dep.empty = False
    peer_compare_plan(dep, &tombstone, log)
    return peer_facts(dep, &tombstone)


cdef void peer_compare_plan(dependency_t *dep, const tombstone_t *tombstone, log_t *log) noexcept nogil:
    """Warn once about a peer that has another plan. One without a plan may be the original, or an older kubexit."""
    cdef bint other = dep.plan != NULL and tombstone.plan.start != NULL and not words_equal(&tombstone.plan, dep.plan)
    if other and not dep.other_plan:
        log_warn(log, b"%s has another KUBEXIT_PLAN than this container; was the annotation changed since one of them "
                 b"started?", dep.name)
    dep.other_plan = other


cdef int peer_note_empty(dependency_t *dep, log_t *log) noexcept nogil:
    """Note an empty tombstone. The original truncates before it writes, so the first time
    this is only a reason to look again."""
    if dep.empty:
        return peer_warn(dep, log, b"it is empty, or says neither Waiting nor Born nor Died")
    dep.empty = True
    return PEER_EMPTY


cdef int peer_facts(dependency_t *dep, const tombstone_t *tombstone) noexcept nogil:
    """What a tombstone says, as bits."""
    cdef int facts = FACT_BORN if tombstone.born.start != NULL else 0
    dep.unprobed = words_equal(&tombstone.probe, b"none")
    dep.probed = tombstone.probe.start != NULL and not words_equal(&tombstone.probe, b"none")
    dep.death_life = life_of(tombstone)
    if tombstone.died.start == NULL:
        return facts | (FACT_READY if tombstone.ready.start != NULL else 0)
    dep.death = rebirth_identify(tombstone)
    if dep.risen and dep.death == dep.old_death:
        return 0                # its owner is started again, and is about to remove it
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
