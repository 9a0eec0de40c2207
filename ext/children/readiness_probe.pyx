"""Readiness of our own command: one probe, until it succeeds; then Ready is carved.

A TCP connection, a file newer than the start, or READY=1 on a socket as with
sd_notify(3); ready_process.pyx has those that are processes. Nothing here can hold
up the loop: the descriptors are in its poll set.
"""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef enum:
    NOTIFY_BYTES = 4096


cdef void ready_begin(ready_t *ready) noexcept nogil:
    """No probe yet."""
    ready.kind = READY_NONE
    ready.descriptor = -1
    ready.events = 0
    ready.next_ns = NEVER_NS
    ready.start_ns = 0
    ready.second_address = True
    ready.pid = 0
    ready.warned = False


cdef void ready_prepare(ready_t *ready, const ready_settings_t *settings, command_t *command,
                        log_t *log) noexcept nogil:
    """Before the command starts: the socket it will find, the time its file is compared with.

    The coarse clock, because the kernel stamps files with it: the fine one may be
    a few milliseconds ahead of a file written after it.
    """
    cdef int error
    ready.kind = settings.kind
    if ready.kind == READY_FILE:
        ready.start_ns = clock_read_ns(kernel.CLOCK_REALTIME_COARSE)
    if ready.kind == READY_NOTIFY:
        error = ready_listen(ready, command)
        if error < 0:
            log_warn(log, b"KUBEXIT_READY_NOTIFY: no socket can be had: %s; Ready will not be carved",
                     cstd.strerror(-error))
            ready.kind = READY_NONE


cdef int ready_listen(ready_t *ready, command_t *command) noexcept nogil:
    """Bind a datagram socket to an abstract address of the kernel's choice (unix(7)): no
    file, no path that is too long, gone with us. 0 or -errno."""
    cdef kernel.sockaddr_un address
    cdef kernel.socklen_t length = sizeof(address)
    cdef int error
    ready.descriptor = kernel.socket(kernel.AF_UNIX, kernel.SOCK_DGRAM | kernel.SOCK_CLOEXEC
                                     | kernel.SOCK_NONBLOCK, 0)
    if ready.descriptor < 0:
        return -cstd.errno
    cstd.memset(&address, 0, sizeof(address))
    address.sun_family = kernel.AF_UNIX
    if kernel.bind(ready.descriptor, <kernel.sockaddr *>&address, 2) == 0 and \
            kernel.getsockname(ready.descriptor, <kernel.sockaddr *>&address, &length) == 0:
        address.sun_path[length - 2] = 0
        address.sun_path[0] = c'@'
        ready.events = kernel.POLLIN
        error = -command_offer_notify(command, address.sun_path)
    else:
        error = cstd.errno
    if error != 0:
        ready_close(ready)
    return -error


cdef void ready_arm(ready_t *ready, long long now_ns) noexcept nogil:
    """After the start: the first probe is due at once."""
    if ready.kind != READY_NONE and ready.kind != READY_NOTIFY:
        ready.next_ns = now_ns


cdef bint ready_probe(ready_t *ready, const ready_settings_t *settings, long long now_ns) noexcept nogil:
    """A probe is due; True when the command is ready."""
    cdef kernel.stat_s status
    ready.next_ns = clock_add_ns(now_ns, settings.period_ns)
    if ready.kind == READY_FILE:
        return kernel.fstatat(kernel.AT_FDCWD, settings.file, &status, 0) == 0 and \
            status.st_mtim.tv_sec * SECOND_NS + status.st_mtim.tv_nsec >= ready.start_ns
    ready_close(ready)      # a connection that has not come about within the period
    if settings.address.has_v4:
        return ready_connect(ready, &settings.address, kernel.AF_INET)
    return ready_connect(ready, &settings.address, kernel.AF_INET6)


cdef bint ready_connect(ready_t *ready, const address_t *address, int family) noexcept nogil:
    """Begin a connection; True when it stands at once. A refusal leads to the other
    address of localhost: which one a server binds is its affair."""
    cdef const kernel.sockaddr *target = <const kernel.sockaddr *>&address.v4
    cdef kernel.socklen_t length = sizeof(kernel.sockaddr_in)
    if family == kernel.AF_INET6:
        target = <const kernel.sockaddr *>&address.v6
        length = sizeof(kernel.sockaddr_in6)
    ready.second_address = family == kernel.AF_INET6 or not address.has_v6
    ready.descriptor = kernel.socket(family, kernel.SOCK_STREAM | kernel.SOCK_CLOEXEC | kernel.SOCK_NONBLOCK, 0)
    if ready.descriptor < 0:
        return False
    if kernel.connect(ready.descriptor, target, length) == 0:
        return ready_is_connected(ready)
    if cstd.errno == cstd.EINPROGRESS:
        ready.events = kernel.POLLOUT
        return False
    return ready_refused(ready, address)


cdef bint ready_refused(ready_t *ready, const address_t *address) noexcept nogil:
    """Nobody listens there: try the other address, if there is one that was not tried."""
    ready_close(ready)
    return not ready.second_address and ready_connect(ready, address, kernel.AF_INET6)


cdef bint ready_is_connected(ready_t *ready) noexcept nogil:
    """Whether the other end is somebody else; else the connection is closed."""
    if not address_is_own(ready.descriptor):
        return True
    ready_close(ready)
    return False


cdef bint ready_answer(ready_t *ready, const address_t *address) noexcept nogil:
    """The descriptor has something to say; True when the command is ready."""
    cdef char message[NOTIFY_BYTES + 1]
    cdef kernel.ssize_t length
    cdef int error = -1
    cdef kernel.socklen_t size = sizeof(error)
    if ready.kind == READY_NOTIFY:
        length = kernel.read(ready.descriptor, message, NOTIFY_BYTES)
        return length > 0 and ready_says(message, <size_t>length)
    if kernel.getsockopt(ready.descriptor, kernel.SOL_SOCKET, kernel.SO_ERROR, &error, &size) == 0 and error == 0:
        return ready_is_connected(ready)
    return ready_refused(ready, address)


cdef bint ready_says(const char *message, size_t length) noexcept nogil:
    """Whether one of the lines of an sd_notify(3) message is READY=1."""
    cdef const char *end = message + length
    cdef const char *line_end
    while message < end:
        line_end = <const char *>cstd.memchr(message, c'\n', <size_t>(end - message))
        if line_end == NULL:
            line_end = end
        if bytes_equal(message, <size_t>(line_end - message), b"READY=1"):
            return True
        message = line_end + 1
    return False


cdef void ready_close(ready_t *ready) noexcept nogil:
    """Let go of the descriptor."""
    if ready.descriptor >= 0:
        kernel.close(ready.descriptor)
    ready.descriptor = -1


cdef void ready_end(ready_t *ready) noexcept nogil:
    """No more probes; a process of theirs ends with its children, and is collected like any other."""
    ready_close(ready)
    if ready.pid > 0:
        kernel.kill(ready.pid, kernel.SIGKILL)      # it may not have its own group yet
        kernel.kill(-ready.pid, kernel.SIGKILL)
    ready.kind = READY_NONE
    ready.next_ns = NEVER_NS
