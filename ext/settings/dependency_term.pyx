"""Dependencies that hold a SIGTERM from outside until they are dead (KUBEXIT_TERM_AFTER)."""


cdef bint dependencies_hold_term(const dependencies_t *deps) noexcept nogil:
    """Return whether a container that KUBEXIT_TERM_AFTER names is born and alive."""
    cdef int index
    for index in range(deps.count):
        if deps.list[index].holds_term and deps.list[index].facts & FACT_BORN and \
                not deps.list[index].facts & FACT_DIED:
            return True
    return False


cdef bint dependencies_can_hold_term(const dependencies_t *deps) noexcept nogil:
    """Return whether a SIGTERM from outside waits for any container."""
    cdef int index
    for index in range(deps.count):
        if deps.list[index].holds_term:
            return True
    return False


cdef const char *dependencies_that_hold_term(const dependencies_t *deps, text_t *text) noexcept nogil:
    """Return their names as a list, in text."""
    cdef int index
    text.length = 0
    for index in range(deps.count):
        if deps.list[index].holds_term:
            text_add(text, b", " if text.length > 0 else b"")
            text_add(text, deps.list[index].name)
    text.bytes[text.length] = 0
    return text.bytes
