"""Proc: the processes in /proc (proc(5))."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel


cdef kernel.pid_t proc_next(kernel.DIR *proc) noexcept nogil:
    """Return the next process in an open /proc, but never PID 1 and never us; 0 after the last."""
    cdef kernel.dirent *entry
    cdef long long pid
    while True:
        entry = kernel.readdir(proc)
        if entry == NULL:
            return 0
        pid = number_parse(entry.d_name, 0x7fffffff)
        if pid > 1 and pid != kernel.getpid():
            return <kernel.pid_t>pid


cdef size_t proc_read(kernel.pid_t pid, const char *what, char *target, size_t size) noexcept nogil:
    """Read the beginning of a file of /proc/PID. Return its length, 0 if there is nothing."""
    cdef char path[32]
    cdef kernel.ssize_t length
    cdef int file
    cstd.snprintf(path, sizeof(path), b"/proc/%d/%.8s", pid, what)
    file = kernel.openat(kernel.AT_FDCWD, path, kernel.O_RDONLY | kernel.O_CLOEXEC)
    if file < 0:
        return 0
    length = kernel.read(file, target, size)
    kernel.close(file)
    return <size_t>length if length > 0 else 0
