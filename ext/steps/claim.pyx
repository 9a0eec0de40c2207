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
    cdef int made = graveyard_await(&sv.graveyard)
    cdef int holder
    cdef int held
    cdef bint watched = dependencies_watched(&sv.settings.deps, False)
    cdef int error
    if made < 0:
        return claim_refuse(sv, sv.settings.graveyard, -made)
    if made == 1 and sv.settings.deps.count > 0:
        log_warn(&sv.log, b"graveyard %s did not exist and was made; is the shared volume mounted?",
                 sv.settings.graveyard)
    holder = claim_holder(sv)
    sv.rebirth.again = holder == LIVENESS_GONE
    held = holder if holder == LIVENESS_OWNED or holder == LIVENESS_UNKNOWN else claim_hold_by_socket(sv)
    if held == LIVENESS_UNKNOWN:
        return claim_refuse(sv, sv.settings.graveyard, cstd.errno)
    if held == LIVENESS_OWNED:
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


cdef int claim_holder(const supervisor_t *sv) noexcept nogil:
    """Return what the FIFO of our name shows (LIVENESS_*), trying for up to a second; LIVENESS_UNKNOWN and errno if
    it cannot be opened: then its owner may be alive, and we must not take its name."""
    cdef int holder = LIVENESS_UNKNOWN
    cdef unsigned long long life
    cdef int peer_fd
    cdef int error = 0
    cdef int tries = 0
    while holder == LIVENESS_UNKNOWN and tries <= WRITE_RETRIES:
        if tries > 0:
            pause_ms(WRITE_RETRY_MS)
        holder = liveness_open(&sv.graveyard, sv.settings.name, &peer_fd, &life)
        error = cstd.errno
        tries += 1
    if peer_fd >= 0:
        kernel.close(peer_fd)
    cstd.errno = error
    return holder


cdef int claim_hold_by_socket(supervisor_t *sv) noexcept nogil:
    """With KUBEXIT_LIVENESS=false: hold the name by a socket, trying for up to a second. Return LIVENESS_OWNED if
    another supervisor holds it, LIVENESS_UNKNOWN and errno if that cannot be known now; else LIVENESS_NONE."""
    cdef int result = 0
    cdef int tries = 0
    while not sv.settings.liveness and tries <= WRITE_RETRIES:
        if tries > 0:
            pause_ms(WRITE_RETRY_MS)
        result = name_socket_open(&sv.graveyard, sv.settings.name, &sv.fifo_fd)
        if result >= 0 or not graveyard_error_passes(-result):
            break
        tries += 1
    if result < 0 and graveyard_error_passes(-result):
        cstd.errno = -result
        return LIVENESS_UNKNOWN
    if result < 0:
        log_warn(&sv.log, b"cannot hold the name %s: %s; a second kubexit of this name will not be noticed",
                 sv.settings.name, cstd.strerror(-result))
    return LIVENESS_OWNED if result == 1 else LIVENESS_NONE


cdef bint claim_has_died(const supervisor_t *sv) noexcept nogil:
    """True if the tombstone of our earlier run has a death: it was killed after that, during its quit requests. A
    tombstone that cannot be read for the moment is read again, for up to a second."""
    cdef tombstone_t stone
    cdef kernel.ssize_t length = graveyard_read(&sv.graveyard, sv.settings.name, tombstone_text)
    cdef int tries = 0
    while length < 0 and graveyard_error_passes(<int>-length) and tries < WRITE_RETRIES:
        pause_ms(WRITE_RETRY_MS)
        length = graveyard_read(&sv.graveyard, sv.settings.name, tombstone_text)
        tries += 1
    return length > 0 and tombstone_read(tombstone_text, <size_t>length, &stone) == 0 and stone.died.start != NULL


cdef int claim_refuse(supervisor_t *sv, const char *path, int error) noexcept nogil:
    """Log that the graveyard cannot be used. Return EXIT_GRAVEYARD."""
    cdef char hint[320]
    hint_at_graveyard(sv, error, hint, sizeof(hint))
    cstd.snprintf(sv.reason, REASON_BYTES, b"graveyard %.200s cannot be used: %s; %s", path, cstd.strerror(error), hint)
    log_refusal(&sv.log, b"%s", sv.reason)
    termination_message_write(sv.reason)
    return EXIT_GRAVEYARD


cdef void claim_lost(supervisor_t *sv) noexcept nogil:
    """Be a plain init: another supervisor has our name (kubexit inside kubexit, kubectl exec, a copied name)."""
    if hint_name_is_inherited(sv):
        log_info(&sv.log, b"%s is already alive in %s: this kubexit was started inside that container, and only "
                 b"supervises its command", sv.settings.name, sv.settings.graveyard)
    else:
        log_warn(&sv.log, b"%s is already alive in %s; supervising without the graveyard: dependencies and the "
                 b"readiness probe are ignored. Each container needs its own KUBEXIT_NAME", sv.settings.name,
                 sv.settings.graveyard)
    sv.alone = True
    sv.settings.deps.count = 0
    sv.settings.deps.every_other = False
    sv.settings.asks_api = False
    sv.settings.asks_waiter = False
    sv.settings.watches_deaths = False
    sv.settings.birth_urls.count = 0
    sv.settings.ready.kind = READY_NONE


cdef int claim_open_fifo(supervisor_t *sv) noexcept nogil:
    """Make our FIFO, which shows too that we can write to the graveyard. Return 0, or why we cannot (errno)."""
    cdef int fifo_error = 0
    cdef unsigned long long life
    cdef int error
    cdef int peer_fd
    if sv.settings.liveness:
        fifo_error = -liveness_create(&sv.graveyard, sv.settings.name, &sv.fifo_fd)
        if fifo_error == -1:
            log_warn(&sv.log, b"%s/.%s.alive of an earlier run cannot be replaced: %s; using it", sv.settings.graveyard,
                     sv.settings.name, claim_words(cstd.errno))
        if fifo_error == 0 and liveness_is_private(sv.fifo_fd, &sv.life.number):
            claim_warn_private(sv)
        if fifo_error <= 0:
            return 0
    # Peers would take the FIFO of a predecessor that was killed for our crash.
    error = -liveness_remove(&sv.graveyard, sv.settings.name)
    if error != 0 and liveness_open(&sv.graveyard, sv.settings.name, &peer_fd, &life) == LIVENESS_GONE:
        log_refusal(&sv.log, b"%s/.%s.alive belongs to another user (an earlier run) and cannot be removed",
                    sv.settings.graveyard, sv.settings.name)
        return error
    error = -graveyard_try(&sv.graveyard, sv.settings.name)
    if error == cstd.EACCES or error == cstd.EPERM or error == cstd.EROFS:
        return error
    if fifo_error != 0:
        log_warn(&sv.log, b"cannot make a FIFO in %s: %s; peers will not see a crash of this container",
                 sv.settings.graveyard, cstd.strerror(fifo_error))
    return 0


cdef const char *claim_words(int error) noexcept nogil:
    """Return why a file cannot be replaced."""
    if error == cstd.EPERM or error == cstd.EACCES:
        return b"it belongs to another user"
    return cstd.strerror(error)


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
    cdef int error = 0 if kernel.unlinkat(sv.graveyard.folder, sv.settings.name, 0) == 0 else cstd.errno
    if error == cstd.ENOENT:
        error = 0
    else:
        sv.rebirth.again = True
    graveyard_file(draft, sv.settings.name, b".tmp")
    graveyard_remove(&sv.graveyard, draft)
    if error == cstd.EISDIR:
        liveness_remove(&sv.graveyard, sv.settings.name)
        cstd.snprintf(sv.reason, REASON_BYTES, b"%.300s/%s is a directory, so the tombstone cannot be written",
                        sv.settings.graveyard, sv.settings.name)
        log_refusal(&sv.log, b"%s", sv.reason)
        termination_message_write(sv.reason)
        return EXIT_GRAVEYARD
    if error != 0:
        log_warn(&sv.log, b"cannot remove old tombstone %s/%s: %s; peers may read it as a death",
                 sv.settings.graveyard, sv.settings.name, cstd.strerror(error))
    return 0
