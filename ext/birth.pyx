"""Birth: the wait for birth dependencies, and the ways in which it ends."""
cimport kernel

ctypedef struct birth_t:
    const waiter_t *waiter
    kernel.pid_t pid                    # of the waiter, 0: none
    bint api_ready                      # its verdict was 0, or nothing is asked
    bint ask_again                      # ready once, before the graveyard's conditions were met
    int failure                         # the exit code of a birth that failed
    long long restart_ns                # when a waiter that was killed starts again, NEVER_NS: not
    long long backoff_ns


cdef void birth_begin(birth_t *birth, const waiter_t *waiter, bint asks_api) noexcept nogil:
    """Nothing awaited yet."""
    birth.waiter = waiter
    birth.pid = 0
    birth.api_ready = not asks_api
    birth.ask_again = False
    birth.failure = EXIT_UNAVAILABLE
    birth.restart_ns = NEVER_NS
    birth.backoff_ns = WAITER_BACKOFF_LEAST_MS * MILLISECOND_NS


cdef void birth_take_verdict(supervisor_t *kx, int status) noexcept nogil:
    """The waiter has ended: turn its status into an event."""
    cdef char signal[16]
    cdef int code = exitcode_of_status(status)
    kx.birth.pid = 0
    if code == 0:
        # What the API showed is of this moment: while the graveyard still keeps us
        # waiting it only tells that the names are right, and is asked for again.
        kx.birth.api_ready = not dependencies_awaited(&kx.settings.deps, kx.settings.birth_source)
        kx.birth.ask_again = not kx.birth.api_ready
    if kx.phase == PHASE_LEAVING:
        supervisor_event(kx, EVENT_WAITER_GONE)
    elif code == 0:
        if kx.phase == PHASE_EXPIRED and dependencies_awaited(&kx.settings.deps, kx.settings.birth_source):
            birth_time_out(kx)
    elif kernel.WIFSIGNALED(status) and kx.phase == PHASE_BIRTH:
        signal_label(signal, sizeof(signal), kernel.WTERMSIG(status))
        log_warn(&kx.log, b"the readiness waiter was ended by %s; it will be started again", signal)
        birth_back_off(&kx.birth)
    elif code == EXIT_SETTINGS or code == EXIT_REFUSED or kx.phase == PHASE_BIRTH:
        kx.birth.failure = code if code == EXIT_SETTINGS or code == EXIT_UNAVAILABLE or code == EXIT_REFUSED \
            else EXIT_INTERNAL
        supervisor_event(kx, EVENT_BIRTH_FAILED)
    else:
        birth_time_out(kx)


cdef void birth_back_off(birth_t *birth) noexcept nogil:
    """The waiter starts again in a while, in twice as long the next time."""
    birth.restart_ns = clock_add_ns(clock_monotonic_ns(), birth.backoff_ns)
    birth.backoff_ns *= 2
    if birth.backoff_ns > WAITER_BACKOFF_MOST_MS * MILLISECOND_NS:
        birth.backoff_ns = WAITER_BACKOFF_MOST_MS * MILLISECOND_NS


cdef void birth_time_out(supervisor_t *kx) noexcept nogil:
    """The deadline is over and the waiter gone: KUBEXIT_BIRTH_ON_TIMEOUT decides."""
    if kx.settings.start_on_timeout:
        log_warn(&kx.log, b"%s; starting the command all the same (KUBEXIT_BIRTH_ON_TIMEOUT=start)", kx.reason)
        kx.reason[0] = 0
        supervisor_event(kx, EVENT_BIRTH_READY)
    else:
        kx.birth.failure = EXIT_UNAVAILABLE
        supervisor_event(kx, EVENT_WAITER_GONE)


cdef void birth_explain_missing(supervisor_t *kx) noexcept nogil:
    """The reason, in words: which birth dependencies are not there, and why."""
    cdef text_t text
    cdef char state[64]
    cdef bint unborn = False
    cdef bint unready = False
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
            unborn = unborn or dep.facts == 0
            unready = unready or dep.facts == FACT_BORN
            text_add(&text, b")")
        elif dep.starts_us & FACT_READY and not kx.birth.api_ready and text.length < 1024:
            if text.length > 0:
                text_add(&text, b", ")
            text_add(&text, dep.name)
            text_add(&text, b" (the API has not shown it ready)")
    if kx.settings.deps.every_other and not kx.birth.api_ready:
        if text.length > 0:
            text_add(&text, b", ")
        text_add(&text, b"* (the API has not shown all others ready)")
    if unborn:
        text_add(&text, b"; not born: is it wrapped by kubexit, in this graveyard?")
    if unready:
        text_add(&text, b"; not ready: has it a KUBEXIT_READY_* probe?")
    text_add_byte(&text, 0)
    kernel.snprintf(kx.reason, REASON_BYTES, b"birth dependencies not met after %s: %s",
                    kx.settings.value[SETTING_BIRTH_TIMEOUT], text.bytes)


cdef void birth_await(supervisor_t *kx) noexcept nogil:
    """Some birth dependency is not there yet: start the waiter and the clock."""
    log_info(&kx.log, b"waiting for birth dependencies: %s, at most %s", kx.settings.value[SETTING_BIRTH_DEPS],
             kx.settings.value[SETTING_BIRTH_TIMEOUT])
    action_arm(kx, kx.settings.birth_timeout_ns)
    if not kx.birth.api_ready and kx.settings.birth_timeout_ns > 0:
        birth_start_waiter(kx)


cdef void birth_start_waiter(supervisor_t *kx) noexcept nogil:
    """Start the waiter, or try again a little later."""
    cdef int error = -waiter_start(kx)
    if error != 0:
        log_warn(&kx.log, b"no process for the readiness waiter: %s; trying again", kernel.strerror(error))
        birth_back_off(&kx.birth)


cdef void birth_abandon(supervisor_t *kx, int event) noexcept nogil:
    """The wait for birth is given up: remember the outcome, end the waiter."""
    cdef char signal[16]
    if event == EVENT_DEPENDENCY_DIED:
        action_explain_death(kx)
        # A main whose proxy is dead must not look as if it had done its work.
        kx.life.exit_code = EXIT_UNAVAILABLE if dependencies_deny_birth(&kx.settings.deps) else EXIT_STOPPED
    else:
        signal_label(signal, sizeof(signal), <int>kx.signal.ssi_signo)
        kernel.snprintf(kx.reason, REASON_BYTES, b"%s from pid %u, uid %u, while waiting for birth dependencies",
                        signal, kx.signal.ssi_pid, kx.signal.ssi_uid)
        kx.life.exit_code = EXIT_BY_SIGNAL + <int>kx.signal.ssi_signo
    if kx.life.exit_code == EXIT_UNAVAILABLE:
        log_error(&kx.log, b"%s: the command is not started", kx.reason)
    else:
        log_info(&kx.log, b"%s: the command is not started", kx.reason)
    kx.birth.restart_ns = NEVER_NS
    if kx.birth.pid > 0:
        waiter_signal(&kx.birth, kernel.SIGTERM)
        action_arm(kx, WAITER_LEAVE_MS * MILLISECOND_NS)
    else:
        supervisor_event(kx, EVENT_WAITER_GONE)


cdef void birth_expire(supervisor_t *kx) noexcept nogil:
    """The birth timeout is over: the waiter may say what it last saw."""
    birth_explain_missing(kx)
    kx.birth.restart_ns = NEVER_NS
    if kx.birth.pid > 0:
        waiter_signal(&kx.birth, kernel.SIGTERM)
        action_arm(kx, WAITER_LEAVE_MS * MILLISECOND_NS)
    else:
        birth_time_out(kx)


cdef void birth_fail(supervisor_t *kx) noexcept nogil:
    """The birth failed: its code is ours."""
    cdef const char *why = (b"the readiness waiter failed (it needs python3 with the package kubexit; "
                            b"KUBEXIT_BIRTH_SOURCE=graveyard needs none)")
    if kx.birth.waiter.entry != NULL:
        why = b"the readiness waiter failed (KUBEXIT_BIRTH_SOURCE=graveyard needs none)"
    if kx.birth.failure == EXIT_UNAVAILABLE:
        why = b"birth dependencies can never be ready"
    elif kx.birth.failure == EXIT_SETTINGS:
        why = b"birth dependencies cannot be as they are set"
    elif kx.birth.failure == EXIT_REFUSED:
        why = b"the Kubernetes API refused to tell about readiness"
    if kx.reason[0] == 0 or kx.birth.failure != EXIT_UNAVAILABLE:   # else the time was up, and that was explained
        kernel.snprintf(kx.reason, REASON_BYTES, b"%s: %.300s", why, kx.settings.value[SETTING_BIRTH_DEPS])
    log_error(&kx.log, b"%s: the command is not started", kx.reason)
    kx.life.exit_code = kx.birth.failure
    burial_end(kx)
