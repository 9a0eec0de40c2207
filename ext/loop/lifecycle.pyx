"""The life of a supervisor: kubexit_run reads the settings, claims the name and runs the event loop.

    signals blocked → settings → name claimed → event loop → exit code

The wait for birth, the start, the orphans, the tombstone and the quit requests are
phases of the event loop (state/transition_table.h).
"""
cimport cstd
cimport kernel


cdef enum:
    BEGUN = -1                  # no exit code: the event loop has something to do


# Not on the stack: it is large, and a container may have a stack limit below 160 KiB.
cdef supervisor_t supervisor


cdef public int kubexit_run(int argc, char **argv, const waiter_t *waiter) noexcept nogil:
    """Supervise the command in argv. Return the exit code for the caller. See kubexit.h."""
    cdef supervisor_t *sv = &supervisor
    cdef int code = lifecycle_begin(sv, argc, argv, waiter)
    if code != BEGUN:
        return code
    eventloop_run(sv)           # not in lifecycle_begin: returning to that at the end would map its code again
    return sv.life.exit_code


cdef int lifecycle_begin(supervisor_t *sv, int argc, char **argv, const waiter_t *waiter) noexcept nogil:
    """Do all that comes before the event loop. Return BEGUN, or the exit code if the loop has nothing to do."""
    signals_block(&sv.signals)
    standard_descriptors_fill()
    log_open(&sv.log)
    settings_collect(&sv.settings, cstd.environ)
    if options_are_known(argc, argv):
        return options_run(argc, argv, &sv.settings, &sv.log)         # signals stay blocked: nothing is left half done
    if settings_disabled(&sv.settings):
        return lifecycle_disabled(sv, argc, argv)
    supervisor_begin(sv, argv + options_skip(argc, argv), waiter)
    if not sv.settings.is_set[SETTING_NAME]:
        sv.settings.no_pod = no_pod_is_here(cstd.environ)
    settings_resolve(&sv.settings)
    if sv.settings.plan != NULL:
        sv.life.plan = sv.settings.plan.hash
    lifecycle_configure_log(sv)
    unknown_warn(&sv.settings, &sv.log)    # a misspelt name may be why another is missing
    lifecycle_check_command(sv, argc, argv)
    if sv.settings.problems.count > 0:
        return lifecycle_refuse_settings(sv)
    return lifecycle_supervise(sv)


cdef void lifecycle_check_command(supervisor_t *sv, int argc, char **argv) noexcept nogil:
    """Add what is wrong with the command line to the problems of the settings.

    Without KUBEXIT_NAME a wrong option was probably typed by a person: it alone is wrong then.
    """
    cdef char line[PROBLEM_BYTES]
    if argc > 1 and options_are(argv[1]):
        if not sv.settings.is_set[SETTING_NAME]:
            problems_clear(&sv.settings.problems)
        cstd.snprintf(line, PROBLEM_BYTES, b"option %.200s is unknown or wrong; kubexit --help lists all "
                      b"(--status, --wait or --timeline comes first); write -- before a command that starts with "
                      b"a dash%s", argv[1],
                      b"" if argv[1][1] == c'-' else b"; command: in the manifest replaces the ENTRYPOINT of the "
                      b"image, so write the program first")
        problem_add(&sv.settings.problems, line)
    elif sv.command.argv[0] == NULL:
        problem_add(&sv.settings.problems, b"no command was given; write kubexit COMMAND [ARGUMENTS...], "
                                           b"or see kubexit --help")


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
        log_refusal(&sv.log, b"no command was given; write kubexit COMMAND [ARGUMENTS...]")
        return EXIT_SETTINGS
    signals_release(&sv.signals)
    error = execute(command, cstd.environ)
    why = cstd.strerror(error)
    if command[0][0] == 0:
        why = b"the command is empty"
    log_refusal(&sv.log, b"cannot execute %s: %s", command[0], why)
    return exitcode_of_exec(error)


cdef int lifecycle_refuse_settings(supervisor_t *sv) noexcept nogil:
    """Log all that is wrong with the settings, and start nothing. Return as lifecycle_begin."""
    problems_log(&sv.settings.problems, &sv.log)
    problems_summarize(&sv.settings.problems, sv.reason, REASON_BYTES)
    return lifecycle_refuse(sv, EXIT_SETTINGS)


cdef int lifecycle_refuse(supervisor_t *sv, int code) noexcept nogil:
    """Start nothing, for the reason that was logged; write a death if we know where, so that no peer waits in vain.
    Return as lifecycle_begin."""
    sv.life.exit_code = code
    sv.life.died_ns = clock_wall_ns()
    sv.life.reason = sv.reason
    termination_message_write(sv.reason)
    if sv.settings.name_valid and sv.settings.graveyard_valid:
        lifecycle_write_refusal(sv)
    return lifecycle_quit(sv)


cdef void lifecycle_write_refusal(supervisor_t *sv) noexcept nogil:
    """Write a death without a life, unless another living supervisor has the name."""
    sv.alone = graveyard_await(&sv.graveyard) == 0 and lifecycle_name_is_held(sv)
    if sv.graveyard.folder < 0 or sv.alone:
        return
    death_publish(sv)
    if sv.death_written:
        liveness_remove(&sv.graveyard, sv.settings.name)     # of a predecessor that crashed


cdef bint lifecycle_name_is_held(supervisor_t *sv) noexcept nogil:
    """True if another living supervisor has our name, or may have it."""
    cdef int held = 0
    if liveness_is_owned(&sv.graveyard, sv.settings.name):
        return True
    if not sv.settings.liveness:
        held = name_socket_open(&sv.graveyard, sv.settings.name, &sv.fifo_fd)
    return held == 1 or (held < 0 and graveyard_error_passes(-held))


cdef int lifecycle_quit(supervisor_t *sv) noexcept nogil:
    """Return the exit code, or BEGUN: the command will not start, but sidecars without kubexit still
    get their quit requests; otherwise they would keep the pod alive."""
    if quit_is_wanted(sv) and (sv.signals.descriptor >= 0 or signals_open(&sv.signals) == 0):
        sv.settings.deps.count = 0
        event_post(sv, EVENT_START_REFUSED, 0)
        return BEGUN
    return sv.life.exit_code


cdef int lifecycle_supervise(supervisor_t *sv) noexcept nogil:
    """Claim the name, and take the first look. Return as lifecycle_begin."""
    cdef int error = signals_open(&sv.signals)
    if error < 0:
        cstd.snprintf(sv.reason, REASON_BYTES, b"cannot read signals: %s: %s",
                      b"signalfd" if sv.signals.error == 0 else b"rt_sigprocmask", cstd.strerror(-error))
        log_refusal(&sv.log, b"%s", sv.reason)
        return lifecycle_refuse(sv, EXIT_INTERNAL)
    if kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1) < 0:
        log_warn(&sv.log, b"cannot become subreaper: %s; orphans go to PID 1", cstd.strerror(cstd.errno))
    ready_describe(&sv.settings, sv.probe, PROBE_BYTES)
    sv.alone = sv.settings.no_pod
    if sv.alone:
        no_pod_log(&sv.log)
    sv.life.exit_code = 0 if sv.alone else claim_name(sv)
    if sv.life.exit_code != 0:
        return lifecycle_quit(sv)
    sv.command.own_group = sv.settings.signal_group
    sv.birth.waiter_satisfied = not sv.settings.asks_waiter
    sv.birth.urls_ready = not urls_native(&sv.settings.birth_urls)
    sv.job_control = job_control_find(sv)
    eventloop_begin(sv)
    return BEGUN
