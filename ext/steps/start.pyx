"""Start: from the last moment before the command to its birth on the tombstone."""
cimport cstd
cimport kernel

cdef enum:
    REWRITE_MIN_MS = 100        # before a birth or readiness that could not be written is tried again
    REWRITE_MAX_MS = 5000       # each pause is twice as long as the last, up to this


cdef void start_command(supervisor_t *sv) noexcept nogil:
    """Start the command, then write its birth."""
    cdef int error
    cdef text_t deps
    sv.deadline_ns = NEVER_NS
    sv.birth.restart_ns = NEVER_NS
    start_forget_birth_dependencies(sv)
    readiness_prepare(&sv.readiness, &sv.settings.ready, &sv.command, &sv.log)
    error = -command_spawn(&sv.command, &sv.signals)
    if error != 0:
        start_explain_failure(sv, error)
        event_post(sv, EVENT_COMMAND_ENDED, 0)
        return
    sv.life.born_ns = clock_wall_ns()
    readiness_arm(&sv.readiness, clock_monotonic_ns())
    start_write_tombstone(sv)
    if sv.settings.is_set[SETTING_DEATH_DEPS] and not sv.name_in_use:
        log_info(&sv.log, b"command started, pid %d; death dependencies: %s", sv.command.pid,
                 text_list(&deps, sv.settings.value[SETTING_DEATH_DEPS]))
    else:
        log_info(&sv.log, b"command started, pid %d", sv.command.pid)
    if sv.log.level == LOG_DEBUG:
        start_log_arguments(sv)


cdef void start_log_arguments(supervisor_t *sv) noexcept nogil:
    """Log the command's arguments, at debug only: they may contain secrets."""
    cdef int index = 0
    while sv.command.argv[index] != NULL:
        log_debug(&sv.log, b"argument %d: %s", index, sv.command.argv[index])
        index += 1


cdef void start_forget_birth_dependencies(supervisor_t *sv) noexcept nogil:
    """Stop watching dependencies that only the birth needed, and the graveyard if there are no others."""
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
    elif error == cstd.ENOENT and cstd.strchr(name, c'/') == NULL:
        why = b"not found in PATH"
    elif error == cstd.ENOEXEC:
        why = b"not a program for this machine, and it has no #! line"
    cstd.snprintf(sv.reason, REASON_BYTES, b"cannot execute %.300s: %s", name, why)
    log_error(&sv.log, b"%s", sv.reason)


cdef void start_write_tombstone(supervisor_t *sv) noexcept nogil:
    """Write that we are born, or ready. A failure is no reason to stop a healthy command, but peers
    wait for it: try again until it is written or the command has exited."""
    cdef int error = 0
    if sv.name_in_use:
        return
    if sv.graveyard.folder < 0:
        error = -graveyard_open(&sv.graveyard, False)
    if error == 0:
        error = -graveyard_write(&sv.graveyard, sv.settings.name, &sv.life)
    if error == 0:
        sv.rewrite_at_ns = NEVER_NS
        return
    if sv.rewrite_at_ns == NEVER_NS:
        log_warn(&sv.log, b"cannot write tombstone %s/%s: %s", sv.settings.graveyard, sv.settings.name,
                 cstd.strerror(error))
        sv.rewrite_pause_ns = REWRITE_MIN_MS * MILLISECOND_NS
    sv.rewrite_at_ns = clock_add_ns(clock_monotonic_ns(), sv.rewrite_pause_ns)
    sv.rewrite_pause_ns *= 2
    if sv.rewrite_pause_ns > REWRITE_MAX_MS * MILLISECOND_NS:
        sv.rewrite_pause_ns = REWRITE_MAX_MS * MILLISECOND_NS


cdef void start_write_ready(supervisor_t *sv) noexcept nogil:
    """Write that our command is ready, for the peers that wait for it."""
    readiness_succeed(&sv.readiness)
    sv.life.ready_ns = clock_wall_ns()
    log_info(&sv.log, b"command is ready")
    start_write_tombstone(sv)
