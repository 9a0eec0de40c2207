"""Quit requests: once our death is written, sidecars that cannot be wrapped are asked to quit.

One process a URL, all at the same time, under one time limit. No outcome changes
the exit code. The waiter makes the requests that need TLS or name resolution, in
one process.
"""
cimport cstd
cimport kernel

cdef enum:
    QUIT_SOON_MS = 500          # what is left after SIGTERM; also for a limit of 0, which must still ask


cdef bint quit_is_wanted(const supervisor_t *kx) noexcept nogil:
    """Whether anybody is to be asked, after an end with this code. Not by a second
    supervisor of the name: the first one's command still needs its sidecars."""
    if not kx.settings.quit.valid or kx.name_in_use or \
            (kx.settings.quit.urls.count == 0 and kx.settings.quit.processes[0] == 0):
        return False
    return kx.settings.quit.policy == QUIT_ALWAYS or \
        (kx.settings.quit.policy == QUIT_ON_SUCCESS) == (kx.life.exit_code == 0)


cdef void quit_begin(supervisor_t *kx) noexcept nogil:
    """Ask everybody who is to be asked; EVENT_QUIT_DONE at once when nobody is."""
    kx.quit.count = 0
    if quit_is_wanted(kx):
        stop_watching(kx)
        quit_processes(kx)
        if kx.settings.quit.urls.count > 0:
            phase_arm(kx, kx.settings.quit.timeout_ns or QUIT_SOON_MS * MILLISECOND_NS)
            quit_ask(kx)
    if kx.quit.count == 0:
        event_post(kx, EVENT_QUIT_DONE, 0)


cdef void quit_ask(supervisor_t *kx) noexcept nogil:
    """Start the requests."""
    cdef const urls_t *urls = &kx.settings.quit.urls
    cdef int index
    for index in range(urls.count):
        if urls.list[index].native:
            quit_note(kx, quit_start(kx, &urls.list[index]), &urls.list[index])
    if urls_foreign(urls):
        quit_note(kx, waiter_start_quit(kx), NULL)


cdef void quit_note(supervisor_t *kx, kernel.pid_t pid, const url_t *url) noexcept nogil:
    """Remember a request's process, or say that there is none."""
    if pid < 0:
        log_warn(&kx.log, b"no process for a quit request: %s", cstd.strerror(-pid))
        return
    kx.quit.running[kx.quit.count].pid = pid
    kx.quit.running[kx.quit.count].url = url
    kx.quit.count += 1


cdef kernel.pid_t quit_start(supervisor_t *kx, const url_t *url) noexcept nogil:
    """Start one request; its pid or -errno."""
    cdef kernel.pid_t pid = child_fork(kx)
    if pid == 0:
        quit_request(kx, url)
        kernel._exit(0)
    return pid


cdef void quit_request(supervisor_t *kx, const url_t *url) noexcept nogil:
    """In the child: ask, and say how it went. The supervisor knows when the time is up."""
    cdef int status = http_ask(url, NEVER_NS, -1)
    cdef const char *method = quit_method(url)
    cdef char outcome[64]
    http_describe(status, outcome, sizeof(outcome))
    if http_is_good(status):
        log_info(&kx.log, b"quit request %s %.*s: %s", method, <int>url.length, url.text, outcome)
    elif url.of_mesh and status == -cstd.ECONNREFUSED:
        log_debug(&kx.log, b"quit request %s %.*s: %s; no proxy was injected, it seems", method,
                  <int>url.length, url.text, outcome)
    else:
        log_warn(&kx.log, b"quit request %s %.*s: %s; the exit code stays %d", method, <int>url.length, url.text,
                 outcome, kx.life.exit_code)


cdef bint quit_collected(supervisor_t *kx, kernel.pid_t pid, int status) noexcept nogil:
    """Whether a child that has ended was a request; with the last one they are done."""
    cdef int index
    for index in range(kx.quit.count):
        if kx.quit.running[index].pid == pid:
            if exitcode_of_status(status) != 0:
                log_warn(&kx.log, b"the process of a quit request ended with code %d; the exit code stays %d",
                         exitcode_of_status(status), kx.life.exit_code)
            kx.quit.count -= 1
            kx.quit.running[index] = kx.quit.running[kx.quit.count]
            if kx.quit.count == 0:
                event_post(kx, EVENT_QUIT_DONE, 0)
            return True
    return False


cdef void quit_abort(supervisor_t *kx) noexcept nogil:
    """Time is up: end what still runs, and whatever it started."""
    cdef const url_t *url
    cdef int index
    for index in range(kx.quit.count):
        url = kx.quit.running[index].url
        kernel.kill(kx.quit.running[index].pid, kernel.SIGKILL)
        kernel.kill(-kx.quit.running[index].pid, kernel.SIGKILL)
        if url != NULL:
            log_warn(&kx.log, b"quit request %s %.*s: no answer in time; the exit code stays %d",
                     quit_method(url), <int>url.length, url.text, kx.life.exit_code)
        else:
            log_warn(&kx.log, b"the waiter's quit requests were not done in time; the exit code stays %d",
                     kx.life.exit_code)
    kx.quit.count = 0


cdef const char *quit_method(const url_t *url) noexcept nogil:
    """POST or GET."""
    return b"POST" if url.by_post else b"GET"


cdef void quit_soon(supervisor_t *kx) noexcept nogil:
    """A signal to end came meanwhile: little time is left."""
    cdef long long soon_ns = clock_monotonic_ns() + QUIT_SOON_MS * MILLISECOND_NS
    if soon_ns < kx.deadline_ns:
        kx.deadline_ns = soon_ns
