"""Clear: remove from a graveyard what containers of an earlier run left behind.

For an init container: after RestartAllContainers (KEP-5532), or a reboot of a node
with a graveyard on disk, every container would read its peers' old tombstones as deaths.
In a pod that lives, nothing is removed: its containers would lose what they know of each other.
"""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

ctypedef struct clear_t:
    graveyard_t graveyard
    int removed
    int holders                 # living supervisors
    text_t names                # of them


cdef int clear_run(const char *folder, log_t *log) noexcept nogil:
    """Remove what is left of an earlier run; 0, or EXIT_GRAVEYARD if a container is alive or the folder is unusable."""
    cdef clear_t clear
    cdef char path[cstd.PATH_MAX]
    cdef kernel.mode_t mask = kernel.umask(0)
    cdef int error = cstd.ENAMETOOLONG
    kernel.umask(mask)
    clear.removed = 0
    clear.holders = 0
    clear.names.length = 0
    if path_normalise(folder, path, cstd.PATH_MAX) == 0:
        graveyard_begin(&clear.graveyard, path, 0o777 & ~mask)
        error = -graveyard_open(&clear.graveyard, True)
        if error < 0:
            log_warn(log, b"graveyard %s did not exist and was made; is the shared volume mounted?", path)
        if error <= 0:
            error = -graveyard_try(&clear.graveyard, b"")
        if error <= 0:
            error = -clear_walk(&clear, clear_note_holder)
        if error <= 0 and clear.holders > 0:
            return clear_refuse(&clear, path, log)
        if error <= 0:
            error = -clear_walk(&clear, clear_remove)
    if error > 0:
        log_error(log, b"graveyard %s cannot be cleared: %s", folder, cstd.strerror(error))
        return EXIT_GRAVEYARD
    log_info(log, b"graveyard %s: cleared, %d old file%s removed", path, clear.removed,
             b"" if clear.removed == 1 else b"s")
    return 0


cdef int clear_refuse(clear_t *clear, const char *path, log_t *log) noexcept nogil:
    """Name the containers that are alive; always EXIT_GRAVEYARD."""
    cdef char problem[1024]
    clear.names.bytes[clear.names.length] = 0
    cstd.snprintf(problem, sizeof(problem), b"graveyard %.300s is not cleared: %.500s %s alive in it; clear it in "
                  b"the first init container, before any container of the pod starts", path, clear.names.bytes,
                  b"is" if clear.holders == 1 else b"are")
    log_error(log, b"%s", problem)
    termination_message_write(problem)
    return EXIT_GRAVEYARD


cdef int clear_walk(clear_t *clear, int (*visit)(clear_t *clear, const char *file) noexcept nogil) noexcept nogil:
    """Visit each file of the folder once, not below it; 0, or the last -errno of a visit."""
    cdef kernel.DIR *folder = kernel.opendir(clear.graveyard.path)
    cdef kernel.dirent *entry
    cdef int error = 0
    cdef int result
    if folder == NULL:
        return -cstd.errno
    while True:
        cstd.errno = 0          # readdir(3) reports a failure only there
        entry = kernel.readdir(folder)
        if entry == NULL:
            error = -cstd.errno if cstd.errno != 0 else error
            break
        result = visit(clear, entry.d_name)
        error = result if result < 0 else error
    kernel.closedir(folder)
    return error


cdef int clear_note_holder(clear_t *clear, const char *file) noexcept nogil:
    """Note the owner of a FIFO if it is alive, and of a tombstone if its name is held without a FIFO; 0, or -errno if
    that cannot be known: nothing must be removed then."""
    cdef char name[FILE_BYTES]
    cdef bint fifo = file[0] == c'.'
    cdef int held
    if cstd.strlen(file) >= FILE_BYTES:
        return 0
    cstd.memcpy(name, file + fifo, cstd.strlen(file + fifo) + 1)
    if (fifo and not clear_cut(name, b".alive")) or name_problem(name, cstd.strlen(name)) != NULL:
        return 0
    held = clear_owner(&clear.graveyard, name) if fifo else name_socket_is_held(&clear.graveyard, name)
    if held <= 0:
        return held
    if clear.holders > 0:
        text_add(&clear.names, b", ")
    text_add(&clear.names, name)
    clear.holders += 1
    return 0


cdef int clear_owner(const graveyard_t *graveyard, const char *name) noexcept nogil:
    """Return 1 if a FIFO has a living owner, 0 if it has not; -errno if that cannot be known."""
    cdef unsigned long long life
    cdef int descriptor
    cdef int owner = liveness_open(graveyard, name, &descriptor, &life)
    if owner == LIVENESS_UNKNOWN:
        return -cstd.errno
    if descriptor >= 0:
        kernel.close(descriptor)
    return owner == LIVENESS_OWNED


cdef int clear_remove(clear_t *clear, const char *file) noexcept nogil:
    """Remove a file if it is old; 0 or -errno."""
    cdef int old = clear_is_old(&clear.graveyard, file)
    if old <= 0:
        return old
    if kernel.unlinkat(clear.graveyard.folder, file, 0) == 0:
        clear.removed += 1
    elif cstd.errno != cstd.ENOENT:
        return -cstd.errno
    return 0


cdef int clear_is_old(graveyard_t *graveyard, const char *file) noexcept nogil:
    """Return 1 if a file is ours and of a container that is not alive, 0 if not; -errno if that cannot be known.
    Other files are left alone."""
    cdef char name[FILE_BYTES]
    cdef kernel.stat_s status
    cdef size_t length = cstd.strlen(file)
    cdef bint fifo = False
    cdef int owned
    if length >= FILE_BYTES:
        return 0
    if kernel.fstatat(graveyard.folder, file, &status, kernel.AT_SYMLINK_NOFOLLOW) < 0:
        return -cstd.errno if cstd.errno != cstd.ENOENT else 0
    cstd.memcpy(name, file, length + 1)
    if file[0] == c'.':
        fifo = clear_cut(name, b".alive.tmp") or clear_cut(name, b".alive")
        if not fifo and not clear_cut(name, b".tmp"):
            return 0
        cstd.memmove(name, name + 1, cstd.strlen(name))
    if name_problem(name, cstd.strlen(name)) != NULL:
        return 0
    if fifo != cstd.S_ISFIFO(status.st_mode) or (not fifo and not cstd.S_ISREG(status.st_mode)):
        return 0
    owned = clear_owner(graveyard, name)
    if owned != 0:
        return owned if owned < 0 else 0
    return 1 if file[0] == c'.' else clear_is_tombstone(graveyard, file)


cdef bint clear_cut(char *name, const char *ending) noexcept nogil:
    """Cut an ending off; return whether it was there."""
    cdef size_t length = cstd.strlen(name)
    cdef size_t cut = cstd.strlen(ending)
    if length <= cut or cstd.memcmp(name + length - cut, ending, cut) != 0:
        return False
    name[length - cut] = 0
    return True


cdef int clear_is_tombstone(const graveyard_t *graveyard, const char *file) noexcept nogil:
    """Return 1 if a file has a wait, a birth or a death, 0 if not; -errno if it cannot be read for a reason that
    may pass."""
    cdef tombstone_t tombstone
    cdef kernel.ssize_t length = graveyard_read(graveyard, file, tombstone_text)
    if length < 0 and graveyard_error_passes(<int>-length):
        return <int>length
    return length > 0 and tombstone_read(tombstone_text, <size_t>length, &tombstone) == 0 and \
        (tombstone.waiting.start != NULL or tombstone.born.start != NULL or tombstone.died.start != NULL)
