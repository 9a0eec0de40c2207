"""Verdict: the waiter announces that all are ready, and its end is not waited for before the command starts.

Freeing its memory takes as long as starting the command. The two run side by side; before the birth is
written, the waiter is collected.
"""
cimport kernel

cdef enum:
    VERDICT_PAUSE_US = 100      # between two looks whether it has ended
    VERDICT_LOOKS = 5000        # before SIGKILL, then as many again


cdef bint waiter_says_ready(const birth_t *birth, const kernel.signalfd_siginfo *signal) noexcept nogil:
    """Return whether this SIGCHLD is a message of the waiter: it sends one itself when all are ready, then exits.

    The kernel fills in code and pid; no other process can send a signal in its name (rt_sigqueueinfo(2)).
    """
    return signal.ssi_code == kernel.SI_USER and birth.waiter_pid > 0 and \
        signal.ssi_pid == <unsigned int>birth.waiter_pid


cdef void waiter_collect(birth_t *birth) noexcept nogil:
    """Collect a waiter that logs its verdict and exits. SIGKILL is for one that was stopped meanwhile; what cannot
    end even then, the event loop collects later."""
    cdef kernel.timespec pause
    cdef int looks = 0
    if birth.waiter_pid <= 0:
        return
    pause.tv_sec = 0
    pause.tv_nsec = VERDICT_PAUSE_US * 1000
    while kernel.waitpid(birth.waiter_pid, NULL, kernel.WNOHANG) == 0:
        looks += 1
        if looks == VERDICT_LOOKS:
            kernel.kill(birth.waiter_pid, kernel.SIGKILL)
        if looks == 2 * VERDICT_LOOKS:
            return
        kernel.ppoll(NULL, 0, &pause, NULL)
    birth.waiter_pid = 0
    waiter_close_words(birth)
