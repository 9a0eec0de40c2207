"""The graveyard: a folder that is watched, carved into and read.

Each visit opens the folder, does all it has to do through that descriptor, and
lets go of it: a path that changes its meaning cannot split one visit over two
folders, and a folder that is held open could not be unmounted, nor would inotify
tell that it was deleted.
"""
from libc.stddef cimport size_t
cimport kernel

cdef enum:
    FILE_BYTES = 256            # a file name (NAME_MAX) and its end
    TOMBSTONE_BYTES = 65536     # a larger file is no tombstone
    EVENTS_BYTES = 16384

    # Renames of tombstones and FIFOs; the original's truncate-and-write, once it
    # is complete; removal of a tombstone (with the policy all, that is a rebirth).
    # IN_MODIFY would only show files that are half-written.
    GRAVEYARD_EVENTS = (kernel.IN_MOVED_TO | kernel.IN_CREATE | kernel.IN_CLOSE_WRITE | kernel.IN_DELETE
                        | kernel.IN_DELETE_SELF | kernel.IN_MOVE_SELF | kernel.IN_ONLYDIR)
    GRAVEYARD_GONE = (kernel.IN_DELETE_SELF | kernel.IN_MOVE_SELF | kernel.IN_IGNORED
                      | kernel.IN_UNMOUNT)

ctypedef struct graveyard_t:
    const char *path
    kernel.mode_t mode          # for a folder that has to be made
    int folder                  # O_PATH descriptor during a visit, else -1
    int watch                   # inotify descriptor, -1: none, polling is all there is
    bint gone                   # the folder was deleted and has not been made again
    bint suspect                # our FIFO was removed: the folder may be on its way out
    unsigned long device        # which folder is watched
    unsigned long inode


cdef void graveyard_begin(graveyard_t *graveyard, const char *path, kernel.mode_t mode) noexcept nogil:
    """Nothing open yet."""
    graveyard.path = path
    graveyard.mode = mode
    graveyard.folder = -1
    graveyard.watch = -1
    graveyard.gone = False
    graveyard.suspect = False
    graveyard.device = 0
    graveyard.inode = 0


cdef int graveyard_open(graveyard_t *graveyard, bint make) noexcept nogil:
    """Open the folder; 0, 1 when it had to be made, or -errno."""
    cdef int flags = kernel.O_PATH | kernel.O_DIRECTORY | kernel.O_CLOEXEC
    cdef int folder = kernel.openat(kernel.AT_FDCWD, graveyard.path, flags)
    cdef int made = 0
    if folder < 0 and kernel.errno == kernel.ENOENT and make:
        made = path_make(graveyard.path, graveyard.mode)
        if made < 0:
            return made
        made = 1 - made
        folder = kernel.openat(kernel.AT_FDCWD, graveyard.path, flags)
    if folder < 0:
        return -kernel.errno
    graveyard_leave(graveyard)
    graveyard.folder = folder
    return made


cdef void graveyard_leave(graveyard_t *graveyard) noexcept nogil:
    """The visit is over."""
    if graveyard.folder >= 0:
        kernel.close(graveyard.folder)
        graveyard.folder = -1


cdef int graveyard_watch(graveyard_t *graveyard) noexcept nogil:
    """Watch the folder; 0, or -errno when inotify cannot be had.

    By path: inotify takes no descriptor without /proc. Should the path lead
    elsewhere between the two calls, the backstop poll finds it.
    """
    cdef kernel.stat_s status
    cdef int error
    if kernel.fstat(graveyard.folder, &status) == 0:
        graveyard.device = status.st_dev
        graveyard.inode = status.st_ino
    if graveyard.watch < 0:
        graveyard.watch = kernel.inotify_init1(kernel.IN_CLOEXEC | kernel.IN_NONBLOCK)
        if graveyard.watch < 0:
            return -kernel.errno
    if kernel.inotify_add_watch(graveyard.watch, graveyard.path, GRAVEYARD_EVENTS) < 0:
        error = kernel.errno
        kernel.close(graveyard.watch)
        graveyard.watch = -1
        return -error
    return 0


cdef bint graveyard_replaced(const graveyard_t *graveyard) noexcept nogil:
    """Whether the path leads to another folder by now, or to none."""
    cdef kernel.stat_s status
    if graveyard.gone or kernel.fstatat(kernel.AT_FDCWD, graveyard.path, &status, 0) < 0:
        return True
    return status.st_dev != graveyard.device or status.st_ino != graveyard.inode


cdef int graveyard_reopen(graveyard_t *graveyard) noexcept nogil:
    """Open and watch what is at the path now; 0 or -errno (not made again yet).

    The inotify descriptor is made anew, so that a watch on the former folder
    (moved away, say) does not speak for the new one.
    """
    cdef int result
    graveyard_unwatch(graveyard)
    graveyard_leave(graveyard)
    result = graveyard_open(graveyard, False)
    graveyard.gone = result < 0
    graveyard.suspect = False
    if result < 0:
        return result
    graveyard_watch(graveyard)
    return 0


cdef void graveyard_unwatch(graveyard_t *graveyard) noexcept nogil:
    """Let go of the watch."""
    if graveyard.watch >= 0:
        kernel.close(graveyard.watch)
        graveyard.watch = -1


cdef void graveyard_file(char *target, const char *name, const char *ending) noexcept nogil:
    """The name of one of our own files: ".NAME" with an ending. No dependency can have it."""
    kernel.snprintf(target, FILE_BYTES, b".%s%s", name, ending)


cdef int graveyard_remove(const graveyard_t *graveyard, const char *file) noexcept nogil:
    """Remove a file; 0, also when it was not there, or -errno."""
    if kernel.unlinkat(graveyard.folder, file, 0) == 0 or kernel.errno == kernel.ENOENT:
        return 0
    return -kernel.errno


cdef int graveyard_carve(const graveyard_t *graveyard, const char *name, const life_t *life) noexcept nogil:
    """Write a tombstone to a draft and put it in place; 0 or -errno.

    rename(2) swaps the name in one step: a peer never reads half a tombstone,
    which truncating in place would allow. There is no fsync: the graveyard lives
    as long as the pod.
    """
    cdef text_t text
    cdef char draft[FILE_BYTES]
    cdef int result
    tombstone_write(&text, life)
    graveyard_file(draft, name, b".tmp")
    result = graveyard_write_draft(graveyard, draft, &text)
    if result == 0 and kernel.renameat(graveyard.folder, draft, graveyard.folder, name) < 0:
        result = -kernel.errno
    if result < 0:
        kernel.unlinkat(graveyard.folder, draft, 0)
    return result


cdef int graveyard_write_draft(const graveyard_t *graveyard, const char *draft, const text_t *text) noexcept nogil:
    """A new file with this text, readable by all (the umask is 0 here); 0 or -errno."""
    cdef int flags = kernel.O_WRONLY | kernel.O_CREAT | kernel.O_EXCL | kernel.O_NOFOLLOW | kernel.O_CLOEXEC
    cdef int file = kernel.openat(graveyard.folder, draft, flags, 0o644)
    cdef kernel.ssize_t written
    cdef int error
    if file < 0 and kernel.errno == kernel.EEXIST:
        kernel.unlinkat(graveyard.folder, draft, 0)     # of a predecessor that was killed
        file = kernel.openat(graveyard.folder, draft, flags, 0o644)
    if file < 0:
        return -kernel.errno
    written = kernel.write(file, text.bytes, text.length)
    error = kernel.errno if written < 0 else kernel.ENOSPC
    kernel.close(file)
    return 0 if written == <kernel.ssize_t>text.length else -error


cdef kernel.ssize_t graveyard_read(const graveyard_t *graveyard, const char *name, char *target) noexcept nogil:
    """A tombstone's text into TOMBSTONE_BYTES + 1 bytes; its length or -errno.

    Not followed when it is a symbolic link, not waited for when it is a FIFO,
    -EINVAL when it is not a file, -EFBIG when it is larger than any tombstone.
    """
    cdef kernel.stat_s status
    cdef kernel.ssize_t length = 0
    cdef kernel.ssize_t size = -1
    cdef int error
    cdef int file = kernel.openat(graveyard.folder, name, kernel.O_RDONLY | kernel.O_NOFOLLOW | kernel.O_NONBLOCK
                                  | kernel.O_NOCTTY | kernel.O_CLOEXEC)
    if file < 0:
        return -kernel.errno
    if kernel.fstat(file, &status) < 0 or not kernel.S_ISREG(status.st_mode):
        kernel.close(file)
        return -kernel.EINVAL
    while length <= TOMBSTONE_BYTES:
        size = kernel.read(file, target + length, <size_t>(TOMBSTONE_BYTES + 1 - length))
        if size <= 0:
            break
        length += size
    error = kernel.errno
    kernel.close(file)
    if size < 0:
        return -error
    return length if length <= TOMBSTONE_BYTES else -kernel.EFBIG


cdef bint graveyard_take_events(graveyard_t *graveyard, settings_t *settings) noexcept nogil:
    """Mark the dependencies that something happened to; True when the folder itself is gone.

    One read a call: a storm of foreign writes must not keep signals waiting. The
    removal of our own FIFO is a hint that the folder is being deleted: as long as
    somebody holds a FIFO in it open, inotify tells nothing of the folder's own end.
    """
    cdef char bytes[EVENTS_BYTES]
    cdef const kernel.inotify_event *event
    cdef kernel.ssize_t at = 0
    cdef kernel.ssize_t size = kernel.read(graveyard.watch, bytes, EVENTS_BYTES)
    cdef bint gone = False
    while at < size:
        event = <const kernel.inotify_event *>(bytes + at)
        if event.mask & GRAVEYARD_GONE:
            gone = True
        elif event.mask & kernel.IN_Q_OVERFLOW:
            dependencies_mark(&settings.deps)
        elif event.len > 0 and event.name[0] == c'.':
            graveyard_mark_fifo(graveyard, settings, event.name, (event.mask & kernel.IN_DELETE) != 0)
        elif event.len > 0:
            dependencies_mark_name(&settings.deps, event.name, kernel.strlen(event.name))
        at += <kernel.ssize_t>(sizeof(kernel.inotify_event) + event.len)
    return gone


cdef void dependencies_mark(dependencies_t *deps) noexcept nogil:
    """All dependencies have to be looked at again."""
    cdef int index
    for index in range(deps.count):
        deps.list[index].stale = True


cdef void dependencies_mark_name(dependencies_t *deps, const char *name, size_t length) noexcept nogil:
    """The dependency of this name has to be looked at again, if there is one."""
    cdef int index = dependency_index(deps, name, length)
    if index >= 0:
        deps.list[index].stale = True


cdef void graveyard_mark_fifo(graveyard_t *graveyard, settings_t *settings, const char *file,
                              bint removed) noexcept nogil:
    """A dot file: a dependency's FIFO (.NAME.alive), our own, or nothing of interest."""
    cdef size_t length = kernel.strlen(file)
    if length < 8 or kernel.memcmp(file + length - 6, b".alive", 6) != 0:
        return
    dependencies_mark_name(&settings.deps, file + 1, length - 7)
    if removed and is_text(file + 1, length - 7, settings.name):
        graveyard.suspect = True
