"""Command signals: to the command or to its group. A signal counts as sent only if the command itself got it."""
cimport cstd
cimport kernel


cdef int command_signal(const command_t *command, int signal) noexcept nogil:
    """Send a signal to the command, or to its group. Return 0; -errno if the command itself did not get it.

    EPERM: it became another user, and we lack CAP_KILL. For a group, kill(2) reports
    success if one process of it could be signalled, so ask for the command alone; and if
    it has left its group, it gets its own. Its pid cannot belong to another process: only
    we collect it, and not before the last signal is decided.
    """
    if command.pid <= 0:
        return -cstd.ESRCH
    if command.own_group and kernel.kill(-command.pid, signal) == 0 and \
            kernel.getpgid(command.pid) == command.pid:
        signal = 0
    return 0 if kernel.kill(command.pid, signal) == 0 else -cstd.errno


cdef int command_gets(const settings_t *settings, int signal) noexcept nogil:
    """Return the signal that the command gets in place of one from outside (KUBEXIT_SIGNAL_MAP); -1 if it gets none."""
    cdef int sent = settings.signal_map.sent[signal]
    return sent if sent != 0 else signal


cdef bint command_is_asked_by(const settings_t *settings, int signal) noexcept nogil:
    """Return whether a signal from outside is a request to stop: it is SIGTERM or KUBEXIT_STOP_SIGNAL, or the command
    gets it as one of these."""
    cdef int sent = command_gets(settings, signal)
    return signal == kernel.SIGTERM or signal == settings.stop_signal or sent == kernel.SIGTERM or \
        sent == settings.stop_signal


cdef int command_forward(const command_t *command, const kernel.signalfd_siginfo *signal, int number) noexcept nogil:
    """Forward a signal as it came, but with this number: with its value, if sigqueue(3) gave it one. Return 0; -errno
    on failure.

    Only one process can be sent a value (rt_sigqueueinfo(2)): to a group it goes without.
    """
    cdef kernel.siginfo_t info
    if signal.ssi_code == kernel.SI_QUEUE and not command.own_group and command.pid > 0:
        cstd.memset(&info, 0, sizeof(info))
        info.si_signo = number
        info.si_code = signal.ssi_code
        info.si_pid = <kernel.pid_t>signal.ssi_pid
        info.si_uid = signal.ssi_uid
        info.si_ptr = <void *>signal.ssi_ptr
        if kernel.syscall(kernel.SYS_rt_sigqueueinfo, command.pid, info.si_signo, &info) == 0:
            return 0
    return command_signal(command, number)      # the queue is full, or a sandbox refused the call


cdef int command_kill(const command_t *command) noexcept nogil:
    """Send SIGKILL to the command, even if it has left its group. Return 0; -errno if it did not get it."""
    if command.pid <= 0:
        return -cstd.ESRCH
    if command.own_group:
        kernel.kill(-command.pid, kernel.SIGKILL)
    return 0 if kernel.kill(command.pid, kernel.SIGKILL) == 0 else -cstd.errno


cdef void command_continue(command_t *command) noexcept nogil:
    """Send SIGCONT to a stopped command: until it runs it cannot react to a signal to end.

    Only to a stopped one, since programs may handle SIGCONT. Its state is peeked at,
    unless the reaper collected it already (WUNTRACED).
    """
    cdef kernel.siginfo_t state
    cstd.memset(&state, 0, sizeof(state))
    if command.stopped or (command.pid > 0 and kernel.waitid(
            kernel.P_PID, command.pid, &state, kernel.WSTOPPED | kernel.WNOHANG | kernel.WNOWAIT) == 0
            and state.si_pid != 0):
        command_signal(command, kernel.SIGCONT)
        command.stopped = False


cdef void command_let_run() noexcept nogil:
    """Let the command run first if it waits for our processor: it can react while we write our line about its signal.
    Nothing depends on it (sched_yield(2))."""
    kernel.sched_yield()


cdef void command_begin_grace(supervisor_t *sv) noexcept nogil:
    """Begin the grace period, after the command's signal to end."""
    phase_arm_grace(sv)
    command_continue(&sv.command)


cdef void command_note_asked(supervisor_t *sv, int signal, int result) noexcept nogil:
    """A request to stop was forwarded: let it count, so that a death sends no second one.

    Without a limit; but SIGQUIT, which may be a request for a thread dump, for one grace
    period. If the command did not get it, it does not count.
    """
    sv.deadline_ns = NEVER_NS
    if result < 0:
        event_post(sv, EVENT_SIGNAL_REFUSED, 0)
        return
    command_continue(&sv.command)
    if signal == kernel.SIGQUIT and not command_is_asked_by(&sv.settings, signal):
        phase_arm(sv, sv.settings.grace_ns)


cdef void command_note_request(supervisor_t *sv, const kernel.signalfd_siginfo *signal, int result) noexcept nogil:
    """Remember a signal from outside that the command got: it may be why the command ends. For a request to stop,
    KUBEXIT_EXIT_CODE_ON_TERM applies."""
    cdef int number = <int>signal.ssi_signo
    if result != 0 or signal.ssi_pid == <unsigned int>sv.command.pid:
        return
    if command_is_asked_by(&sv.settings, number) or (number == kernel.SIGQUIT and signal_is_from_outside(signal)):
        sv.asked_to_stop = True
        sv.asked = signal[0]
        sv.asked_at_ns = clock_monotonic_ns()
    else:
        sv.forwarded = signal[0]


cdef bint command_shares_group(const command_t *command) noexcept nogil:
    """Return whether the command is in our process group, so that a terminal's keys reach both of us."""
    return command.pid > 0 and kernel.getpgid(command.pid) == kernel.getpgrp()


cdef void command_report_refused(supervisor_t *sv, const char *signal, int result) noexcept nogil:
    """Log that the command did not get a signal."""
    if result < 0 and result != -cstd.ESRCH:
        log_warn(&sv.log, b"%s cannot be sent to the command: %s%s", signal, cstd.strerror(-result),
                 command_hint(result))


cdef const char *command_hint(int result) noexcept nogil:
    """Return what helps against a refused signal, in words that follow the error."""
    return b"; kubexit needs CAP_KILL to signal another user" if result == -cstd.EPERM else b""
