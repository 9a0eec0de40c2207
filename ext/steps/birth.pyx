"""Birth: the wait for birth dependencies, and the children that ask for us meanwhile."""
cimport cstd
cimport kernel


cdef void birth_begin(birth_t *birth, const waiter_t *waiter) noexcept nogil:
    """Set up: nothing is awaited yet."""
    cstd.memset(birth, 0, sizeof(birth_t))
    birth.waiter = waiter
    birth.words_fd = -1
    birth.waiter_satisfied = True
    birth.urls_ready = True
    birth.restart_ns = NEVER_NS
    birth.backoff_ns = BACKOFF_MIN_MS * MILLISECOND_NS


cdef void birth_take_verdict(supervisor_t *sv, int status) noexcept nogil:
    """The waiter has ended: post what its status means."""
    cdef int code = exitcode_of_status(status)
    sv.birth.waiter_pid = 0
    sv.birth.waiter_satisfied = False
    waiter_take_words(&sv.birth)
    if code == 0:
        # What the API showed is true at this moment only. While the graveyard still keeps
        # us waiting it proves that the names are right, and we ask again later.
        sv.birth.waiter_satisfied = not birth_is_held_back(sv)
        sv.birth.ask_again = not sv.birth.waiter_satisfied
    elif cstd.WIFSIGNALED(status):
        event_post(sv, EVENT_WAITER_LOST, cstd.WTERMSIG(status))
    elif code == EXIT_SETTINGS or code == EXIT_REFUSED:
        event_post(sv, EVENT_BIRTH_FAILED, code)
    else:
        event_post(sv, EVENT_BIRTH_UNAVAILABLE, EXIT_UNAVAILABLE if code == EXIT_UNAVAILABLE else EXIT_INTERNAL)
    birth_conclude(sv)


cdef void birth_hear_ready(supervisor_t *sv) noexcept nogil:
    """The waiter says that all are ready, and exits now. If the command can start at once, do not wait for that
    exit, which takes as long as the rest of the start. If not, the exit status is the verdict."""
    sv.birth.waiter_satisfied = True
    sv.birth.waiter_satisfied = birth_is_ready(sv)


cdef void birth_doubt_verdict(supervisor_t *sv) noexcept nogil:
    """Forget that the API showed all ready if the graveyard contradicts it: we ask again later."""
    if sv.birth.waiter_satisfied and dependencies_contradict(&sv.settings.deps, sv.settings.birth_source):
        sv.birth.waiter_satisfied = False
        sv.birth.ask_again = True


cdef void birth_take_answer(supervisor_t *sv, int status) noexcept nogil:
    """The probe of KUBEXIT_BIRTH_URLS has ended: post what its status means."""
    cdef int code = exitcode_of_status(status)
    sv.birth.probe_pid = 0
    sv.birth.urls_ready = code == 0
    sv.birth.proxy_answers = code == PROBE_PROXY_UNREADY
    sv.birth.proxy_absent = code == PROBE_PROXY_ABSENT or sv.birth.proxy_answers
    if code != 0:
        # It exits in good order at SIGTERM, and at nothing else.
        event_post(sv, EVENT_PROBE_LOST, cstd.WTERMSIG(status) if cstd.WIFSIGNALED(status) else kernel.SIGTERM)
    birth_conclude(sv)


cdef void birth_conclude(supervisor_t *sv) noexcept nogil:
    """Post that no child of the wait is left, if that is so."""
    if sv.birth.waiter_pid <= 0 and sv.birth.probe_pid <= 0:
        event_post(sv, EVENT_CHILDREN_GONE, 0)


cdef void birth_lose_child(supervisor_t *sv, int signal, const char *what) noexcept nogil:
    """Start a child of the wait again after a pause: a signal from outside ended it."""
    cdef char label[16]
    signal_label(label, sizeof(label), signal)
    log_warn(&sv.log, b"%s ended the %s; starting it again%s", label, what,
             b"; is the container's memory limit too low for it?" if signal == kernel.SIGKILL else b"")
    birth_back_off(&sv.birth)


cdef void birth_abandon_probe(supervisor_t *sv) noexcept nogil:
    """End the probe of the birth URLs: its answer does not matter any longer."""
    if sv.birth.probe_pid > 0:
        kernel.kill(sv.birth.probe_pid, kernel.SIGKILL)


cdef void birth_back_off(birth_t *birth) noexcept nogil:
    """Start the children again after a pause, which is twice as long the next time."""
    birth.restart_ns = clock_add_ns(clock_monotonic_ns(), birth.backoff_ns)
    birth.backoff_ns *= 2
    if birth.backoff_ns > BACKOFF_MAX_MS * MILLISECOND_NS:
        birth.backoff_ns = BACKOFF_MAX_MS * MILLISECOND_NS


cdef void birth_begin_wait(supervisor_t *sv) noexcept nogil:
    """Start the clock and the children that ask: some birth dependency is missing."""
    cdef text_t awaited
    awaited.length = 0
    birth_add_awaited(&awaited, b"", sv.settings.value[SETTING_BIRTH_DEPS])
    birth_add_awaited(&awaited, b"", sv.settings.value[SETTING_BIRTH_URLS])
    birth_add_awaited(&awaited, b"the proxy of ", sv.settings.value[SETTING_MESH])
    if watching_is_awaited(sv):
        birth_add_awaited(&awaited, b"", b"the first answer of the API about death dependencies")
    awaited.bytes[awaited.length] = 0
    if sv.settings.birth_timeout_ns == NEVER_NS:
        log_info(&sv.log, b"waiting for birth dependencies: %s, without a time limit", awaited.bytes)
    else:
        log_info(&sv.log, b"waiting for birth dependencies: %s, at most %s", awaited.bytes,
                 sv.settings.value[SETTING_BIRTH_TIMEOUT])
    sv.birth.timed = True
    phase_arm(sv, sv.settings.birth_timeout_ns)
    if sv.settings.birth_timeout_ns > 0:
        birth_start_children(sv)
    if not sv.birth.waits:
        hint_at_shell(sv)
    stone_begin_wait(sv)


cdef void birth_add_awaited(text_t *text, const char *prefix, const char *elements) noexcept nogil:
    """Add a setting to what the wait is for, if it is set."""
    if elements[0] == 0:
        return
    if text.length > 0:
        text_add(text, b", ")
    text_add(text, prefix)
    text_add_list(text, elements)


cdef void birth_start_children(supervisor_t *sv) noexcept nogil:
    """Start the children that are needed and do not run, or try again a little later."""
    cdef int error = 0
    cdef kernel.pid_t pid
    if not sv.birth.waiter_satisfied and not sv.birth.ask_again and sv.birth.waiter_pid == 0:
        error = -waiter_start(sv)
        if error != 0:
            log_warn(&sv.log, b"cannot start the waiter: %s; trying again", cstd.strerror(error))
    if not sv.birth.urls_ready and sv.birth.probe_pid == 0:
        pid = probe_start(sv, &sv.settings.birth_urls, PROBE_PERIOD_MS * MILLISECOND_NS)
        sv.birth.probe_pid = pid if pid > 0 else 0
        if pid < 0:
            error = -pid
            log_warn(&sv.log, b"cannot start the probe of the birth URLs: %s; trying again", cstd.strerror(error))
    if error != 0:
        birth_back_off(&sv.birth)
    watcher_start_or_retry(sv)


cdef void birth_end_children(supervisor_t *sv) noexcept nogil:
    """Send SIGTERM to the children of the wait, which leaves them a moment to report."""
    sv.birth.restart_ns = NEVER_NS
    waiter_signal(&sv.birth, kernel.SIGTERM)
    phase_arm(sv, WAITER_END_MS * MILLISECOND_NS)
    birth_conclude(sv)


cdef void birth_pause(supervisor_t *sv) noexcept nogil:
    """Stop the birth timeout: no birth dependency is missing, but the command must wait for something else."""
    sv.birth.timed = False
    sv.deadline_ns = NEVER_NS


cdef bint birth_is_held_back(supervisor_t *sv) noexcept nogil:
    """True if the graveyard says no: a birth dependency is unmet, or a spent death holds the command back."""
    return dependencies_spent(&sv.settings.deps, SPENT_ALONE) or \
        dependencies_unmet(&sv.settings.deps, sv.settings.birth_source)


cdef bint birth_is_unmet(supervisor_t *sv) noexcept nogil:
    """True if the birth timeout must run. Readiness that the API showed once, and must show again, is not missing."""
    return not (sv.birth.waiter_satisfied or sv.birth.ask_again) or not sv.birth.urls_ready or \
        watching_is_awaited(sv) or \
        dependencies_unmet(&sv.settings.deps, sv.settings.birth_source)


cdef bint birth_is_ready(supervisor_t *sv) noexcept nogil:
    """True if no birth dependency is missing and nothing else holds the command back."""
    if sv.birth.waived:
        return not rebirth_is_awaited(sv)
    return sv.birth.waiter_satisfied and sv.birth.urls_ready and not watching_is_awaited(sv) and \
        not birth_is_held_back(sv)


cdef bint watching_is_awaited(const supervisor_t *sv) noexcept nogil:
    """Return whether the command must wait for the watcher's first report: a death before the start must be known."""
    return sv.settings.watches_deaths and not sv.watcher.reported and not sv.watcher.finished
