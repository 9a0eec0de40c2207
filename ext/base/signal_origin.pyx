"""Signal origin: where a signal came from, if the kernel reports it (sigaction(2), signalfd(2))."""
cimport kernel


cdef bint signal_is_noise(const signals_t *signals, const kernel.signalfd_siginfo *signal) noexcept nogil:
    """Return whether we caused it ourselves, for example SIGPIPE by writing to a closed stderr."""
    return signal.ssi_signo == kernel.SIGCHLD or signal.ssi_pid == <unsigned int>signals.pid


cdef bint signal_is_from_outside(const kernel.signalfd_siginfo *signal) noexcept nogil:
    """Return whether a process outside of our PID namespace sent it, as a container runtime does.

    The kernel's signals have no sender either: without their code, the resize of a
    terminal would look like a stop signal of the runtime.
    """
    return signal.ssi_pid == 0 and signal.ssi_code != kernel.SI_KERNEL


cdef bint signal_ends_wait(const kernel.signalfd_siginfo *signal) noexcept nogil:
    """Return whether a signal from outside can only be the image's STOPSIGNAL, given that no command runs.

    Not the signals that a process ignores by default or is stopped by (signal(7)): no
    runtime ends a container by them. SIGWINCH is one of those, but is the STOPSIGNAL of httpd.
    """
    cdef unsigned int number = signal.ssi_signo
    return signal_is_from_outside(signal) and number != kernel.SIGCHLD and number != kernel.SIGCONT and \
        number != kernel.SIGURG and number != kernel.SIGSTOP and number != kernel.SIGTSTP and \
        number != kernel.SIGTTIN and number != kernel.SIGTTOU


cdef bint signal_is_echo(signals_t *signals, const kernel.signalfd_siginfo *signal, int stop_signal) noexcept nogil:
    """Return whether the command sends us a signal to end that we gave back to it once before.
    With `trap 'kill 0' TERM` or `trap 'kill $PPID' TERM` that would never end."""
    cdef unsigned long long bit = <unsigned long long>1 << (signal.ssi_signo - 1)
    if signal.ssi_signo != kernel.SIGTERM and signal.ssi_signo != kernel.SIGINT and \
            signal.ssi_signo != kernel.SIGQUIT and signal.ssi_signo != kernel.SIGHUP and \
            signal.ssi_signo != <unsigned int>stop_signal:
        return False
    if signals.echoed & bit:
        return True
    signals.echoed |= bit
    return False


cdef bint signal_is_of_terminal(const kernel.signalfd_siginfo *signal) noexcept nogil:
    """Return whether a terminal sent it to the foreground group: the command has it too if it is in our group.

    A hangup is the exception: the kernel sends SIGHUP and SIGCONT to the session leader
    alone (setsid(2), tty_ioctl(4)), and that is us when we lead it. What else comes from the
    kernel is for one process, for example the SIGALRM of an alarm(2) that was set before our exec.
    """
    cdef unsigned int number = signal.ssi_signo
    if signal.ssi_code != kernel.SI_KERNEL:
        return False
    if number == kernel.SIGHUP or number == kernel.SIGCONT:
        return kernel.getsid(0) != kernel.getpid()
    return number == kernel.SIGINT or number == kernel.SIGQUIT or number == kernel.SIGWINCH or \
        number == kernel.SIGTSTP or number == kernel.SIGTTIN or number == kernel.SIGTTOU
