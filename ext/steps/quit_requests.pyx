"""Quit requests: once our death is written, sidecars without kubexit are asked to quit.

One process a URL, all at the same time, under one time limit. No outcome changes
the exit code. The waiter makes the requests that need TLS or name resolution, in
one process.
"""
cimport cstd
cimport kernel


cdef bint quit_is_wanted(const supervisor_t *sv) noexcept nogil:
    """True if a sidecar must be asked, after an end with this code. A second supervisor of the
    name asks none: the first one's command still needs its sidecars."""
    if not sv.settings.quit.valid or sv.alone or sv.settings.quit.policy == QUIT_NEVER or \
            (sv.settings.quit.urls.count == 0 and sv.settings.quit.processes[0] == 0):
        return False
    return sv.settings.quit.policy == QUIT_ALWAYS or \
        (sv.settings.quit.policy == QUIT_ON_SUCCESS) == (sv.life.exit_code == 0)


cdef void quit_begin(supervisor_t *sv) noexcept nogil:
    """Ask all sidecars; post that this is done if no request runs."""
    sv.quit.count = 0
    sv.quit.round = -1
    if not quit_is_wanted(sv):
        event_post(sv, EVENT_QUIT_DONE, 0)
        return
    stop_watching(sv)
    sv.quit.end_ns = clock_add_ns(clock_monotonic_ns(), clock_add_ns(quit_timeout_ns(sv), quit_wait_ns(sv)))
    quit_next(sv)


cdef void quit_next(supervisor_t *sv) noexcept nogil:
    """Ask the sidecars of the next round. It has its share of the time that is left: one that hangs must not keep the
    next from being asked."""
    cdef long long left_ns
    sv.quit.round += 1
    left_ns = sv.quit.end_ns - clock_monotonic_ns()
    if left_ns < 0:
        left_ns = 0
    phase_arm(sv, left_ns // (sv.settings.quit.rounds - sv.quit.round))
    quit_ask(sv)
    if sv.quit.count == 0:
        quit_end_round(sv)


cdef void quit_end_round(supervisor_t *sv) noexcept nogil:
    """Post that this round is done, or all of them."""
    event_post(sv, EVENT_ROUND_DONE if sv.quit.round + 1 < sv.settings.quit.rounds else EVENT_QUIT_DONE, 0)


cdef void quit_ask(supervisor_t *sv) noexcept nogil:
    """Start the requests of this round."""
    cdef const urls_t *urls = &sv.settings.quit.urls
    cdef int tries = WRITE_RETRIES      # for all of them
    cdef int index
    quit_processes(sv)
    for index in range(urls.count):
        if urls.list[index].native and urls.list[index].round == sv.quit.round:
            quit_note(sv, quit_start(sv, &urls.list[index], &tries), REQUEST_URL, &urls.list[index])
    if urls_foreign(urls, sv.quit.round):
        quit_note(sv, quit_start(sv, NULL, &tries), REQUEST_WAITER, NULL)


cdef kernel.pid_t quit_start(supervisor_t *sv, const url_t *url, int *tries) noexcept nogil:
    """Start one request, or the waiter if there is no URL. Return its pid; -errno on failure.

    A sidecar that is not asked keeps the pod alive, so a limit of processes or memory that is reached for the moment
    is waited out, for up to a second.
    """
    cdef kernel.pid_t pid = quit_fork(sv, url)
    while (pid == -cstd.EAGAIN or pid == -cstd.ENOMEM) and tries[0] > 0:
        tries[0] -= 1
        pause_ms(WRITE_RETRY_MS)
        pid = quit_fork(sv, url)
    return pid


cdef kernel.pid_t quit_fork(supervisor_t *sv, const url_t *url) noexcept nogil:
    """Make the process of a request. Return its pid; -errno on failure."""
    cdef kernel.pid_t pid = child_fork(sv) if url != NULL else waiter_start_quit(sv)
    if pid == 0:
        quit_request(sv, url)
        kernel._exit(0)
    return pid


cdef void quit_request(supervisor_t *sv, const url_t *url) noexcept nogil:
    """In the child: ask, and log the outcome. The supervisor knows when the time is up; with KUBEXIT_QUIT_WAIT the
    answer has its limit here, and then the child waits for the end of the sidecar."""
    cdef int status = http_ask(url, quit_answer_by_ns(sv), -1)
    cdef const char *method = quit_method(url)
    cdef char outcome[64]
    http_describe(status, outcome, sizeof(outcome))
    if http_is_good(status):
        log_info(&sv.log, b"quit request %s %.*s: %s", method, <int>url.length, url.text, outcome)
        quit_wait_for_url(sv, url)
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
                quit_end_round(sv)
            return True
    return False


cdef void quit_abort(supervisor_t *sv) noexcept nogil:
    """End the requests that still run, and their children: the time is up."""
    cdef const request_t *request
    cdef int index
    for index in range(sv.quit.count):
        request = &sv.quit.running[index]
        kernel.kill(request.pid, kernel.SIGKILL)
        kernel.kill(-request.pid, kernel.SIGKILL)
        if request.kind == REQUEST_URL and sv.settings.quit.wait_ns > 0:
            log_warn(&sv.log, b"quit request %s %.*s: no answer, or no end of the sidecar, in time; kubexit's exit "
                     b"code stays %d", quit_method(request.url), <int>request.url.length, request.url.text,
                     sv.life.exit_code)
        elif request.kind == REQUEST_URL:
            log_warn(&sv.log, b"quit request %s %.*s: no answer in time; kubexit's exit code stays %d",
                     quit_method(request.url), <int>request.url.length, request.url.text, sv.life.exit_code)
        elif request.kind == REQUEST_WAITER:
            log_warn(&sv.log, b"the quit requests of the waiter did not finish in time; kubexit's exit code stays %d",
                     sv.life.exit_code)
        else:
            log_warn(&sv.log, b"processes of KUBEXIT_QUIT_PROCESSES have not ended in time; kubexit's exit code stays "
                     b"%d", sv.life.exit_code)
    sv.quit.count = 0


cdef void quit_soon(supervisor_t *sv) noexcept nogil:
    """Leave the requests little time, and ask the rounds that are left at once: a signal asks us to end."""
    cdef long long soon_ns = clock_monotonic_ns() + QUIT_SOON_MS * MILLISECOND_NS
    if soon_ns < sv.deadline_ns or sv.quit.round + 1 < sv.settings.quit.rounds:
        sv.deadline_ns = soon_ns
    while sv.quit.round + 1 < sv.settings.quit.rounds:
        sv.quit.round += 1
        quit_ask(sv)
