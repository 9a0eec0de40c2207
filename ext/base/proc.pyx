"""Proc: the processes in /proc (proc(5))."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel


cdef kernel.pid_t proc_next(kernel.DIR *proc) noexcept nogil:
    """Return the next process in an open /proc, but never PID 1 and never us; 0 after the last, -errno on failure."""
    cdef kernel.dirent *entry
    cdef long long pid
    cdef kernel.pid_t ours = kernel.getpid()
    while True:
        cstd.errno = 0          # readdir(3) reports a failure only there
        entry = kernel.readdir(proc)
        if entry == NULL:
            return -cstd.errno
        pid = number_parse(entry.d_name, 0x7fffffff)
        if pid > 1 and pid != ours:
            return <kernel.pid_t>pid


cdef kernel.ssize_t proc_read(kernel.pid_t pid, const char *what, char *target, size_t size) noexcept nogil:
    """Read the beginning of a file of /proc/PID. Return its length; -errno if it cannot be read."""
    cdef char path[32]
    cdef kernel.ssize_t length
    cdef int file
    cstd.snprintf(path, sizeof(path), b"/proc/%d/%.8s", pid, what)
    file = kernel.openat(kernel.AT_FDCWD, path, kernel.O_RDONLY | kernel.O_CLOEXEC)
    if file < 0:
        return -cstd.errno
    length = kernel.read(file, target, size)
    if length < 0:
        length = -cstd.errno
    kernel.close(file)
    return length


cdef void proc_read_text(kernel.pid_t pid, const char *what, char *text, size_t size) noexcept nogil:
    """Read the beginning of a file of /proc/PID as text, in `size` bytes with the final zero; empty if that fails."""
    cdef kernel.ssize_t length = proc_read(pid, what, text, size - 1)
    text[length if length > 0 else 0] = 0


cdef bint proc_is_gone(kernel.ssize_t result) noexcept nogil:
    """Return whether a failure of proc_read means that the process has ended: other failures say nothing about it."""
    return result == -cstd.ENOENT or result == -cstd.ESRCH
