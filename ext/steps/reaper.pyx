"""The reaper: collects every child that has ended and knows which one it was."""
cimport kernel


cdef void reaper_collect(supervisor_t *kx) noexcept nogil:
    """Collect all there are: one CHLD may stand for a thousand of them (signal(7)).

    WUNTRACED only where a terminal's job control can stop the command and we are
    a job of somebody's shell.
    """
    cdef int status
    cdef kernel.pid_t pid
    while True:
        pid = kernel.waitpid(-1, &status, kernel.WNOHANG | (kernel.WUNTRACED if kx.job_control else 0))
        if pid <= 0:
            kx.alone = pid < 0      # ECHILD: no child is left, nor any descendant
            return
        if kernel.WIFSTOPPED(status):
            if pid == kx.command.pid:
                reaper_follow_stop(kx, kernel.WSTOPSIG(status))
        elif pid == kx.command.pid:
            kx.command.pid = 0
            kx.command_code = exitcode_of_status(status)
            supervisor_event(kx, EVENT_COMMAND_ENDED)
        elif pid == kx.birth.pid:
            birth_take_verdict(kx, status)
        elif pid == kx.birth.probe_pid:
            birth_take_answer(kx, status)
        elif pid == kx.ready.pid:
            ready_process_ended(kx, status)
        elif quit_collected(kx, pid, status):
            pass
        else:
            log_debug(&kx.log, b"collected orphan %d", pid)
        if kx.phase == PHASE_END:
            return          # the rest is PID 1's, if that is not us


cdef void reaper_follow_stop(supervisor_t *kx, int signal) noexcept nogil:
    """The terminal stopped the command: stop too, so that the shell we are a job of goes on.

    STOP cannot be blocked; we go on here after a CONT, which is pending then and
    is passed on like any other.
    """
    if signal == kernel.SIGTSTP or signal == kernel.SIGTTIN or signal == kernel.SIGTTOU:
        if kx.command.terminal:
            kernel.tcsetpgrp(0, kernel.getpgrp())
        kernel.kill(kernel.getpid(), kernel.SIGSTOP)
        # Brought back to the foreground, not only continued (bg).
        if kx.command.terminal and kernel.tcgetpgrp(0) == kernel.getpgrp():
            kernel.tcsetpgrp(0, kx.command.pid)
