"""Watching: the watcher of the death dependencies, as a part of the supervisor's life."""
cimport cstd
cimport kernel

cdef enum:
    WATCHING_LATE_MS = 1000     # more than a busy machine costs: nothing ran, the watcher neither


cdef long long watching_due_ns(const supervisor_t *sv) noexcept nogil:
    """Return when the watcher must be started again, or when a container that has ended counts as dead."""
    cdef const dependency_t *dep
    cdef long long due_ns = sv.watcher.restart_ns
    cdef int index
    if sv.watcher.finished and sv.watcher.pid == 0:
        return NEVER_NS
    for index in range(sv.settings.deps.count):
        dep = &sv.settings.deps.list[index]
        # Not if the graveyard shows it: that counts then, also if the API has been behind for long.
        if dep.api == API_GONE and dep.by_api and not dep.facts & FACT_DIED and not sv.watcher.blind:
            due_ns = clock_earlier(due_ns, dep.api_due_ns)
    return due_ns


cdef void watching_take(supervisor_t *sv, bint readable) noexcept nogil:
    """Read what the watcher has written, mark containers whose time to be started again is over, and start the
    watcher again if that is due. After a standstill the watcher has a second to report what it missed."""
    cdef dependency_t *dep
    cdef long long now_ns
    cdef int index
    if readable:
        watcher_read(sv)
    now_ns = clock_monotonic_ns()
    for index in range(sv.settings.deps.count):
        dep = &sv.settings.deps.list[index]
        if dep.api != API_GONE or now_ns < dep.api_due_ns:
            continue
        if not dep.facts & FACT_DIED and now_ns - dep.api_due_ns > WATCHING_LATE_MS * MILLISECOND_NS:
            dep.api_due_ns = now_ns + WATCHING_LATE_MS * MILLISECOND_NS
        dep.stale = True
    if now_ns >= sv.watcher.restart_ns:
        watcher_start_or_retry(sv)


cdef void watching_ended(supervisor_t *sv, int status) noexcept nogil:
    """The watcher has ended. Before its first report that can end the wait for birth; later it is started again."""
    cdef int code = exitcode_of_status(status)
    watcher_read(sv)
    watcher_close(sv)
    sv.watcher.pid = 0
    sv.watcher.blind = True
    if sv.watcher.finished:
        return
    if code == 0:
        # The pod is being deleted, or is another one now: no death will be seen there any longer.
        sv.watcher.finished = True
        watching_forget_ends(sv)
        log_debug(&sv.log, b"the watcher of the death dependencies has nothing to see any longer")
    elif sv.watcher.reported or sv.command.started or cstd.WIFSIGNALED(status):
        watching_complain(sv, status)
        watcher_back_off(sv)
    else:
        watching_fail_birth(sv, code)


cdef void watching_fail_birth(supervisor_t *sv, int code) noexcept nogil:
    """Post that the birth fails, with the reason that the watcher gave before its first report."""
    watcher_take_reason(sv)
    if code == EXIT_SETTINGS or code == EXIT_REFUSED:
        event_post(sv, EVENT_BIRTH_FAILED, code)
    else:
        event_post(sv, EVENT_BIRTH_UNAVAILABLE, EXIT_UNAVAILABLE if code == EXIT_UNAVAILABLE else EXIT_INTERNAL)


cdef void watching_forget_ends(supervisor_t *sv) noexcept nogil:
    """Let no end count that the kubelet could still have undone."""
    cdef int index
    for index in range(sv.settings.deps.count):
        if sv.settings.deps.list[index].api == API_GONE:
            sv.settings.deps.list[index].api = API_ALIVE


cdef void watching_complain(supervisor_t *sv, int status) noexcept nogil:
    """Warn once, until it has reported again, that it ended."""
    cdef bint killed = cstd.WIFSIGNALED(status) and cstd.WTERMSIG(status) == kernel.SIGKILL
    if not sv.watcher.warned:
        log_warn(&sv.log, b"the watcher of the death dependencies exited with %d; starting it again%s",
                 exitcode_of_status(status),
                 b"; is the container's memory limit too low for it?" if killed else b"")
    sv.watcher.warned = True
