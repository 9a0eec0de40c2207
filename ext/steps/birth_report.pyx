"""Birth report: the birth dependencies and URLs that were missing at the deadline, in words."""
cimport cstd


cdef void birth_report_missing(supervisor_t *sv) noexcept nogil:
    """Compose the reason at the timeout: which birth dependencies are missing, and why."""
    cdef text_t text
    cstd.snprintf(sv.reason, REASON_BYTES, b"birth dependencies not met after %s: %s",
                  sv.settings.value[SETTING_BIRTH_TIMEOUT], birth_report_compose(sv, &text))


cdef const char *birth_report_compose(supervisor_t *sv, text_t *text) noexcept nogil:
    """Write which birth dependencies are missing, and why, then what may help. Return the text."""
    cdef char state[STATE_BYTES]
    cdef bint unborn = False
    cdef bint unready = False
    cdef const dependency_t *dep
    cdef int index
    text.length = 0
    for index in range(sv.settings.deps.count):
        dep = &sv.settings.deps.list[index]
        if dependency_unmet(dep, sv.settings.birth_source):
            peer_explain(sv, dep, state, sizeof(state))
            birth_report_add(text, dep.name, state)
            unborn = unborn or (dep.facts == 0 and dep.fifo_fd < 0)
            unready = unready or (dep.facts == FACT_BORN and not dep.probed and not dep.unprobed)
        elif dep.starts_us & FACT_READY and sv.settings.birth_source == SOURCE_KUBERNETES and \
                not sv.birth.waiter_satisfied:
            birth_report_add(text, dep.name, b"not ready in the API")
    if sv.settings.deps.every_other and not sv.birth.waiter_satisfied:
        birth_report_add(text, b"*", b"not all others are ready in the API")
    birth_report_urls(sv, text)
    if watching_is_awaited(sv):
        birth_report_add(text, b"death dependencies", b"the Kubernetes API has not answered yet")
    if unborn:
        text_add(text, b"; not born: does it run under kubexit, with this graveyard?")
    if unborn and missing_is_alone(sv):
        missing_add_unshared(sv, text)
    if unready:
        text_add(text, b"; not ready: does it have a KUBEXIT_READY_* probe?")
    text.bytes[text.length] = 0
    return text.bytes


cdef void birth_report_add(text_t *text, const char *name, const char *why) noexcept nogil:
    """Add "NAME (WHY)" to the list, unless the list is longer than the reason can be."""
    if text.length > 2 * REASON_BYTES:
        return
    if text.length > 0:
        text_add(text, b", ")
    text_add(text, name)
    text_add(text, b" (")
    text_add(text, why)
    text_add(text, b")")


cdef void birth_report_urls(const supervisor_t *sv, text_t *text) noexcept nogil:
    """Add the URL that has not answered; of several, the probe has logged which."""
    cdef const urls_t *urls = &sv.settings.birth_urls
    cdef bint missing = not (sv.birth.urls_ready or not urls_native(urls)) or \
        not (sv.birth.waiter_satisfied or not urls_foreign(urls, 0))
    if not missing:
        return
    if text.length > 0:
        text_add(text, b", ")
    if urls.count == 1:
        text_add_bytes(text, urls.list[0].text, urls.list[0].length)
        text_add(text, b" (no 2xx yet)")
    else:
        text_add(text, b"birth URLs (not all have answered 2xx; see the lines above)")
