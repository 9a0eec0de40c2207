"""Readiness of the command: one probe, until it succeeds; then Ready is written.

A TCP connection, a file newer than the start, or READY=1 on a socket as with
sd_notify(3); steps/readiness_child.pyx has the probes that are processes. Nothing here
blocks the loop: the descriptors are in its poll set.
"""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef enum:
    NOTIFY_BYTES = 4096


cdef void readiness_begin(readiness_t *readiness) noexcept nogil:
    """Set up: no probe yet."""
    cstd.memset(readiness, 0, sizeof(readiness_t))
    readiness.kind = READY_NONE
    readiness.descriptor = -1
    readiness.status_fd = -1
    readiness.next_ns = NEVER_NS
    readiness.second_address = True


cdef void readiness_prepare(readiness_t *readiness, const ready_settings_t *settings, command_t *command,
                            log_t *log) noexcept nogil:
    """Before the command starts: open its notify socket, or take the time that its file must be newer than.

    Use the coarse clock, because the kernel stamps files with it: the fine one may be
    a few milliseconds ahead of a file written after it.
    """
    cdef int error
    readiness.kind = settings.kind
    if readiness.kind == READY_FILE:
        readiness.start_ns = clock_read_ns(kernel.CLOCK_REALTIME_COARSE)
    if readiness.kind == READY_NOTIFY:
        error = readiness_listen(readiness, command)
        if error < 0:
            log_warn(log, b"KUBEXIT_READY_NOTIFY: cannot make a socket: %s; the command will never be ready",
                     cstd.strerror(-error))
            readiness.kind = READY_NONE


cdef int readiness_listen(readiness_t *readiness, command_t *command) noexcept nogil:
    """Open the notify socket and give its address to the command. Return 0; -errno on failure."""
    cdef kernel.sockaddr_un address
    cdef int error
    readiness.descriptor = kernel.socket(kernel.AF_UNIX, kernel.SOCK_DGRAM | kernel.SOCK_CLOEXEC
                                         | kernel.SOCK_NONBLOCK, 0)
    if readiness.descriptor < 0:
        return -cstd.errno
    readiness.events = kernel.POLLIN
    error = notify_bind(readiness.descriptor, &address)
    if error == 0:
        error = command_offer_notify(command, address.sun_path)
    if error != 0:
        readiness_close(readiness)
    return error


cdef void readiness_arm(readiness_t *readiness, long long now_ns) noexcept nogil:
    """Make the first probe due at once; called after the start."""
    if readiness.kind != READY_NONE and readiness.kind != READY_NOTIFY:
        readiness.next_ns = now_ns


cdef bint readiness_probe(readiness_t *readiness, const ready_settings_t *settings, long long now_ns) noexcept nogil:
    """Probe once. Return True if the command is ready."""
    cdef kernel.stat_s status
    readiness.next_ns = clock_add_ns(now_ns, settings.period_ns)
    if readiness.kind == READY_FILE and kernel.fstatat(kernel.AT_FDCWD, settings.file, &status, 0) < 0:
        return readiness_fail(readiness, cstd.strerror(cstd.errno))
    if readiness.kind == READY_FILE:
        return clock_of_file_ns(&status.st_mtim) >= readiness.start_ns or \
            readiness_fail(readiness, b"older than the start of the command")
    if readiness.descriptor >= 0:   # a connection that has not come about within the period
        readiness_fail(readiness, b"no answer")
        readiness_close(readiness)
    if settings.address.has_v4:
        return readiness_connect(readiness, &settings.address, kernel.AF_INET)
    return readiness_connect(readiness, &settings.address, kernel.AF_INET6)


cdef bint readiness_fail(readiness_t *readiness, const char *why) noexcept nogil:
    """Remember why the probe failed, for the tombstone. Always False."""
    if cstd.strncmp(readiness.failure, why, FAILURE_BYTES - 1) != 0:
        cstd.snprintf(readiness.failure, FAILURE_BYTES, b"%s", why)
        readiness.changed = True
    return False


cdef bint readiness_connect(readiness_t *readiness, const address_t *address, int family) noexcept nogil:
    """Begin a connection. Return True if it is made at once. After a refusal try the other
    address of localhost: a server may bind either."""
    cdef const kernel.sockaddr *target = <const kernel.sockaddr *>&address.v4
    cdef kernel.socklen_t length = sizeof(cstd.sockaddr_in)
    if family == kernel.AF_INET6:
        target = <const kernel.sockaddr *>&address.v6
        length = sizeof(cstd.sockaddr_in6)
    readiness.second_address = family == kernel.AF_INET6 or not address.has_v6
    readiness.descriptor = kernel.socket(family, kernel.SOCK_STREAM | kernel.SOCK_CLOEXEC | kernel.SOCK_NONBLOCK, 0)
    if readiness.descriptor < 0:
        return readiness_fail(readiness, cstd.strerror(cstd.errno))
    if kernel.connect(readiness.descriptor, target, length) == 0:
        return readiness_is_connected(readiness)
    if cstd.errno == cstd.EINPROGRESS:
        readiness.events = kernel.POLLOUT
        return False
    return readiness_refused(readiness, address, cstd.errno)


cdef bint readiness_refused(readiness_t *readiness, const address_t *address, int error) noexcept nogil:
    """Try the other address, if there is one that was not tried: no server listens at this one."""
    # That the machine has no IPv6 says nothing about a server.
    if error == cstd.ECONNREFUSED or not readiness.second_address or not (address.has_v4 and address.has_v6):
        readiness_fail(readiness, cstd.strerror(error))
    readiness_close(readiness)
    return not readiness.second_address and readiness_connect(readiness, address, kernel.AF_INET6)


cdef bint readiness_is_connected(readiness_t *readiness) noexcept nogil:
    """True if the other end is another socket; if it is our own, close the connection."""
    if not address_is_own(readiness.descriptor):
        return True
    readiness_close(readiness)
    return readiness_fail(readiness, cstd.strerror(cstd.ECONNREFUSED))


cdef bint readiness_answer(readiness_t *readiness, const address_t *address) noexcept nogil:
    """Read what the descriptor has for us. Return True if the command is ready."""
    cdef char message[NOTIFY_BYTES + 1]
    cdef kernel.ssize_t length
    cdef int error = -1
    cdef kernel.socklen_t size = sizeof(error)
    if readiness.kind == READY_HTTP:
        readiness_take_status(readiness)
        return False            # the end of its process says when it has succeeded
    if readiness.kind == READY_NOTIFY:
        length = kernel.read(readiness.descriptor, message, NOTIFY_BYTES + 1)
        # A longer message is cut, and its last line may have been another one.
        return 0 < length <= NOTIFY_BYTES and not readiness.notified and readiness_says(message, <size_t>length)
    if kernel.getsockopt(readiness.descriptor, kernel.SOL_SOCKET, kernel.SO_ERROR, &error, &size) == 0 and error == 0:
        return readiness_is_connected(readiness)
    return readiness_refused(readiness, address, error if error > 0 else cstd.errno)


cdef void readiness_take_status(readiness_t *readiness) noexcept nogil:
    """Read why a request of the probe by HTTP failed: one number for each new reason."""
    cdef char why[FAILURE_BYTES]
    cdef int status
    if kernel.read(readiness.descriptor, &status, sizeof(status)) == sizeof(status):
        http_describe(status, why, sizeof(why))
        readiness_fail(readiness, why)
    else:
        readiness_close(readiness)


cdef bint readiness_says(const char *message, size_t length) noexcept nogil:
    """True if one of the lines of an sd_notify(3) message is READY=1."""
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


cdef void readiness_close(readiness_t *readiness) noexcept nogil:
    """Close the descriptor."""
    if readiness.descriptor >= 0:
        kernel.close(readiness.descriptor)
    readiness.descriptor = -1


cdef void readiness_succeed(readiness_t *readiness) noexcept nogil:
    """Stop probing: the command is ready. The notify socket stays: a program sends more messages to it, and
    systemd-notify(1) sends a pipe with BARRIER=1 and waits until we have read, and so closed, it."""
    if readiness.kind == READY_NOTIFY:
        readiness.notified = True
    else:
        readiness_end(readiness)


cdef void readiness_end(readiness_t *readiness) noexcept nogil:
    """Stop probing. A probe that is a process ends with its children; the reaper collects it."""
    readiness_close(readiness)
    if readiness.pid > 0:
        kernel.kill(readiness.pid, kernel.SIGKILL)      # it may not have its own group yet
        kernel.kill(-readiness.pid, kernel.SIGKILL)
    readiness.kind = READY_NONE
    readiness.next_ns = NEVER_NS
