"""Reaper: collects a child that has ended, and posts what its end means."""
cimport cstd
cimport kernel


cdef bint reaper_collect(supervisor_t *sv) noexcept nogil:
    """Collect one child; False if none has ended. One SIGCHLD can mean many of them (signal(7)).

    The loop decides on one end before we collect the next, so that the queue of events stays
    short. Stops and continuations matter only if a terminal can stop the command.
    """
    cdef int status
    cdef int stops = kernel.WUNTRACED | kernel.WCONTINUED if sv.job_control != JOB_NONE else 0
    cdef kernel.pid_t pid = kernel.waitpid(-1, &status, kernel.WNOHANG | stops)
    if pid <= 0:
        # ECHILD: no child is left, nor any descendant. Other errors say nothing.
        sv.no_children = pid < 0 and cstd.errno == cstd.ECHILD
        sv.wait_error = cstd.errno if pid < 0 and (sv.command.pid > 0 or not sv.no_children) else 0
        return False
    if cstd.WIFCONTINUED(status):
        if pid == sv.command.pid:
            sv.command.stopped = False
    elif cstd.WIFSTOPPED(status):
        if pid == sv.command.pid:
            reaper_follow_stop(sv, cstd.WSTOPSIG(status))
    elif pid == sv.command.pid:
        sv.command.pid = 0
        sv.command_code = exitcode_of_status(status)
        event_post(sv, EVENT_COMMAND_ENDED, 0)
    elif pid == sv.birth.waiter_pid:
        birth_take_verdict(sv, status)
    elif pid == sv.watcher.pid:
        watching_ended(sv, status)
    elif pid == sv.birth.probe_pid:
        birth_take_answer(sv, status)
    elif pid == sv.readiness.pid:
        readiness_child_ended(sv, status)
    elif not quit_collected(sv, pid, status):
        log_debug(&sv.log, b"reaped orphan %d", pid)
    return True


cdef void reaper_follow_stop(supervisor_t *sv, int signal) noexcept nogil:
    """The command was stopped. If the terminal did that, stop too, or undo it where no shell can."""
    sv.command.stopped = True
    if signal != kernel.SIGTSTP and signal != kernel.SIGTTIN and signal != kernel.SIGTTOU:
        return
    if sv.job_control == JOB_OF_SHELL:
        reaper_stop_too(sv)
    elif signal == kernel.SIGTSTP or reaper_give_terminal(sv):
        command_signal(&sv.command, kernel.SIGCONT)
        sv.command.stopped = False


cdef void reaper_stop_too(supervisor_t *sv) noexcept nogil:
    """Stop, so that the shell that we are a job of shows its prompt.

    SIGSTOP cannot be blocked; we continue here after a SIGCONT, which is pending then and
    is forwarded like any other.
    """
    if sv.command.terminal:
        kernel.tcsetpgrp(0, kernel.getpgrp())
    kernel.kill(kernel.getpid(), kernel.SIGSTOP)
    # Brought back to the foreground, not only continued (bg).
    if sv.command.terminal and kernel.tcgetpgrp(0) == kernel.getpgrp():
        kernel.tcsetpgrp(0, sv.command.pid)


cdef bint reaper_give_terminal(supervisor_t *sv) noexcept nogil:
    """Make the command's group the foreground of the terminal, which it tried to use; False if that
    is refused: then it would only be stopped again."""
    sv.command.terminal = kernel.tcsetpgrp(0, kernel.getpgid(sv.command.pid)) == 0
    return sv.command.terminal
