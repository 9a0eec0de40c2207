"""Look: at the graveyard and at children that have ended; what they show is decided at once."""


cdef void look_at_graveyard(supervisor_t *kx) noexcept nogil:
    """Read what is new in the graveyard; a dependency's death is an event."""
    cdef int dead = observe_read(kx)
    if dead >= 0:
        # If the command ended by itself before this, we did not stop it.
        look_at_children(kx)
        event_post(kx, EVENT_DEPENDENCY_DIED, dead)
        events_dispatch(kx)


cdef void look_at_children(supervisor_t *kx) noexcept nogil:
    """Collect all children that have ended. After our end the rest is for PID 1, if that is not us."""
    while not transition_is_end(kx.phase) and reaper_collect(kx):
        events_dispatch(kx)
