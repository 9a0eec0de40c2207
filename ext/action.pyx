"""Actions: what is done when transition.pyx has decided."""
from libc.stddef cimport size_t
cimport kernel

cdef enum:
    CARVE_RETRY_MS = 50
    CARVE_RETRIES = 20          # for one second in all
    DRAIN_KILL_MS = 1000        # processes that even KILL does not end are left


cdef void supervisor_event(supervisor_t *kx, int event) noexcept nogil:
    """One event: decide, then act."""
    cdef step_t next = decide(kx.phase, event)
    if kx.log.level == LOG_DEBUG and next.phase != kx.phase:
        log_debug(&kx.log, b"%s: %s to %s", event_name(event), phase_name(kx.phase), phase_name(next.phase))
    kx.phase = next.phase
    action_perform(kx, next.action, event)


cdef void action_perform(supervisor_t *kx, int action, int event) noexcept nogil:
    """Perform one action; it may lead to the next event at once."""
    if action == ACTION_NONE:
        return
    if action == ACTION_FORWARD:
        action_forward(kx)
    elif action == ACTION_START:
        action_start(kx)
    elif action == ACTION_ABANDON:
        action_abandon(kx, event)
    elif action == ACTION_EXPIRE:
        action_expire(kx)
    elif action == ACTION_KILL_WAITER:
        kx.deadline_ns = NEVER_NS
        birth_signal_waiter(&kx.birth, kernel.SIGKILL)
    elif action == ACTION_FAIL:
        action_fail(kx)
    elif action == ACTION_DELAY:
        action_delay(kx)
    elif action == ACTION_STOP:
        action_stop(kx)
    elif action == ACTION_GRACE:
        action_explain_death(kx)
        log_info(&kx.log, b"%s; the command has its signal already, KILL in %s", kx.reason,
                 kx.settings.value[SETTING_GRACE_PERIOD])
        action_arm_grace(kx)
    elif action == ACTION_FORWARD_GRACE:
        action_forward(kx)
        action_arm_grace(kx)
    elif action == ACTION_KILL:
        action_kill(kx)
    elif action == ACTION_DRAIN:
        action_drain(kx)
    elif action == ACTION_DRAIN_KILL:
        log_info(&kx.log, b"left-over processes did not end in time: KILL")
        action_drain_signal(kx, kernel.SIGKILL)
        action_arm(kx, DRAIN_KILL_MS * MILLISECOND_NS)
    elif action == ACTION_BURY:
        action_bury(kx)


cdef void action_arm(supervisor_t *kx, long long length_ns) noexcept nogil:
    """The phase has so much time from now on."""
    kx.deadline_ns = clock_add_ns(clock_monotonic_ns(), length_ns)
    kx.overslept = False


cdef void action_arm_grace(supervisor_t *kx) noexcept nogil:
    """The grace period begins."""
    action_arm(kx, kx.settings.grace_ns)
    kx.kill_at_ns = kx.deadline_ns


cdef void action_await_birth(supervisor_t *kx) noexcept nogil:
    """Some birth dependency is not there yet: start the waiter and the clock."""
    log_info(&kx.log, b"waiting for birth dependencies: %s, at most %s", kx.settings.value[SETTING_BIRTH_DEPS],
             kx.settings.value[SETTING_BIRTH_TIMEOUT])
    action_arm(kx, kx.settings.birth_timeout_ns)
    if not kx.birth.api_ready and kx.settings.birth_timeout_ns > 0:
        action_start_waiter(kx)


cdef void action_start_waiter(supervisor_t *kx) noexcept nogil:
    """Start the waiter, or try again a little later."""
    cdef int error = -birth_start_waiter(kx)
    if error != 0:
        log_warn(&kx.log, b"no process for the readiness waiter: %s; trying again", kernel.strerror(error))
        kx.birth.restart_ns = clock_add_ns(clock_monotonic_ns(), kx.birth.backoff_ns)


cdef void action_abandon(supervisor_t *kx, int event) noexcept nogil:
    """The wait for birth is given up: remember the outcome, end the waiter."""
    cdef char signal[16]
    if event == EVENT_DEPENDENCY_DIED:
        action_explain_death(kx)
        # A main whose proxy is dead must not look as if it had done its work.
        kx.life.exit_code = EXIT_UNAVAILABLE if kx.settings.deps.list[kx.dead].starts_us != 0 \
            or kx.settings.deps.every_other else EXIT_STOPPED
    else:
        signal_label(signal, sizeof(signal), <int>kx.signal.ssi_signo)
        kernel.snprintf(kx.reason, REASON_BYTES, b"%s from pid %u, uid %u, while waiting for birth dependencies",
                        signal, kx.signal.ssi_pid, kx.signal.ssi_uid)
        kx.life.exit_code = EXIT_BY_SIGNAL + <int>kx.signal.ssi_signo
    log_info(&kx.log, b"%s: the command is not started", kx.reason)
    kx.birth.restart_ns = NEVER_NS
    if kx.birth.pid > 0:
        birth_signal_waiter(&kx.birth, kernel.SIGTERM)
        action_arm(kx, WAITER_LEAVE_MS * MILLISECOND_NS)
    else:
        supervisor_event(kx, EVENT_WAITER_GONE)


cdef void action_expire(supervisor_t *kx) noexcept nogil:
    """The birth timeout is over: the waiter may say what it last saw."""
    birth_report_missing(kx)
    kx.birth.restart_ns = NEVER_NS
    if kx.birth.pid > 0:
        birth_signal_waiter(&kx.birth, kernel.SIGTERM)
        action_arm(kx, WAITER_LEAVE_MS * MILLISECOND_NS)
    else:
        birth_time_out(kx)


cdef void action_fail(supervisor_t *kx) noexcept nogil:
    """The birth failed: its code is ours."""
    cdef const char *why = b"the readiness waiter failed"
    if kx.birth.failure == EXIT_UNAVAILABLE:
        why = b"birth dependencies were not ready in time, or can never be"
    elif kx.birth.failure == EXIT_SETTINGS:
        why = b"birth dependencies cannot be as they are set"
    elif kx.birth.failure == EXIT_REFUSED:
        why = b"the Kubernetes API refused to tell about readiness"
    kernel.snprintf(kx.reason, REASON_BYTES, b"%s: %.300s", why, kx.settings.value[SETTING_BIRTH_DEPS])
    log_error(&kx.log, b"%s: the command is not started", kx.reason)
    kx.life.exit_code = kx.birth.failure
    action_bury(kx)


cdef void action_start(supervisor_t *kx) noexcept nogil:
    """Birth: start the command, then carve it."""
    cdef int error
    kx.deadline_ns = NEVER_NS
    kx.birth.restart_ns = NEVER_NS
    action_forget_births(kx)
    ready_prepare(&kx.ready, &kx.settings.ready, &kx.command, &kx.log)
    error = -command_start(&kx.command, &kx.signals)
    if error != 0:
        action_explain_exec(kx, error)
        supervisor_event(kx, EVENT_COMMAND_ENDED)
        return
    kx.life.born_ns = clock_wall_ns()
    ready_arm(&kx.ready, clock_monotonic_ns())
    action_carve_life(kx)
    log_info(&kx.log, b"command started, pid %d", kx.command.pid)
    if kx.log.level == LOG_DEBUG:
        action_log_arguments(kx)


cdef void action_log_arguments(supervisor_t *kx) noexcept nogil:
    """The command's arguments, at debug only: they may hold secrets."""
    cdef int index = 0
    while kx.command.argv[index] != NULL:
        log_debug(&kx.log, b"argument %d: %s", index, kx.command.argv[index])
        index += 1


cdef void action_forget_births(supervisor_t *kx) noexcept nogil:
    """Dependencies that only the birth needed are no more of interest; nor, perhaps, is the graveyard."""
    cdef int index
    cdef dependency_t *dep
    for index in range(kx.settings.deps.count):
        dep = &kx.settings.deps.list[index]
        if dep.ends_us == 0 and dep.alive >= 0:
            kernel.close(dep.alive)
            dep.alive = -1
    if not dependencies_watched(&kx.settings.deps, kx.settings.birth_source, True):
        graveyard_unwatch(&kx.graveyard)
        kx.poll_at_ns = NEVER_NS


cdef void action_explain_exec(supervisor_t *kx, int error) noexcept nogil:
    """Why the command could not be executed, and the code for it."""
    cdef const char *name = kx.command.argv[0]
    cdef const char *why = kernel.strerror(error)
    kx.command_code = exitcode_of_exec(error) if kx.command.error != 0 else EXIT_INTERNAL
    if error == kernel.ENOENT and kernel.strchr(name, c'/') != NULL and kernel.access(name, kernel.F_OK) == 0:
        why = b"its interpreter or dynamic loader is not in this image"
    elif error == kernel.ENOENT and kernel.strchr(name, c'/') == NULL:
        why = b"not found in PATH"
    elif error == kernel.ENOEXEC:
        why = b"not a program for this machine, and no #! line either"
    kernel.snprintf(kx.reason, REASON_BYTES, b"cannot execute %.300s: %s", name, why)
    log_error(&kx.log, b"%s", kx.reason)


cdef void action_carve_life(supervisor_t *kx) noexcept nogil:
    """Carve the birth, or that we are ready: a failure is no reason to end a healthy command."""
    cdef int error
    if kx.outside:
        return
    if kx.graveyard.folder < 0:
        graveyard_open(&kx.graveyard, False)
    error = -graveyard_carve(&kx.graveyard, kx.settings.name, &kx.life)
    if error != 0:
        log_warn(&kx.log, b"tombstone %s/%s cannot be written: %s", kx.settings.graveyard, kx.settings.name,
                 kernel.strerror(error))


cdef void action_carve_ready(supervisor_t *kx) noexcept nogil:
    """Our command is ready: tell the peers that wait for it."""
    ready_end(&kx.ready)
    kx.life.ready_ns = clock_wall_ns()
    log_info(&kx.log, b"command is ready")
    action_carve_life(kx)


cdef void action_explain_death(supervisor_t *kx) noexcept nogil:
    """The reason, in words: which dependency died, and how."""
    cdef char state[64]
    dependency_describe(&kx.settings.deps.list[kx.dead], state, sizeof(state))
    kernel.snprintf(kx.reason, REASON_BYTES, b"dependency %s %s", kx.settings.deps.list[kx.dead].name, state)


cdef void action_forward(supervisor_t *kx) noexcept nogil:
    """Pass the signal on, unless the terminal has done so."""
    cdef char signal[16]
    signal_label(signal, sizeof(signal), <int>kx.signal.ssi_signo)
    if signal_reached_command(&kx.signal, kx.command.own_group):
        log_debug(&kx.log, b"%s from the terminal, which the command has too", signal)
        return
    command_signal(&kx.command, <int>kx.signal.ssi_signo)
    log_debug(&kx.log, b"%s from pid %u, uid %u: forwarded", signal, kx.signal.ssi_pid, kx.signal.ssi_uid)


cdef void action_delay(supervisor_t *kx) noexcept nogil:
    """A dependency died: the stop delay begins."""
    action_explain_death(kx)
    if kx.settings.stop_delay_ns > 0:
        log_info(&kx.log, b"%s; stopping the command in %s", kx.reason, kx.settings.value[SETTING_STOP_DELAY])
    action_arm(kx, kx.settings.stop_delay_ns)
    if kx.settings.stop_delay_ns == 0:
        supervisor_event(kx, EVENT_TIME_UP)


cdef void action_stop(supervisor_t *kx) noexcept nogil:
    """Send the stop signal; the grace period begins."""
    cdef char signal[16]
    command_signal(&kx.command, kx.settings.stop_signal)
    kx.stopped_by_us = True
    action_arm_grace(kx)
    signal_label(signal, sizeof(signal), kx.settings.stop_signal)
    log_info(&kx.log, b"%s: %s sent to the command, KILL in %s", kx.reason, signal,
             kx.settings.value[SETTING_GRACE_PERIOD])


cdef void action_kill(supervisor_t *kx) noexcept nogil:
    """The grace period is over."""
    command_kill(&kx.command)
    kx.life.killed = True
    kx.deadline_ns = NEVER_NS
    log_warn(&kx.log, b"grace period of %s is over: KILL sent to the command",
             kx.settings.value[SETTING_GRACE_PERIOD])


cdef void action_drain(supervisor_t *kx) noexcept nogil:
    """The command has ended: settle its code, then see to what it left behind."""
    cdef long long left_ns = kx.kill_at_ns
    ready_end(&kx.ready)
    command_leave_terminal(&kx.command)
    kx.life.died_ns = clock_wall_ns()
    action_settle_code(kx)
    if kx.command.started and not kx.stopped_by_us and not kx.life.killed:
        kx.reason[0] = 0        # it ended by itself, whatever was about to happen
    if kx.settings.orphan_grace_ns == 0 or action_drain_signal(kx, kernel.SIGTERM) == 0:
        supervisor_event(kx, EVENT_ALONE)
    else:
        action_arm(kx, kx.settings.orphan_grace_ns)
        if left_ns < kx.deadline_ns:
            kx.deadline_ns = left_ns    # it counts into the grace period
    if kx.command.started:
        # After the tombstone, when nothing is left behind: peers wait for that, not for this.
        log_info(&kx.log, b"command ended with exit code %d", kx.command_code)


cdef void action_settle_code(supervisor_t *kx) noexcept nogil:
    """The code that kubexit returns: the command's own, or what the setting says after our stop."""
    cdef int code = kx.settings.code_on_stop
    kx.life.exit_code = kx.command_code
    if kx.command.started:
        kx.life.command_code = kx.command_code
    if not kx.stopped_by_us or code == CODE_KEEP:
        return
    if code == CODE_DEPENDENCY:
        code = kx.settings.deps.list[kx.dead].exit_code
    kx.life.exit_code = code & 0xff


cdef int action_drain_signal(supervisor_t *kx, int signal) noexcept nogil:
    """Signal every descendant; how many there are, as far as that can be known."""
    cdef int count = drain_signal(signal)
    if count < 0:
        log_warn(&kx.log, b"/proc cannot be read: %s; left-over processes are not all found", kernel.strerror(-count))
        # PID 1 of a namespace has nobody in sight but its descendants.
        count = 1 if kernel.getpid() == 1 and kernel.kill(-1, signal) == 0 else 0
    return count


cdef void action_bury(supervisor_t *kx) noexcept nogil:
    """Carve the death, then let go of the graveyard: peers that see us gone find it carved."""
    cdef int error
    if kx.life.died_ns == ABSENT:
        kx.life.died_ns = clock_wall_ns()
    if kx.reason[0] != 0:
        kx.life.reason = kx.reason
        notice_write(kx.reason)
    if kx.outside:
        return
    error = -action_carve_death(kx)
    if error == 0:
        liveness_lower(&kx.graveyard, kx.settings.name)
    else:
        # The FIFO stays: peers will see a crash, which is nearer to the truth than life.
        log_error(&kx.log, b"tombstone %s/%s cannot be written: %s; the exit code stays %d", kx.settings.graveyard,
                  kx.settings.name, kernel.strerror(error), kx.life.exit_code)


cdef int action_carve_death(supervisor_t *kx) noexcept nogil:
    """Carve it into the folder that the path leads to now, for up to a second; 0 or -errno."""
    cdef kernel.timespec pause
    cdef int tries = 0
    cdef int result
    pause.tv_sec = 0
    pause.tv_nsec = CARVE_RETRY_MS * MILLISECOND_NS
    while True:
        result = graveyard_open(&kx.graveyard, True)
        if result >= 0:
            result = graveyard_carve(&kx.graveyard, kx.settings.name, &kx.life)
        tries += 1
        if result == -kernel.ENOSPC or result == -kernel.EDQUOT:
            # The draft needs room beside the birth that it replaces. All that is on
            # that we know, and a tombstone that goes is no death.
            graveyard_remove(&kx.graveyard, kx.settings.name)
        if result == 0 or tries > CARVE_RETRIES or not is_passing(-result):
            return result
        kernel.nanosleep(&pause, NULL)


cdef bint is_passing(int error) noexcept nogil:
    """Whether a failure to write may be over in a moment."""
    return error == kernel.ENOSPC or error == kernel.EDQUOT or error == kernel.EIO or error == kernel.ENOENT \
        or error == kernel.ENFILE or error == kernel.EMFILE or error == kernel.ENOMEM or error == kernel.EAGAIN \
        or error == kernel.EEXIST
