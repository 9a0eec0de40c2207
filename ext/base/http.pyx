"""HTTP: one plain request under a deadline, and the status that it is answered with (RFC 9112).

This runs in a child, so it may wait. It waits in poll(2), which also ends when the
supervisor sends a signal.
"""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef enum:
    REQUEST_BYTES = URL_BYTES + 512
    PIECE_BYTES = 256           # read at once before the status: few of what follows
    REST_BYTES = 4096           # read at once of what follows
    REST_MS = 100               # for all of it


cdef int http_ask(const url_t *url, long long deadline_ns, int signals) noexcept nogil:
    """Send the request; return the status of the answer, or -errno.

    -ETIMEDOUT at the deadline (monotonic), -EPROTO when the answer is not HTTP/1,
    -EINTR when SIGTERM is read from the descriptor signals (-1: none).
    """
    cdef int status
    cdef int family
    for family in range(2):
        # localhost has two addresses, and a server may bind either.
        if url.address.has_v6 if family else url.address.has_v4:
            status = http_ask_at(url, family, deadline_ns, signals)
            if not http_is_refused(url, family, status):
                return status
    return -cstd.ECONNREFUSED


cdef bint http_is_refused(const url_t *url, bint v6, int result) noexcept nogil:
    """Return whether nothing listens at an address of a URL: it refuses, or is the ::1 of localhost in a pod without
    IPv6."""
    return result == -cstd.ECONNREFUSED or \
        (v6 and url.address.has_v4 and (result == -cstd.EADDRNOTAVAIL or result == -cstd.EAFNOSUPPORT))


cdef int http_ask_at(const url_t *url, bint v6, long long deadline_ns, int signals) noexcept nogil:
    """Ask at one address; return what http_ask returns."""
    cdef int connection = kernel.socket(kernel.AF_INET6 if v6 else kernel.AF_INET, kernel.SOCK_STREAM
                                        | kernel.SOCK_CLOEXEC | kernel.SOCK_NONBLOCK, 0)
    cdef int result
    if connection < 0:
        return -cstd.errno
    result = http_connect(connection, &url.address, v6, deadline_ns, signals)
    if result == 0:
        result = http_send(connection, url, deadline_ns, signals)
    if result == 0:
        result = http_receive(connection, deadline_ns, signals)
        if result > 0:
            http_take_rest(connection)
    kernel.close(connection)
    return result


cdef int http_connect(int connection, const address_t *address, bint v6, long long deadline_ns,
                      int signals) noexcept nogil:
    """Connect; 0 or -errno."""
    cdef int result = 0
    cdef int error = 0
    cdef kernel.socklen_t size = sizeof(error)
    if v6:
        error = kernel.connect(connection, <const kernel.sockaddr *>&address.v6, sizeof(cstd.sockaddr_in6))
    else:
        error = kernel.connect(connection, <const kernel.sockaddr *>&address.v4, sizeof(cstd.sockaddr_in))
    if error < 0:
        if cstd.errno != cstd.EINPROGRESS:
            return -cstd.errno
        result = http_wait(connection, kernel.POLLOUT, deadline_ns, signals)
        if result == 0 and kernel.getsockopt(connection, kernel.SOL_SOCKET, kernel.SO_ERROR, &error, &size) < 0:
            return -cstd.errno
        if result == 0:
            result = -error
    if result == 0 and address_is_own(connection):
        return -cstd.ECONNREFUSED
    return result


cdef int http_send(int connection, const url_t *url, long long deadline_ns, int signals) noexcept nogil:
    """Write the request; 0 or -errno."""
    cdef char request[REQUEST_BYTES]
    cdef bint slash = url.path_length > 0 and url.path[0] == c'/'
    cdef int length = cstd.snprintf(
        request, REQUEST_BYTES, b"%s %s%.*s HTTP/1.1\r\nHost: %.*s\r\nUser-Agent: kubexit/%s\r\nAccept: */*\r\n"
        b"Connection: close\r\n%s\r\n", b"POST" if url.by_post else b"GET", b"" if slash else b"/",
        <int>url.path_length, url.path, <int>url.host_length, url.host, KUBEXIT_VERSION,
        b"Content-Length: 0\r\n" if url.by_post else b"")
    cdef int sent = 0
    cdef int result
    cdef kernel.ssize_t part
    while sent < length:
        part = kernel.send(connection, request + sent, <size_t>(length - sent), kernel.MSG_NOSIGNAL)
        if part >= 0:
            sent += <int>part
            continue
        result = http_wait_again(connection, kernel.POLLOUT, deadline_ns, signals)
        if result != 0:
            return result
    return 0


cdef int http_receive(int connection, long long deadline_ns, int signals) noexcept nogil:
    """Read the answer up to its final status; return the status or -errno."""
    cdef http_answer_t answer
    cdef char piece[PIECE_BYTES]
    cdef kernel.ssize_t part
    cdef int result = 0
    http_answer_begin(&answer)
    while result == 0:
        # Before each read: a server that sends without an end must not get past the deadline.
        result = http_wait(connection, kernel.POLLIN, deadline_ns, signals)
        if result != 0:
            return result
        part = kernel.read(connection, piece, PIECE_BYTES)
        if part == 0:
            return -cstd.EPROTO
        if part > 0:
            result = http_answer_take(&answer, piece, part)
        elif cstd.errno != cstd.EAGAIN:
            return -cstd.errno
    return result


cdef void http_take_rest(int connection) noexcept nogil:
    """Read what follows, which is not of interest, for a moment: a connection that is closed
    on unread bytes is reset (RFC 2525, section 2.17), and servers complain of that."""
    cdef char rest[REST_BYTES]
    cdef long long deadline_ns = clock_monotonic_ns() + REST_MS * MILLISECOND_NS
    cdef kernel.ssize_t part
    while True:
        part = kernel.read(connection, rest, REST_BYTES)
        if part == 0 or (part < 0 and cstd.errno != cstd.EAGAIN):
            return
        if http_wait(connection, kernel.POLLIN, deadline_ns, -1) != 0:
            return


cdef int http_wait_again(int connection, short events, long long deadline_ns, int signals) noexcept nogil:
    """After a call that failed with errno: wait until it can succeed; 0 or -errno."""
    if cstd.errno != cstd.EAGAIN:
        return -cstd.errno
    return http_wait(connection, events, deadline_ns, signals)


cdef int http_wait(int descriptor, short events, long long deadline_ns, int signals) noexcept nogil:
    """Wait until a descriptor is ready; 0, -ETIMEDOUT, or -EINTR at SIGTERM. Descriptor -1: wait for the deadline."""
    cdef kernel.pollfd ready[2]
    cdef kernel.timespec length
    cdef kernel.signalfd_siginfo taken
    cdef long long left_ns
    while True:
        left_ns = deadline_ns - clock_monotonic_ns()
        if left_ns <= 0:
            return -cstd.ETIMEDOUT
        length.tv_sec = left_ns // SECOND_NS
        length.tv_nsec = left_ns % SECOND_NS
        poll_entry(&ready[0], descriptor, events)
        poll_entry(&ready[1], signals, kernel.POLLIN)
        poll_wait(ready, 2, &length)
        if ready[1].revents and kernel.read(signals, &taken, sizeof(taken)) > 0 and \
                taken.ssi_signo == kernel.SIGTERM:
            return -cstd.EINTR
        if ready[0].revents:
            return 0


cdef bint http_is_good(int status) noexcept nogil:
    """Return whether a status is 2xx: success (RFC 9110, section 15.3)."""
    return 200 <= status < 300


cdef void http_describe(int status, char *target, size_t size) noexcept nogil:
    """Describe the outcome of a request: "answered 503", "Connection refused"."""
    if status == 0:
        cstd.snprintf(target, size, b"no answer yet")
    elif status > 0:
        cstd.snprintf(target, size, b"answered %d", status)
    elif status == -cstd.EPROTO:
        cstd.snprintf(target, size, b"the answer was not HTTP")
    elif status == -cstd.ETIMEDOUT:
        cstd.snprintf(target, size, b"no answer in time")
    else:
        cstd.snprintf(target, size, b"%s", cstd.strerror(-status))
