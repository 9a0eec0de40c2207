"""The life of a supervisor: kubexit_run reads the settings, claims the name and runs the event loop.

    signals blocked → settings → name claimed → event loop → exit code

The wait for birth, the start, the orphans, the tombstone and the quit requests are
phases of the event loop (state/transition_table.h).
"""
cimport cstd
cimport kernel


# Not on the stack: it is large, and a container may have a stack limit below 160 KiB.
cdef supervisor_t supervisor


cdef public int kubexit_run(int argc, char **argv, const waiter_t *waiter) noexcept nogil:
    """Supervise the command in argv. Return the exit code for the caller. See kubexit.h."""
    cdef supervisor_t *sv = &supervisor
    cdef int refusal
    signals_block(&sv.signals)
    standard_descriptors_fill()
    log_open(&sv.log)
    settings_collect(&sv.settings, cstd.environ)
    if options_are_known(argc, argv):
        return options_run(argc, argv, &sv.log)         # signals stay blocked: nothing is left half done
    if settings_disabled(&sv.settings):
        return lifecycle_disabled(sv, argc, argv)
    supervisor_begin(sv, argv + options_skip(argc, argv), waiter)
    refusal = settings_parse(&sv.settings)
    lifecycle_configure_log(sv)
    unknown_warn(&sv.settings, &sv.log)    # a misspelt name may be why another is missing
    if argc > 1 and options_are(argv[1]):
        cstd.snprintf(sv.reason, REASON_BYTES, b"option %.200s is unknown or wrong; the options are --help, "
                      b"--version, --install DIR and --graveyard DIR (one folder each); write -- before a command "
                      b"that starts with a dash", argv[1])
        return lifecycle_refuse(sv, sv.reason, EXIT_SETTINGS)
    if sv.command.argv[0] == NULL:
        return lifecycle_refuse(sv, b"no command was given; write kubexit COMMAND [ARGUMENTS...], "
                                     b"or see kubexit --help", EXIT_SETTINGS)
    if refusal != 0:
        return lifecycle_refuse(sv, sv.settings.problem, EXIT_SETTINGS)
    return lifecycle_supervise(sv)


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


cdef void supervisor_begin(supervisor_t *sv, char **argv, const waiter_t *waiter) noexcept nogil:
    """Set up all parts; no system call but umask(2), which makes our umask 0."""
    command_begin(&sv.command, argv)
    sv.command.umask = kernel.umask(0)
    graveyard_begin(&sv.graveyard, sv.settings.graveyard, 0o777 & ~sv.command.umask)
    birth_begin(&sv.birth, waiter)
    readiness_begin(&sv.readiness)
    life_begin(&sv.life)
    state_begin(sv)


cdef void lifecycle_configure_log(supervisor_t *sv) noexcept nogil:
    """Log as the settings say, with our name."""
    sv.log.level = sv.settings.log_level
    sv.log.json = sv.settings.log_format == LOG_JSON
    sv.log.name = sv.settings.name


cdef int lifecycle_disabled(supervisor_t *sv, int argc, char **argv) noexcept nogil:
    """Become the command (KUBEXIT_DISABLED). Return the exit code if that fails."""
    cdef char **command = argv + options_skip(argc, argv)
    cdef const char *why
    cdef int error
    if command[0] == NULL:
        log_error(&sv.log, b"no command was given; write kubexit COMMAND [ARGUMENTS...]")
        return EXIT_SETTINGS
    signals_release(&sv.signals)
    error = execute(command, cstd.environ)
    why = cstd.strerror(error)
    if command[0][0] == 0:
        why = b"the command is empty"
    log_error(&sv.log, b"cannot execute %s: %s", command[0], why)
    return exitcode_of_exec(error)


cdef int lifecycle_refuse(supervisor_t *sv, const char *problem, int code) noexcept nogil:
    """Log why nothing starts, and write a death if we know where, so that no peer waits in vain."""
    log_error(&sv.log, b"%s", problem)
    sv.life.exit_code = code
    sv.life.died_ns = clock_wall_ns()
    sv.life.reason = problem
    termination_message_write(problem)
    if sv.settings.name_valid and sv.settings.graveyard_valid:
        lifecycle_write_refusal(sv)
    return lifecycle_quit(sv)


cdef void lifecycle_write_refusal(supervisor_t *sv) noexcept nogil:
    """Write a death without a life, unless another living supervisor has the name."""
    sv.name_in_use = graveyard_open(&sv.graveyard, True) == 0 and lifecycle_name_is_held(sv)
    if sv.graveyard.folder < 0 or sv.name_in_use:
        return
    if graveyard_write(&sv.graveyard, sv.settings.name, &sv.life) == 0:
        liveness_remove(&sv.graveyard, sv.settings.name)     # of a predecessor that crashed


cdef bint lifecycle_name_is_held(supervisor_t *sv) noexcept nogil:
    """True if another living supervisor has our name."""
    return liveness_is_owned(&sv.graveyard, sv.settings.name) or \
        (not sv.settings.liveness and name_socket_open(&sv.graveyard, sv.settings.name, &sv.fifo_fd) == 1)


cdef int lifecycle_quit(supervisor_t *sv) noexcept nogil:
    """Return the exit code. The command will not start, but sidecars without kubexit still
    get their quit requests; otherwise they would keep the pod alive."""
    if quit_is_wanted(sv) and (sv.signals.descriptor >= 0 or signals_open(&sv.signals) == 0):
        sv.settings.deps.count = 0
        event_post(sv, EVENT_START_REFUSED, 0)
        eventloop_run(sv)
    return sv.life.exit_code


cdef int lifecycle_supervise(supervisor_t *sv) noexcept nogil:
    """Claim the name, then run the event loop. Return the exit code."""
    cdef int error = signals_open(&sv.signals)
    if error < 0:
        cstd.snprintf(sv.reason, REASON_BYTES, b"cannot read signals: signalfd: %s", cstd.strerror(-error))
        return lifecycle_refuse(sv, sv.reason, EXIT_INTERNAL)
    if kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1) < 0:
        log_warn(&sv.log, b"cannot become subreaper: %s; orphans go to PID 1", cstd.strerror(cstd.errno))
    sv.life.exit_code = claim_name(sv)
    if sv.life.exit_code != 0:
        return lifecycle_quit(sv)
    sv.command.own_group = sv.settings.signal_group
    sv.birth.waiter_satisfied = not sv.settings.asks_waiter
    sv.birth.urls_ready = not urls_native(&sv.settings.birth_urls)
    sv.job_control = lifecycle_job_control(sv)
    eventloop_begin(sv)
    eventloop_run(sv)
    return sv.life.exit_code


cdef int lifecycle_job_control(const supervisor_t *sv) noexcept nogil:
    """Return what it means for us if the terminal stops the command.

    A separate group is stopped if no shell can continue it, too: as PID 1, as session leader,
    or if the foreground group and ours are both outside of our PID namespace (shown as 0).
    A command in our group shares our fate then.
    """
    cdef kernel.pid_t foreground = kernel.tcgetpgrp(0)
    if foreground < 0:
        return JOB_NONE
    if kernel.getpid() == 1 or kernel.getsid(0) == kernel.getpid() or (foreground == 0 and kernel.getpgrp() == 0):
        return JOB_WITHOUT_SHELL if sv.command.own_group else JOB_NONE
    return JOB_OF_SHELL if foreground == kernel.getpgrp() else JOB_NONE
