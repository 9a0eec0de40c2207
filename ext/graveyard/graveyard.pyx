"""The graveyard: a folder that is watched, written to and read.

Each visit opens the folder, does everything through that descriptor, and closes it.
A path that changes its meaning cannot split one visit over two folders. A folder that
is held open could not be unmounted, and inotify would not report that it was deleted.
"""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef enum:
    FILE_BYTES = 256            # a file name (NAME_MAX) and its end
    TOMBSTONE_BYTES = 65536     # a larger file is not a tombstone
    OPEN_RETRY_MS = 50
    OPEN_RETRIES = 20           # for one second in all

ctypedef struct graveyard_t:
    const char *path
    kernel.mode_t mode          # for a folder that must be made
    int folder                  # O_PATH descriptor during a visit, else -1
    int watch                   # inotify descriptor, -1: none, polling is all there is
    int watch_id                # of the folder's watch
    int unwatched               # the inotify descriptor after watch_mute, -1: none
    bint gone                   # the folder was deleted and has not been made again
    int suspect                 # looks still to be taken soon: our FIFO was removed, the folder may follow
    unsigned long device        # which folder is watched
    unsigned long inode

cdef extern from "base/buffers.h" nogil:
    char *tombstone_text "buffers.input"    # each text is used before the next is read


cdef void graveyard_begin(graveyard_t *graveyard, const char *path, kernel.mode_t mode) noexcept nogil:
    """Begin with nothing open."""
    cstd.memset(graveyard, 0, sizeof(graveyard_t))
    graveyard.path = path
    graveyard.mode = mode
    graveyard.folder = -1
    graveyard.watch = -1
    graveyard.unwatched = -1


cdef int graveyard_open(graveyard_t *graveyard, bint make) noexcept nogil:
    """Open the folder; 0, 1 if it was made, or -errno."""
    cdef int flags = kernel.O_PATH | kernel.O_DIRECTORY | kernel.O_CLOEXEC
    cdef int folder = kernel.openat(kernel.AT_FDCWD, graveyard.path, flags)
    cdef int made = 0
    if folder < 0 and cstd.errno == cstd.ENOENT and make:
        made = make_folders(graveyard.path, graveyard.mode)
        if made < 0:
            return made
        made = 1 - made
        folder = kernel.openat(kernel.AT_FDCWD, graveyard.path, flags)
    if folder < 0:
        return -cstd.errno
    graveyard_close(graveyard)
    graveyard.folder = folder
    return made


cdef int graveyard_await(graveyard_t *graveyard) noexcept nogil:
    """Open the folder or make it, trying for up to a second if a failure may pass; as graveyard_open."""
    cdef int result = graveyard_open(graveyard, True)
    cdef int tries = 0
    while result < 0 and graveyard_error_passes(-result) and tries < OPEN_RETRIES:
        pause_ms(OPEN_RETRY_MS)
        result = graveyard_open(graveyard, True)
        tries += 1
    return result


cdef void graveyard_close(graveyard_t *graveyard) noexcept nogil:
    """End a visit."""
    if graveyard.folder >= 0:
        kernel.close(graveyard.folder)
        graveyard.folder = -1


cdef void graveyard_file(char *target, const char *name, const char *ending) noexcept nogil:
    """Write the name of one of our dot files: ".NAME" with an ending. No dependency can have it.

    A longer name than NAME_BYTES, which a foreign file may have, is cut: no supervisor has such a name.
    """
    cdef size_t length = cstd.strnlen(name, NAME_BYTES)
    target[0] = c'.'
    cstd.memcpy(target + 1, name, length)
    cstd.memcpy(target + 1 + length, ending, cstd.strlen(ending) + 1)


cdef int graveyard_remove(const graveyard_t *graveyard, const char *file) noexcept nogil:
    """Remove a file; 0 even if it did not exist, or -errno."""
    if kernel.unlinkat(graveyard.folder, file, 0) == 0 or cstd.errno == cstd.ENOENT:
        return 0
    return -cstd.errno


cdef bint graveyard_error_passes(int error) noexcept nogil:
    """True if a failure to open or read says nothing about the file, and the next look may succeed."""
    return error == cstd.EMFILE or error == cstd.ENFILE or error == cstd.ENOMEM or error == cstd.EIO \
        or error == cstd.EAGAIN or error == cstd.EINTR


cdef int graveyard_write(const graveyard_t *graveyard, const char *name, const life_t *life) noexcept nogil:
    """Write a tombstone to a draft and put it in place; 0 or -errno.

    rename(2) swaps the name in one step: a peer never reads half a tombstone,
    which truncating in place would allow. There is no fsync: the graveyard lives
    as long as the pod.
    """
    cdef text_t *text = text_draft()
    cdef char draft[FILE_BYTES]
    cdef int result
    tombstone_write(text, life)
    graveyard_file(draft, name, b".tmp")
    result = graveyard_write_draft(graveyard, draft, text)
    if result == 0 and kernel.renameat(graveyard.folder, draft, graveyard.folder, name) < 0:
        result = -cstd.errno
    if result < 0:
        kernel.unlinkat(graveyard.folder, draft, 0)
    return result


cdef int graveyard_write_draft(const graveyard_t *graveyard, const char *draft, const text_t *text) noexcept nogil:
    """Write a new file, readable by all (the umask is 0 here); 0 or -errno."""
    cdef int flags = kernel.O_WRONLY | kernel.O_CREAT | kernel.O_EXCL | kernel.O_NOFOLLOW | kernel.O_CLOEXEC
    cdef int file = kernel.openat(graveyard.folder, draft, flags, 0o644)
    cdef kernel.ssize_t written
    cdef int error
    if file < 0 and cstd.errno == cstd.EEXIST:
        kernel.unlinkat(graveyard.folder, draft, 0)     # of a predecessor that was killed
        file = kernel.openat(graveyard.folder, draft, flags, 0o644)
    if file < 0:
        return -cstd.errno
    written = kernel.write(file, text.bytes, text.length)
    error = 0
    if written != <kernel.ssize_t>text.length:
        error = cstd.errno if written < 0 else cstd.ENOSPC
    # A file system may say only here that it did not keep the text (close(2)).
    if kernel.close(file) < 0 and error == 0 and cstd.errno != cstd.EINTR:
        error = cstd.errno
    return -error


cdef int graveyard_try(const graveyard_t *graveyard, const char *name) noexcept nogil:
    """Make a draft and remove it. Return 0; -errno if no file can be made.

    Not faccessat(2): it cannot know what a security module or a filter of system calls refuses.
    """
    cdef text_t *text = text_draft()
    cdef char draft[FILE_BYTES]
    cdef int result
    text.length = 0
    graveyard_file(draft, name, b".tmp")
    result = graveyard_write_draft(graveyard, draft, text)
    graveyard_remove(graveyard, draft)
    return result


cdef kernel.ssize_t graveyard_read(const graveyard_t *graveyard, const char *name, char *target) noexcept nogil:
    """Read a tombstone's text into TOMBSTONE_BYTES + 1 bytes; return its length or -errno.

    A symbolic link is not followed, a FIFO not waited for. -EINVAL if it is not a
    file, -EFBIG if it is larger than any tombstone.
    """
    cdef kernel.stat_s status
    cdef kernel.ssize_t length = 0
    cdef kernel.ssize_t size = -1
    cdef int error
    cdef int file = kernel.openat(graveyard.folder, name, kernel.O_RDONLY | kernel.O_NOFOLLOW | kernel.O_NONBLOCK
                                  | kernel.O_NOCTTY | kernel.O_CLOEXEC)
    if file < 0:
        return -cstd.errno
    error = cstd.EINVAL if kernel.fstat(file, &status) == 0 else cstd.errno
    if error != cstd.EINVAL or not cstd.S_ISREG(status.st_mode):
        kernel.close(file)
        return -error
    while length <= TOMBSTONE_BYTES:
        size = kernel.read(file, target + length, <size_t>(TOMBSTONE_BYTES + 1 - length))
        if size <= 0:
            break
        length += size
        if length == status.st_size:
            break       # if it has grown since, an event of the watch follows
    error = cstd.errno
    kernel.close(file)
    if size < 0:
        return -error
    return length if length <= TOMBSTONE_BYTES else -cstd.EFBIG
