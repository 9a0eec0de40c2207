"""Log lines: stderr only, time and level, one write a line, never blocking.

The command matters more than a line: if stderr is a pipe that no process reads,
lines are dropped and counted, and the supervisor continues.
"""
cimport cstd
cimport kernel

cdef extern from "base/log_format.h" nogil:
    enum:
        LOG_NONE, LOG_NOT_TRIED
        LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_OFF, LOG_REFUSAL
    ctypedef struct log_t:
        int level
        bint json
        const char *name
        unsigned int lost
        int own
        void (*emit)(log_t *log, int level, const char *message) noexcept nogil
    void log_debug(log_t *log, const char *format, ...)
    void log_info(log_t *log, const char *format, ...)
    void log_warn(log_t *log, const char *format, ...)
    void log_error(log_t *log, const char *format, ...)
    void log_refusal(log_t *log, const char *format, ...)

cdef enum:
    RWF_NOWAIT = 8              # linux/fs.h; older headers lack it


cdef void log_open(log_t *log) noexcept nogil:
    """Begin with level info as text, until the settings say otherwise."""
    log.level = LOG_INFO
    log.json = False
    log.name = b""
    log.lost = 0
    log.own = LOG_NOT_TRIED
    log.emit = log_emit


cdef const char *log_level_name(int level) noexcept nogil:
    """Return the word for a level in log lines."""
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
    cdef int saved = cstd.errno
    cdef text_t *line = text_draft()
    cdef char report[64]
    if log.lost > 0:
        # Once there is room again, the lost lines are reported first.
        cstd.snprintf(report, sizeof(report), b"%u log lines were lost: no process read stderr", log.lost)
        log_compose(log, LOG_WARN, report, line)
        if log_try(log, line):
            log.lost = 0
    log_compose(log, level, message, line)
    if log.lost > 0 or not log_try(log, line):
        log.lost += 1
    cstd.errno = saved


cdef void log_compose(const log_t *log, int level, const char *message, text_t *line) noexcept nogil:
    """One line, as text or JSON."""
    cdef char now[TIME_BYTES]
    if level == LOG_REFUSAL:
        level = LOG_ERROR
    time_write(now, clock_wall_ns(), 6)
    line.length = 0
    if log.json:
        text_add(line, b"{\"time\":\"")
        text_add(line, now)
        text_add(line, b"\",\"level\":\"")
        text_add(line, log_level_name(level))
        text_add(line, b"\",\"name\":\"")
        text_add_quoted(line, log.name)
        text_add(line, b"\",\"message\":\"")
        text_add_quoted(line, message)
        text_add_end(line, b"\"}\n")
        return
    text_add(line, now)
    text_add(line, b" ")
    text_add(line, log_level_name(level))
    text_add(line, b" kubexit")
    if log.name[0] != 0:
        text_add(line, b"[")
        text_add(line, log.name)
        text_add(line, b"]")
    text_add(line, b": ")
    text_add_printable(line, message)
    text_add_end(line, b"\n")


cdef bint log_try(log_t *log, text_t *line) noexcept nogil:
    """Write a line if that does not block: stderr may be a pipe or a terminal that no process reads.

    RWF_NOWAIT does it in one call for pipes since Linux 6.4. Elsewhere stderr is
    opened again, without blocking; O_NONBLOCK must not be set on stderr itself, since
    the command shares the open file (open(2)). Without /proc, and for files and
    sockets, poll(2) is asked: it promises less than a line's room on a terminal.
    """
    cdef kernel.iovec part
    cdef kernel.pollfd stderr_set
    part.iov_base = line.bytes
    part.iov_len = line.length
    if kernel.syscall(kernel.SYS_pwritev2, 2, &part, 1, <long>-1, <long>-1, RWF_NOWAIT) >= 0:
        return True
    if log.own == LOG_NOT_TRIED:
        log.own = log_reopen()
    if log.own >= 0:
        return kernel.write(log.own, line.bytes, line.length) >= 0
    stderr_set.fd = 2
    stderr_set.events = kernel.POLLOUT
    stderr_set.revents = 0
    if kernel.poll(&stderr_set, 1, 0) != 1 or not stderr_set.revents & kernel.POLLOUT:
        return False
    return kernel.write(2, line.bytes, line.length) >= 0


cdef int log_reopen() noexcept nogil:
    """Open the pipe or terminal that is stderr again; return a descriptor, LOG_NONE if that is not possible.

    Not for a file: its position, and O_APPEND, belong to the open file.
    """
    cdef kernel.stat_s status
    cdef int descriptor
    if kernel.fstat(2, &status) < 0 or not (cstd.S_ISCHR(status.st_mode) or cstd.S_ISFIFO(status.st_mode)):
        return LOG_NONE
    descriptor = kernel.openat(kernel.AT_FDCWD, b"/proc/self/fd/2", kernel.O_WRONLY | kernel.O_NONBLOCK
                               | kernel.O_NOCTTY | kernel.O_CLOEXEC)
    return descriptor if descriptor >= 0 else LOG_NONE
