"""Poll: one entry of the set that poll(2) waits for."""
cimport kernel


cdef void poll_entry(kernel.pollfd *entry, int descriptor, short events) noexcept nogil:
    """Fill one entry; poll(2) passes over a negative descriptor."""
    entry.fd = descriptor
    entry.events = events
    entry.revents = 0
