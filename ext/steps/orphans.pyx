"""The drain: processes that the command left behind, found through /proc.

As subreaper we are the parent of every orphan, so all that is left below us is a
descendant, also one with a session of its own. Nobody else is ever signalled:
with a shared PID namespace the other containers' processes are in sight too.
"""
cimport cstd
cimport kernel

cdef enum:
    STAT_BYTES = 512
    ANCESTORS_MOST = 1024       # of a process, before we take /proc for inconsistent


cdef int drain_signal(int signal) noexcept nogil:
    """Signal every descendant; how many there were, or -errno without /proc."""
    cdef kernel.DIR *proc = kernel.opendir(b"/proc")
    cdef kernel.dirent *entry
    cdef kernel.pid_t us = kernel.getpid()
    cdef long long pid
    cdef int count = 0
    if proc == NULL:
        return -cstd.errno
    while True:
        entry = kernel.readdir(proc)
        if entry == NULL:
            break
        pid = number_parse(entry.d_name, 0x7fffffff)
        if pid > 1 and pid != us and drain_descends(<kernel.pid_t>pid, us):
            kernel.kill(<kernel.pid_t>pid, signal)
            count += 1
    kernel.closedir(proc)
    return count


cdef bint drain_descends(kernel.pid_t pid, kernel.pid_t ancestor) noexcept nogil:
    """Whether a process has this ancestor."""
    cdef int steps = 0
    while steps < ANCESTORS_MOST:
        pid = drain_parent(pid)
        if pid == ancestor:
            return True
        if pid <= 1:
            return False
        steps += 1
    return False


cdef kernel.pid_t drain_parent(kernel.pid_t pid) noexcept nogil:
    """The parent of a process from /proc/PID/stat (proc(5)); 0 when it is gone.

    A zombie counts: it may be a process whose first thread has ended before others.
    """
    cdef char text[STAT_BYTES + 1]
    cdef char path[32]
    cdef kernel.ssize_t length
    cdef kernel.ssize_t at
    cdef kernel.pid_t parent = 0
    cdef int file
    cstd.snprintf(path, sizeof(path), b"/proc/%d/stat", pid)
    file = kernel.openat(kernel.AT_FDCWD, path, kernel.O_RDONLY | kernel.O_CLOEXEC)
    if file < 0:
        return 0
    length = kernel.read(file, text, STAT_BYTES)
    kernel.close(file)
    # "PID (NAME) STATE PARENT ...": the name may contain anything, ")" too.
    at = length - 1
    while at > 0 and text[at] != c')':
        at -= 1
    at += 4
    if at < 4 or at >= length:
        return 0
    while at < length and is_digit(text[at]):
        parent = parent * 10 + (text[at] - c'0')
        at += 1
    return parent
