"""Orphans: processes that the command left behind, found through /proc.

We are subreaper, so every orphan becomes our child, and all that is left below us is a
descendant, even one with its own session. No other process is ever signalled: in a
shared PID namespace we see the processes of other containers too.
"""
cimport cstd
cimport kernel

cdef enum:
    STAT_BYTES = 512
    MAX_ANCESTORS = 1024        # of a process, before we take /proc for inconsistent

ctypedef struct orphans_t:
    int count                   # descendants that were found
    int refused                 # of these, how many could not be sent the signal
    int error                   # why others may not have been found, 0: none was missed


cdef void orphans_signal(int signal, orphans_t *found) noexcept nogil:
    """Signal every descendant.

    After SIGTERM a stopped one gets SIGCONT: until it runs it cannot react.
    """
    cdef kernel.DIR *proc = kernel.opendir(b"/proc")
    cdef kernel.pid_t us = kernel.getpid()
    cdef kernel.pid_t pid
    cstd.memset(found, 0, sizeof(orphans_t))
    if proc == NULL:
        found.error = cstd.errno
        return
    pid = proc_next(proc)
    while pid > 0:
        if orphans_descends(pid, us, &found.error):
            found.count += 1
            if kernel.kill(pid, signal) < 0:
                found.refused += cstd.errno != cstd.ESRCH
            elif signal == kernel.SIGTERM and orphans_is_stopped(pid):
                kernel.kill(pid, kernel.SIGCONT)
        pid = proc_next(proc)
    if pid < 0:
        found.error = -pid
    kernel.closedir(proc)


cdef bint orphans_descends(kernel.pid_t pid, kernel.pid_t ancestor, int *error) noexcept nogil:
    """True if a process has this ancestor; set why, if that cannot be read."""
    cdef int steps = 0
    while steps < MAX_ANCESTORS:
        pid = orphans_parent(pid)
        if pid == ancestor:
            return True
        if pid < 0:
            error[0] = -pid
        if pid <= 1:
            return False
        steps += 1
    return False


cdef kernel.pid_t orphans_parent(kernel.pid_t pid) noexcept nogil:
    """Return the parent of a process; 0 if the process is gone, -errno if it cannot be read.

    A zombie counts: it may be a process whose first thread has ended before others.
    """
    cdef char text[STAT_BYTES + 1]
    cdef const char *at
    cdef kernel.pid_t parent = 0
    cdef int result = orphans_read_state(pid, text, &at)
    if result < 0:
        return result
    if at[0] == 0 or at[1] == 0:
        return 0
    at += 2
    while is_digit(at[0]):
        parent = parent * 10 + (at[0] - c'0')
        at += 1
    return parent


cdef bint orphans_is_stopped(kernel.pid_t pid) noexcept nogil:
    """True if a process is stopped by a signal."""
    cdef char text[STAT_BYTES + 1]
    cdef const char *at
    return orphans_read_state(pid, text, &at) == 0 and at[0] == c'T'


cdef int orphans_read_state(kernel.pid_t pid, char *text, const char **state) noexcept nogil:
    """Read /proc/PID/stat (proc(5)) into STAT_BYTES + 1 bytes. Find "STATE PARENT ...", or the end if the process
    is gone. Return 0; -errno if it cannot be read.

    "PID (NAME) STATE PARENT ...": the name may contain anything, even ")".
    """
    cdef kernel.ssize_t length = proc_read(pid, b"stat", text, STAT_BYTES)
    cdef const char *end
    if length < 0 and not proc_is_gone(length):
        return <int>length
    text[length if length > 0 else 0] = 0
    end = cstd.strrchr(text, c')')
    state[0] = end + 2 if end != NULL and end[1] != 0 else text + cstd.strlen(text)
    return 0
