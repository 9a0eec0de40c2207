"""Signals: blocked before anything else, read as data, given back to children.

No handler is ever installed. All 64 signals stay blocked from the first
instruction to the last, so none can be lost or interrupt a system call; they are
read from a signalfd. The masks are raw 64-bit sets, because the C libraries keep
two or three real-time signals out of their sets, and such a signal would end us.
"""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef enum:
    SIGNAL_FIRST_REALTIME = 34   # what users call RTMIN (signal(7)): libc keeps 32 and 33
    SIGNAL_LAST = 64

cdef extern from *:
    """
    #include <signal.h>
    typedef struct { int number; char name[8]; } signal_name_t; /* no pointer: one page less is used */
    static const signal_name_t SIGNAL_NAMES[] = {
        {SIGTERM, "TERM"}, {SIGINT, "INT"}, {SIGQUIT, "QUIT"}, {SIGHUP, "HUP"},
        {SIGKILL, "KILL"}, {SIGUSR1, "USR1"}, {SIGUSR2, "USR2"}, {SIGWINCH, "WINCH"},
        {SIGILL, "ILL"}, {SIGTRAP, "TRAP"}, {SIGABRT, "ABRT"}, {SIGABRT, "IOT"},
        {SIGBUS, "BUS"}, {SIGFPE, "FPE"}, {SIGSEGV, "SEGV"}, {SIGPIPE, "PIPE"},
        {SIGALRM, "ALRM"}, {SIGSTKFLT, "STKFLT"}, {SIGCHLD, "CHLD"}, {SIGCONT, "CONT"},
        {SIGSTOP, "STOP"}, {SIGTSTP, "TSTP"}, {SIGTTIN, "TTIN"}, {SIGTTOU, "TTOU"},
        {SIGURG, "URG"}, {SIGXCPU, "XCPU"}, {SIGXFSZ, "XFSZ"}, {SIGVTALRM, "VTALRM"},
        {SIGPROF, "PROF"}, {SIGIO, "IO"}, {SIGIO, "POLL"}, {SIGPWR, "PWR"}, {SIGSYS, "SYS"},
        {0, ""}
    };
    """
    ctypedef struct signal_name_t:
        int number
        const char name[8]
    const signal_name_t *SIGNAL_NAMES

ctypedef struct signals_t:
    int descriptor              # the signalfd, -1: none
    int error                   # why signals could not be blocked, 0: they are
    kernel.pid_t pid            # our own
    unsigned long long echoed   # signals from the command that it was given back
    unsigned long long on_entry  # the mask that came in
    kernel.sigaction_s child_on_entry   # how SIGCHLD was disposed


cdef void signals_block(signals_t *signals) noexcept nogil:
    """Block everything; the first act of kubexit, so that no SIGTERM is lost."""
    cdef unsigned long long every = ~<unsigned long long>0
    signals.descriptor = -1
    signals.error = 0
    if kernel.syscall(kernel.SYS_rt_sigprocmask, kernel.SIG_SETMASK, &every, &signals.on_entry, 8) < 0:
        signals.error = cstd.errno


cdef int signals_open(signals_t *signals) noexcept nogil:
    """Make the descriptor that signals are read from; 0 or -errno. Signals that are not blocked cannot be read."""
    cdef kernel.sigaction_s standard
    cdef unsigned long long every = ~<unsigned long long>0
    signals.pid = kernel.getpid()
    signals.echoed = 0
    if signals.error != 0:
        return -signals.error
    # An ignored SIGCHLD (inherited from a parent that ignores it) would make the
    # kernel reap the command itself, and waiting for its status never end.
    cstd.memset(&standard, 0, sizeof(standard))
    standard.sa_handler = kernel.SIG_DFL
    kernel.sigaction(kernel.SIGCHLD, &standard, &signals.child_on_entry)
    # Not blocking: a SIGSTOP discards a pending SIGCONT between the poll that saw it and the read (signal(7)).
    signals.descriptor = <int>kernel.syscall(kernel.SYS_signalfd4, -1, &every, 8,
                                             kernel.SFD_CLOEXEC | kernel.SFD_NONBLOCK)
    return 0 if signals.descriptor >= 0 else -cstd.errno


cdef void signals_restore(signals_t *signals) noexcept nogil:
    """In a child: SIGCHLD as it came in, nothing blocked."""
    cdef unsigned long long none = 0
    if signals.child_on_entry.sa_handler == kernel.SIG_IGN:
        kernel.sigaction(kernel.SIGCHLD, &signals.child_on_entry, NULL)
    kernel.syscall(kernel.SYS_rt_sigprocmask, kernel.SIG_SETMASK, &none, NULL, 8)


cdef void signals_release(signals_t *signals) noexcept nogil:
    """Give the mask that came in back: kubexit is about to become the command."""
    kernel.syscall(kernel.SYS_rt_sigprocmask, kernel.SIG_SETMASK, &signals.on_entry, NULL, 8)


cdef int signals_read(signals_t *signals, kernel.signalfd_siginfo *taken, int most) noexcept nogil:
    """Read the signals that have arrived, in the kernel's order; return their count."""
    cdef kernel.ssize_t size = kernel.read(signals.descriptor, taken,
                                           <size_t>most * sizeof(kernel.signalfd_siginfo))
    if size < 0:
        return 0
    return <int>(<size_t>size // sizeof(kernel.signalfd_siginfo))


cdef const char *signal_name(int number) noexcept nogil:
    """Return `TERM` for 15; NULL if the signal has no name."""
    cdef const signal_name_t *row = SIGNAL_NAMES
    while row.number != 0:
        if row.number == number:
            return row.name
        row += 1
    return NULL


cdef void signal_label(char *target, size_t size, int number) noexcept nogil:
    """Write a signal for messages: SIGTERM, SIGRTMIN+3, or "signal" and its number."""
    cdef const char *name = signal_name(number)
    if name != NULL:
        cstd.snprintf(target, size, b"SIG%s", name)
    elif number >= SIGNAL_FIRST_REALTIME:
        cstd.snprintf(target, size, b"SIGRTMIN+%d", number - SIGNAL_FIRST_REALTIME)
    else:
        cstd.snprintf(target, size, b"signal %d", number)


cdef int signal_parse(const char *text) noexcept nogil:
    """Return a signal's number from `TERM`, SIGTERM, RTMIN+3, SIGRTMAX-1 or 15; 0 if it is unknown."""
    cdef const signal_name_t *row = SIGNAL_NAMES
    cdef long long number
    if is_digit(text[0]):
        number = number_parse(text, SIGNAL_LAST)
        return <int>number if number >= 1 else 0
    if cstd.strncasecmp(text, b"SIG", 3) == 0:
        text += 3
    while row.number != 0:
        if cstd.strcasecmp(text, row.name) == 0:
            return row.number
        row += 1
    return signal_parse_realtime(text)


cdef int signal_parse_realtime(const char *text) noexcept nogil:
    """Return the number of RTMIN, RTMIN+n, RTMAX or RTMAX-n; 0 for other texts."""
    cdef bint from_first = cstd.strncasecmp(text, b"RTMIN", 5) == 0
    cdef long long offset = 0
    cdef int reach = SIGNAL_LAST - SIGNAL_FIRST_REALTIME
    if not from_first and cstd.strncasecmp(text, b"RTMAX", 5) != 0:
        return 0
    if text[5] != 0:
        if text[5] != (c'+' if from_first else c'-'):
            return 0
        offset = number_parse(text + 6, reach)
        if offset < 0:
            return 0
    return SIGNAL_FIRST_REALTIME + <int>offset if from_first else SIGNAL_LAST - <int>offset
