"""Liveness: a FIFO that a supervisor holds open for as long as it lives.

The kernel closes it when the supervisor ends in any way, an OOM kill of the whole
container included, and notifies every writer (POLLERR, poll(2)). So a crash is known
within microseconds, without a heartbeat. A lock does not suffice: the event of the
descriptor's end comes before the lock is free (docs/decisions).
"""
cimport cstd
cimport kernel

cdef enum:
    LIVENESS_NONE = 0           # no FIFO: the original kubexit, or liveness is off, or never started
    LIVENESS_OWNED = 1          # a living supervisor holds the FIFO
    LIVENESS_GONE = 2           # a FIFO whose owner is gone
    LIVENESS_UNKNOWN = 3        # it could not be opened for a reason that may pass

cdef extern from *:
    """
    #define LIFE_FACTOR 0x9e3779b97f4a7c15ULL /* spreads inode numbers, which are small, over 64 bits */
    #define LIFE_UNKNOWN (~0ULL) /* of a FIFO that could not be examined */
    """
    const unsigned long long LIFE_FACTOR, LIFE_UNKNOWN


cdef int liveness_open(const graveyard_t *graveyard, const char *name, int *descriptor,
                       unsigned long long *life) noexcept nogil:
    """Open a name's FIFO for writing, without waiting for a reader; return what that shows (LIVENESS_*), with errno for
    LIVENESS_UNKNOWN. With an owner, or without one any longer, also the number of that life; else 0."""
    cdef kernel.stat_s status
    cdef char file[FILE_BYTES]
    cdef int fifo
    descriptor[0] = -1
    life[0] = 0
    graveyard_file(file, name, b".alive")
    fifo = kernel.openat(graveyard.folder, file, kernel.O_WRONLY | kernel.O_NONBLOCK | kernel.O_NOFOLLOW
                         | kernel.O_NOCTTY | kernel.O_CLOEXEC)
    if fifo < 0 and graveyard_error_passes(cstd.errno):
        return LIVENESS_UNKNOWN
    if fifo < 0:
        # ENXIO: a FIFO that no process reads (fifo(7)), or a socket file.
        return liveness_without_reader(graveyard, file, life) if cstd.errno == cstd.ENXIO else LIVENESS_NONE
    if kernel.fstat(fifo, &status) < 0:
        liveness_close(fifo)
        return LIVENESS_UNKNOWN
    if not cstd.S_ISFIFO(status.st_mode):
        kernel.close(fifo)
        return LIVENESS_NONE
    descriptor[0] = fifo
    life[0] = liveness_number(&status)
    return LIVENESS_OWNED


cdef int liveness_without_reader(const graveyard_t *graveyard, const char *file,
                                 unsigned long long *life) noexcept nogil:
    """Return LIVENESS_GONE for a FIFO itself, not for a link to one, and the number of the life that held it."""
    cdef kernel.stat_s status
    if kernel.fstatat(graveyard.folder, file, &status, kernel.AT_SYMLINK_NOFOLLOW) < 0:
        return LIVENESS_UNKNOWN if graveyard_error_passes(cstd.errno) else LIVENESS_NONE
    if not cstd.S_ISFIFO(status.st_mode):
        return LIVENESS_NONE
    life[0] = liveness_number(&status)
    return LIVENESS_GONE


cdef unsigned long long liveness_number(const kernel.stat_s *status) noexcept nogil:
    """Return a number for the life that made a FIFO, never 0.

    An inode number alone does not suffice, because a file system can use it again for the next FIFO. The time of the
    last change is that of its making: nothing is ever written into it.
    """
    cdef unsigned long long number = <unsigned long long>status.st_ino * LIFE_FACTOR
    number ^= <unsigned long long>clock_of_file_ns(&status.st_mtim)
    return number if number != 0 else 1


cdef void liveness_close(int descriptor) noexcept nogil:
    """Close a descriptor; errno is as before."""
    cdef int error = cstd.errno
    kernel.close(descriptor)
    cstd.errno = error


cdef bint liveness_ended(int descriptor) noexcept nogil:
    """Return whether the owner of a FIFO that we have open is gone."""
    cdef kernel.pollfd fifo
    fifo.fd = descriptor
    fifo.events = 0
    fifo.revents = 0
    return kernel.poll(&fifo, 1, 0) == 1


cdef bint liveness_is_owned(const graveyard_t *graveyard, const char *name) noexcept nogil:
    """Return whether another living supervisor has this name, or may have it."""
    cdef unsigned long long life
    cdef int descriptor
    cdef int owner = liveness_open(graveyard, name, &descriptor, &life)
    if descriptor >= 0:
        kernel.close(descriptor)
    return owner == LIVENESS_OWNED or owner == LIVENESS_UNKNOWN


cdef int liveness_create(const graveyard_t *graveyard, const char *name, int *descriptor) noexcept nogil:
    """Make our FIFO and hold it; 0, 1 with errno if an old one that cannot be replaced is used, or -errno.

    It gets its name only when its read end is open: a peer that finds it can take
    an absent reader for a death without a second look. Mode 0666 (the umask is 0
    here), since peers may run as other users.
    """
    cdef char draft[FILE_BYTES]
    cdef char file[FILE_BYTES]
    cdef int error
    graveyard_file(draft, name, b".alive.tmp")
    graveyard_file(file, name, b".alive")
    if kernel.mkfifoat(graveyard.folder, draft, 0o666) < 0:
        if cstd.errno != cstd.EEXIST:
            return -cstd.errno
        kernel.unlinkat(graveyard.folder, draft, 0)     # of a predecessor that was killed
        if kernel.mkfifoat(graveyard.folder, draft, 0o666) < 0:
            return -cstd.errno
    descriptor[0] = kernel.openat(graveyard.folder, draft, kernel.O_RDONLY | kernel.O_NONBLOCK
                                  | kernel.O_NOFOLLOW | kernel.O_CLOEXEC)
    if descriptor[0] >= 0 and kernel.renameat(graveyard.folder, draft, graveyard.folder, file) == 0:
        return 0
    error = cstd.errno
    kernel.unlinkat(graveyard.folder, draft, 0)
    if descriptor[0] >= 0:
        kernel.close(descriptor[0])
    descriptor[0] = liveness_adopt(graveyard, file)
    cstd.errno = error
    return 1 if descriptor[0] >= 0 else -error


cdef bint liveness_is_private(int descriptor, unsigned long long *life) noexcept nogil:
    """Return whether no other container can see our FIFO, which we have just made, and the number of our life.

    gVisor does not make a FIFO in a folder of the host. Each container gets one in
    memory instead, and inotify is silent there too. Such a FIFO has two links from
    the start; on every other file system a new one has one.
    """
    cdef kernel.stat_s status
    if kernel.fstat(descriptor, &status) < 0:
        return False
    life[0] = liveness_number(&status)
    return status.st_nlink > 1


cdef int liveness_adopt(const graveyard_t *graveyard, const char *file) noexcept nogil:
    """Hold a FIFO that we may not replace, of an earlier run as another user in a sticky
    folder: otherwise it would look like a crash while we live. Return it, or -1."""
    cdef kernel.stat_s status
    cdef int fifo = kernel.openat(graveyard.folder, file, kernel.O_RDONLY | kernel.O_NONBLOCK | kernel.O_NOFOLLOW
                                  | kernel.O_NOCTTY | kernel.O_CLOEXEC)
    if fifo >= 0 and (kernel.fstat(fifo, &status) < 0 or not cstd.S_ISFIFO(status.st_mode)):
        kernel.close(fifo)
        return -1
    return fifo


cdef int liveness_remove(const graveyard_t *graveyard, const char *name) noexcept nogil:
    """Remove our FIFO at an orderly end; 0 even if it does not exist, or -errno. Its
    read end closes with us, after this."""
    cdef char file[FILE_BYTES]
    graveyard_file(file, name, b".alive")
    return graveyard_remove(graveyard, file)
