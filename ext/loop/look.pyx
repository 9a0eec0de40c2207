"""Look: read the graveyard, collect children that have ended, have what this shows decided at once.

Three layers read the graveyard: here is when and in which order, steps/observe.pyx chooses the
dependencies, graveyard/peer.pyx reads one of them.
"""

cdef enum:
    MAX_COLLECTED = 64          # children a look


cdef void look_at_graveyard(supervisor_t *sv) noexcept nogil:
    """Read what is new in the graveyard, and post the death that ends us, if there is one."""
    cdef int dead = observe_read(sv)
    if dead >= 0:
        # If the command has ended before this, we did not stop it.
        look_at_children(sv)
        event_post(sv, EVENT_DEPENDENCY_DIED, dead)
        events_dispatch(sv)


cdef void look_at_children(supervisor_t *sv) noexcept nogil:
    """Collect children that have ended. After our end the rest is for PID 1, if that is not us.

    A limited number a turn of the loop: orphans may end as fast as they are collected, and
    signals and deadlines must not wait for that. The kernel finds the eldest child first
    (wait(2)), so the command is not the one that waits for the next turn.
    """
    cdef int left = MAX_COLLECTED
    sv.children_changed = True
    sv.no_children = False      # the wait for birth may have left it set, and we may stop at the limit
    while left > 0 and not transition_is_end(sv.phase):
        if not reaper_collect(sv):
            # After a failure we look again at once: the signal that a child ended does not come twice.
            sv.children_changed = sv.wait_error != 0
            sv.wait_failures = sv.wait_failures + 1 if sv.wait_error != 0 else 0
            return
        events_dispatch(sv)
        left -= 1
