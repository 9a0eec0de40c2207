"""Start: from the last moment before the command to its birth on the tombstone."""
cimport cstd
cimport kernel


cdef void start_command(supervisor_t *kx) noexcept nogil:
    """Start the command, then write its birth."""
    cdef int error
    kx.deadline_ns = NEVER_NS
    kx.birth.restart_ns = NEVER_NS
    start_forget_birth_dependencies(kx)
    readiness_prepare(&kx.readiness, &kx.settings.ready, &kx.command, &kx.log)
    error = -command_spawn(&kx.command, &kx.signals)
    if error != 0:
        start_explain_failure(kx, error)
        event_post(kx, EVENT_COMMAND_ENDED, 0)
        return
    kx.life.born_ns = clock_wall_ns()
    readiness_arm(&kx.readiness, clock_monotonic_ns())
    start_write_tombstone(kx)
    if kx.settings.is_set[SETTING_DEATH_DEPS] and not kx.name_in_use:
        log_info(&kx.log, b"command started, pid %d; it ends after %s", kx.command.pid,
                 kx.settings.value[SETTING_DEATH_DEPS])
    else:
        log_info(&kx.log, b"command started, pid %d", kx.command.pid)
    if kx.log.level == LOG_DEBUG:
        start_log_arguments(kx)


cdef void start_log_arguments(supervisor_t *kx) noexcept nogil:
    """The command's arguments, at debug only: they may hold secrets."""
    cdef int index = 0
    while kx.command.argv[index] != NULL:
        log_debug(&kx.log, b"argument %d: %s", index, kx.command.argv[index])
        index += 1


cdef void start_forget_birth_dependencies(supervisor_t *kx) noexcept nogil:
    """Stop watching dependencies that only the birth needed, and the graveyard if there are no others."""
    cdef int index
    cdef dependency_t *dep
    for index in range(kx.settings.deps.count):
        dep = &kx.settings.deps.list[index]
        if dep.ends_us == 0 and not dep.holds_term and dep.alive >= 0:
            kernel.close(dep.alive)
            dep.alive = -1
    if not dependencies_watched(&kx.settings.deps, kx.settings.birth_source, True):
        watch_end(&kx.graveyard)
        kx.poll_at_ns = NEVER_NS


cdef void start_explain_failure(supervisor_t *kx, int error) noexcept nogil:
    """Compose why the command could not be executed, and set the code for it."""
    cdef const char *name = kx.command.argv[0]
    cdef const char *why = cstd.strerror(error)
    kx.command_code = exitcode_of_exec(error) if kx.command.error != 0 else EXIT_INTERNAL
    if error == cstd.ENOENT and environment_has_program(kx.command.environment, name):
        why = b"its interpreter or dynamic loader is not in this image"
    elif error == cstd.ENOENT and cstd.strchr(name, c'/') == NULL:
        why = b"not found in PATH"
    elif error == cstd.ENOEXEC:
        why = b"not a program for this machine, and no #! line either"
    cstd.snprintf(kx.reason, REASON_BYTES, b"cannot execute %.300s: %s", name, why)
    log_error(&kx.log, b"%s", kx.reason)


cdef void start_write_tombstone(supervisor_t *kx) noexcept nogil:
    """Write that we are born, or ready. A failure is no reason to stop a healthy command."""
    cdef int error = 0
    if kx.name_in_use:
        return
    if kx.graveyard.folder < 0:
        error = -graveyard_open(&kx.graveyard, False)
    if error == 0:
        error = -graveyard_carve(&kx.graveyard, kx.settings.name, &kx.life)
    if error != 0:
        log_warn(&kx.log, b"tombstone %s/%s cannot be written: %s", kx.settings.graveyard, kx.settings.name,
                 cstd.strerror(error))


cdef void start_write_ready(supervisor_t *kx) noexcept nogil:
    """Write that our command is ready, for the peers that wait for it."""
    readiness_end(&kx.readiness)
    kx.life.ready_ns = clock_wall_ns()
    log_info(&kx.log, b"command is ready")
    start_write_tombstone(kx)
