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


cdef int command_forward(const command_t *command, const kernel.signalfd_siginfo *signal) noexcept nogil:
    """Forward a signal as it came: with its value, if sigqueue(3) gave it one. Return 0; -errno on failure.

    Only one process can be sent a value (rt_sigqueueinfo(2)): to a group it goes without.
    """
    cdef kernel.siginfo_t info
    if signal.ssi_code == kernel.SI_QUEUE and not command.own_group and command.pid > 0:
        cstd.memset(&info, 0, sizeof(info))
        info.si_signo = <int>signal.ssi_signo
        info.si_code = signal.ssi_code
        info.si_pid = <kernel.pid_t>signal.ssi_pid
        info.si_uid = signal.ssi_uid
        info.si_ptr = <void *>signal.ssi_ptr
        if kernel.syscall(kernel.SYS_rt_sigqueueinfo, command.pid, info.si_signo, &info) == 0:
            return 0
    return command_signal(command, <int>signal.ssi_signo)   # the queue is full, or a sandbox refused the call


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
    if signal == kernel.SIGQUIT and signal != sv.settings.stop_signal:
        phase_arm(sv, sv.settings.grace_ns)


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
