"""The waiter: a child that asks the Kubernetes API, and answers with its exit code.

The supervisor does not know what it is: a function of the static file, an
interpreter, a script. It gets the names that have to be ready as arguments.
"""
cimport kernel

cdef extern from "kubexit.h" nogil:
    ctypedef struct waiter_t:
        const char *const *argv
        int (*entry)(int argc, char **argv) noexcept nogil

cdef enum:
    WAITER_ARGUMENTS_MOST = 16          # of its own argv, before ours
    WAITER_LEAVE_MS = 500               # from TERM to KILL
    WAITER_BACKOFF_LEAST_MS = 50        # before a waiter that was killed starts again
    WAITER_BACKOFF_MOST_MS = 5000


cdef int waiter_start(supervisor_t *kx) noexcept nogil:
    """Start the waiter; 0 or -errno.

    fork(2), since an entry function runs on in the child; it has its own group,
    so that a terminal's Ctrl-C reaches us first and a KILL reaches its children.
    """
    cdef kernel.pid_t parent = kernel.getpid()
    cdef kernel.pid_t pid = kernel.fork()
    kx.birth.restart_ns = NEVER_NS
    if pid == 0:
        waiter_become(kx, parent)
    if pid < 0:
        return -kernel.errno
    kx.birth.pid = pid
    log_debug(&kx.log, b"waiter started, pid %d", pid)
    return 0


cdef void waiter_become(supervisor_t *kx, kernel.pid_t parent) noexcept nogil:
    """In the child: undo what is ours, then be the waiter. Never returns."""
    cdef char *argv[WAITER_ARGUMENTS_MOST + DEPENDENCIES_MOST + 8]
    cdef int argc = waiter_arguments(kx, argv)
    cdef int code
    child_bind(parent)
    waiter_part_stdio()
    kernel.setpgid(0, 0)
    kernel.umask(kx.command.umask)
    if kx.birth.waiter.entry != NULL:
        supervisor_close_descriptors(kx)    # no exec will do it
        signals_restore(&kx.signals)
        code = kx.birth.waiter.entry(argc, argv)
        if code >= 0:
            kernel._exit(code)
        log_error(&kx.log, b"cannot start the readiness waiter, which is in this file: cannot read %s: %s (its mode "
                  b"should be 0555)", argv[0], kernel.strerror(-code))
    else:
        signals_restore(&kx.signals)
        code = execute(argv, kernel.environ)
        log_error(&kx.log, b"cannot start the readiness waiter %s: %s", argv[0], kernel.strerror(code))
    kernel._exit(EXIT_INTERNAL)


cdef void waiter_part_stdio() noexcept nogil:
    """In the child: the command's stdin and stdout are not the waiter's. It reads an
    end of file (a pipe, since /dev/null need not exist) and writes to stderr."""
    cdef int ends[2]
    if kernel.pipe(ends) == 0:
        kernel.dup2(ends[0], 0)
        kernel.close(ends[0])
        kernel.close(ends[1])
    kernel.dup2(2, 1)


cdef int waiter_arguments(supervisor_t *kx, char **argv) noexcept nogil:
    """The waiter's own arguments, then the pod and the names; their count."""
    cdef int count = 0
    cdef int index
    cdef dependency_t *dep
    while count < WAITER_ARGUMENTS_MOST and kx.birth.waiter.argv[count] != NULL:
        argv[count] = <char *>kx.birth.waiter.argv[count]
        count += 1
    argv[count] = <char *>b"--pod"
    argv[count + 1] = kx.settings.pod_name
    argv[count + 2] = <char *>b"--namespace"
    argv[count + 3] = kx.settings.pod_namespace
    argv[count + 4] = <char *>b"--name"
    argv[count + 5] = <char *>kx.settings.name
    count += 6
    for index in range(kx.settings.deps.count):
        dep = &kx.settings.deps.list[index]
        if dep.starts_us & FACT_READY:
            if dep.optional:
                dep.name[dep.length] = c'?'     # this child's copy of the name
                dep.name[dep.length + 1] = 0
            argv[count] = dep.name
            count += 1
    if kx.settings.deps.every_other:
        argv[count] = <char *>b"*"
        count += 1
    argv[count] = NULL
    return count


cdef void waiter_signal(const birth_t *birth, int signal) noexcept nogil:
    """Tell the waiter, and whatever it started, to leave."""
    if birth.pid > 0:
        kernel.kill(birth.pid, signal)
        kernel.kill(-birth.pid, signal)
