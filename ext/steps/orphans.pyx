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


cdef int orphans_signal(int signal) noexcept nogil:
    """Signal every descendant. Return how many there were; -errno without /proc."""
    cdef kernel.DIR *proc = kernel.opendir(b"/proc")
    cdef kernel.pid_t us = kernel.getpid()
    cdef kernel.pid_t pid
    cdef int count = 0
    if proc == NULL:
        return -cstd.errno
    pid = proc_next(proc)
    while pid != 0:
        if orphans_descends(pid, us):
            kernel.kill(pid, signal)
            count += 1
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
    """Return the parent of a process from /proc/PID/stat (proc(5)); 0 if the process is gone.

    A zombie counts: it may be a process whose first thread has ended before others.
    """
    cdef char text[STAT_BYTES + 1]
    cdef kernel.ssize_t length = <kernel.ssize_t>proc_read(pid, b"stat", text, STAT_BYTES)
    cdef kernel.ssize_t at = length - 1
    cdef kernel.pid_t parent = 0
    # "PID (NAME) STATE PARENT ...": the name may contain anything, even ")".
    while at > 0 and text[at] != c')':
        at -= 1
    at += 4
    if at < 4 or at >= length:
        return 0
    while at < length and is_digit(text[at]):
        parent = parent * 10 + (text[at] - c'0')
        at += 1
    return parent
