"""The watcher: a child that reports deaths from the Kubernetes API for as long as the command runs
(KUBEXIT_DEATH_SOURCE=kubernetes).

It is the waiter with other arguments (kubexit/waiter/watcher.py). It writes a line for each change to a pipe.
"""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef enum:
    WATCHER_READ_BYTES = 1024
    WATCHER_BACKOFF_MIN_MS = 50     # before a watcher that has ended starts again
    WATCHER_BACKOFF_MAX_MS = 60000


cdef int watcher_start(supervisor_t *sv) noexcept nogil:
    """Start it, with a pipe for its lines. Return 0; -errno on failure."""
    cdef int ends[2]
    cdef kernel.pid_t parent = kernel.getpid()
    cdef kernel.pid_t pid
    cdef int error
    sv.watcher.restart_ns = NEVER_NS
    if kernel.pipe2(ends, kernel.O_CLOEXEC | kernel.O_NONBLOCK) < 0:
        return -cstd.errno
    sv.watcher.descriptor = ends[0]     # before the fork: the child closes it
    pid = kernel.fork()
    if pid == 0:
        watcher_become(sv, parent, ends[1])
    error = cstd.errno
    kernel.close(ends[1])
    if pid < 0:
        watcher_close(sv)
        return -error
    sv.watcher.length = 0
    sv.watcher.line[0] = 0
    sv.watcher.pid = pid
    log_debug(&sv.log, b"watcher started, pid %d", pid)
    return 0


cdef void watcher_become(supervisor_t *sv, kernel.pid_t parent, int words) noexcept nogil:
    """In the child: compose the arguments, then be the watcher. Never returns."""
    cdef char *argv[MAX_WAITER_WORDS]
    cdef int argc = waiter_own_words(sv, argv)
    cdef int index
    child_bind(parent)
    child_part_stdio()
    kernel.dup2(words, 1)
    kernel.close(words)
    kernel.setpgid(0, 0)
    kernel.umask(sv.command.umask)
    argc = waiter_add(argv, argc, b"--pod", sv.settings.pod_name)
    argc = waiter_add(argv, argc, b"--namespace", sv.settings.pod_namespace)
    argc = waiter_add_own(sv, argv, argc)
    # A command that started without the first report (KUBEXIT_BIRTH_ON_TIMEOUT) is not ended by what is wrong with it.
    argc = waiter_add(argv, argc, b"--deaths", b"again" if sv.watcher.reported or sv.command.started else b"first")
    for index in range(sv.settings.deps.count):
        if sv.settings.deps.list[index].ends_us != 0:
            argv[argc] = sv.settings.deps.list[index].name
            argc += 1
    argv[argc] = NULL
    waiter_run(sv, argc, argv)


cdef void watcher_start_or_retry(supervisor_t *sv) noexcept nogil:
    """Start it if it is needed and does not run; if that fails, try again after a pause."""
    cdef int error
    if not sv.settings.watches_deaths or sv.watcher.finished or sv.watcher.pid > 0:
        return
    error = -watcher_start(sv)
    if error != 0:
        log_warn(&sv.log, b"cannot start the watcher of the death dependencies: %s; trying again", cstd.strerror(error))
        watcher_back_off(sv)


cdef void watcher_back_off(supervisor_t *sv) noexcept nogil:
    """Start it again after a pause, which is twice as long the next time."""
    sv.watcher.restart_ns = clock_add_ns(clock_monotonic_ns(), sv.watcher.backoff_ns)
    sv.watcher.backoff_ns *= 2
    if sv.watcher.backoff_ns > WATCHER_BACKOFF_MAX_MS * MILLISECOND_NS:
        sv.watcher.backoff_ns = WATCHER_BACKOFF_MAX_MS * MILLISECOND_NS


cdef void watcher_end(supervisor_t *sv) noexcept nogil:
    """End it: no death matters any longer."""
    sv.watcher.finished = True
    sv.watcher.restart_ns = NEVER_NS
    if sv.watcher.pid > 0:
        kernel.kill(sv.watcher.pid, kernel.SIGKILL)
    watcher_close(sv)


cdef void watcher_close(supervisor_t *sv) noexcept nogil:
    """Close its pipe."""
    if sv.watcher.descriptor >= 0:
        kernel.close(sv.watcher.descriptor)
        sv.watcher.descriptor = -1


cdef void watcher_read(supervisor_t *sv) noexcept nogil:
    """Take what it has written, line by line."""
    cdef char bytes[WATCHER_READ_BYTES]
    cdef kernel.ssize_t at
    cdef kernel.ssize_t length = 1
    while sv.watcher.descriptor >= 0 and length > 0:
        length = kernel.read(sv.watcher.descriptor, bytes, WATCHER_READ_BYTES)
        if length == 0:
            watcher_close(sv)
        for at in range(length):
            if bytes[at] == c'\n':
                sv.watcher.line[sv.watcher.length] = 0
                watcher_take_line(sv, sv.watcher.line)
                sv.watcher.length = 0
            elif sv.watcher.length < WATCHER_LINE_BYTES - 1:
                sv.watcher.line[sv.watcher.length] = bytes[at]
                sv.watcher.length += 1


cdef void watcher_take_line(supervisor_t *sv, const char *line) noexcept nogil:
    """Take one line: a state, the end of a report of all states, or the loss of sight. A reason stays in the line."""
    cdef const char *blank = cstd.strchr(line, c' ')
    cdef int index
    if cstd.strcmp(line, b"?") == 0:
        sv.watcher.blind = True
    elif cstd.strcmp(line, b".") == 0:
        sv.watcher.blind = False
        sv.watcher.reported = True
        sv.watcher.warned = False
        sv.watcher.backoff_ns = WATCHER_BACKOFF_MIN_MS * MILLISECOND_NS
    elif blank != NULL:
        index = dependency_index(&sv.settings.deps, line, <size_t>(blank - line))
        if index >= 0:
            watcher_take_state(sv, &sv.settings.deps.list[index], blank + 1)


cdef void watcher_take_reason(supervisor_t *sv) noexcept nogil:
    """Take the reason that it gave, if any: its last line. Only at its end, as the waiter's end changes the words."""
    cdef const char *reason = sv.watcher.line
    if reason[0] != c'!':
        reason = b""
    elif reason[1] == c' ':
        reason += 2
    else:
        reason += 1
    cstd.snprintf(sv.birth.words, REASON_BYTES, b"%s", reason)


cdef void watcher_take_state(supervisor_t *sv, dependency_t *dep, const char *state) noexcept nogil:
    """Note the state of a container: alive, absent, gone CODE, died CODE."""
    cdef const char *blank = cstd.strchr(state, c' ')
    cdef long long code = number_parse(blank + 1, 255) if blank != NULL else -1
    cdef int before = dep.api
    dep.stale = True
    if cstd.strcmp(state, b"alive") == 0:
        dep.api = API_ALIVE
    elif cstd.strcmp(state, b"absent") == 0:
        dep.api = API_ABSENT
    elif code >= 0 and cstd.strncmp(state, b"gone ", 5) == 0:
        dep.api = API_GONE
        if before != API_GONE:
            dep.api_due_ns = clock_add_ns(clock_monotonic_ns(), sv.settings.rebirth_ns)
    elif code >= 0 and cstd.strncmp(state, b"died ", 5) == 0:
        dep.api = API_DIED
    if code >= 0:
        dep.api_code = <int>code
