"""Dependency lists: "db, migrate:succeeded" as entries of dependencies_t."""
from libc.stddef cimport size_t
cimport cstd


cdef int setting_parse_dependencies(settings_t *settings, int row) noexcept nogil:
    """Read a list: split on commas, trimmed, empty elements dropped, duplicates merged."""
    cdef const char *at = settings.value[row]
    cdef const char *text
    cdef size_t length = list_next_element(&at, &text)
    cdef int result = 0
    if row == SETTING_BIRTH_DEPS and \
            setting_parse_word(settings, SETTING_BIRTH_SOURCE, &settings.birth_source) != 0:
        settings.birth_source = SOURCE_KUBERNETES   # what the list can contain depends on it: everything, then
    while length > 0:
        if dependency_parse(settings, row, text, length) != 0:
            result = EXIT_SETTINGS
        length = list_next_element(&at, &text)
    return result


cdef int dependency_parse(settings_t *settings, int row, const char *text, size_t length) noexcept nogil:
    """Read one element: NAME, NAME?, NAME:CONDITION or *; 0 or EXIT_SETTINGS."""
    cdef const char *colon = <const char *>cstd.memchr(text, c':', length)
    cdef size_t name_length = length if colon == NULL else <size_t>(colon - text)
    cdef int fact = FACT_READY if row == SETTING_BIRTH_DEPS else FACT_DIED
    if colon != NULL and row == SETTING_TERM_AFTER:
        return setting_refuse_part(settings, row, text, length,
                                   b"takes a plain name; conditions such as :died are not supported here")
    if colon != NULL:
        fact = condition_parse(colon + 1, length - name_length - 1, row)
    if fact == 0:
        return setting_refuse_part(settings, row, text, length,
                                   b"unknown condition; use :died, :failed or :succeeded"
                                   if dependency_row_is_death(row) else
                                   b"unknown condition; use :ready, :born, :died or :succeeded")
    if name_length > 0 and (text[name_length - 1] == c'?' or bytes_equal(text, name_length, b"*")):
        return dependency_parse_optional(settings, row, text, length, name_length, fact)
    return dependency_want(settings, row, text, name_length, fact, False)


cdef int dependency_parse_optional(settings_t *settings, int row, const char *text, size_t length,
                                   size_t name_length, int fact) noexcept nogil:
    """Read NAME? or *, which only the Kubernetes API can resolve; 0 or EXIT_SETTINGS."""
    if row != SETTING_BIRTH_DEPS:
        return setting_refuse_part(settings, row, text, length, b"NAME? and * are not supported here; "
                                   b"only KUBEXIT_BIRTH_DEPS takes them")
    if fact != FACT_READY or settings.birth_source != SOURCE_KUBERNETES:
        return setting_refuse_part(settings, row, text, length, b"the graveyard does not list the pod's containers; "
                                   b"NAME? and * need readiness from the Kubernetes API")
    if name_length == 1 and text[0] == c'*':
        settings.deps.every_other = True
        return 0
    return dependency_want(settings, row, text, name_length - 1, fact, True)


cdef int dependency_want(settings_t *settings, int row, const char *text, size_t length,
                         int fact, bint optional) noexcept nogil:
    """Check a name and enter what the row wants of it; 0 or EXIT_SETTINGS."""
    cdef dependency_t *dep
    cdef const char *why = name_problem(text, length)
    if why != NULL:
        return setting_refuse_part(settings, row, text, length, why)
    if bytes_equal(text, length, settings.name):
        return setting_refuse_part(settings, row, text, length,
                                   b"is this container itself (KUBEXIT_NAME); use the names of others")
    dep = dependency_add(&settings.deps, text, length)
    if dep == NULL:
        return setting_refuse_part(settings, row, text, length, b"one too many; use at most 128 dependencies")
    if settings.plan != NULL:
        dep.plan = settings.plan.hash
    if row == SETTING_TERM_AFTER:
        dep.holds_term = True
    elif row == SETTING_DEATH_DEPS:
        dep.ends_us |= fact
    elif row == SETTING_SIDECAR_OF:
        dep.ends_us |= 0 if settings.is_set[SETTING_DEATH_DEPS] else fact
        dep.holds_term = dep.holds_term or not settings.is_set[SETTING_TERM_AFTER]
    else:
        # A container that is required once is not optional because it is listed again.
        dep.optional = optional and (dep.starts_us & FACT_READY == 0 or dep.optional)
        dep.starts_us |= fact
    # Last: what the plan lacks does not hide a cycle.
    return 0 if settings.plan == NULL else plan_check_dependency(settings, row, text, length, fact)


cdef int condition_parse(const char *text, size_t length, int row) noexcept nogil:
    """Return the fact that a condition names; 0 if this list does not know it."""
    if bytes_equal(text, length, b"died"):
        return FACT_DIED
    if bytes_equal(text, length, b"succeeded"):
        return FACT_SUCCEEDED
    if dependency_row_is_death(row):
        return FACT_FAILED if bytes_equal(text, length, b"failed") else 0
    if bytes_equal(text, length, b"ready"):
        return FACT_READY
    return FACT_BORN if bytes_equal(text, length, b"born") else 0


cdef bint dependency_row_is_death(int row) noexcept nogil:
    """Return whether a list has the conditions of a death."""
    return row == SETTING_DEATH_DEPS or row == SETTING_SIDECAR_OF
