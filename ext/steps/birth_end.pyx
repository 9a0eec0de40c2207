"""The ways in which the wait for birth ends without readiness: a death or a signal, the timeout, a failure."""
cimport cstd


cdef void birth_abandon(supervisor_t *kx, bint death) noexcept nogil:
    """Give up the wait, because of a dependency's death or of a signal: set the outcome, end the children."""
    cdef char signal[16]
    if death:
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
    birth_end_children(kx)


cdef bint birth_lacks_url(const supervisor_t *kx) noexcept nogil:
    """True if the dependency that ended the wait failed while birth URLs are configured. We
    cannot tell which container serves a URL, so assume that one."""
    return kx.settings.birth_urls.count > 0 and kx.settings.deps.list[kx.dead_index].facts & FACT_FAILED != 0


cdef void birth_expire(supervisor_t *kx) noexcept nogil:
    """Tell the children that the birth timeout is over; the waiter may report what it last saw."""
    birth_report_missing(kx)
    birth_end_children(kx)


cdef void birth_time_out(supervisor_t *kx) noexcept nogil:
    """The deadline is over and the children are gone: do what KUBEXIT_BIRTH_ON_TIMEOUT says. If
    only the mesh's proxy is missing, none was injected, and the command starts without it."""
    if birth_is_ready(kx):
        event_post(kx, EVENT_BIRTH_READY, 0)
        return
    if kx.settings.birth_on_timeout == ON_TIMEOUT_START:
        log_warn(&kx.log, b"%s; starting the command all the same (KUBEXIT_BIRTH_ON_TIMEOUT=start)", kx.reason)
    elif birth_lacks_proxy_alone(kx) and kx.birth.proxy_answers:
        log_warn(&kx.log, b"the proxy of KUBEXIT_MESH=%s is there but was not ready within %s; starting the command "
                 b"all the same", kx.settings.value[SETTING_MESH], kx.settings.value[SETTING_BIRTH_TIMEOUT])
    elif birth_lacks_proxy_alone(kx):
        log_info(&kx.log, b"no proxy of KUBEXIT_MESH=%s answered within %s; starting the command without",
                 kx.settings.value[SETTING_MESH], kx.settings.value[SETTING_BIRTH_TIMEOUT])
    else:
        event_post(kx, EVENT_BIRTH_FAILED, EXIT_UNAVAILABLE)
        return
    kx.reason[0] = 0
    event_post(kx, EVENT_BIRTH_READY, 0)


cdef bint birth_lacks_proxy_alone(supervisor_t *kx) noexcept nogil:
    """True if only the mesh's proxy is missing, and the user has not set what to do then."""
    cdef const urls_t *urls = &kx.settings.birth_urls
    # If the proxy's is the only URL, no probe needs to report it: there may have been no time for one.
    cdef bint absent = kx.birth.proxy_absent or (urls.count == 1 and urls.list[0].of_mesh)
    return absent and kx.birth.waiter_satisfied and not kx.settings.is_set[SETTING_BIRTH_ON_TIMEOUT] and \
        not dependencies_awaited(&kx.settings.deps, kx.settings.birth_source)


cdef void birth_fail(supervisor_t *kx, int code) noexcept nogil:
    """End with this code: the birth failed."""
    cdef const char *deps = kx.settings.value[SETTING_BIRTH_DEPS]
    cdef const char *urls = kx.settings.value[SETTING_BIRTH_URLS]
    birth_abandon_probe(kx)
    if kx.reason[0] == 0 or code != EXIT_UNAVAILABLE:   # else the time was up, and the reason says so
        cstd.snprintf(kx.reason, REASON_BYTES, b"%s: %.180s%s%.180s", birth_why_failed(kx, code), deps,
                      b" " if deps[0] != 0 and urls[0] != 0 else b"", urls)
    log_error(&kx.log, b"%s: the command is not started", kx.reason)
    kx.life.exit_code = code


cdef const char *birth_why_failed(const supervisor_t *kx, int code) noexcept nogil:
    """Return why the birth failed, in words, by the exit code."""
    if code == EXIT_UNAVAILABLE:
        return b"birth dependencies can never be ready"
    if code == EXIT_SETTINGS:
        return b"birth dependencies cannot be as they are set"
    if code == EXIT_REFUSED:
        return b"the Kubernetes API refused to tell about readiness"
    if not kx.settings.asks_api:
        return b"the readiness waiter failed, which asks URLs with TLS or a host's name"
    if kx.birth.waiter.entry != NULL:
        return b"the readiness waiter failed (KUBEXIT_BIRTH_SOURCE=graveyard needs none)"
    return (b"the readiness waiter failed (it needs python3 with the package kubexit; "
            b"KUBEXIT_BIRTH_SOURCE=graveyard needs none)")
