"""The watch on the graveyard: inotify on the folder, and what its events are about."""
cimport cstd
cimport kernel

cdef enum:
    EVENTS_BYTES = 16384
    SUSPECT_LOOKS = 10          # in two seconds

    # Renames of tombstones and FIFOs; the original's truncate-and-write, once it
    # is complete; removal of a tombstone (with the policy all, that is a rebirth).
    # IN_MODIFY would only show files that are half-written.
    GRAVEYARD_EVENTS = (kernel.IN_MOVED_TO | kernel.IN_CREATE | kernel.IN_CLOSE_WRITE | kernel.IN_DELETE
                        | kernel.IN_DELETE_SELF | kernel.IN_MOVE_SELF | kernel.IN_ONLYDIR)
    GRAVEYARD_GONE = (kernel.IN_DELETE_SELF | kernel.IN_MOVE_SELF | kernel.IN_IGNORED
                      | kernel.IN_UNMOUNT)


cdef extern from "base/buffers.h" nogil:
    char *watch_events "buffers.input"      # aligned as events must be


cdef int watch_begin(graveyard_t *graveyard) noexcept nogil:
    """Watch the folder; 0, or -errno if inotify is not available.

    By path: inotify takes no descriptor without /proc. If the path leads elsewhere
    between the two calls, the backstop poll (POLL_INTERVAL) finds that.
    """
    cdef kernel.stat_s status
    cdef int error
    if kernel.fstat(graveyard.folder, &status) == 0:
        graveyard.device = status.st_dev
        graveyard.inode = status.st_ino
    if graveyard.watch < 0:
        graveyard.watch = kernel.inotify_init1(kernel.IN_CLOEXEC | kernel.IN_NONBLOCK)
        if graveyard.watch < 0:
            return -cstd.errno
    graveyard.watch_id = kernel.inotify_add_watch(graveyard.watch, graveyard.path, GRAVEYARD_EVENTS)
    if graveyard.watch_id < 0:
        error = cstd.errno
        kernel.close(graveyard.watch)
        graveyard.watch = -1
        return -error
    return 0


cdef bint watch_has_events(const graveyard_t *graveyard) noexcept nogil:
    """Return whether something happened in the folder since the events were last read."""
    cdef kernel.pollfd watch
    poll_entry(&watch, graveyard.watch, kernel.POLLIN)
    return kernel.poll(&watch, 1, 0) == 1


cdef void watch_end(graveyard_t *graveyard) noexcept nogil:
    """Let go of the watch."""
    if graveyard.watch >= 0:
        kernel.close(graveyard.watch)
        graveyard.watch = -1
    if graveyard.unwatched >= 0:
        kernel.close(graveyard.unwatched)
        graveyard.unwatched = -1


cdef void watch_mute(graveyard_t *graveyard) noexcept nogil:
    """Remove the watch, so that no process queues events for us. Keep its descriptor: closing that can take 10 ms now
    (the kernel waits for synchronize_srcu), and next to nothing at our exit."""
    if graveyard.watch >= 0:
        kernel.inotify_rm_watch(graveyard.watch, graveyard.watch_id)
        graveyard.unwatched = graveyard.watch
        graveyard.watch = -1


cdef bint watch_is_elsewhere(const graveyard_t *graveyard) noexcept nogil:
    """Return whether the path now leads to another folder, or does not exist."""
    cdef kernel.stat_s status
    if graveyard.gone or kernel.fstatat(kernel.AT_FDCWD, graveyard.path, &status, 0) < 0:
        return True
    return status.st_dev != graveyard.device or status.st_ino != graveyard.inode


cdef int watch_move(graveyard_t *graveyard) noexcept nogil:
    """Open and watch what is at the path now; 0 or -errno (not made again yet).

    A new inotify descriptor is made, so that a watch on the former folder (which was
    moved away, for example) does not report events of the new one.
    """
    cdef int result
    watch_end(graveyard)
    graveyard_close(graveyard)
    result = graveyard_open(graveyard, False)
    graveyard.gone = result < 0
    graveyard.suspect = 0
    if result < 0:
        return result
    watch_begin(graveyard)
    return 0


cdef bint watch_take_events(graveyard_t *graveyard, settings_t *settings) noexcept nogil:
    """Mark the dependencies that something happened to; True when the folder itself is gone.

    One read a call: a storm of foreign writes must not keep signals waiting. The
    removal of our FIFO is a hint that the folder is being deleted: while any process
    holds a FIFO in it open, inotify does not report the deletion of the folder itself.
    """
    cdef const char *bytes = watch_events
    cdef const kernel.inotify_event *event
    cdef kernel.ssize_t at = 0
    cdef kernel.ssize_t size = kernel.read(graveyard.watch, watch_events, EVENTS_BYTES)
    cdef bint gone = False
    while at < size:
        event = <const kernel.inotify_event *>(bytes + at)
        if event.mask & GRAVEYARD_GONE:
            gone = True
        elif event.mask & kernel.IN_Q_OVERFLOW:
            dependencies_mark(&settings.deps)
        elif event.len > 0 and event.name[0] == c'.':
            # A FIFO that is closed after a look, ours too, is no news.
            if not event.mask & kernel.IN_CLOSE_WRITE:
                watch_mark_fifo(graveyard, settings, event.name, (event.mask & kernel.IN_DELETE) != 0)
        elif event.len > 0:
            watch_mark_name(&settings.deps, event.name, cstd.strlen(event.name))
        at += <kernel.ssize_t>(sizeof(kernel.inotify_event) + event.len)
    return gone


cdef void watch_mark_fifo(graveyard_t *graveyard, settings_t *settings, const char *file,
                          bint removed) noexcept nogil:
    """Mark the owner of a FIFO (.NAME.alive); other dot files do not matter."""
    cdef size_t length = cstd.strlen(file)
    if length < 8 or cstd.memcmp(file + length - 6, b".alive", 6) != 0:
        return
    watch_mark_name(&settings.deps, file + 1, length - 7)
    if removed and bytes_equal(file + 1, length - 7, settings.name):
        graveyard.suspect = SUSPECT_LOOKS


cdef void watch_mark_name(dependencies_t *deps, const char *name, size_t length) noexcept nogil:
    """Mark the dependency of this name, if there is one, to be looked at again."""
    cdef int index = dependency_index(deps, name, length)
    if index >= 0:
        deps.list[index].stale = True
