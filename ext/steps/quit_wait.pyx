"""Quit wait: after their quit requests, wait until the sidecars have ended (KUBEXIT_QUIT_WAIT).

A sidecar behind a URL has ended when its address refuses connections. Processes have ended when they are gone from
/proc, or are zombies. All of this happens in the children that asked.
"""
cimport cstd
cimport kernel

cdef enum:
    QUIT_SOON_MS = 500          # what is left after SIGTERM; also for a limit of 0, which must still ask
    QUIT_PERIOD_MS = 100        # between two looks at a sidecar
    QUIT_REST_MS = 20           # that a child is finished before the supervisor would end it


cdef void quit_note(supervisor_t *sv, kernel.pid_t pid, int kind, const url_t *url) noexcept nogil:
    """Remember a request's process, or log that it could not be made."""
    if pid < 0:
        log_warn(&sv.log, b"cannot start a process for a quit request: %s", cstd.strerror(-pid))
        return
    sv.quit.running[sv.quit.count].pid = pid
    sv.quit.running[sv.quit.count].kind = kind
    sv.quit.running[sv.quit.count].url = url
    sv.quit.count += 1


cdef const char *quit_method(const url_t *url) noexcept nogil:
    """Return POST or GET."""
    return b"POST" if url.by_post else b"GET"


cdef long long quit_timeout_ns(const supervisor_t *sv) noexcept nogil:
    """Return how long all requests may take: KUBEXIT_QUIT_TIMEOUT, but half a second if that is 0."""
    return sv.settings.quit.timeout_ns or QUIT_SOON_MS * MILLISECOND_NS


cdef long long quit_answer_by_ns(const supervisor_t *sv) noexcept nogil:
    """Return when a request must be answered, NEVER_NS: the supervisor ends it."""
    cdef long long by_ns
    if sv.settings.quit.wait_ns == 0:
        return NEVER_NS
    by_ns = clock_add_ns(clock_monotonic_ns(), quit_timeout_ns(sv))
    return clock_earlier(by_ns, sv.deadline_ns - QUIT_REST_MS * MILLISECOND_NS)


cdef void quit_wait_for_url(supervisor_t *sv, const url_t *url) noexcept nogil:
    """In the child that asked: wait until the sidecar refuses connections, or log that it does not."""
    cdef long long until_ns = quit_wait_until_ns(sv)
    if sv.settings.quit.wait_ns == 0:
        return
    while not quit_url_has_ended(url, until_ns):
        if clock_monotonic_ns() >= until_ns:
            log_warn(&sv.log, b"quit request %s %.*s: the sidecar has not ended in time; kubexit's exit code stays %d",
                     quit_method(url), <int>url.length, url.text, sv.life.exit_code)
            return
        pause_ms(QUIT_PERIOD_MS)
    log_info(&sv.log, b"quit request %s %.*s: the sidecar has ended", quit_method(url), <int>url.length, url.text)


cdef long long quit_wait_until_ns(const supervisor_t *sv) noexcept nogil:
    """Return until when a child that asked waits."""
    return clock_earlier(clock_add_ns(clock_monotonic_ns(), quit_wait_ns(sv)),
                         sv.deadline_ns - QUIT_REST_MS * MILLISECOND_NS)


cdef bint quit_url_has_ended(const url_t *url, long long until_ns) noexcept nogil:
    """Return whether each address of a URL refuses connections."""
    cdef int family
    cdef int connection
    cdef int result
    for family in range(2):
        if not (url.address.has_v6 if family else url.address.has_v4):
            continue
        connection = kernel.socket(kernel.AF_INET6 if family else kernel.AF_INET, kernel.SOCK_STREAM
                                   | kernel.SOCK_CLOEXEC | kernel.SOCK_NONBLOCK, 0)
        result = -cstd.errno
        if connection >= 0:
            result = http_connect(connection, &url.address, family, until_ns, -1)
            kernel.close(connection)
        if not http_is_refused(url, family, result):
            return False
    return True


cdef void quit_wait_for_processes(supervisor_t *sv, const quit_pids_t *pids) noexcept nogil:
    """Start a child that waits until processes have ended which have SIGTERM, if that is wanted.

    There is one at a time: when a signal has all rounds asked at once, there can be more of them than places in
    quit.running, and little time to wait.
    """
    cdef kernel.pid_t pid
    if sv.settings.quit.wait_ns == 0 or pids.count == 0 or quit_waits_for_processes(&sv.quit):
        return
    pid = child_fork(sv)
    if pid == 0:
        quit_watch_processes(sv, pids)
        kernel._exit(0)
    quit_note(sv, pid, REQUEST_PROCESSES, NULL)


cdef bint quit_waits_for_processes(const quit_t *quit) noexcept nogil:
    """Return whether a child waits for the end of processes."""
    cdef int index
    for index in range(quit.count):
        if quit.running[index].kind == REQUEST_PROCESSES:
            return True
    return False


cdef void quit_watch_processes(supervisor_t *sv, const quit_pids_t *pids) noexcept nogil:
    """In the child: wait until no process is left, or log how many are."""
    cdef long long until_ns = quit_wait_until_ns(sv)
    cdef int left = quit_count_alive(pids)
    while left > 0 and clock_monotonic_ns() < until_ns:
        pause_ms(QUIT_PERIOD_MS)
        left = quit_count_alive(pids)
    if left > 0:
        log_warn(&sv.log, b"%d process%s of KUBEXIT_QUIT_PROCESSES %s not ended in time; kubexit's exit code stays %d",
                 left, b"" if left == 1 else b"es", b"has" if left == 1 else b"have", sv.life.exit_code)
    else:
        log_info(&sv.log, b"the processes of KUBEXIT_QUIT_PROCESSES have ended")


cdef int quit_count_alive(const quit_pids_t *pids) noexcept nogil:
    """Return how many processes run: neither gone nor a zombie, which its parent has not collected."""
    cdef char text[STAT_BYTES + 1]
    cdef const char *at
    cdef int count = 0
    cdef int index
    for index in range(pids.count):
        if orphans_read_state(pids.list[index], text, &at) != 0 or (at[0] != 0 and at[0] != c'Z' and at[0] != c'X'):
            count += 1
    return count
