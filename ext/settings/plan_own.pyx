"""Plan, our own line: what it sets, and what the container's variables set besides."""
from libc.stddef cimport size_t
cimport cstd


cdef void plan_set(settings_t *settings, const plan_line_t *line) noexcept nogil:
    """Take the settings of a line that are not set already. By default, readiness comes from the graveyard."""
    cdef const char *at = line.words
    cdef const char *value
    cdef int row = plan_next_setting(line, &at, &value)
    settings.line = line
    if not settings.is_set[SETTING_BIRTH_SOURCE]:
        settings.value[SETTING_BIRTH_SOURCE] = b"graveyard"
    while row >= 0:
        if value[0] != 0 and not settings.is_set[row]:
            settings.value[row] = value
            settings.is_set[row] = True
        row = plan_next_setting(line, &at, &value)


cdef void plan_take(settings_t *settings, plan_t *plan) noexcept nogil:
    """Take our line, found by KUBEXIT_NAME."""
    cdef const char *name = settings.value[SETTING_NAME]
    cdef int index = plan_find(plan, name, cstd.strlen(name))
    cdef char why[PROBLEM_BYTES]
    settings.plan = plan
    if index >= 0:
        plan_compare(settings, &plan.lines[index])
        plan_set(settings, &plan.lines[index])
    elif name[0] != 0 and plan.count > 0:     # without any line that is the problem
        plan_describe_missing(plan, name, cstd.strlen(name), b"has no line in KUBEXIT_PLAN", why)
        setting_refuse(settings, SETTING_NAME, why)


cdef void plan_compare(settings_t *settings, const plan_line_t *line) noexcept nogil:
    """Refuse each relation and probe that a variable sets to another value than the plan: peers would not know it."""
    cdef const char *value
    cdef int row
    for row in range(SETTING_COUNT):
        if not settings.is_set[row] or not plan_is_relation(row):
            continue
        value = plan_value(line, row)
        if value == NULL and row == SETTING_BIRTH_SOURCE:
            value = b"graveyard"        # as plan_set
        if value == NULL:
            setting_refuse(settings, row, b"is not in KUBEXIT_PLAN, from which relations and probes come alone; "
                                          b"move it to the plan")
        elif cstd.strcmp(value, settings.value[row]) != 0:
            setting_refuse(settings, row, b"differs from KUBEXIT_PLAN, from which relations and probes come alone; "
                                          b"remove the variable")
        settings.value[row] = SETTINGS[row].default_text
        settings.is_set[row] = False


cdef bint plan_is_relation(int row) noexcept nogil:
    """Return whether a setting concerns other containers, or is a probe."""
    cdef const char *name = SETTINGS[row].name + PREFIX_BYTES
    return cstd.strncmp(name, b"BIRTH_", 6) == 0 or cstd.strncmp(name, b"DEATH_", 6) == 0 or \
        cstd.strncmp(name, b"READY_", 6) == 0 or row == SETTING_SIDECAR_OF or row == SETTING_TERM_AFTER


cdef int plan_check_dependency(settings_t *settings, int row, const char *text, size_t length, int fact) noexcept nogil:
    """Check that a dependency has a line in the plan, and a probe if its readiness is awaited; 0 or EXIT_SETTINGS.

    Of a container whose readiness the Kubernetes API reports, the plan need not know anything.
    """
    cdef char why[PROBLEM_BYTES]
    cdef int index
    if row == SETTING_BIRTH_DEPS and fact == FACT_READY and settings.birth_source == SOURCE_KUBERNETES:
        return 0
    if row != SETTING_BIRTH_DEPS and row != SETTING_TERM_AFTER and \
            cstd.strcmp(settings.value[SETTING_DEATH_SOURCE], b"kubernetes") == 0:
        return 0
    index = plan_find(settings.plan, text, length)
    if index < 0:
        plan_describe_missing(settings.plan, text, length, b"is no container of the plan", why)
        return setting_refuse_part(settings, row, text, length, why)
    if row == SETTING_BIRTH_DEPS and fact == FACT_READY and not settings.plan.lines[index].probed:
        return setting_refuse_part(settings, row, text, length, b"has no readiness probe; add READY_TCP or another "
                                   b"READY_ setting to its line, or wait for :born")
    return 0


cdef void plan_describe_missing(const plan_t *plan, const char *name, size_t length, const char *what,
                                char *why) noexcept nogil:
    """Write that a name is missing, and the nearest one, or the first few that there are."""
    cdef text_t names
    cdef int index = plan_nearest(plan, name, length)
    if index >= 0:
        cstd.snprintf(why, PROBLEM_BYTES, b"%s; did you mean %s?", what, plan.lines[index].name)
        return
    names.length = 0
    for index in range(plan.count):
        text_add(&names, b", " if index > 0 else b"")
        text_add(&names, plan.lines[index].name)
    names.bytes[names.length] = 0
    cstd.snprintf(why, PROBLEM_BYTES, b"%s; the plan has %.120s", what, names.bytes)


cdef int plan_nearest(const plan_t *plan, const char *name, size_t length) noexcept nogil:
    """Return the line with the nearest name; -1 if more than half of the letters differ in all."""
    cdef int best = -1
    cdef int least = <int>length // 2 + 1
    cdef int distance
    cdef int index
    for index in range(plan.count):
        distance = edit_distance(name, length, plan.lines[index].name, cstd.strlen(plan.lines[index].name))
        if distance < least:
            least = distance
            best = index
    return best
