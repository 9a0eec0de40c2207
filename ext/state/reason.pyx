"""Reason: why kubexit stops the command, in words."""
cimport cstd


cdef void explain_stop(supervisor_t *sv) noexcept nogil:
    """Compose the reason: which dependency died, and how, or which time limit was over."""
    if sv.dead_index >= 0:
        explain_death(sv)
    elif sv.limits.row == SETTING_TIMEOUT:
        cstd.snprintf(sv.reason, REASON_BYTES, b"the command ran longer than %s (KUBEXIT_TIMEOUT)",
                      sv.settings.value[SETTING_TIMEOUT])
    else:
        cstd.snprintf(sv.reason, REASON_BYTES, b"the command was not ready within %s (KUBEXIT_READY_TIMEOUT)%s%s",
                      sv.settings.value[SETTING_READY_TIMEOUT], b": " if sv.probe_error[0] != 0 else b"",
                      sv.probe_error)


cdef void explain_death(supervisor_t *sv) noexcept nogil:
    """Compose the reason: which dependency died, and how."""
    cdef const dependency_t *dep = &sv.settings.deps.list[sv.dead_index]
    cdef char state[64]
    dependency_describe(dep, state, sizeof(state))
    if dep.limit == NULL:
        cstd.snprintf(sv.reason, REASON_BYTES, b"dependency %s %s", dep.name, state)
    else:
        cstd.snprintf(sv.reason, REASON_BYTES, b"dependency %s %s and was not started again within %s", dep.name, state,
                      dep.limit)
