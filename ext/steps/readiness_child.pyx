"""Readiness child: probes that are processes (KUBEXIT_READY_HTTP and KUBEXIT_READY_EXEC)."""
cimport cstd
cimport kernel

cdef enum:
    READINESS_EXEC_LIMIT_MS = 10000     # a probe that takes longer gets SIGKILL


cdef void readiness_child_start(supervisor_t *sv) noexcept nogil:
    """Start the probe that is due, or end the last one if it takes too long."""
    cdef long long now_ns = clock_monotonic_ns()
    cdef kernel.pid_t pid
    sv.readiness.next_ns = NEVER_NS
    if sv.readiness.pid > 0:
        log_debug(&sv.log, b"readiness probe %s did not exit within 10s: sent SIGKILL", sv.settings.ready.argv[0])
        sv.readiness.late = True
        kernel.kill(-sv.readiness.pid, kernel.SIGKILL)
        kernel.kill(sv.readiness.pid, kernel.SIGKILL)       # in case it has no group
        return
    sv.readiness.started_ns = now_ns
    sv.readiness.late = False
    if sv.readiness.kind == READY_HTTP:     # asks until it has its answer
        pid = readiness_child_ask(sv)
    else:
        pid = readiness_child_execute(sv)
        sv.readiness.next_ns = now_ns + READINESS_EXEC_LIMIT_MS * MILLISECOND_NS
    if pid > 0:
        sv.readiness.pid = pid
    else:
        sv.readiness.next_ns = clock_add_ns(now_ns, sv.settings.ready.period_ns)
        log_debug(&sv.log, b"cannot start the readiness probe: %s; trying again", cstd.strerror(-pid))
        readiness_fail(&sv.readiness, cstd.strerror(-pid))


cdef kernel.pid_t readiness_child_ask(supervisor_t *sv) noexcept nogil:
    """Start the child that asks the URL, with a pipe for what its requests met. Return its pid; -errno on failure.

    Without a pipe it works too: only the reason of a failure is not known then.
    """
    cdef int ends[2]
    cdef kernel.pid_t pid
    readiness_close(&sv.readiness)
    if kernel.pipe2(ends, kernel.O_CLOEXEC | kernel.O_NONBLOCK) == 0:
        sv.readiness.descriptor = ends[0]
        sv.readiness.events = kernel.POLLIN
        sv.readiness.status_fd = ends[1]
    pid = probe_start(sv, &sv.settings.ready.urls, sv.settings.ready.period_ns)
    if sv.readiness.status_fd >= 0:
        kernel.close(sv.readiness.status_fd)
    sv.readiness.status_fd = -1
    return pid


cdef kernel.pid_t readiness_child_execute(supervisor_t *sv) noexcept nogil:
    """Execute KUBEXIT_READY_EXEC in its own group. Return its pid; -errno on failure.

    It has the command's environment, but not its input and output: what a probe prints
    each second would hide what the command prints. At debug it goes to stderr. Not
    vfork(2): a program on a disk that does not answer must not block the loop.
    """
    cdef kernel.pid_t parent = kernel.getpid()
    cdef kernel.pid_t pid = kernel.fork()
    if pid == 0:
        child_bind(parent)
        kernel.setpgid(0, 0)
        kernel.umask(sv.command.umask)
        readiness_child_part_stdio(sv.log.level == LOG_DEBUG)
        signals_restore(&sv.signals)
        kernel._exit(exitcode_of_exec(execute(sv.settings.ready.argv, sv.command.environment)))
    return pid if pid > 0 else -cstd.errno


cdef void readiness_child_part_stdio(bint loud) noexcept nogil:
    """In the child: /dev/null for the standard descriptors; if that does not exist, a pipe without a writer."""
    cdef int nothing = kernel.openat(kernel.AT_FDCWD, b"/dev/null", kernel.O_RDWR | kernel.O_CLOEXEC)
    if nothing < 0:
        child_part_stdio()
        return
    kernel.dup2(nothing, 0)
    kernel.dup2(2 if loud else nothing, 1)
    if not loud:
        kernel.dup2(nothing, 2)


cdef void readiness_child_ended(supervisor_t *sv, int status) noexcept nogil:
    """Handle the end of the probe's process: is the command ready?"""
    cdef int code = exitcode_of_status(status)
    if sv.readiness.kind != READY_HTTP:
        kernel.kill(-sv.readiness.pid, kernel.SIGKILL)      # what it left in its group
    sv.readiness.pid = 0
    if sv.readiness.kind == READY_NONE:
        return                  # it was ended with the command
    if code == 0:
        start_write_ready(sv)
        return
    sv.readiness.next_ns = clock_add_ns(sv.readiness.started_ns, sv.settings.ready.period_ns)
    if sv.readiness.kind == READY_EXEC and not sv.readiness.warned:
        sv.readiness.warned = True
        readiness_child_complain(sv, code)
    log_debug(&sv.log, b"readiness probe exited with %d", code)
    if sv.readiness.kind == READY_EXEC:
        readiness_child_explain(sv, code)


cdef void readiness_child_explain(supervisor_t *sv, int code) noexcept nogil:
    """Remember how the probe failed, for the tombstone."""
    cdef char why[FAILURE_BYTES]
    if sv.readiness.late:
        readiness_fail(&sv.readiness, b"did not exit within 10s")
        return
    cstd.snprintf(why, sizeof(why), b"cannot be executed (exit code %d)" if code == EXIT_NOT_FOUND
                  or code == EXIT_NOT_EXECUTABLE else b"exited with %d", code)
    readiness_fail(&sv.readiness, why)


cdef void readiness_child_complain(supervisor_t *sv, int code) noexcept nogil:
    """Log the first failure: the command may not be ready yet, or the probe can never succeed
    (for example because of quotes, which no shell removes)."""
    cdef const char *program = sv.settings.ready.argv[0]
    if code == EXIT_NOT_FOUND or code == EXIT_NOT_EXECUTABLE:
        log_warn(&sv.log, b"KUBEXIT_READY_EXEC: cannot execute %s (exit code %d); not ready until it succeeds",
                 program, code)
    else:
        log_info(&sv.log, b"readiness probe %s exited with %d; trying again until it succeeds", program, code)
