"""KUBEXIT_QUIT_PROCESSES: TERM to processes by name, in a PID namespace that the pod shares."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef enum:
    COMM_BYTES = 16             # a process name in /proc/PID/comm (proc(5)), its newline included
    ARGUMENT_BYTES = 4096


cdef void quit_processes(supervisor_t *kx) noexcept nogil:
    """Signal every process that has one of the names."""
    cdef kernel.DIR *proc
    cdef kernel.dirent *entry
    cdef long long pid
    cdef int count = 0
    if kx.settings.quit.processes[0] == 0:
        return
    if kernel.getpid() == 1:
        log_warn(&kx.log, b"KUBEXIT_QUIT_PROCESSES: no other container's process is in sight, since kubexit is "
                          b"PID 1 here; the pod needs shareProcessNamespace: true")
        return
    proc = kernel.opendir(b"/proc")
    if proc == NULL:
        log_warn(&kx.log, b"KUBEXIT_QUIT_PROCESSES: /proc cannot be read: %s", cstd.strerror(cstd.errno))
        return
    while True:
        entry = kernel.readdir(proc)
        if entry == NULL:
            break
        pid = number_parse(entry.d_name, 0x7fffffff)
        if pid > 1 and pid != kernel.getpid() and quit_is_named(kx.settings.quit.processes, entry.d_name):
            quit_signal(kx, <kernel.pid_t>pid)
            count += 1
    kernel.closedir(proc)
    if count == 0:
        log_info(&kx.log, b"no process is named %s", kx.settings.quit.processes)


cdef void quit_signal(supervisor_t *kx, kernel.pid_t pid) noexcept nogil:
    """TERM to one process. PID 1 of a shared namespace, the pause process, is never meant."""
    if kernel.kill(pid, kernel.SIGTERM) == 0:
        log_info(&kx.log, b"TERM sent to pid %d (KUBEXIT_QUIT_PROCESSES)", pid)
    elif cstd.errno != cstd.ESRCH:
        log_warn(&kx.log, b"TERM cannot be sent to pid %d (KUBEXIT_QUIT_PROCESSES): %s; it needs the same user "
                          b"or CAP_KILL", pid, cstd.strerror(cstd.errno))


cdef bint quit_is_named(const char *names, const char *pid) noexcept nogil:
    """Whether a process has one of the names.

    The kernel cuts its name to 15 bytes; the whole of a longer one stands in the
    file that it was called by, unless it is a script, whose interpreter does.
    """
    cdef char comm[COMM_BYTES + 1]
    cdef char argument[ARGUMENT_BYTES + 1]
    cdef const char *base = argument
    cdef const char *at = argument
    cdef size_t length = 0
    comm[quit_read(pid, b"comm", comm, COMM_BYTES)] = 0
    while comm[length] != 0 and comm[length] != c'\n':
        length += 1
    comm[length] = 0
    if length < COMM_BYTES - 1:
        return list_has(names, comm)
    argument[quit_read(pid, b"cmdline", argument, ARGUMENT_BYTES)] = 0
    while at[0] != 0:
        if at[0] == c'/':
            base = at + 1
        at += 1
    return list_has(names, base if cstd.strncmp(base, comm, length) == 0 else comm)


cdef size_t quit_read(const char *pid, const char *what, char *target, size_t size) noexcept nogil:
    """The beginning of a file of /proc/PID; its length, 0 when there is nothing."""
    cdef char path[32]
    cdef kernel.ssize_t length
    cdef int file
    cstd.snprintf(path, sizeof(path), b"/proc/%.10s/%.8s", pid, what)
    file = kernel.openat(kernel.AT_FDCWD, path, kernel.O_RDONLY | kernel.O_CLOEXEC)
    if file < 0:
        return 0
    length = kernel.read(file, target, size)
    kernel.close(file)
    return <size_t>length if length > 0 else 0


cdef bint list_has(const char *names, const char *name) noexcept nogil:
    """Whether a comma-separated list has this name; blanks around its elements do not count."""
    cdef const char *element
    cdef size_t length = list_next_element(&names, &element)
    while length > 0:
        if bytes_equal(element, length, name):
            return True
        length = list_next_element(&names, &element)
    return False
