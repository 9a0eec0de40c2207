"""Quit requests: once our death is written, sidecars without kubexit are asked to quit.

One process a URL, all at the same time, under one time limit. No outcome changes
the exit code. The waiter makes the requests that need TLS or name resolution, in
one process.
"""
cimport cstd
cimport kernel

cdef enum:
    QUIT_SOON_MS = 500          # what is left after SIGTERM; also for a limit of 0, which must still ask


cdef bint quit_is_wanted(const supervisor_t *sv) noexcept nogil:
    """True if a sidecar must be asked, after an end with this code. A second supervisor of the
    name asks none: the first one's command still needs its sidecars."""
    if not sv.settings.quit.valid or sv.name_in_use or \
            (sv.settings.quit.urls.count == 0 and sv.settings.quit.processes[0] == 0):
        return False
    return sv.settings.quit.policy == QUIT_ALWAYS or \
        (sv.settings.quit.policy == QUIT_ON_SUCCESS) == (sv.life.exit_code == 0)


cdef void quit_begin(supervisor_t *sv) noexcept nogil:
    """Ask all sidecars; post that this is done if no request runs."""
    sv.quit.count = 0
    if quit_is_wanted(sv):
        stop_watching(sv)
        quit_processes(sv)
        if sv.settings.quit.urls.count > 0:
            phase_arm(sv, sv.settings.quit.timeout_ns or QUIT_SOON_MS * MILLISECOND_NS)
            quit_ask(sv)
    if sv.quit.count == 0:
        event_post(sv, EVENT_QUIT_DONE, 0)


cdef void quit_ask(supervisor_t *sv) noexcept nogil:
    """Start the requests."""
    cdef const urls_t *urls = &sv.settings.quit.urls
    cdef int index
    for index in range(urls.count):
        if urls.list[index].native:
            quit_note(sv, quit_start(sv, &urls.list[index]), &urls.list[index])
    if urls_foreign(urls):
        quit_note(sv, waiter_start_quit(sv), NULL)


cdef void quit_note(supervisor_t *sv, kernel.pid_t pid, const url_t *url) noexcept nogil:
    """Remember a request's process, or log that it could not be made."""
    if pid < 0:
        log_warn(&sv.log, b"cannot start a process for a quit request: %s", cstd.strerror(-pid))
        return
    sv.quit.running[sv.quit.count].pid = pid
    sv.quit.running[sv.quit.count].url = url
    sv.quit.count += 1


cdef kernel.pid_t quit_start(supervisor_t *sv, const url_t *url) noexcept nogil:
    """Start one request. Return its pid; -errno on failure."""
    cdef kernel.pid_t pid = child_fork(sv)
    if pid == 0:
        quit_request(sv, url)
        kernel._exit(0)
    return pid


cdef void quit_request(supervisor_t *sv, const url_t *url) noexcept nogil:
    """In the child: ask, and log the outcome. The supervisor knows when the time is up."""
    cdef int status = http_ask(url, NEVER_NS, -1)
    cdef const char *method = quit_method(url)
    cdef char outcome[64]
    http_describe(status, outcome, sizeof(outcome))
    if http_is_good(status):
        log_info(&sv.log, b"quit request %s %.*s: %s", method, <int>url.length, url.text, outcome)
    elif url.of_mesh and status == -cstd.ECONNREFUSED:
        log_debug(&sv.log, b"quit request %s %.*s: %s; probably no proxy was injected", method,
                  <int>url.length, url.text, outcome)
    else:
        log_warn(&sv.log, b"quit request %s %.*s: %s; kubexit's exit code stays %d", method, <int>url.length, url.text,
                 outcome, sv.life.exit_code)


cdef bint quit_collected(supervisor_t *sv, kernel.pid_t pid, int status) noexcept nogil:
    """True if a child that has ended was a request; post that all are done after the last one."""
    cdef int index
    for index in range(sv.quit.count):
        if sv.quit.running[index].pid == pid:
            if exitcode_of_status(status) != 0:
                log_warn(&sv.log, b"the process of a quit request exited with %d; kubexit's exit code stays %d",
                         exitcode_of_status(status), sv.life.exit_code)
            sv.quit.count -= 1
            sv.quit.running[index] = sv.quit.running[sv.quit.count]
            if sv.quit.count == 0:
                event_post(sv, EVENT_QUIT_DONE, 0)
            return True
    return False


cdef void quit_abort(supervisor_t *sv) noexcept nogil:
    """End the requests that still run, and their children: the time is up."""
    cdef const url_t *url
    cdef int index
    for index in range(sv.quit.count):
        url = sv.quit.running[index].url
        kernel.kill(sv.quit.running[index].pid, kernel.SIGKILL)
        kernel.kill(-sv.quit.running[index].pid, kernel.SIGKILL)
        if url != NULL:
            log_warn(&sv.log, b"quit request %s %.*s: no answer in time; kubexit's exit code stays %d",
                     quit_method(url), <int>url.length, url.text, sv.life.exit_code)
        else:
            log_warn(&sv.log, b"the quit requests of the waiter did not finish in time; kubexit's exit code stays %d",
                     sv.life.exit_code)
    sv.quit.count = 0


cdef const char *quit_method(const url_t *url) noexcept nogil:
    """Return POST or GET."""
    return b"POST" if url.by_post else b"GET"


cdef void quit_soon(supervisor_t *sv) noexcept nogil:
    """Leave the requests little time: a signal asks us to end."""
    cdef long long soon_ns = clock_monotonic_ns() + QUIT_SOON_MS * MILLISECOND_NS
    if soon_ns < sv.deadline_ns:
        sv.deadline_ns = soon_ns
