"""Signal origin: where a signal came from, if the kernel reports it (sigaction(2), signalfd(2))."""
from libc.stddef cimport size_t
cimport cstd
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


cdef bint signal_is_echo(signals_t *signals, const kernel.signalfd_siginfo *signal, int sent,
                         int stop_signal) noexcept nogil:
    """Return whether the command sends us a signal to end that we gave back to it once before; it gets it as `sent`.
    With `trap 'kill 0' TERM` or `trap 'kill $PPID' TERM` that would never end."""
    cdef unsigned long long bit = <unsigned long long>1 << (signal.ssi_signo - 1)
    if not signal_ends(<int>signal.ssi_signo, stop_signal) and not signal_ends(sent, stop_signal):
        return False
    if signals.echoed & bit:
        return True
    signals.echoed |= bit
    return False


cdef bint signal_ends(int number, int stop_signal) noexcept nogil:
    """Return whether a signal asks a program to end."""
    return number == kernel.SIGTERM or number == kernel.SIGINT or number == kernel.SIGQUIT or \
        number == kernel.SIGHUP or number == stop_signal


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


cdef void signal_describe(const kernel.signalfd_siginfo *signal, char *target, size_t size) noexcept nogil:
    """Describe a signal by its name and its sender: "SIGTERM from outside the pod", "SIGINT from pid 7, uid 0"."""
    cdef char name[16]
    signal_label(name, sizeof(name), <int>signal.ssi_signo)
    if signal_is_from_outside(signal):
        cstd.snprintf(target, size, b"%s from outside the pod", name)
    elif signal.ssi_code == kernel.SI_KERNEL:
        cstd.snprintf(target, size, b"%s from the %s", name,
                      b"terminal" if signal_is_of_terminal(signal) else b"kernel")
    else:
        cstd.snprintf(target, size, b"%s from pid %u, uid %u", name, signal.ssi_pid, signal.ssi_uid)
