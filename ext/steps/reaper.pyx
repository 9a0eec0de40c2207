"""The reaper: collects a child that has ended and knows which one it was."""
cimport kernel


cdef bint reaper_collect(supervisor_t *kx) noexcept nogil:
    """Collect one child; False if none has ended. One CHLD may stand for a thousand of them (signal(7)).

    One at a time, so that the loop decides on its end before the next is collected: a
    probe that an action kills is then known to be one that we ended.
    WUNTRACED only where a terminal's job control can stop the command and we are
    a job of somebody's shell.
    """
    cdef int status
    cdef kernel.pid_t pid = kernel.waitpid(-1, &status, kernel.WNOHANG | (kernel.WUNTRACED if kx.job_control else 0))
    if pid <= 0:
        kx.no_children = pid < 0      # ECHILD: no child is left, nor any descendant
        return False
    if kernel.WIFSTOPPED(status):
        if pid == kx.command.pid:
            reaper_follow_stop(kx, kernel.WSTOPSIG(status))
    elif pid == kx.command.pid:
        kx.command.pid = 0
        kx.command_code = exitcode_of_status(status)
        event_post(kx, EVENT_COMMAND_ENDED, 0)
    elif pid == kx.birth.waiter_pid:
        birth_take_verdict(kx, status)
    elif pid == kx.birth.probe_pid:
        birth_take_answer(kx, status)
    elif pid == kx.readiness.pid:
        readiness_child_ended(kx, status)
    elif not quit_collected(kx, pid, status):
        log_debug(&kx.log, b"collected orphan %d", pid)
    return True


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
