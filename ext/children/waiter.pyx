"""The waiter: a child that asks the Kubernetes API, and answers with its exit code.

The supervisor does not know what it is: a function of the static file, an
interpreter, a script. Its arguments are the names that must be ready, and the URLs
that need TLS or name resolution: before the birth, or as quit requests.
"""
cimport cstd
cimport kernel

cdef enum:
    MAX_WAITER_ARGUMENTS = 16           # in waiter_t.argv, before ours
    MAX_WAITER_WORDS = MAX_WAITER_ARGUMENTS + MAX_DEPENDENCIES + 2 * MAX_URLS + 16
    WAITER_URL_BYTES = URL_BYTES + 1
    WAITER_END_MS = 500                 # from SIGTERM to SIGKILL
    BACKOFF_MIN_MS = 50                 # before a waiter that was killed starts again
    BACKOFF_MAX_MS = 5000


cdef int waiter_start(supervisor_t *sv) noexcept nogil:
    """Start the waiter of the birth, with a pipe for the reason of a refusal. Return 0; -errno on failure."""
    cdef int ends[2]
    cdef kernel.pid_t pid
    sv.birth.restart_ns = NEVER_NS
    if kernel.pipe2(ends, kernel.O_CLOEXEC | kernel.O_NONBLOCK) < 0:
        return -cstd.errno
    sv.birth.words_fd = ends[0]
    pid = waiter_fork(sv, False, ends[1])
    kernel.close(ends[1])
    if pid < 0:
        waiter_close_words(&sv.birth)
        return <int>pid
    sv.birth.waiter_pid = pid
    log_debug(&sv.log, b"waiter started, pid %d", pid)
    return 0


cdef kernel.pid_t waiter_start_quit(supervisor_t *sv) noexcept nogil:
    """Start a waiter for the quit requests that need TLS or name resolution. Return its pid; -errno on failure."""
    return waiter_fork(sv, True, -1)


cdef kernel.pid_t waiter_fork(supervisor_t *sv, bint quits, int words) noexcept nogil:
    """Start a waiter. Return its pid; -errno on failure. It writes the reason of a refusal to words, if that is >= 0.

    Use fork(2), since an entry function continues in the child. The child has its own
    group, so that a terminal's Ctrl-C reaches us first and a SIGKILL reaches its children.
    """
    cdef kernel.pid_t parent = kernel.getpid()
    cdef kernel.pid_t pid = kernel.fork()
    if pid == 0:
        waiter_become(sv, parent, quits, words)
    return pid if pid > 0 else -cstd.errno


cdef void waiter_become(supervisor_t *sv, kernel.pid_t parent, bint quits, int words) noexcept nogil:
    """In the child: undo what is ours, compose the arguments, then be the waiter. Never returns."""
    cdef char *argv[MAX_WAITER_WORDS]
    cdef char urls[MAX_URLS][WAITER_URL_BYTES]
    cdef char seconds[32]
    cdef char wait[32]
    cdef int argc = waiter_own_words(sv, argv)
    cdef long long left_ns = sv.deadline_ns - clock_monotonic_ns()
    child_bind(parent)
    child_part_stdio()
    if words >= 0:
        kernel.dup2(words, 1)       # it logs to stderr, and writes nothing else to stdout
        kernel.close(words)
    kernel.setpgid(0, 0)
    kernel.umask(sv.command.umask)
    if not quits and sv.settings.asks_api:
        argc = waiter_add(argv, argc, b"--pod", sv.settings.pod_name)
        argc = waiter_add(argv, argc, b"--namespace", sv.settings.pod_namespace)
    argc = waiter_add_own(sv, argv, argc)
    if quits:
        # Never 0, which would make it wait for a birth.
        cstd.snprintf(seconds, sizeof(seconds), b"%.3f", <double>left_ns / SECOND_NS if left_ns > MILLISECOND_NS
                      else 0.001)
        argc = waiter_add(argv, argc, b"--quit-seconds", seconds)
        if sv.settings.quit.wait_ns > 0:
            cstd.snprintf(wait, sizeof(wait), b"%.3f", <double>quit_wait_ns(sv) / SECOND_NS)
            argc = waiter_add(argv, argc, b"--quit-wait", wait)
        argc = waiter_add_urls(argv, argc, &sv.settings.quit.urls, sv.quit.round, urls)
    else:
        argc = waiter_add_urls(argv, argc, &sv.settings.birth_urls, 0, urls)
        argc = waiter_add_names(sv, argv, argc)
    argv[argc] = NULL
    waiter_run(sv, argc, argv)


cdef long long quit_wait_ns(const supervisor_t *sv) noexcept nogil:
    """Return how long kubexit waits for the end of sidecars: KUBEXIT_QUIT_WAIT, at most the grace period."""
    return clock_earlier(sv.settings.quit.wait_ns, sv.settings.grace_ns)


cdef void waiter_run(supervisor_t *sv, int argc, char **argv) noexcept nogil:
    """In the child: call the entry or execute argv. Never returns."""
    cdef int code
    if sv.birth.waiter.entry != NULL:
        child_close_descriptors(sv)     # no exec will do it
        kernel.close(sv.signals.descriptor)
        signals_restore(&sv.signals)
        code = sv.birth.waiter.entry(argc, argv)
        if code >= 0:
            kernel._exit(code)
        log_error(&sv.log, b"cannot start the waiter, which is in this file: cannot read %s: %s (its mode "
                  b"should be 0555)", argv[0], cstd.strerror(-code))
    else:
        signals_restore(&sv.signals)
        code = execute(argv, cstd.environ)
        log_error(&sv.log, b"cannot start the waiter %s: %s", argv[0], cstd.strerror(code))
    kernel._exit(EXIT_INTERNAL)


cdef void waiter_take_words(birth_t *birth) noexcept nogil:
    """Read the reason that the waiter gave, if any: its first line."""
    cdef kernel.ssize_t length = 0
    cdef kernel.ssize_t at = 0
    if birth.words_fd >= 0:
        length = kernel.read(birth.words_fd, birth.words, REASON_BYTES - 1)
        waiter_close_words(birth)
    while at < length and birth.words[at] != c'\n':
        at += 1
    birth.words[at] = 0


cdef void waiter_close_words(birth_t *birth) noexcept nogil:
    """Close the pipe for its reason."""
    if birth.words_fd >= 0:
        kernel.close(birth.words_fd)
        birth.words_fd = -1


cdef int waiter_own_words(supervisor_t *sv, char **argv) noexcept nogil:
    """Copy the words that make it the waiter. Return their count."""
    cdef int count = 0
    while count < MAX_WAITER_ARGUMENTS and sv.birth.waiter.argv[count] != NULL:
        argv[count] = <char *>sv.birth.waiter.argv[count]
        count += 1
    return count


cdef int waiter_add(char **argv, int count, const char *option, const char *value) noexcept nogil:
    """Add an option and its value. Return the new count."""
    argv[count] = <char *>option
    argv[count + 1] = <char *>value
    return count + 2


cdef int waiter_add_own(const supervisor_t *sv, char **argv, int count) noexcept nogil:
    """Add our name, and how to log if the plan may say it: the waiter reads the variables, but no plan. Return the new
    count."""
    count = waiter_add(argv, count, b"--name", sv.settings.name)
    if sv.settings.plan == NULL:
        return count
    count = waiter_add(argv, count, b"--log-level", sv.settings.value[SETTING_LOG_LEVEL])
    return waiter_add(argv, count, b"--log-format", sv.settings.value[SETTING_LOG_FORMAT])


cdef int waiter_add_urls(char **argv, int count, const urls_t *urls, int round,
                         char (*words)[WAITER_URL_BYTES]) noexcept nogil:
    """Add the URLs of a round that the waiter asks, copied out of their list. Return the new count."""
    cdef const url_t *url
    cdef int index
    for index in range(urls.count):
        url = &urls.list[index]
        if url.round == round and not url.native:
            cstd.snprintf(words[index], WAITER_URL_BYTES, b"%.*s", <int>url.length, url.text)
            count = waiter_add(argv, count, b"--post" if url.by_post else b"--get", words[index])
    return count


cdef int waiter_add_names(supervisor_t *sv, char **argv, int count) noexcept nogil:
    """Add the names to ask the API for. Return the new count."""
    cdef int index
    cdef dependency_t *dep
    for index in range(sv.settings.deps.count):
        dep = &sv.settings.deps.list[index]
        if dep.starts_us & FACT_READY and sv.settings.birth_source == SOURCE_KUBERNETES:
            if dep.optional:
                dep.name[dep.length] = c'?'     # this child's copy of the name
                dep.name[dep.length + 1] = 0
            argv[count] = dep.name
            count += 1
    if sv.settings.deps.every_other:
        argv[count] = <char *>b"*"
        count += 1
    return count


cdef void waiter_signal(const birth_t *birth, int signal) noexcept nogil:
    """Send a signal to the waiter and its children, and to the probe of the birth URLs."""
    if birth.probe_pid > 0:
        kernel.kill(birth.probe_pid, signal)
    if birth.waiter_pid > 0:
        # Once: a waiter that logs at SIGTERM would do so twice. It may have no group yet.
        if kernel.kill(-birth.waiter_pid, signal) < 0:
            kernel.kill(birth.waiter_pid, signal)
