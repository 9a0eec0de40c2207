"""Missing report: repeated lines about a wait, and about dependencies that do not appear."""

cdef enum:
    FIRST_REPORT_MS = 10000
    SECOND_REPORT_MS = 20000    # after the first
    THIRD_REPORT_MS = 30000
    NEXT_REPORT_MS = 300000


cdef long long missing_next_ns(int reports) noexcept nogil:
    """Return the time to the next report, after `reports` of them: they come at 10 s, 30 s, 1 min, then every 5 min."""
    if reports < 2:
        return (FIRST_REPORT_MS if reports == 0 else SECOND_REPORT_MS) * MILLISECOND_NS
    return (THIRD_REPORT_MS if reports == 2 else NEXT_REPORT_MS) * MILLISECOND_NS


cdef void missing_begin(supervisor_t *sv) noexcept nogil:
    """After the first look: set the time of the first report, if something is missing."""
    cdef int index
    cdef bint missing = sv.birth.waits
    for index in range(sv.settings.deps.count):
        missing = missing or missing_is_unseen(sv, &sv.settings.deps.list[index])
    if missing:
        sv.unseen_at_ns = clock_monotonic_ns() + missing_next_ns(0)


cdef bint missing_is_unseen(const supervisor_t *sv, const dependency_t *dep) noexcept nogil:
    """True if a dependency has not appeared that must be in the graveyard."""
    return dep.facts == 0 and dep.fifo_fd < 0 and dependency_watched(dep, sv.command.started) and \
        dependency_must_appear(dep, sv.settings.birth_source)


cdef void missing_report(supervisor_t *sv) noexcept nogil:
    """Log what the birth still waits for, and each dependency that never appeared; stop when nothing is missing."""
    cdef const dependency_t *dep
    cdef text_t text
    cdef long long now_ns = clock_monotonic_ns()
    cdef bint missing = sv.birth.waits
    cdef int index
    if sv.birth.waits and birth_report_compose(sv, &text)[0] != 0:
        log_info(&sv.log, b"still waiting for birth dependencies: %s", text.bytes)
    if rebirth_is_awaited(sv):
        log_info(&sv.log, b"still waiting for %s", rebirth_describe_wait(sv, &text))
    for index in range(sv.settings.deps.count):
        dep = &sv.settings.deps.list[index]
        if missing_is_unseen(sv, dep):
            missing = True
            log_warn(&sv.log, b"dependency %s has not appeared in %s yet; does it run under kubexit, with this name "
                     b"and folder?%s", dep.name, sv.settings.graveyard, missing_compose_names(sv, dep, &text))
    if sv.birth.waits and sv.relations.reports == 0 and cycle_find(sv, CYCLE_OF_ALL, &text):
        log_warn(&sv.log, b"birth dependencies form a cycle through *, so none starts unless the Kubernetes API calls "
                 b"a container ready before its command starts: %s", text.bytes)
    sv.relations.reports += 1
    sv.unseen_at_ns = NEVER_NS
    if missing:
        sv.unseen_at_ns = clock_add_ns(now_ns, missing_next_ns(sv.relations.reports))
