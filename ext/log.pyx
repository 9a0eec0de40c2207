"""Log lines: stderr only, time and level, one write a line, never blocking.

A line is a courtesy, the command's life is not: when nobody reads the pipe that
is stderr, lines are dropped and counted, and the supervisor goes on.
"""
from libc.stddef cimport size_t
cimport kernel

cdef extern from "log_format.h" nogil:
    enum:
        LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_OFF
    ctypedef struct log_t:
        int level
        bint json
        const char *name
        unsigned int lost
        void (*emit)(log_t *log, int level, const char *message) noexcept nogil
    void log_debug(log_t *log, const char *format, ...)
    void log_info(log_t *log, const char *format, ...)
    void log_warn(log_t *log, const char *format, ...)
    void log_error(log_t *log, const char *format, ...)


cdef void log_open(log_t *log) noexcept nogil:
    """Level info as text until the settings say otherwise."""
    log.level = LOG_INFO
    log.json = False
    log.name = b""
    log.lost = 0
    log.emit = log_emit


cdef const char *log_level_name(int level) noexcept nogil:
    """The word for a level, in lines and in KUBEXIT_LOG_LEVEL."""
    if level == LOG_DEBUG:
        return b"debug"
    if level == LOG_INFO:
        return b"info"
    if level == LOG_WARN:
        return b"warn"
    if level == LOG_ERROR:
        return b"error"
    return b"off"


cdef void log_emit(log_t *log, int level, const char *message) noexcept nogil:
    """Compose one line and write it; errno is as before afterwards."""
    cdef int saved = kernel.errno
    cdef text_t line
    cdef char now[TIME_BYTES]
    time_write(now, clock_wall_ns(), 6)
    line.length = 0
    if log.json:
        text_add(&line, b"{\"time\":\"")
        text_add(&line, now)
        text_add(&line, b"\",\"level\":\"")
        text_add(&line, log_level_name(level))
        text_add(&line, b"\",\"name\":\"")
        text_add_quoted(&line, log.name)
        text_add(&line, b"\",\"message\":\"")
        text_add_quoted(&line, message)
        text_add_end(&line, b"\"}\n")
    else:
        text_add(&line, now)
        text_add(&line, b" ")
        text_add(&line, log_level_name(level))
        text_add(&line, b" kubexit")
        if log.name[0] != 0:
            text_add(&line, b"[")
            text_add(&line, log.name)
            text_add(&line, b"]")
        text_add(&line, b": ")
        text_add_printable(&line, message)
        text_add_end(&line, b"\n")
    log_put(log, &line)
    kernel.errno = saved


cdef void log_put(log_t *log, text_t *line) noexcept nogil:
    """Write a line, with word of the lost ones before it once there is room again."""
    cdef text_t report
    if log.lost > 0:
        report.length = <size_t>kernel.snprintf(report.bytes, 96, b"kubexit: %u log lines were lost: "
                                                b"nobody reads stderr\n", log.lost)
        # Only in text: a reader of JSON lines must not meet a line that is none.
        if log.json or log_try(&report):
            log.lost = 0
    if not log_try(line):
        log.lost += 1


cdef bint log_try(text_t *line) noexcept nogil:
    """Write a line if that does not block: stderr may be a pipe that nobody reads.

    RWF_NOWAIT does it in one call for pipes since Linux 6.4. Elsewhere poll(2)
    tells whether a page is free, which is more than a line needs. Setting
    O_NONBLOCK is no way: the command shares the open file (open(2)).
    """
    cdef kernel.iovec part
    cdef kernel.pollfd stderr_set
    part.iov_base = line.bytes
    part.iov_len = line.length
    if kernel.syscall(kernel.SYS_pwritev2, 2, &part, 1, <long>-1, <long>-1, 8) >= 0:  # 8: RWF_NOWAIT
        return True
    stderr_set.fd = 2
    stderr_set.events = kernel.POLLOUT
    stderr_set.revents = 0
    if kernel.poll(&stderr_set, 1, 0) != 1 or not stderr_set.revents & kernel.POLLOUT:
        return False
    return kernel.write(2, line.bytes, line.length) >= 0
