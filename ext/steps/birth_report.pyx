"""Birth report: the birth dependencies and URLs that were missing at the deadline, in words."""
cimport cstd


cdef void birth_report_missing(supervisor_t *sv) noexcept nogil:
    """Compose the reason: which birth dependencies are missing, and why."""
    cdef text_t text
    cdef char state[64]
    cdef bint unborn = False
    cdef bint unready = False
    cdef const dependency_t *dep
    cdef int index
    text.length = 0
    for index in range(sv.settings.deps.count):
        dep = &sv.settings.deps.list[index]
        if dependency_unmet(dep, sv.settings.birth_source):
            dependency_describe(dep, state, sizeof(state))
            birth_report_add(&text, dep.name, state)
            unborn = unborn or (dep.facts == 0 and dep.fifo_fd < 0)
            unready = unready or dep.facts == FACT_BORN
        elif dep.starts_us & FACT_READY and sv.settings.birth_source == SOURCE_KUBERNETES and \
                not sv.birth.waiter_satisfied:
            birth_report_add(&text, dep.name, b"not ready in the API")
    if sv.settings.deps.every_other and not sv.birth.waiter_satisfied:
        birth_report_add(&text, b"*", b"not all others are ready in the API")
    birth_report_urls(sv, &text)
    if unborn:
        text_add(&text, b"; not born: does it run under kubexit, with this graveyard?")
    if unready:
        text_add(&text, b"; not ready: does it have a KUBEXIT_READY_* probe?")
    text_add_byte(&text, 0)
    cstd.snprintf(sv.reason, REASON_BYTES, b"birth dependencies not met after %s: %s",
                  sv.settings.value[SETTING_BIRTH_TIMEOUT], text.bytes)


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
        not (sv.birth.waiter_satisfied or not urls_foreign(urls))
    if not missing:
        return
    if text.length > 0:
        text_add(text, b", ")
    if urls.count == 1:
        text_add_bytes(text, urls.list[0].text, urls.list[0].length)
        text_add(text, b" (no 2xx yet)")
    else:
        text_add(text, b"birth URLs (not all have answered 2xx; see the lines above)")
