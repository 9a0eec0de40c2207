"""Limits: how long the command may run, and how long it may take to be ready (KUBEXIT_TIMEOUT, _READY_TIMEOUT)."""


cdef void limits_begin(supervisor_t *sv, long long now_ns) noexcept nogil:
    """The command has started: set when its time is over."""
    sv.limits.timeout_at_ns = clock_add_ns(now_ns, sv.settings.timeout_ns)
    if sv.settings.ready.kind != READY_NONE:
        sv.limits.ready_by_ns = clock_add_ns(now_ns, sv.settings.ready.timeout_ns)


cdef void limits_end(supervisor_t *sv) noexcept nogil:
    """Let no limit count any longer: the command is stopped, or has ended."""
    sv.limits.timeout_at_ns = NEVER_NS
    sv.limits.ready_by_ns = NEVER_NS


cdef long long limits_due_ns(const supervisor_t *sv) noexcept nogil:
    """Return the earlier of the two, NEVER_NS without a limit."""
    return clock_earlier(sv.limits.timeout_at_ns, sv.limits.ready_by_ns)


cdef void limits_move(supervisor_t *sv, long long until_ns) noexcept nogil:
    """Move a limit that is over to this time."""
    if sv.limits.timeout_at_ns < until_ns:
        sv.limits.timeout_at_ns = until_ns
    if sv.limits.ready_by_ns < until_ns:
        sv.limits.ready_by_ns = until_ns


cdef void limits_reach(supervisor_t *sv) noexcept nogil:
    """Note which limit is over. From now on none counts."""
    sv.limits.row = SETTING_TIMEOUT if sv.limits.timeout_at_ns <= sv.limits.ready_by_ns else SETTING_READY_TIMEOUT
    limits_end(sv)


cdef bint limits_ended_command(const supervisor_t *sv) noexcept nogil:
    """Return whether the command was stopped because its time was over, and not because a dependency died or a signal
    from outside asked it to stop before."""
    return sv.limits.row >= 0 and sv.dead_index < 0 and \
        (sv.stopped_by_us or (sv.life.killed and not sv.asked_to_stop))
