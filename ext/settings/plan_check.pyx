"""Plan check: each container checks all lines before anything starts, its own and the others."""
cimport cstd

# Not on the stack: they are large. A container without a plan never touches them.
cdef plan_t plan_of_pod
cdef settings_t plan_settings       # of the line that is checked


cdef int settings_resolve(settings_t *settings) noexcept nogil:
    """Read the collected values and the plan; 0, or EXIT_SETTINGS with all problems in words."""
    if settings.is_set[SETTING_PLAN]:
        plan_parse(&plan_of_pod, &settings.problems, settings.value[SETTING_PLAN])
        plan_check(&plan_of_pod, &settings.problems)
        plan_take(settings, &plan_of_pod)
    return settings_parse(settings)


cdef void plan_check(plan_t *plan, problems_t *problems) noexcept nogil:
    """Check all lines: values, names, probes, cycles."""
    cdef settings_t *settings = &plan_settings
    cdef int index
    cdef int problem
    for index in range(plan.count):
        settings_clear(settings)
        settings.plan = plan
        settings.is_other = True
        settings.value[SETTING_NAME] = plan.lines[index].name
        plan_set(settings, &plan.lines[index])
        settings_parse(settings)
        for problem in range(settings.problems.count):
            problem_add(problems, settings.problems.lines[problem])
        plan_note_births(plan, &plan.lines[index], settings)
        plan_note_mains(plan, &plan.lines[index], settings)
    plan_check_cycles(plan, problems, PLAN_WAITS)
    plan_check_cycles(plan, problems, PLAN_SERVES)


cdef void plan_note_births(const plan_t *plan, plan_line_t *line, const settings_t *settings) noexcept nogil:
    """Note which lines a birth waits for. A death can end a wait of both for each other, so :died does not count."""
    cdef const dependency_t *dep
    cdef int index
    cdef int target
    line.starts_anyway = settings.birth_on_timeout == ON_TIMEOUT_START
    if settings.deps.every_other:
        for target in range(plan.count):
            line.leads_to[target] |= PLAN_WAITS if plan.lines[target].name != line.name else 0
    for index in range(settings.deps.count):
        dep = &settings.deps.list[index]
        target = plan_find(plan, dep.name, dep.length)
        if target >= 0 and dep.starts_us & (FACT_READY | FACT_BORN | FACT_SUCCEEDED):
            line.leads_to[target] |= PLAN_WAITS


cdef void plan_note_mains(const plan_t *plan, plan_line_t *line, const settings_t *settings) noexcept nogil:
    """Note which lines this one is a sidecar of, also if other settings replace what that means."""
    cdef const char *at = settings.value[SETTING_SIDECAR_OF]
    cdef const char *name
    cdef size_t length = list_next_element(&at, &name)
    cdef int target
    while length > 0:
        target = plan_find(plan, name, cstd.strcspn(name, b":, \t\r\n"))
        if target >= 0:
            line.leads_to[target] |= PLAN_SERVES
        length = list_next_element(&at, &name)


cdef void plan_check_cycles(plan_t *plan, problems_t *problems, int relation) noexcept nogil:
    """Report each cycle of a relation once, in the order of the lines."""
    cdef int came_from[MAX_PLAN_LINES]
    cdef int index
    cdef int last
    for index in range(plan.count):
        plan.lines[index].reported = False
    for index in range(plan.count):
        if not plan.lines[index].reported:
            last = plan_find_cycle(plan, relation, index, came_from)
            if last >= 0:
                plan_report_cycle(plan, problems, relation, index, last, came_from)


cdef int plan_find_cycle(const plan_t *plan, int relation, int start, int *came_from) noexcept nogil:
    """Return the last member of the shortest cycle through a line, whose other members came_from leads to; -1: none.

    The search is breadth first. A line that starts anyway after its timeout ends a cycle of births.
    """
    cdef int queue[MAX_PLAN_LINES]
    cdef int first = 0
    cdef int count = 1
    cdef int line
    cdef int target
    for line in range(plan.count):
        came_from[line] = -1
    queue[0] = start
    while first < count:
        line = queue[first]
        first += 1
        if plan.lines[line].starts_anyway and relation == PLAN_WAITS:
            continue
        if plan.lines[line].leads_to[start] & relation:
            return line
        for target in range(plan.count):
            if plan.lines[line].leads_to[target] & relation and came_from[target] < 0:
                came_from[target] = line
                queue[count] = target
                count += 1
    return -1


cdef void plan_report_cycle(plan_t *plan, problems_t *problems, int relation, int start, int last,
                            const int *came_from) noexcept nogil:
    """Report a cycle, and mark its members."""
    cdef text_t names
    cdef char why[PROBLEM_BYTES]
    cdef int members[MAX_PLAN_LINES + 1]
    cdef int count = 0
    members[count] = last
    while last != start:
        last = came_from[last]
        count += 1
        members[count] = last
    names.length = 0
    while count >= 0:
        plan.lines[members[count]].reported = True
        text_add(&names, plan.lines[members[count]].name)
        text_add(&names, b" -> ")
        count -= 1
    text_add(&names, plan.lines[start].name)
    names.bytes[names.length] = 0
    if relation == PLAN_WAITS:
        cstd.snprintf(why, PROBLEM_BYTES, b"no container of this cycle could ever start: %.240s; remove one of its "
                      b"birth dependencies", names.bytes)
    else:
        cstd.snprintf(why, PROBLEM_BYTES, b"each container of this cycle is a sidecar, and none does the work: %.220s; "
                      b"remove SIDECAR_OF from the one that does", names.bytes)
    plan_refuse(problems, plan, plan.lines[start].name, why)
