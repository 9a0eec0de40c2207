"""Limit events: the end of the time in which the command may run, or must be ready."""


cdef void limit_events_check(supervisor_t *sv) noexcept nogil:
    """Raise LIMIT_REACHED if a limit is over. After a long gap wait a second more, once, as eventloop_check_time
    does."""
    cdef long long late_ns = limits_due_ns(sv)
    if late_ns == NEVER_NS:
        return
    late_ns = clock_monotonic_ns() - late_ns
    if late_ns < 0:
        return
    if late_ns > OVERSLEPT_MS * MILLISECOND_NS and not sv.limits.overslept:
        sv.limits.overslept = True
        limits_move(sv, clock_monotonic_ns() + OVERSLEPT_MS * MILLISECOND_NS)
        return
    limits_reach(sv)
    look_at_children(sv)        # if the command has ended before this, we did not stop it
    event_raise(sv, EVENT_LIMIT_REACHED)
