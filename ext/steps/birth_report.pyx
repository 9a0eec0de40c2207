"""What is missing: birth dependencies and URLs that were not there in time, in words."""
cimport cstd


cdef void birth_report_missing(supervisor_t *kx) noexcept nogil:
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
        elif dep.starts_us & FACT_READY and kx.settings.birth_source == SOURCE_KUBERNETES and \
                not kx.birth.waiter_satisfied and text.length < 1024:
            if text.length > 0:
                text_add(&text, b", ")
            text_add(&text, dep.name)
            text_add(&text, b" (the API has not shown it ready)")
    if kx.settings.deps.every_other and not kx.birth.waiter_satisfied:
        if text.length > 0:
            text_add(&text, b", ")
        text_add(&text, b"* (the API has not shown all others ready)")
    birth_report_urls(kx, &text)
    if unborn:
        text_add(&text, b"; not born: is it wrapped by kubexit, in this graveyard?")
    if unready:
        text_add(&text, b"; not ready: has it a KUBEXIT_READY_* probe?")
    text_add_byte(&text, 0)
    cstd.snprintf(kx.reason, REASON_BYTES, b"birth dependencies not met after %s: %s",
                    kx.settings.value[SETTING_BIRTH_TIMEOUT], text.bytes)


cdef void birth_report_urls(const supervisor_t *kx, text_t *text) noexcept nogil:
    """The URL that has not answered; of several, their child has said which."""
    cdef const urls_t *urls = &kx.settings.birth_urls
    cdef bint missing = not (kx.birth.urls_ready or not urls_native(urls)) or \
        not (kx.birth.waiter_satisfied or not urls_foreign(urls))
    if not missing:
        return
    if text.length > 0:
        text_add(text, b", ")
    if urls.count == 1:
        text_add_bytes(text, urls.list[0].text, urls.list[0].length)
        text_add(text, b" (no 2xx yet)")
    else:
        text_add(text, b"birth URLs (not all have answered 2xx; those that have not are named above)")
