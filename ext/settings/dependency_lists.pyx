"""Dependency lists: "db, migrate:succeeded" as entries of dependencies_t."""
from libc.stddef cimport size_t
cimport cstd


cdef int settings_read_dependencies(settings_t *settings, int row) noexcept nogil:
    """One list: split on commas, trimmed, empty elements dropped, duplicates merged."""
    cdef const char *at = settings.value[row]
    cdef const char *text
    cdef size_t length = list_next(&at, &text)
    while length > 0:
        if settings_read_dependency(settings, row, text, length) != 0:
            return EXIT_SETTINGS
        length = list_next(&at, &text)
    return 0


cdef int settings_read_dependency(settings_t *settings, int row, const char *text, size_t length) noexcept nogil:
    """One element: NAME, NAME?, NAME:CONDITION or *; 0 or EXIT_SETTINGS."""
    cdef const char *colon = <const char *>cstd.memchr(text, c':', length)
    cdef size_t name_length = length if colon == NULL else <size_t>(colon - text)
    cdef int fact = FACT_READY if row == SETTING_BIRTH_DEPS else FACT_DIED
    cdef bint optional = False
    if colon != NULL and row == SETTING_TERM_AFTER:
        return dependency_refuse(settings, row, text, length, b"takes no condition: TERM waits for a death, however")
    if colon != NULL:
        fact = condition_parse(colon + 1, length - name_length - 1, row)
        if fact == 0:
            return dependency_refuse(settings, row, text, length,
                                     b"has an unknown condition; there are :died, :failed and :succeeded"
                                     if row == SETTING_DEATH_DEPS else
                                     b"has an unknown condition; there are :ready, :born, :died and :succeeded")
    if row != SETTING_BIRTH_DEPS and name_length > 0 and (
            text[name_length - 1] == c'?' or is_text(text, name_length, b"*")):
        return dependency_refuse(settings, row, text, length, b"can only stand in KUBEXIT_BIRTH_DEPS")
    if row == SETTING_BIRTH_DEPS and name_length > 0 and (
            text[name_length - 1] == c'?' or is_text(text, name_length, b"*")):
        if fact != FACT_READY or settings.birth_source != SOURCE_KUBERNETES:
            return dependency_refuse(settings, row, text, length, b"needs readiness from the Kubernetes API: "
                                     b"the graveyard does not know which containers the pod has")
        if name_length == 1 and text[0] == c'*':
            settings.deps.every_other = True
            return 0
        optional = True
        name_length -= 1
    return settings_add_dependency(settings, row, text, name_length, fact, optional)


cdef int settings_add_dependency(settings_t *settings, int row, const char *text, size_t length,
                                 int fact, bint optional) noexcept nogil:
    """Check a name and enter it; 0 or EXIT_SETTINGS."""
    cdef dependency_t *dep
    cdef const char *why = name_problem(text, length)
    if why != NULL:
        return dependency_refuse(settings, row, text, length, why)
    if length == cstd.strlen(settings.name) and cstd.memcmp(text, settings.name, length) == 0:
        return dependency_refuse(settings, row, text, length, b"is this container itself (KUBEXIT_NAME)")
    dep = dependency_add(&settings.deps, text, length)
    if dep == NULL:
        return dependency_refuse(settings, row, text, length, b"is one too many; there may be 128 dependencies")
    if row == SETTING_TERM_AFTER:
        dep.holds_term = True
    elif row == SETTING_DEATH_DEPS:
        dep.ends_us |= fact
    else:
        # A container that is required once is not optional because it is listed again.
        dep.optional = optional and (dep.starts_us & FACT_READY == 0 or dep.optional)
        dep.starts_us |= fact
    return 0


cdef int dependency_refuse(settings_t *settings, int row, const char *text, size_t length,
                           const char *why) noexcept nogil:
    """A refusal that quotes the one element of the list."""
    cstd.snprintf(settings.problem, PROBLEM_BYTES, b"%s: \"%.*s\" %s", SETTINGS[row].name,
                    <int>(length if length < 120 else 120), text, why)
    return EXIT_SETTINGS


cdef int condition_parse(const char *text, size_t length, int row) noexcept nogil:
    """The fact that a condition names, 0 when this list knows none such."""
    if is_text(text, length, b"died"):
        return FACT_DIED
    if is_text(text, length, b"succeeded"):
        return FACT_SUCCEEDED
    if row == SETTING_DEATH_DEPS:
        return FACT_FAILED if is_text(text, length, b"failed") else 0
    if is_text(text, length, b"ready"):
        return FACT_READY
    return FACT_BORN if is_text(text, length, b"born") else 0


cdef const char *name_problem(const char *name, size_t length) noexcept nogil:
    """Why a name cannot be a tombstone's, NULL when it can."""
    cdef size_t at
    if length == 0:
        return b"has an empty name"
    if length > NAME_BYTES:
        return b"is too long a name; at most 240 bytes"
    if name[0] == c'.':
        return b"is no name: it begins with a dot"
    for at in range(length):
        if is_control(name[at]) or is_blank(name[at]) or name[at] == c',' or name[at] == c':' or name[at] == c'/':
            return b"is no name: it may not contain blanks, control characters, ',', ':' or '/'"
    if length > 6 and is_text(name + length - 6, 6, b".alive"):
        return b"is no name: kubexit's own files in the graveyard end in .alive"
    return NULL
