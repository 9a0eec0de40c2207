"""The life of a supervisor: kubexit_run reads the settings, claims the name and runs the event loop.

    signals blocked → settings → name claimed → event loop → exit code

The wait for birth, the start, the orphans, the tombstone and the quit requests are
phases of the event loop (state/transition_table.h).
"""
cimport cstd
cimport kernel


cdef public int kubexit_run(int argc, char **argv, const waiter_t *waiter) noexcept nogil:
    """Supervise the command in argv. Return the exit code for the caller. See kubexit.h."""
    cdef supervisor_t kx
    cdef int refusal
    signals_block(&kx.signals)
    standard_descriptors_fill()
    log_open(&kx.log)
    settings_collect(&kx.settings, kernel.environ)
    if options_are_known(argc, argv):
        return options_run(argc, argv, &kx.log)         # signals stay blocked: nothing is left half done
    if settings_disabled(&kx.settings):
        return lifecycle_disabled(&kx, argc, argv)
    supervisor_begin(&kx, argv + options_skip(argc, argv), waiter)
    refusal = settings_parse(&kx.settings)
    lifecycle_configure_log(&kx)
    unknown_warn(&kx.settings, &kx.log)    # a misspelt name may be why another is missing
    if argc > 1 and options_are(argv[1]):
        cstd.snprintf(kx.reason, REASON_BYTES, b"option %.200s is unknown or used wrongly; the options are --help, "
                        b"--version, --install DIR and --graveyard DIR (one folder each); a command that begins with "
                        b"a dash goes behind --", argv[1])
        return lifecycle_refuse(&kx, kx.reason)
    if kx.command.argv[0] == NULL:
        return lifecycle_refuse(&kx, b"no command was given; write kubexit COMMAND [ARGUMENTS...], "
                                     b"or see kubexit --help")
    if refusal != 0:
        return lifecycle_refuse(&kx, kx.settings.problem)
    return lifecycle_supervise(&kx)


cdef void standard_descriptors_fill() noexcept nogil:
    """Occupy a standard descriptor that came in closed; otherwise a tombstone's file might become our stderr.

    Use an O_PATH descriptor of "/": it exists everywhere, cannot be read or written,
    and is closed again for the command.
    """
    cdef kernel.pollfd standard[3]
    cdef int descriptor
    for descriptor in range(3):
        poll_entry(&standard[descriptor], descriptor, 0)
    if kernel.poll(standard, 3, 0) <= 0:
        return
    for descriptor in range(3):
        if standard[descriptor].revents & kernel.POLLNVAL:
            kernel.openat(kernel.AT_FDCWD, b"/", kernel.O_PATH | kernel.O_CLOEXEC)


cdef void supervisor_begin(supervisor_t *kx, char **argv, const waiter_t *waiter) noexcept nogil:
    """Set up all parts; no system call but umask(2), which makes our umask 0."""
    command_begin(&kx.command, argv)
    kx.command.umask = kernel.umask(0)
    graveyard_begin(&kx.graveyard, kx.settings.graveyard, 0o777 & ~kx.command.umask)
    birth_begin(&kx.birth, waiter)
    readiness_begin(&kx.readiness)
    life_begin(&kx.life)
    state_begin(kx)


cdef void lifecycle_configure_log(supervisor_t *kx) noexcept nogil:
    """Log as the settings say, with our name."""
    kx.log.level = kx.settings.log_level
    kx.log.json = kx.settings.log_format == LOG_JSON
    kx.log.name = kx.settings.name


cdef int lifecycle_disabled(supervisor_t *kx, int argc, char **argv) noexcept nogil:
    """Become the command (KUBEXIT_DISABLED). Return the exit code if that fails."""
    cdef char **command = argv + options_skip(argc, argv)
    cdef int error
    if command[0] == NULL:
        log_error(&kx.log, b"no command was given; write kubexit COMMAND [ARGUMENTS...]")
        return EXIT_SETTINGS
    signals_release(&kx.signals)
    error = execute(command, kernel.environ)
    log_error(&kx.log, b"cannot execute %s: %s", command[0], cstd.strerror(error))
    return exitcode_of_exec(error)


cdef int lifecycle_refuse(supervisor_t *kx, const char *problem) noexcept nogil:
    """Log why the settings are refused, and write a death if we know where, so that no peer waits in vain."""
    log_error(&kx.log, b"%s", problem)
    kx.life.exit_code = EXIT_SETTINGS
    kx.life.died_ns = clock_wall_ns()
    kx.life.reason = problem
    termination_message_write(problem)
    if kx.settings.name_valid and kx.settings.graveyard_valid:
        lifecycle_carve_refusal(kx)
    return lifecycle_quit(kx)


cdef void lifecycle_carve_refusal(supervisor_t *kx) noexcept nogil:
    """Write a death without a life, unless another living supervisor has the name."""
    kx.name_in_use = graveyard_open(&kx.graveyard, True) == 0 and liveness_held(&kx.graveyard, kx.settings.name)
    if kx.graveyard.folder < 0 or kx.name_in_use:
        return
    if graveyard_carve(&kx.graveyard, kx.settings.name, &kx.life) == 0:
        liveness_lower(&kx.graveyard, kx.settings.name)     # of a predecessor that crashed


cdef int lifecycle_quit(supervisor_t *kx) noexcept nogil:
    """Return the exit code. The command will not start, but sidecars that cannot be wrapped still
    get their quit requests; otherwise they would keep the pod alive."""
    if quit_is_wanted(kx) and (kx.signals.descriptor >= 0 or signals_open(&kx.signals) == 0):
        kx.settings.deps.count = 0
        event_post(kx, EVENT_START_REFUSED, 0)
        eventloop_run(kx)
    return kx.life.exit_code


cdef int lifecycle_supervise(supervisor_t *kx) noexcept nogil:
    """Claim the name, then run the event loop. Return the exit code."""
    cdef int error = signals_open(&kx.signals)
    if error < 0:
        log_error(&kx.log, b"cannot read signals: signalfd: %s", cstd.strerror(-error))
        return EXIT_INTERNAL
    if kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1) < 0:
        log_warn(&kx.log, b"cannot become subreaper: %s; orphans go to PID 1", cstd.strerror(cstd.errno))
    kx.life.exit_code = claim_name(kx)
    if kx.life.exit_code != 0:
        return lifecycle_quit(kx)
    kx.command.own_group = kx.settings.signal_group
    kx.birth.waiter_satisfied = not kx.settings.asks_waiter
    kx.birth.urls_ready = not urls_native(&kx.settings.birth_urls)
    kx.job_control = lifecycle_is_job()
    eventloop_begin(kx)
    eventloop_run(kx)
    return kx.life.exit_code


cdef bint lifecycle_is_job() noexcept nogil:
    """True if we are the foreground job of a shell: we share our terminal."""
    cdef kernel.pid_t foreground = kernel.tcgetpgrp(0)
    return foreground > 0 and foreground == kernel.getpgrp() and kernel.getsid(0) != kernel.getpid()
