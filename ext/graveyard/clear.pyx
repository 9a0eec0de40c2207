"""Clear: remove from a graveyard what containers of an earlier run left behind.

For an init container: after RestartAllContainers (KEP-5532), or a reboot of a node
with a graveyard on disk, every container would read its peers' old tombstones as deaths.
"""
from libc.stddef cimport size_t
cimport cstd
cimport kernel


cdef int clear_run(const char *folder, log_t *log) noexcept nogil:
    """Remove tombstones and dot files of containers that are not alive; 0 or EXIT_GRAVEYARD."""
    cdef graveyard_t graveyard
    cdef char path[cstd.PATH_MAX]
    cdef kernel.mode_t mask = kernel.umask(0)
    cdef int error = cstd.ENAMETOOLONG
    cdef int removed = 0
    kernel.umask(mask)
    if path_normalise(folder, path, cstd.PATH_MAX) == 0:
        graveyard_begin(&graveyard, path, 0o777 & ~mask)
        error = -graveyard_open(&graveyard, True)
        if error < 0:
            log_warn(log, b"graveyard %s did not exist and was made; is the shared volume mounted?", path)
        if error <= 0:
            error = -graveyard_try(&graveyard, b"")
        if error <= 0:
            error = -clear_folder(&graveyard, &removed)
    if error > 0:
        log_error(log, b"graveyard %s cannot be cleared: %s", folder, cstd.strerror(error))
        return EXIT_GRAVEYARD
    log_info(log, b"graveyard %s: cleared, %d old file%s removed", path, removed, b"" if removed == 1 else b"s")
    return 0


cdef int clear_folder(graveyard_t *graveyard, int *removed) noexcept nogil:
    """Go through the folder once, not below it; 0 or -errno."""
    cdef kernel.DIR *folder = kernel.opendir(graveyard.path)
    cdef kernel.dirent *entry
    cdef int error = 0
    if folder == NULL:
        return -cstd.errno
    while True:
        entry = kernel.readdir(folder)
        if entry == NULL:
            break
        if clear_is_old(graveyard, entry.d_name):
            if kernel.unlinkat(graveyard.folder, entry.d_name, 0) == 0:
                removed[0] += 1
            elif cstd.errno != cstd.ENOENT:
                error = -cstd.errno
    kernel.closedir(folder)
    return error


cdef bint clear_is_old(graveyard_t *graveyard, const char *file) noexcept nogil:
    """Return whether a file is ours and of a container that is not alive. Other files are left alone."""
    cdef char name[FILE_BYTES]
    cdef kernel.stat_s status
    cdef size_t length = cstd.strlen(file)
    cdef bint fifo = False
    if length >= FILE_BYTES or kernel.fstatat(graveyard.folder, file, &status, kernel.AT_SYMLINK_NOFOLLOW) < 0:
        return False
    cstd.memcpy(name, file, length + 1)
    if file[0] == c'.':
        fifo = clear_cut(name, b".alive.tmp") or clear_cut(name, b".alive")
        if not fifo and not clear_cut(name, b".tmp"):
            return False
        cstd.memmove(name, name + 1, cstd.strlen(name))
    if name_problem(name, cstd.strlen(name)) != NULL:
        return False
    if fifo != cstd.S_ISFIFO(status.st_mode) or (not fifo and not cstd.S_ISREG(status.st_mode)):
        return False
    if liveness_is_owned(graveyard, name):
        return False
    return file[0] == c'.' or clear_is_tombstone(graveyard, file)


cdef bint clear_cut(char *name, const char *ending) noexcept nogil:
    """Cut an ending off; return whether it was there."""
    cdef size_t length = cstd.strlen(name)
    cdef size_t cut = cstd.strlen(ending)
    if length <= cut or cstd.memcmp(name + length - cut, ending, cut) != 0:
        return False
    name[length - cut] = 0
    return True


cdef bint clear_is_tombstone(const graveyard_t *graveyard, const char *file) noexcept nogil:
    """Return whether a file has a birth or a death."""
    cdef tombstone_t tombstone
    cdef kernel.ssize_t length = graveyard_read(graveyard, file, tombstone_text)
    return length > 0 and tombstone_read(tombstone_text, <size_t>length, &tombstone) == 0 and \
        (tombstone.born.start != NULL or tombstone.died.start != NULL)
