"""Claim: how a supervisor takes its name in the graveyard."""
cimport cstd
cimport kernel


cdef int claim_name(supervisor_t *kx) noexcept nogil:
    """Watch, then open our FIFO, then remove our old tombstone. Return 0 or EXIT_GRAVEYARD.

    The order matters: no change from now on is missed, and a peer that sees the old
    tombstone go finds us alive. After a crash we remove the tombstone first: its Ready
    next to a FIFO that is open again would be false, and without the tombstone the old
    FIFO still shows the crash.
    """
    cdef int made = graveyard_open(&kx.graveyard, True)
    cdef int holder
    cdef int peer_fd
    cdef bint watched = dependencies_watched(&kx.settings.deps, kx.settings.birth_source, False)
    cdef int error
    if made < 0:
        return claim_refuse(kx, kx.settings.graveyard, -made)
    if made == 1 and kx.settings.deps.count > 0:
        log_warn(&kx.log, b"graveyard %s did not exist and was made; is the shared volume mounted?",
                 kx.settings.graveyard)
    holder = liveness_open(&kx.graveyard, kx.settings.name, &peer_fd)
    if holder == LIVENESS_HELD:
        kernel.close(peer_fd)
        claim_lost(kx)
        return 0
    if holder == LIVENESS_GONE:
        graveyard_remove(&kx.graveyard, kx.settings.name)
    if watched:
        error = -watch_begin(&kx.graveyard)
        if error != 0:
            log_warn(&kx.log, b"inotify cannot be had: %s; polling the graveyard instead", cstd.strerror(error))
    error = claim_open_fifo(kx)
    if error != 0:
        return claim_refuse(kx, kx.settings.graveyard, error)
    return claim_remove_leftovers(kx)


cdef int claim_refuse(supervisor_t *kx, const char *path, int error) noexcept nogil:
    """Log that the graveyard cannot be used. Return EXIT_GRAVEYARD."""
    cstd.snprintf(kx.reason, REASON_BYTES, b"graveyard %.300s cannot be used: %s; it must be a folder "
                    b"that this user can write to", path, cstd.strerror(error))
    log_error(&kx.log, b"%s", kx.reason)
    termination_message_write(kx.reason)
    return EXIT_GRAVEYARD


cdef void claim_lost(supervisor_t *kx) noexcept nogil:
    """Be a plain init: another supervisor has our name (kubexit inside kubexit, kubectl exec, a copied name)."""
    log_warn(&kx.log, b"%s is alive in %s already; supervising without the graveyard", kx.settings.name,
             kx.settings.graveyard)
    kx.name_in_use = True
    kx.settings.deps.count = 0
    kx.settings.deps.every_other = False
    kx.settings.asks_api = False
    kx.settings.asks_waiter = False
    kx.settings.birth_urls.count = 0
    kx.settings.ready.kind = READY_NONE


cdef int claim_open_fifo(supervisor_t *kx) noexcept nogil:
    """Make our FIFO, which shows too that we can write to the graveyard. Return 0, or why we cannot (errno)."""
    cdef int error
    cdef int peer_fd
    if kx.settings.liveness:
        error = -liveness_raise(&kx.graveyard, kx.settings.name, &kx.fifo_fd)
        if error == -1:
            log_warn(&kx.log, b"%s/.%s.alive is of an earlier run as another user and cannot be replaced; using it",
                     kx.settings.graveyard, kx.settings.name)
            return 0
        if error == 0 or error == cstd.EACCES or error == cstd.EROFS:
            return error
        log_warn(&kx.log, b"no FIFO can be made in %s: %s; peers will not see a crash of this container",
                 kx.settings.graveyard, cstd.strerror(error))
    # Peers would take the FIFO of a predecessor that was killed for our crash.
    error = -liveness_lower(&kx.graveyard, kx.settings.name)
    if error != 0 and liveness_open(&kx.graveyard, kx.settings.name, &peer_fd) == LIVENESS_GONE:
        log_error(&kx.log, b"%s/.%s.alive is of an earlier run as another user and cannot be removed",
                  kx.settings.graveyard, kx.settings.name)
        return error
    if kernel.faccessat(kernel.AT_FDCWD, kx.settings.graveyard, kernel.W_OK | kernel.X_OK, kernel.AT_EACCESS) < 0:
        return cstd.errno
    return 0


cdef int claim_remove_leftovers(supervisor_t *kx) noexcept nogil:
    """Remove our tombstone and draft of an earlier run. Return 0 or EXIT_GRAVEYARD."""
    cdef char draft[FILE_BYTES]
    cdef int error = -graveyard_remove(&kx.graveyard, kx.settings.name)
    graveyard_file(draft, kx.settings.name, b".tmp")
    graveyard_remove(&kx.graveyard, draft)
    if error == cstd.EISDIR:
        liveness_lower(&kx.graveyard, kx.settings.name)
        cstd.snprintf(kx.reason, REASON_BYTES, b"%.300s/%s is a directory, where the tombstone should be",
                        kx.settings.graveyard, kx.settings.name)
        log_error(&kx.log, b"%s", kx.reason)
        termination_message_write(kx.reason)
        return EXIT_GRAVEYARD
    if error != 0:
        log_warn(&kx.log, b"old tombstone %s/%s cannot be removed: %s; peers may take this container for dead",
                 kx.settings.graveyard, kx.settings.name, cstd.strerror(error))
    return 0
