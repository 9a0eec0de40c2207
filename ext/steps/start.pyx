"""Start: from the last moment before the command to its birth on the tombstone."""
cimport cstd
cimport kernel


cdef void start_command(supervisor_t *sv) noexcept nogil:
    """Start the command, then write its birth."""
    cdef int error
    cdef const char *deaths = sv.settings.value[SETTING_DEATH_DEPS]
    if deaths[0] == 0:
        deaths = sv.settings.value[SETTING_SIDECAR_OF]
    sv.deadline_ns = NEVER_NS
    sv.birth.restart_ns = NEVER_NS
    rebirth_end(sv)
    stone_end_wait(sv)
    sv.waits_for[0] = 0         # with KUBEXIT_BIRTH_ON_TIMEOUT=start something may be missing: it no longer matters
    readiness_prepare(&sv.readiness, &sv.settings.ready, &sv.command, &sv.log)
    error = -start_spawn(sv)
    if error != 0:
        start_explain_failure(sv, error)
        start_forget_birth_dependencies(sv)
        event_post(sv, EVENT_COMMAND_ENDED, 0)
        return
    sv.life.born_ns = clock_wall_ns()
    waiter_collect(&sv.birth)
    readiness_arm(&sv.readiness, clock_monotonic_ns())
    limits_begin(sv, clock_monotonic_ns())
    stone_write(sv)
    if deaths[0] != 0 and not sv.alone:
        log_info(&sv.log, b"command started, pid %d; death dependencies: %s", sv.command.pid,
                 text_list(text_draft(), deaths))     # copied before the line is composed
    else:
        log_info(&sv.log, b"command started, pid %d", sv.command.pid)
    start_log_arguments(sv)
    if sv.life.waiting_ns == ABSENT:
        hint_at_shell(sv)
    start_forget_birth_dependencies(sv)
    if sv.settings.watches_deaths:
        watcher_start_or_retry(sv)      # the wait for birth may have been over before it could start, or report


cdef int start_spawn(supervisor_t *sv) noexcept nogil:
    """Start it, trying for up to a second if there is no room for a process now. Return as command_spawn."""
    cdef int result = command_spawn(&sv.command, &sv.signals)
    cdef int tries = 0
    while (result == -cstd.EAGAIN or result == -cstd.ENOMEM) and sv.command.error == 0 and tries < WRITE_RETRIES:
        pause_ms(WRITE_RETRY_MS)
        result = command_spawn(&sv.command, &sv.signals)
        tries += 1
    return result


cdef void start_log_arguments(supervisor_t *sv) noexcept nogil:
    """Log the command's arguments, at debug only: they may contain secrets."""
    cdef int index = 0
    while sv.command.argv[index] != NULL:
        log_debug(&sv.log, b"argument %d: %s", index, sv.command.argv[index])
        index += 1


cdef void start_forget_birth_dependencies(supervisor_t *sv) noexcept nogil:
    """Stop watching dependencies that only the birth needed, and the graveyard if there are no others.

    Only after the start: closing an inotify descriptor with a watch can take 10 ms (the kernel waits for
    synchronize_srcu), and the command would wait for that.
    """
    cdef int index
    cdef dependency_t *dep
    for index in range(sv.settings.deps.count):
        dep = &sv.settings.deps.list[index]
        if dep.ends_us == 0 and not dep.holds_term and dep.fifo_fd >= 0:
            kernel.close(dep.fifo_fd)
            dep.fifo_fd = -1
    if not dependencies_watched(&sv.settings.deps, True):
        watch_end(&sv.graveyard)
        sv.poll_at_ns = NEVER_NS


cdef void start_explain_failure(supervisor_t *sv, int error) noexcept nogil:
    """Compose why the command could not be executed, and set the code for it."""
    cdef const char *name = sv.command.argv[0]
    cdef const char *why = cstd.strerror(error)
    sv.command_code = exitcode_of_exec(error) if sv.command.error != 0 else EXIT_INTERNAL
    if name[0] == 0:
        why = b"the command is empty"
    elif error == cstd.ENOENT and environment_has_program(sv.command.environment, name):
        why = b"its interpreter or dynamic loader is not in this image"
    elif error == cstd.ENOENT and hint_at_command(name) != NULL:
        why = hint_at_command(name)
    elif error == cstd.ENOENT and cstd.strchr(name, c'/') == NULL:
        why = b"not found in PATH"
    elif error == cstd.ENOEXEC:
        why = b"not a program for this machine, and it has no #! line"
    cstd.snprintf(sv.reason, REASON_BYTES, b"cannot execute %.300s: %s", name, why)
    log_refusal(&sv.log, b"%s", sv.reason)


cdef void start_write_ready(supervisor_t *sv) noexcept nogil:
    """Write that our command is ready, for the peers that wait for it."""
    readiness_succeed(&sv.readiness)
    sv.readiness.changed = False
    sv.limits.ready_by_ns = NEVER_NS
    sv.probe_error[0] = 0
    sv.life.ready_ns = clock_wall_ns()
    log_info(&sv.log, b"command is ready")
    stone_write(sv)
