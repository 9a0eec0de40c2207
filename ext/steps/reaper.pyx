"""Reaper: collects a child that has ended, and posts what its end means."""
cimport cstd
cimport kernel


cdef bint reaper_collect(supervisor_t *sv) noexcept nogil:
    """Collect one child; False if none has ended. One SIGCHLD can mean many of them (signal(7)).

    The loop decides on one end before we collect the next, so that the queue of events stays
    short. WUNTRACED is for a terminal's job control, which can stop the command if we are a
    job of a shell.
    """
    cdef int status
    cdef kernel.pid_t pid = kernel.waitpid(-1, &status, kernel.WNOHANG | (kernel.WUNTRACED if sv.job_control else 0))
    if pid <= 0:
        sv.no_children = pid < 0      # ECHILD: no child is left, nor any descendant
        return False
    if cstd.WIFSTOPPED(status):
        if pid == sv.command.pid:
            reaper_follow_stop(sv, cstd.WSTOPSIG(status))
    elif pid == sv.command.pid:
        sv.command.pid = 0
        sv.command_code = exitcode_of_status(status)
        event_post(sv, EVENT_COMMAND_ENDED, 0)
    elif pid == sv.birth.waiter_pid:
        birth_take_verdict(sv, status)
    elif pid == sv.birth.probe_pid:
        birth_take_answer(sv, status)
    elif pid == sv.readiness.pid:
        readiness_child_ended(sv, status)
    elif not quit_collected(sv, pid, status):
        log_debug(&sv.log, b"collected orphan %d", pid)
    return True


cdef void reaper_follow_stop(supervisor_t *sv, int signal) noexcept nogil:
    """Stop too, because the terminal stopped the command: the shell whose job we are then continues.

    SIGSTOP cannot be blocked. We continue here after a SIGCONT, which is pending then
    and is forwarded like any other.
    """
    if signal == kernel.SIGTSTP or signal == kernel.SIGTTIN or signal == kernel.SIGTTOU:
        if sv.command.terminal:
            kernel.tcsetpgrp(0, kernel.getpgrp())
        kernel.kill(kernel.getpid(), kernel.SIGSTOP)
        # Brought back to the foreground, not only continued (bg).
        if sv.command.terminal and kernel.tcgetpgrp(0) == kernel.getpgrp():
            kernel.tcsetpgrp(0, sv.command.pid)
