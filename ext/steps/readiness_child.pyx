"""Readiness probes that are processes: KUBEXIT_READY_HTTP and KUBEXIT_READY_EXEC."""
cimport cstd
cimport kernel

cdef enum:
    READINESS_EXEC_LIMIT_MS = 10000     # a probe that takes longer gets KILL


cdef void readiness_child_start(supervisor_t *kx) noexcept nogil:
    """A probe is due: start its process; or the last one takes too long: end it."""
    cdef long long now_ns = clock_monotonic_ns()
    cdef kernel.pid_t pid
    kx.readiness.next_ns = NEVER_NS
    if kx.readiness.pid > 0:
        log_debug(&kx.log, b"readiness probe %s has not ended within 10s: KILL", kx.settings.ready.argv[0])
        kernel.kill(-kx.readiness.pid, kernel.SIGKILL)
        kernel.kill(kx.readiness.pid, kernel.SIGKILL)       # where it could have no group of its own
        return
    kx.readiness.started_ns = now_ns
    if kx.readiness.kind == READY_HTTP:     # asks until it has its answer
        pid = probe_start(kx, &kx.settings.ready.urls, kx.settings.ready.period_ns)
    else:
        pid = readiness_child_execute(kx)
        kx.readiness.next_ns = now_ns + READINESS_EXEC_LIMIT_MS * MILLISECOND_NS
    if pid > 0:
        kx.readiness.pid = pid
    else:
        kx.readiness.next_ns = clock_add_ns(now_ns, kx.settings.ready.period_ns)
        log_debug(&kx.log, b"no process for the readiness probe: %s; trying again", cstd.strerror(-pid))


cdef kernel.pid_t readiness_child_execute(supervisor_t *kx) noexcept nogil:
    """Execute KUBEXIT_READY_EXEC in a group of its own; its pid, or -errno.

    In the command's environment, without its input and output: what a probe prints
    each second would drown what the command says. At debug it goes to stderr. Not
    vfork(2): a program on a disk that does not answer must not hold up the loop.
    """
    cdef kernel.pid_t parent = kernel.getpid()
    cdef kernel.pid_t pid = kernel.fork()
    if pid == 0:
        child_bind(parent)
        kernel.setpgid(0, 0)
        kernel.umask(kx.command.umask)
        readiness_child_part_stdio(kx.log.level == LOG_DEBUG)
        signals_restore(&kx.signals)
        kernel._exit(exitcode_of_exec(execute(kx.settings.ready.argv, kx.command.environment)))
    return pid if pid > 0 else -cstd.errno


cdef void readiness_child_part_stdio(bint loud) noexcept nogil:
    """In the child: /dev/null for the standard descriptors; a pipe that nobody writes to where there is none."""
    cdef int nothing = kernel.openat(kernel.AT_FDCWD, b"/dev/null", kernel.O_RDWR | kernel.O_CLOEXEC)
    if nothing < 0:
        child_part_stdio()
        return
    kernel.dup2(nothing, 0)
    kernel.dup2(2 if loud else nothing, 1)
    if not loud:
        kernel.dup2(nothing, 2)


cdef void readiness_child_ended(supervisor_t *kx, int status) noexcept nogil:
    """The probe's process was collected: is the command ready?"""
    cdef int code = exitcode_of_status(status)
    if kx.readiness.kind != READY_HTTP:
        kernel.kill(-kx.readiness.pid, kernel.SIGKILL)  # what it left in its group
    kx.readiness.pid = 0
    if kx.readiness.kind == READY_NONE:
        return                  # it was ended with the command
    if code == 0:
        start_write_ready(kx)
        return
    kx.readiness.next_ns = clock_add_ns(kx.readiness.started_ns, kx.settings.ready.period_ns)
    if kx.readiness.kind == READY_EXEC and not kx.readiness.warned:
        kx.readiness.warned = True
        readiness_child_complain(kx, code)
    log_debug(&kx.log, b"readiness probe ended with code %d", code)


cdef void readiness_child_complain(supervisor_t *kx, int code) noexcept nogil:
    """Tell of the first failure: it may be the command that is not ready, or a probe that
    never will be (quotes, where no shell takes them away)."""
    cdef const char *program = kx.settings.ready.argv[0]
    if code == EXIT_NOT_FOUND or code == EXIT_NOT_EXECUTABLE:
        log_warn(&kx.log, b"KUBEXIT_READY_EXEC: cannot execute %s (code %d); Ready is not carved until it succeeds",
                 program, code)
    else:
        log_info(&kx.log, b"readiness probe %s ended with code %d; trying again until it succeeds", program, code)
