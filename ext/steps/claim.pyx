"""Claim: how a supervisor takes its name in the graveyard."""
cimport cstd
cimport kernel


cdef int claim_name(supervisor_t *sv) noexcept nogil:
    """Watch, then open our FIFO, then remove our old tombstone. Return 0 or EXIT_GRAVEYARD.

    The order matters: no change from now on is missed, and a peer that sees the old
    tombstone go finds us alive. After a crash we remove the tombstone first: its Ready
    next to a FIFO that is open again would be false, and without the tombstone the old
    FIFO still shows the crash.
    """
    cdef int made = graveyard_open(&sv.graveyard, True)
    cdef int holder
    cdef int peer_fd
    cdef bint watched = dependencies_watched(&sv.settings.deps, sv.settings.birth_source, False)
    cdef int error
    if made < 0:
        return claim_refuse(sv, sv.settings.graveyard, -made)
    if made == 1 and sv.settings.deps.count > 0:
        log_warn(&sv.log, b"graveyard %s did not exist and was made; is the shared volume mounted?",
                 sv.settings.graveyard)
    holder = liveness_open(&sv.graveyard, sv.settings.name, &peer_fd)
    if holder == LIVENESS_OWNED:
        kernel.close(peer_fd)
        claim_lost(sv)
        return 0
    if holder == LIVENESS_GONE:
        graveyard_remove(&sv.graveyard, sv.settings.name)
    if watched:
        error = -watch_begin(&sv.graveyard)
        if error != 0:
            log_warn(&sv.log, b"inotify is not available: %s; polling the graveyard instead", cstd.strerror(error))
    error = claim_open_fifo(sv)
    if error != 0:
        return claim_refuse(sv, sv.settings.graveyard, error)
    return claim_remove_leftovers(sv)


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
    cdef int error
    cdef int peer_fd
    if sv.settings.liveness:
        error = -liveness_create(&sv.graveyard, sv.settings.name, &sv.fifo_fd)
        if error == -1:
            log_warn(&sv.log, b"%s/.%s.alive belongs to another user (an earlier run) and cannot be replaced; using it",
                     sv.settings.graveyard, sv.settings.name)
            return 0
        if error == 0 and liveness_is_private(sv.fifo_fd):
            claim_warn_private(sv)
        if error == 0 or error == cstd.EACCES or error == cstd.EROFS:
            return error
        log_warn(&sv.log, b"cannot make a FIFO in %s: %s; peers will not see a crash of this container",
                 sv.settings.graveyard, cstd.strerror(error))
    # Peers would take the FIFO of a predecessor that was killed for our crash.
    error = -liveness_remove(&sv.graveyard, sv.settings.name)
    if error != 0 and liveness_open(&sv.graveyard, sv.settings.name, &peer_fd) == LIVENESS_GONE:
        log_error(&sv.log, b"%s/.%s.alive belongs to another user (an earlier run) and cannot be removed",
                  sv.settings.graveyard, sv.settings.name)
        return error
    if kernel.faccessat(kernel.AT_FDCWD, sv.settings.graveyard, kernel.W_OK | kernel.X_OK, kernel.AT_EACCESS) < 0:
        return cstd.errno
    return 0


cdef void claim_warn_private(supervisor_t *sv) noexcept nogil:
    """Log what peers will not see in gVisor, and how to share the graveyard so that they do."""
    log_warn(&sv.log, b"gVisor shows the FIFO in %s to this container alone: peers will not see a crash of it; share "
             b"the volume as a tmpfs (pod annotations dev.gvisor.spec.mount.VOLUME.type=tmpfs and .share=pod)",
             sv.settings.graveyard)
    if sv.settings.poll_ns == 0 and dependencies_watched(&sv.settings.deps, sv.settings.birth_source, False):
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
