"""Job control: the terminal on stdin, and whose foreground job we are."""
cimport kernel


cdef int job_control_find(const supervisor_t *sv) noexcept nogil:
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
