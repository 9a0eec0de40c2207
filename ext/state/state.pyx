"""State: what any step may set while a supervisor lives: deadlines, the reason, what is watched."""
cimport cstd
cimport kernel


cdef void phase_arm(supervisor_t *kx, long long length_ns) noexcept nogil:
    """The phase has so much time from now on."""
    kx.deadline_ns = clock_add_ns(clock_monotonic_ns(), length_ns)
    kx.overslept = False


cdef void phase_arm_grace(supervisor_t *kx) noexcept nogil:
    """The grace period begins."""
    phase_arm(kx, kx.settings.grace_ns)
    kx.kill_at_ns = kx.deadline_ns


cdef void explain_death(supervisor_t *kx) noexcept nogil:
    """The reason, in words: which dependency died, and how."""
    cdef char state[64]
    dependency_describe(&kx.settings.deps.list[kx.dead], state, sizeof(state))
    cstd.snprintf(kx.reason, REASON_BYTES, b"dependency %s %s", kx.settings.deps.list[kx.dead].name, state)


cdef void stop_watching(supervisor_t *kx) noexcept nogil:
    """Nothing is awaited of anybody any more: free the descriptors."""
    cdef int index
    watch_end(&kx.graveyard)
    kx.poll_at_ns = NEVER_NS
    kx.unseen_at_ns = NEVER_NS
    for index in range(kx.settings.deps.count):
        if kx.settings.deps.list[index].alive >= 0:
            kernel.close(kx.settings.deps.list[index].alive)
            kx.settings.deps.list[index].alive = -1
