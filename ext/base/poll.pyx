"""Poll: the set that poll(2) waits for, and a wait that a low limit of open files cannot refuse."""
cimport cstd
cimport kernel

cdef enum:
    POLL_PIECE_MS = 50          # how late an event can be noticed if the set is polled in pieces


cdef void poll_entry(kernel.pollfd *entry, int descriptor, short events) noexcept nogil:
    """Fill one entry; poll(2) passes over a negative descriptor."""
    entry.fd = descriptor
    entry.events = events
    entry.revents = 0


cdef int poll_wait(kernel.pollfd *entries, unsigned long count, const kernel.timespec *length) noexcept nogil:
    """Wait until an entry is ready, a signal handler ran or the time is over (NULL: no limit). Return 0 or -errno."""
    if kernel.ppoll(entries, count, length, NULL) >= 0:
        return 0
    if cstd.errno != cstd.EINVAL:
        return -cstd.errno
    poll_in_pieces(entries, count, length)
    return 0


cdef void poll_in_pieces(kernel.pollfd *entries, unsigned long count, const kernel.timespec *length) noexcept nogil:
    """Wait for a short time, and find what is ready one by one.

    The system refuses more entries than files can be open (RLIMIT_NOFILE), although all of them are: the limit was
    lowered since, perhaps by another process (prlimit(2)).
    """
    cdef kernel.timespec pause
    pause.tv_sec = 0
    pause.tv_nsec = POLL_PIECE_MS * MILLISECOND_NS
    if poll_each(entries, count):
        return
    if length != NULL and length.tv_sec == 0 and length.tv_nsec < pause.tv_nsec:
        pause.tv_nsec = length.tv_nsec
    kernel.ppoll(NULL, 0, &pause, NULL)
    poll_each(entries, count)


cdef bint poll_each(kernel.pollfd *entries, unsigned long count) noexcept nogil:
    """Poll each entry. Return whether one is ready.

    With a limit of 0 not even one can be polled. Then each entry that waits for input counts as ready, since no read of
    it blocks.
    """
    cdef unsigned long index
    cdef int result
    cdef bint ready = False
    for index in range(count):
        entries[index].revents = 0
        if entries[index].fd < 0:
            continue
        result = kernel.poll(&entries[index], 1, 0)
        if result < 0:
            entries[index].revents = entries[index].events & kernel.POLLIN
        ready = ready or result > 0
    return ready
