"""Look: at the graveyard and at children that have ended; what they show is decided at once."""


cdef void look_at_graveyard(supervisor_t *sv) noexcept nogil:
    """Read what is new in the graveyard; a dependency's death is an event."""
    cdef int dead = observe_read(sv)
    if dead >= 0:
        # If the command has ended before this, we did not stop it.
        look_at_children(sv)
        event_post(sv, EVENT_DEPENDENCY_DIED, dead)
        events_dispatch(sv)


cdef void look_at_children(supervisor_t *sv) noexcept nogil:
    """Collect all children that have ended. After our end the rest is for PID 1, if that is not us."""
    while not transition_is_end(sv.phase) and reaper_collect(sv):
        events_dispatch(sv)
