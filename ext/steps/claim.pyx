"""Claim: how a supervisor takes its name in the graveyard."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel


cdef int claim_name(supervisor_t *sv) noexcept nogil:
    """Watch, then open our FIFO, then remove our old tombstone. Return 0 or EXIT_GRAVEYARD.

    The order matters: no change from now on is missed, and a peer that sees the old
    tombstone go finds us alive. After a crash we remove the tombstone first: its Ready
    next to a FIFO that is open again would be false, and without the tombstone the old
    FIFO still shows the crash. A tombstone with a death stays until the FIFO is ours, or
    peers would take that death for a crash.
    """
    cdef int made = graveyard_open(&sv.graveyard, True)
    cdef int holder
    cdef int peer_fd
    cdef bint watched = dependencies_watched(&sv.settings.deps, False)
    cdef int error
    if made < 0:
        return claim_refuse(sv, sv.settings.graveyard, -made)
    if made == 1 and sv.settings.deps.count > 0:
        log_warn(&sv.log, b"graveyard %s did not exist and was made; is the shared volume mounted?",
                 sv.settings.graveyard)
    holder = liveness_open(&sv.graveyard, sv.settings.name, &peer_fd)
    if holder == LIVENESS_OWNED:
        kernel.close(peer_fd)
    if holder == LIVENESS_OWNED or \
            (not sv.settings.liveness and name_socket_open(&sv.graveyard, sv.settings.name, &sv.fifo_fd) == 1):
        claim_lost(sv)
        return 0
    if holder == LIVENESS_GONE and not claim_has_died(sv):
        graveyard_remove(&sv.graveyard, sv.settings.name)
    if watched:
        error = -watch_begin(&sv.graveyard)
        if error != 0:
            log_warn(&sv.log, b"inotify is not available: %s; polling the graveyard instead", cstd.strerror(error))
    error = claim_open_fifo(sv)
    if error != 0:
        return claim_refuse(sv, sv.settings.graveyard, error)
    return claim_remove_leftovers(sv)


cdef bint claim_has_died(const supervisor_t *sv) noexcept nogil:
    """True if the tombstone of our earlier run has a death: it was killed after that, during its quit requests."""
    cdef tombstone_t stone
    cdef kernel.ssize_t length = graveyard_read(&sv.graveyard, sv.settings.name, tombstone_text)
    return length > 0 and tombstone_read(tombstone_text, <size_t>length, &stone) == 0 and stone.died.start != NULL


cdef int claim_refuse(supervisor_t *sv, const char *path, int error) noexcept nogil:
    """Log that the graveyard cannot be used. Return EXIT_GRAVEYARD."""
    cstd.snprintf(sv.reason, REASON_BYTES, b"graveyard %.300s cannot be used: %s; it must be a folder "
                    b"that this user can write to", path, cstd.strerror(error))
    log_error(&sv.log, b"%s", sv.reason)
    termination_message_write(sv.reason)
    return EXIT_GRAVEYARD


cdef void claim_lost(supervisor_t *sv) noexcept nogil:
    """Be a plain init: another supervisor has our name (kubexit inside kubexit, kubectl exec, a copied name)."""
    log_warn(&sv.log, b"%s is already alive in %s; supervising without the graveyard", sv.settings.name,
             sv.settings.graveyard)
    sv.name_in_use = True
    sv.settings.deps.count = 0
    sv.settings.deps.every_other = False
    sv.settings.asks_api = False
    sv.settings.asks_waiter = False
    sv.settings.birth_urls.count = 0
    sv.settings.ready.kind = READY_NONE


cdef int claim_open_fifo(supervisor_t *sv) noexcept nogil:
    """Make our FIFO, which shows too that we can write to the graveyard. Return 0, or why we cannot (errno)."""
    cdef int fifo_error = 0
    cdef int error
    cdef int peer_fd
    if sv.settings.liveness:
        fifo_error = -liveness_create(&sv.graveyard, sv.settings.name, &sv.fifo_fd)
        if fifo_error == -1:
            log_warn(&sv.log, b"%s/.%s.alive belongs to another user (an earlier run) and cannot be replaced; using it",
                     sv.settings.graveyard, sv.settings.name)
        if fifo_error == 0 and liveness_is_private(sv.fifo_fd):
            claim_warn_private(sv)
        if fifo_error <= 0:
            return 0
    # Peers would take the FIFO of a predecessor that was killed for our crash.
    error = -liveness_remove(&sv.graveyard, sv.settings.name)
    if error != 0 and liveness_open(&sv.graveyard, sv.settings.name, &peer_fd) == LIVENESS_GONE:
        log_error(&sv.log, b"%s/.%s.alive belongs to another user (an earlier run) and cannot be removed",
                  sv.settings.graveyard, sv.settings.name)
        return error
    error = -graveyard_try(&sv.graveyard, sv.settings.name)
    if error == cstd.EACCES or error == cstd.EPERM or error == cstd.EROFS:
        return error
    if fifo_error != 0:
        log_warn(&sv.log, b"cannot make a FIFO in %s: %s; peers will not see a crash of this container",
                 sv.settings.graveyard, cstd.strerror(fifo_error))
    return 0


cdef void claim_warn_private(supervisor_t *sv) noexcept nogil:
    """Log what peers will not see in gVisor, and how to share the graveyard so that they do."""
    log_warn(&sv.log, b"gVisor shows the FIFO in %s to this container alone: peers will not see a crash of it; share "
             b"the volume as a tmpfs (pod annotations dev.gvisor.spec.mount.VOLUME.type=tmpfs and .share=pod)",
             sv.settings.graveyard)
    if sv.settings.poll_ns == 0 and dependencies_watched(&sv.settings.deps, False):
        log_warn(&sv.log, b"KUBEXIT_POLL_INTERVAL=0 in such a folder: births and deaths of peers will not be seen")


cdef int claim_remove_leftovers(supervisor_t *sv) noexcept nogil:
    """Remove our tombstone and draft of an earlier run. Return 0 or EXIT_GRAVEYARD."""
    cdef char draft[FILE_BYTES]
    cdef int error = -graveyard_remove(&sv.graveyard, sv.settings.name)
    graveyard_file(draft, sv.settings.name, b".tmp")
    graveyard_remove(&sv.graveyard, draft)
    if error == cstd.EISDIR:
        liveness_remove(&sv.graveyard, sv.settings.name)
        cstd.snprintf(sv.reason, REASON_BYTES, b"%.300s/%s is a directory, so the tombstone cannot be written",
                        sv.settings.graveyard, sv.settings.name)
        log_error(&sv.log, b"%s", sv.reason)
        termination_message_write(sv.reason)
        return EXIT_GRAVEYARD
    if error != 0:
        log_warn(&sv.log, b"cannot remove old tombstone %s/%s: %s; peers may read it as a death",
                 sv.settings.graveyard, sv.settings.name, cstd.strerror(error))
    return 0
