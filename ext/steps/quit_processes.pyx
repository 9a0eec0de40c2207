"""Quit processes: SIGTERM to processes by name, in a PID namespace that the pod shares (KUBEXIT_QUIT_PROCESSES)."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef enum:
    COMM_BYTES = 16             # a process name in /proc/PID/comm (proc(5)), its newline included
    ARGUMENT_BYTES = 4096


cdef void quit_processes(supervisor_t *sv) noexcept nogil:
    """Send SIGTERM to every process of this pod that has one of the names of this round."""
    cdef quit_pids_t pids
    cdef kernel.DIR *proc
    cdef kernel.pid_t pid
    cdef char cgroup[CGROUP_BYTES + 1]
    cdef int count = 0
    cdef int others = 0
    cdef int error = 0
    cdef int match
    pids.count = 0
    if not quit_processes_of_round(sv.settings.quit.processes, sv.quit.round):
        return
    if kernel.getpid() == 1:
        log_warn(&sv.log, b"KUBEXIT_QUIT_PROCESSES: cannot see other containers' processes; set "
                          b"shareProcessNamespace: true on the pod")
        return
    proc = kernel.opendir(b"/proc")
    if proc == NULL:
        log_warn(&sv.log, b"KUBEXIT_QUIT_PROCESSES: cannot read /proc: %s", cstd.strerror(cstd.errno))
        return
    quit_processes_read_cgroup(kernel.getpid(), cgroup)
    pid = proc_next(proc)
    while pid > 0:
        match = quit_processes_match(sv.settings.quit.processes, sv.quit.round, pid)
        if match < 0:
            error = -match
        elif match and quit_processes_is_ours(pid, cgroup):
            quit_processes_signal(sv, pid, &pids)
            count += 1
        elif match:
            others += 1
        pid = proc_next(proc)
    kernel.closedir(proc)
    quit_processes_report(sv, count, others, -pid if pid < 0 else error)
    quit_wait_for_processes(sv, &pids)


cdef void quit_processes_report(supervisor_t *sv, int count, int others, int error) noexcept nogil:
    """Log what was not signalled, and why."""
    if error != 0:
        log_warn(&sv.log, b"KUBEXIT_QUIT_PROCESSES: cannot read the names of all processes in /proc: %s; some may not "
                 b"have been signalled", cstd.strerror(error))
    if others > 0:
        log_warn(&sv.log, b"KUBEXIT_QUIT_PROCESSES: cannot determine whether %d %s to this pod; not signalled",
                 others, b"process belongs" if others == 1 else b"processes belong")
    elif count == 0 and error == 0 and sv.settings.quit.rounds > 1:
        log_info(&sv.log, b"no process of round %d is running: %s", sv.quit.round + 1,
                 sv.settings.quit.processes)
    elif count == 0 and error == 0:
        log_info(&sv.log, b"no process is named %s", sv.settings.quit.processes)


cdef bint quit_processes_is_ours(kernel.pid_t pid, const char *cgroup) noexcept nogil:
    """Return whether a process is of this pod: with hostPID: true the processes of the whole node are visible."""
    cdef char theirs[CGROUP_BYTES + 1]
    quit_processes_read_cgroup(pid, theirs)
    return cgroups_are_of_one_pod(cgroup, theirs)


cdef void quit_processes_read_cgroup(kernel.pid_t pid, char *cgroup) noexcept nogil:
    """Read the cgroups of a process; "?", which is of no pod, if they cannot be read as a whole."""
    cdef kernel.ssize_t length = proc_read(pid, b"cgroup", cgroup, CGROUP_BYTES)
    if length < 0 or length == CGROUP_BYTES:
        cgroup[0] = c'?'
        length = 1
    cgroup[length] = 0


cdef void quit_processes_signal(supervisor_t *sv, kernel.pid_t pid, quit_pids_t *pids) noexcept nogil:
    """Send SIGTERM to one process, and note it."""
    if kernel.kill(pid, kernel.SIGTERM) == 0:
        if pids.count < MAX_QUIT_PIDS:
            pids.list[pids.count] = pid
            pids.count += 1
        log_info(&sv.log, b"sent SIGTERM to pid %d (KUBEXIT_QUIT_PROCESSES)", pid)
    elif cstd.errno != cstd.ESRCH:
        log_warn(&sv.log, b"cannot send SIGTERM to pid %d (KUBEXIT_QUIT_PROCESSES): %s; kubexit needs the same user "
                          b"or CAP_KILL", pid, cstd.strerror(cstd.errno))


cdef int quit_processes_match(const char *names, int round, kernel.pid_t pid) noexcept nogil:
    """Return 1 if a process has one of the names of a round, 0 if it has another or is gone; -errno if that is unknown.

    The kernel cuts its name to 15 bytes. The whole of a longer one is the file that it was
    called by, unless it is a script: then that file is its interpreter.
    """
    cdef char comm[COMM_BYTES + 1]
    cdef char argument[ARGUMENT_BYTES + 1]
    cdef const char *base
    cdef size_t length = 0
    cdef kernel.ssize_t size = proc_read(pid, b"comm", comm, COMM_BYTES)
    if size <= 0:
        return <int>size if size < 0 and not proc_is_gone(size) else 0
    comm[size] = 0
    while comm[length] != 0 and comm[length] != c'\n':
        length += 1
    comm[length] = 0
    if length < COMM_BYTES - 1:
        return list_has(names, round, comm)
    proc_read_text(pid, b"cmdline", argument, sizeof(argument))
    base = cstd.strrchr(argument, c'/')
    base = base + 1 if base != NULL else argument
    return list_has(names, round, base if cstd.strncmp(base, comm, length) == 0 else comm)


cdef bint list_has(const char *names, int round, const char *name) noexcept nogil:
    """Return whether a list has this name in a round; blanks around its elements do not count."""
    cdef const char *element
    cdef int found = 0
    cdef size_t length = rounds_next_element(&names, &element, &found)
    while length > 0:
        if found == round and bytes_equal(element, length, name):
            return True
        length = rounds_next_element(&names, &element, &found)
    return False


cdef bint quit_processes_of_round(const char *names, int round) noexcept nogil:
    """Return whether a list has a name in a round."""
    cdef const char *element
    cdef int found = 0
    while rounds_next_element(&names, &element, &found) > 0:
        if found == round:
            return True
    return False
