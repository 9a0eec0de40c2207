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


cdef int orphans_signal(int signal, int *refused) noexcept nogil:
    """Signal every descendant. Return how many there were, and set how many we may not signal; -errno without /proc.

    After SIGTERM a stopped one gets SIGCONT: until it runs it cannot react.
    """
    cdef kernel.DIR *proc = kernel.opendir(b"/proc")
    cdef kernel.pid_t us = kernel.getpid()
    cdef kernel.pid_t pid
    cdef int count = 0
    refused[0] = 0
    if proc == NULL:
        return -cstd.errno
    pid = proc_next(proc)
    while pid != 0:
        if orphans_descends(pid, us):
            count += 1
            if kernel.kill(pid, signal) < 0 and cstd.errno == cstd.EPERM:
                refused[0] += 1
            elif signal == kernel.SIGTERM and orphans_is_stopped(pid):
                kernel.kill(pid, kernel.SIGCONT)
        pid = proc_next(proc)
    kernel.closedir(proc)
    return count


cdef bint orphans_descends(kernel.pid_t pid, kernel.pid_t ancestor) noexcept nogil:
    """True if a process has this ancestor."""
    cdef int steps = 0
    while steps < MAX_ANCESTORS:
        pid = orphans_parent(pid)
        if pid == ancestor:
            return True
        if pid <= 1:
            return False
        steps += 1
    return False


cdef kernel.pid_t orphans_parent(kernel.pid_t pid) noexcept nogil:
    """Return the parent of a process; 0 if the process is gone.

    A zombie counts: it may be a process whose first thread has ended before others.
    """
    cdef char text[STAT_BYTES + 1]
    cdef const char *at = orphans_read_state(pid, text)
    cdef kernel.pid_t parent = 0
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
    return orphans_read_state(pid, text)[0] == c'T'


cdef const char *orphans_read_state(kernel.pid_t pid, char *text) noexcept nogil:
    """Read /proc/PID/stat (proc(5)) into STAT_BYTES + 1 bytes. Return "STATE PARENT ..."; the end if it is gone.

    "PID (NAME) STATE PARENT ...": the name may contain anything, even ")".
    """
    cdef const char *end
    proc_read_text(pid, b"stat", text, STAT_BYTES + 1)
    end = cstd.strrchr(text, c')')
    if end == NULL or end[1] == 0:
        return text + cstd.strlen(text)
    return end + 2
