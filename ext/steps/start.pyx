"""The start: from the last moment before the command to its birth on the tombstone."""
cimport cstd
cimport kernel


cdef void start_command(supervisor_t *kx) noexcept nogil:
    """Birth: start the command, then carve it."""
    cdef int error
    kx.deadline_ns = NEVER_NS
    kx.birth.restart_ns = NEVER_NS
    start_forget_births(kx)
    ready_prepare(&kx.ready, &kx.settings.ready, &kx.command, &kx.log)
    error = -command_start(&kx.command, &kx.signals)
    if error != 0:
        start_explain_failure(kx, error)
        event_post(kx, EVENT_COMMAND_ENDED, 0)
        return
    kx.life.born_ns = clock_wall_ns()
    ready_arm(&kx.ready, clock_monotonic_ns())
    start_carve(kx)
    if kx.settings.is_set[SETTING_DEATH_DEPS] and not kx.outside:
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


cdef void start_forget_births(supervisor_t *kx) noexcept nogil:
    """Dependencies that only the birth needed are no more of interest; nor, perhaps, is the graveyard."""
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
    """Why the command could not be executed, and the code for it."""
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


cdef void start_carve(supervisor_t *kx) noexcept nogil:
    """Carve the birth, or that we are ready: a failure is no reason to end a healthy command."""
    cdef int error = 0
    if kx.outside:
        return
    if kx.graveyard.folder < 0:
        error = -graveyard_open(&kx.graveyard, False)
    if error == 0:
        error = -graveyard_carve(&kx.graveyard, kx.settings.name, &kx.life)
    if error != 0:
        log_warn(&kx.log, b"tombstone %s/%s cannot be written: %s", kx.settings.graveyard, kx.settings.name,
                 cstd.strerror(error))


cdef void start_carve_ready(supervisor_t *kx) noexcept nogil:
    """Our command is ready: tell the peers that wait for it."""
    ready_end(&kx.ready)
    kx.life.ready_ns = clock_wall_ns()
    log_info(&kx.log, b"command is ready")
    start_carve(kx)
