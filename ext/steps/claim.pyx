"""The entrance: how a supervisor takes its place in the graveyard."""
cimport cstd
cimport kernel


cdef int entrance_take(supervisor_t *kx) noexcept nogil:
    """Watch, then the FIFO, then our own old tombstone away; 0 or EXIT_GRAVEYARD.

    In this order, so that nothing that happens from now on is missed, and so that
    a peer that sees the old tombstone go finds us alive. After a crash the tombstone
    goes first: its Ready beside a FIFO that is held again would be a lie, while
    without it the dead FIFO still tells of the crash.
    """
    cdef int made = graveyard_open(&kx.graveyard, True)
    cdef int holder
    cdef int held
    cdef bint watched = dependencies_watched(&kx.settings.deps, kx.settings.birth_source, False)
    cdef int error
    if made < 0:
        return entrance_refuse(kx, kx.settings.graveyard, -made)
    if made == 1 and kx.settings.deps.count > 0:
        log_warn(&kx.log, b"graveyard %s did not exist and was made; is the shared volume mounted?",
                 kx.settings.graveyard)
    holder = liveness_open(&kx.graveyard, kx.settings.name, &held)
    if holder == LIVENESS_HELD:
        kernel.close(held)
        entrance_stay_outside(kx)
        return 0
    if holder == LIVENESS_GONE:
        graveyard_remove(&kx.graveyard, kx.settings.name)
    if watched:
        error = -watch_begin(&kx.graveyard)
        if error != 0:
            log_warn(&kx.log, b"inotify cannot be had: %s; polling the graveyard instead", cstd.strerror(error))
    error = entrance_raise_liveness(kx)
    if error != 0:
        return entrance_refuse(kx, kx.settings.graveyard, error)
    return entrance_remove_remains(kx)


cdef int entrance_refuse(supervisor_t *kx, const char *path, int error) noexcept nogil:
    """The graveyard cannot be used: say so; EXIT_GRAVEYARD."""
    cstd.snprintf(kx.reason, REASON_BYTES, b"graveyard %.300s cannot be used: %s; it must be a folder "
                    b"that this user can write to", path, cstd.strerror(error))
    log_error(&kx.log, b"%s", kx.reason)
    notice_write(kx.reason)
    return EXIT_GRAVEYARD


cdef void entrance_stay_outside(supervisor_t *kx) noexcept nogil:
    """kubexit inside kubexit, kubectl exec, a copied name: be a plain init."""
    log_warn(&kx.log, b"%s is alive in %s already; supervising without the graveyard", kx.settings.name,
             kx.settings.graveyard)
    kx.outside = True
    kx.settings.deps.count = 0
    kx.settings.deps.every_other = False
    kx.settings.asks_api = False
    kx.settings.asks_waiter = False
    kx.settings.birth_urls.count = 0
    kx.settings.ready.kind = READY_NONE


cdef int entrance_raise_liveness(supervisor_t *kx) noexcept nogil:
    """Our FIFO, which also shows that the graveyard can be written to; 0 or the errno that it cannot."""
    cdef int error
    cdef int held
    if kx.settings.liveness:
        error = -liveness_raise(&kx.graveyard, kx.settings.name, &kx.alive)
        if error == -1:
            log_warn(&kx.log, b"%s/.%s.alive is of an earlier run as another user and cannot be replaced; using it",
                     kx.settings.graveyard, kx.settings.name)
            return 0
        if error == 0 or error == cstd.EACCES or error == cstd.EROFS:
            return error
        log_warn(&kx.log, b"no FIFO can be made in %s: %s; peers will not see a crash of this container",
                 kx.settings.graveyard, cstd.strerror(error))
    # One of a predecessor that was killed would be taken for our own crash.
    error = -liveness_lower(&kx.graveyard, kx.settings.name)
    if error != 0 and liveness_open(&kx.graveyard, kx.settings.name, &held) == LIVENESS_GONE:
        log_error(&kx.log, b"%s/.%s.alive is of an earlier run as another user and cannot be removed",
                  kx.settings.graveyard, kx.settings.name)
        return error
    if kernel.faccessat(kernel.AT_FDCWD, kx.settings.graveyard, kernel.W_OK | kernel.X_OK, kernel.AT_EACCESS) < 0:
        return cstd.errno
    return 0


cdef int entrance_remove_remains(supervisor_t *kx) noexcept nogil:
    """Our tombstone and draft of an earlier run; 0 or EXIT_GRAVEYARD."""
    cdef char draft[FILE_BYTES]
    cdef int error = -graveyard_remove(&kx.graveyard, kx.settings.name)
    graveyard_file(draft, kx.settings.name, b".tmp")
    graveyard_remove(&kx.graveyard, draft)
    if error == cstd.EISDIR:
        liveness_lower(&kx.graveyard, kx.settings.name)
        cstd.snprintf(kx.reason, REASON_BYTES, b"%.300s/%s is a directory, where the tombstone should be",
                        kx.settings.graveyard, kx.settings.name)
        log_error(&kx.log, b"%s", kx.reason)
        notice_write(kx.reason)
        return EXIT_GRAVEYARD
    if error != 0:
        log_warn(&kx.log, b"old tombstone %s/%s cannot be removed: %s; peers may take this container for dead",
                 kx.settings.graveyard, kx.settings.name, cstd.strerror(error))
    return 0
