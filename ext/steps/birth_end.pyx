"""The ways in which the wait for birth ends without readiness: a death or a signal, the timeout, a failure."""
cimport cstd
cimport kernel


cdef void birth_abandon(supervisor_t *sv, bint death) noexcept nogil:
    """Give up the wait, because of a dependency's death or of a signal: set the outcome, end the children."""
    cdef char signal[SENDER_BYTES]
    cdef text_t missing
    if death and relations_refuse_after(sv):
        sv.life.exit_code = EXIT_SETTINGS
    elif death:
        explain_death(sv)
        # A main whose proxy is dead must not look as if it had done its work.
        sv.life.exit_code = EXIT_UNAVAILABLE if dependencies_deny_birth(&sv.settings.deps) or birth_lacks_url(sv) \
            else EXIT_STOPPED
    else:
        signal_describe(&sv.signal, signal, sizeof(signal))
        cstd.snprintf(sv.reason, REASON_BYTES, b"%s, while waiting for %s%s", signal,
                      b"" if rebirth_is_awaited(sv) else b"birth dependencies: ",
                      rebirth_describe_wait(sv, &missing) if rebirth_is_awaited(sv)
                      else birth_report_compose(sv, &missing))
        sv.life.exit_code = EXIT_BY_SIGNAL + <int>sv.signal.ssi_signo
    if sv.life.exit_code == EXIT_UNAVAILABLE or sv.life.exit_code == EXIT_SETTINGS:
        log_refusal(&sv.log, b"%s: the command will not start", sv.reason)
    else:
        log_info(&sv.log, b"%s: the command will not start", sv.reason)
    stone_end_wait(sv)
    if sv.settings.watches_deaths:
        watcher_end(sv)
    birth_abandon_probe(sv)
    birth_end_children(sv)


cdef bint birth_lacks_url(const supervisor_t *sv) noexcept nogil:
    """True if the dependency that ended the wait failed while birth URLs are configured. We
    do not know which container serves a URL, so assume that one."""
    return sv.settings.birth_urls.count > 0 and sv.settings.deps.list[sv.dead_index].facts & FACT_FAILED != 0


cdef void birth_expire(supervisor_t *sv) noexcept nogil:
    """Tell the children that the birth timeout is over; the waiter may report what it last saw."""
    birth_report_missing(sv)
    rebirth_give_up(sv, SPENT_BIRTH)
    sv.rebirth.again = False    # a death that is found only now counts at once
    birth_end_children(sv)


cdef void birth_time_out(supervisor_t *sv) noexcept nogil:
    """The deadline is over and the children are gone: do what KUBEXIT_BIRTH_ON_TIMEOUT says. If
    only the mesh's proxy is missing, none was injected, and the command starts without it."""
    if birth_is_ready(sv):
        event_post(sv, EVENT_BIRTH_READY, 0)
        return
    if sv.settings.birth_on_timeout == ON_TIMEOUT_START:
        log_warn(&sv.log, b"%s; starting the command anyway (KUBEXIT_BIRTH_ON_TIMEOUT=start)", sv.reason)
    elif birth_lacks_proxy_alone(sv) and sv.birth.proxy_answers:
        log_warn(&sv.log, b"the proxy of KUBEXIT_MESH=%s runs but was not ready within %s; starting the command "
                 b"anyway", sv.settings.value[SETTING_MESH], sv.settings.value[SETTING_BIRTH_TIMEOUT])
    elif birth_lacks_proxy_alone(sv):
        log_info(&sv.log, b"no proxy of KUBEXIT_MESH=%s answered within %s; starting the command without it",
                 sv.settings.value[SETTING_MESH], sv.settings.value[SETTING_BIRTH_TIMEOUT])
    else:
        event_post(sv, EVENT_BIRTH_FAILED, EXIT_UNAVAILABLE)
        return
    sv.reason[0] = 0
    sv.birth.waived = True      # a spent death may still hold the command back
    if birth_is_ready(sv):
        event_post(sv, EVENT_BIRTH_READY, 0)


cdef bint birth_lacks_proxy_alone(supervisor_t *sv) noexcept nogil:
    """True if only the mesh's proxy is missing, and the user has not set what to do then."""
    cdef const urls_t *urls = &sv.settings.birth_urls
    # If the proxy's is the only URL, no probe needs to report it: there may have been no time for one.
    cdef bint absent = sv.birth.proxy_absent or (urls.count == 1 and urls.list[0].of_mesh)
    return absent and sv.birth.waiter_satisfied and not sv.settings.is_set[SETTING_BIRTH_ON_TIMEOUT] and \
        not dependencies_unmet(&sv.settings.deps, sv.settings.birth_source)


cdef void birth_fail(supervisor_t *sv, int code) noexcept nogil:
    """End with this code: the birth failed."""
    cdef const char *deps = sv.settings.value[SETTING_BIRTH_DEPS]
    cdef const char *urls = sv.settings.value[SETTING_BIRTH_URLS]
    stone_end_wait(sv)
    birth_abandon_probe(sv)
    waiter_signal(&sv.birth, kernel.SIGKILL)    # with an impossible dependency it may still run
    if sv.settings.watches_deaths:
        watcher_end(sv)
    if sv.reason[0] == 0 or code != EXIT_UNAVAILABLE:   # else the time was up, and the reason says so
        cstd.snprintf(sv.reason, REASON_BYTES, b"%s: %.100s%s%.100s%s%s", birth_why_failed(sv, code), deps,
                      b" " if deps[0] != 0 and urls[0] != 0 else b"", urls,
                      b": " if sv.birth.words[0] != 0 and (deps[0] != 0 or urls[0] != 0) else b"", sv.birth.words)
    log_refusal(&sv.log, b"%s: the command will not start", sv.reason)
    sv.life.exit_code = code


cdef const char *birth_why_failed(const supervisor_t *sv, int code) noexcept nogil:
    """Return why the birth failed, in words, by the exit code."""
    if code == EXIT_UNAVAILABLE:
        return b"birth dependencies can never be ready"
    if code == EXIT_SETTINGS:
        return b"birth dependencies are impossible"
    if code == EXIT_REFUSED:
        return b"the Kubernetes API refused to report readiness"
    if not sv.settings.asks_api:
        return b"the waiter failed, which asks URLs with TLS or a host name"
    if sv.birth.waiter.entry != NULL:
        return b"the waiter failed (KUBEXIT_BIRTH_SOURCE=graveyard needs no waiter)"
    return (b"the waiter failed (it needs python3 with the package kubexit; "
            b"KUBEXIT_BIRTH_SOURCE=graveyard needs no waiter)")
