"""Birth: the wait for birth dependencies, and the waiter, a child that asks the API.

The supervisor does not know what the waiter is. It gets the names that have to be
ready as arguments and answers with its exit code.
"""
from libc.stddef cimport size_t
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

ctypedef struct birth_t:
    const waiter_t *waiter
    kernel.pid_t pid                    # of the waiter, 0: none
    bint api_ready                      # its verdict was 0, or nothing is asked
    int failure                         # the exit code of a birth that failed
    long long deadline_ns
    long long restart_ns                # when a waiter that was killed starts again, NEVER_NS: not
    long long backoff_ns


cdef void birth_begin(birth_t *birth, const waiter_t *waiter, bint asks_api) noexcept nogil:
    """Nothing awaited yet."""
    birth.waiter = waiter
    birth.pid = 0
    birth.api_ready = not asks_api
    birth.failure = EXIT_UNAVAILABLE
    birth.deadline_ns = NEVER_NS
    birth.restart_ns = NEVER_NS
    birth.backoff_ns = WAITER_BACKOFF_LEAST_MS * MILLISECOND_NS


cdef int birth_start_waiter(supervisor_t *kx) noexcept nogil:
    """Start the waiter; 0 or -errno.

    fork(2), since an entry function runs on in the child; it has its own group,
    so that a terminal's Ctrl-C reaches us first and a KILL reaches its children.
    """
    cdef kernel.pid_t parent = kernel.getpid()
    cdef kernel.pid_t pid = kernel.fork()
    kx.birth.restart_ns = NEVER_NS
    if pid == 0:
        birth_become_waiter(kx, parent)
    if pid < 0:
        return -kernel.errno
    kx.birth.pid = pid
    log_debug(&kx.log, b"waiter started, pid %d", pid)
    return 0


cdef void birth_become_waiter(supervisor_t *kx, kernel.pid_t parent) noexcept nogil:
    """In the child: undo what is ours, then be the waiter. Never returns."""
    cdef char *argv[WAITER_ARGUMENTS_MOST + DEPENDENCIES_MOST + 8]
    cdef int argc = birth_arguments(kx, argv)
    cdef int error
    child_bind(parent)
    birth_part_stdio()
    kernel.setpgid(0, 0)
    kernel.umask(kx.command.umask)
    if kx.birth.waiter.entry != NULL:
        supervisor_close_descriptors(kx)    # no exec will do it
        signals_restore(&kx.signals)
        kernel._exit(kx.birth.waiter.entry(argc, argv))
    signals_restore(&kx.signals)
    error = execute(argv, kernel.environ)
    log_error(&kx.log, b"cannot start the readiness waiter %s: %s", argv[0], kernel.strerror(error))
    kernel._exit(EXIT_INTERNAL)


cdef void birth_part_stdio() noexcept nogil:
    """In the child: the command's stdin and stdout are not the waiter's. It reads an
    end of file (a pipe, since /dev/null need not exist) and writes to stderr."""
    cdef int ends[2]
    if kernel.pipe(ends) == 0:
        kernel.dup2(ends[0], 0)
        kernel.close(ends[0])
        kernel.close(ends[1])
    kernel.dup2(2, 1)


cdef int birth_arguments(supervisor_t *kx, char **argv) noexcept nogil:
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


cdef void birth_signal_waiter(const birth_t *birth, int signal) noexcept nogil:
    """Tell the waiter, and whatever it started, to leave."""
    if birth.pid > 0:
        kernel.kill(birth.pid, signal)
        kernel.kill(-birth.pid, signal)


cdef void birth_take_verdict(supervisor_t *kx, int status) noexcept nogil:
    """The waiter has ended: turn its status into an event."""
    cdef char signal[16]
    cdef int code = exitcode_of_status(status)
    kx.birth.pid = 0
    if code == 0:
        kx.birth.api_ready = True
    if kx.phase == PHASE_LEAVING:
        supervisor_event(kx, EVENT_WAITER_GONE)
    elif code == 0:
        if kx.phase == PHASE_EXPIRED and dependencies_awaited(&kx.settings.deps, kx.settings.birth_source):
            birth_time_out(kx)
    elif kernel.WIFSIGNALED(status) and kx.phase == PHASE_BIRTH:
        signal_label(signal, sizeof(signal), kernel.WTERMSIG(status))
        log_warn(&kx.log, b"the readiness waiter was ended by %s; it will be started again", signal)
        kx.birth.restart_ns = clock_add_ns(clock_monotonic_ns(), kx.birth.backoff_ns)
        kx.birth.backoff_ns = kx.birth.backoff_ns * 2 if kx.birth.backoff_ns < WAITER_BACKOFF_MOST_MS * MILLISECOND_NS // 2 \
            else WAITER_BACKOFF_MOST_MS * MILLISECOND_NS
    elif code == EXIT_SETTINGS or code == EXIT_REFUSED or kx.phase == PHASE_BIRTH:
        kx.birth.failure = code if code == EXIT_SETTINGS or code == EXIT_UNAVAILABLE or code == EXIT_REFUSED \
            else EXIT_INTERNAL
        supervisor_event(kx, EVENT_BIRTH_FAILED)
    else:
        birth_time_out(kx)


cdef void birth_time_out(supervisor_t *kx) noexcept nogil:
    """The deadline is over and the waiter gone: KUBEXIT_BIRTH_ON_TIMEOUT decides."""
    if kx.settings.start_on_timeout:
        log_warn(&kx.log, b"starting the command all the same (KUBEXIT_BIRTH_ON_TIMEOUT=start)")
        supervisor_event(kx, EVENT_BIRTH_READY)
    else:
        kx.birth.failure = EXIT_UNAVAILABLE
        supervisor_event(kx, EVENT_WAITER_GONE)


cdef void birth_report_missing(supervisor_t *kx) noexcept nogil:
    """One line that says which birth dependencies the graveyard does not show, and why."""
    cdef text_t text
    cdef char state[64]
    cdef dependency_t *dep
    cdef int index
    text.length = 0
    for index in range(kx.settings.deps.count):
        dep = &kx.settings.deps.list[index]
        if dependency_awaited(dep, kx.settings.birth_source) and text.length < 1024:
            dependency_describe(dep, state, sizeof(state))
            if text.length > 0:
                text_add(&text, b", ")
            text_add(&text, dep.name)
            text_add(&text, b" (")
            text_add(&text, state)
            text_add(&text, b")")
    if text.length == 0:
        text_add(&text, b"the API has not shown them ready")
    text_add_byte(&text, 0)
    log_error(&kx.log, b"birth dependencies not met after %s: %s", kx.settings.value[SETTING_BIRTH_TIMEOUT],
              text.bytes)
