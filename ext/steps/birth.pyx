"""Birth: the wait for birth dependencies, and the ways in which it ends."""
cimport cstd
cimport kernel


cdef void birth_begin(birth_t *birth, const waiter_t *waiter, bint asks_api) noexcept nogil:
    """Nothing awaited yet."""
    birth.waiter = waiter
    birth.pid = 0
    birth.api_ready = not asks_api
    birth.probe_pid = 0
    birth.urls_ready = True
    birth.proxy_absent = False
    birth.proxy_answers = False
    birth.ask_again = False
    birth.failure = EXIT_UNAVAILABLE
    birth.restart_ns = NEVER_NS
    birth.backoff_ns = WAITER_BACKOFF_LEAST_MS * MILLISECOND_NS


cdef void birth_take_verdict(supervisor_t *kx, int status) noexcept nogil:
    """The waiter has ended: turn its status into an event."""
    cdef int code = exitcode_of_status(status)
    kx.birth.pid = 0
    if code == 0:
        # What the API showed is of this moment: while the graveyard still keeps us
        # waiting it only tells that the names are right, and is asked for again.
        kx.birth.api_ready = not dependencies_awaited(&kx.settings.deps, kx.settings.birth_source)
        kx.birth.ask_again = not kx.birth.api_ready
    elif kernel.WIFSIGNALED(status) and kx.phase == PHASE_BIRTH:
        birth_lose_child(kx, status, b"readiness waiter")
    elif kx.phase != PHASE_LEAVING and (code == EXIT_SETTINGS or code == EXIT_REFUSED or kx.phase == PHASE_BIRTH):
        kx.birth.failure = code if code == EXIT_SETTINGS or code == EXIT_UNAVAILABLE or code == EXIT_REFUSED \
            else EXIT_INTERNAL
        birth_abandon_probe(kx)
        event_post(kx, EVENT_BIRTH_FAILED, 0)
        return
    birth_conclude(kx)


cdef void birth_take_answer(supervisor_t *kx, int status) noexcept nogil:
    """The probe of KUBEXIT_BIRTH_URLS has ended."""
    cdef int code = exitcode_of_status(status)
    kx.birth.probe_pid = 0
    kx.birth.urls_ready = code == 0
    kx.birth.proxy_answers = code == PROBE_PROXY_UNREADY
    kx.birth.proxy_absent = code == PROBE_PROXY_ABSENT or kx.birth.proxy_answers
    if code != 0 and kx.phase == PHASE_BIRTH:
        birth_lose_child(kx, status, b"probe of the birth URLs")
    birth_conclude(kx)


cdef bint birth_lacks_url(const supervisor_t *kx) noexcept nogil:
    """Whether the dependency failed whose death ends the wait, while a URL is awaited: whose
    URL that is cannot be known. One that succeeded had no more need of us."""
    return kx.settings.birth_urls.count > 0 and kx.settings.deps.list[kx.dead].facts & FACT_FAILED != 0


cdef void birth_conclude(supervisor_t *kx) noexcept nogil:
    """After the decision or the deadline, once no child of the wait is left."""
    if kx.birth.pid > 0 or kx.birth.probe_pid > 0:
        return
    if kx.phase == PHASE_LEAVING:
        event_post(kx, EVENT_WAITER_GONE, 0)
    elif kx.phase == PHASE_EXPIRED and not birth_is_ready(kx):
        birth_time_out(kx)


cdef void birth_lose_child(supervisor_t *kx, int status, const char *what) noexcept nogil:
    """A child of the wait was ended by somebody: it starts again in a while. The probe
    leaves in good order at a TERM, and at nothing else."""
    cdef char signal[16]
    signal_label(signal, sizeof(signal), kernel.WTERMSIG(status) if kernel.WIFSIGNALED(status) else kernel.SIGTERM)
    log_warn(&kx.log, b"the %s was ended by %s; it will be started again", what, signal)
    birth_back_off(&kx.birth)


cdef void birth_abandon_probe(supervisor_t *kx) noexcept nogil:
    """Nothing is awaited any more: the probe has nothing to say either."""
    if kx.birth.probe_pid > 0:
        kernel.kill(kx.birth.probe_pid, kernel.SIGKILL)


cdef void birth_back_off(birth_t *birth) noexcept nogil:
    """The waiter starts again in a while, in twice as long the next time."""
    birth.restart_ns = clock_add_ns(clock_monotonic_ns(), birth.backoff_ns)
    birth.backoff_ns *= 2
    if birth.backoff_ns > WAITER_BACKOFF_MOST_MS * MILLISECOND_NS:
        birth.backoff_ns = WAITER_BACKOFF_MOST_MS * MILLISECOND_NS


cdef void birth_time_out(supervisor_t *kx) noexcept nogil:
    """The deadline is over and the waiter gone: KUBEXIT_BIRTH_ON_TIMEOUT decides. Where only
    the mesh's proxy is missing, none was injected, and the command starts without it."""
    if kx.settings.birth_on_timeout == ON_TIMEOUT_START:
        log_warn(&kx.log, b"%s; starting the command all the same (KUBEXIT_BIRTH_ON_TIMEOUT=start)", kx.reason)
    elif birth_lacks_proxy_alone(kx) and kx.birth.proxy_answers:
        log_warn(&kx.log, b"the proxy of KUBEXIT_MESH=%s is there but was not ready within %s; starting the command "
                 b"all the same", kx.settings.value[SETTING_MESH], kx.settings.value[SETTING_BIRTH_TIMEOUT])
    elif birth_lacks_proxy_alone(kx):
        log_info(&kx.log, b"no proxy of KUBEXIT_MESH=%s answered within %s; starting the command without",
                 kx.settings.value[SETTING_MESH], kx.settings.value[SETTING_BIRTH_TIMEOUT])
    else:
        kx.birth.failure = EXIT_UNAVAILABLE
        event_post(kx, EVENT_WAITER_GONE, 0)
        return
    kx.reason[0] = 0
    event_post(kx, EVENT_BIRTH_READY, 0)


cdef bint birth_lacks_proxy_alone(supervisor_t *kx) noexcept nogil:
    """Whether all else that was waited for is there, and the user has not said what to do."""
    cdef const urls_t *urls = &kx.settings.birth_urls
    # Where the proxy's is the only URL, no probe needs to have said so: there was no time for one, say.
    cdef bint absent = kx.birth.proxy_absent or (urls.count == 1 and urls.list[0].of_mesh)
    return absent and kx.birth.api_ready and not kx.settings.is_set[SETTING_BIRTH_ON_TIMEOUT] and \
        not dependencies_awaited(&kx.settings.deps, kx.settings.birth_source)


cdef void birth_await(supervisor_t *kx) noexcept nogil:
    """Some birth dependency is not there yet: start the children that ask, and the clock."""
    cdef const char *deps = kx.settings.value[SETTING_BIRTH_DEPS]
    cdef const char *urls = kx.settings.value[SETTING_BIRTH_URLS]
    cdef const char *mesh = kx.settings.value[SETTING_MESH]
    log_info(&kx.log, b"waiting for birth dependencies: %s%s%s%s%s%s, at most %s", deps,
             b", " if deps[0] != 0 and urls[0] != 0 else b"", urls,
             b", " if mesh[0] != 0 and (deps[0] != 0 or urls[0] != 0) else b"",
             b"the proxy of " if mesh[0] != 0 else b"", mesh, kx.settings.value[SETTING_BIRTH_TIMEOUT])
    phase_arm(kx, kx.settings.birth_timeout_ns)
    if kx.settings.birth_timeout_ns > 0:
        birth_start_children(kx)


cdef void birth_start_children(supervisor_t *kx) noexcept nogil:
    """Start those that are needed and not there, or try again a little later."""
    cdef int error = 0
    cdef kernel.pid_t pid
    if not kx.birth.api_ready and not kx.birth.ask_again and kx.birth.pid == 0:
        error = -waiter_start(kx)
        if error != 0:
            log_warn(&kx.log, b"no process for the readiness waiter: %s; trying again", cstd.strerror(error))
    if not kx.birth.urls_ready and kx.birth.probe_pid == 0:
        pid = probe_start(kx, &kx.settings.birth_urls, PROBE_PERIOD_MS * MILLISECOND_NS)
        kx.birth.probe_pid = pid if pid > 0 else 0
        if pid < 0:
            error = -pid
            log_warn(&kx.log, b"no process for the probe of the birth URLs: %s; trying again", cstd.strerror(error))
    if error != 0:
        birth_back_off(&kx.birth)


cdef bint birth_end_children(supervisor_t *kx) noexcept nogil:
    """Tell those that ask to leave, which gives them a moment; False when there are none."""
    kx.birth.restart_ns = NEVER_NS
    if kx.birth.pid <= 0 and kx.birth.probe_pid <= 0:
        return False
    waiter_signal(&kx.birth, kernel.SIGTERM)
    phase_arm(kx, WAITER_LEAVE_MS * MILLISECOND_NS)
    return True


cdef void birth_abandon(supervisor_t *kx, int event) noexcept nogil:
    """The wait for birth is given up: remember the outcome, end the waiter."""
    cdef char signal[16]
    if event == EVENT_DEPENDENCY_DIED:
        explain_death(kx)
        # A main whose proxy is dead must not look as if it had done its work.
        kx.life.exit_code = EXIT_UNAVAILABLE if dependencies_deny_birth(&kx.settings.deps) or birth_lacks_url(kx) \
            else EXIT_STOPPED
    else:
        signal_label(signal, sizeof(signal), <int>kx.signal.ssi_signo)
        cstd.snprintf(kx.reason, REASON_BYTES, b"%s from pid %u, uid %u, while waiting for birth dependencies",
                        signal, kx.signal.ssi_pid, kx.signal.ssi_uid)
        kx.life.exit_code = EXIT_BY_SIGNAL + <int>kx.signal.ssi_signo
    if kx.life.exit_code == EXIT_UNAVAILABLE:
        log_error(&kx.log, b"%s: the command is not started", kx.reason)
    else:
        log_info(&kx.log, b"%s: the command is not started", kx.reason)
    birth_abandon_probe(kx)
    if not birth_end_children(kx):
        event_post(kx, EVENT_WAITER_GONE, 0)


cdef void birth_expire(supervisor_t *kx) noexcept nogil:
    """The birth timeout is over: the waiter may say what it last saw."""
    missing_explain(kx)
    if not birth_end_children(kx):
        birth_time_out(kx)


cdef void birth_fail(supervisor_t *kx) noexcept nogil:
    """The birth failed: its code is ours."""
    cdef const char *deps = kx.settings.value[SETTING_BIRTH_DEPS]
    cdef const char *urls = kx.settings.value[SETTING_BIRTH_URLS]
    cdef const char *why = (b"the readiness waiter failed (it needs python3 with the package kubexit; "
                            b"KUBEXIT_BIRTH_SOURCE=graveyard needs none)")
    if not kx.settings.asks_api:
        why = b"the readiness waiter failed, which asks URLs with TLS or a host's name"
    elif kx.birth.waiter.entry != NULL:
        why = b"the readiness waiter failed (KUBEXIT_BIRTH_SOURCE=graveyard needs none)"
    if kx.birth.failure == EXIT_UNAVAILABLE:
        why = b"birth dependencies can never be ready"
    elif kx.birth.failure == EXIT_SETTINGS:
        why = b"birth dependencies cannot be as they are set"
    elif kx.birth.failure == EXIT_REFUSED:
        why = b"the Kubernetes API refused to tell about readiness"
    if kx.reason[0] == 0 or kx.birth.failure != EXIT_UNAVAILABLE:   # else the time was up, and that was explained
        cstd.snprintf(kx.reason, REASON_BYTES, b"%s: %.180s%s%.180s", why, deps,
                        b" " if deps[0] != 0 and urls[0] != 0 else b"", urls)
    log_error(&kx.log, b"%s: the command is not started", kx.reason)
    kx.life.exit_code = kx.birth.failure
    burial_end(kx)


cdef bint birth_is_ready(supervisor_t *kx) noexcept nogil:
    """Whether nothing holds the birth back any more."""
    return kx.birth.api_ready and kx.birth.urls_ready and \
        not dependencies_awaited(&kx.settings.deps, kx.settings.birth_source)
