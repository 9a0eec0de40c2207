"""Options: the few things kubexit does besides supervising a command."""
cimport kernel

cdef extern from *:
    """
    #ifndef KUBEXIT_VERSION
    #define KUBEXIT_VERSION "unknown"
    #endif
    """
    const char *KUBEXIT_VERSION


cdef bint options_are(const char *argument) noexcept nogil:
    """Whether an argument is an option of ours: it begins with "-" and is not "--"."""
    return argument[0] == c'-' and kernel.strcmp(argument, b"--") != 0


cdef int options_skip(int argc, char **argv) noexcept nogil:
    """Where the command begins: behind our own name, and behind one "--"."""
    if argc == 0:
        return 0
    return 2 if argc > 1 and kernel.strcmp(argv[1], b"--") == 0 else 1


cdef bint options_are_known(int argc, char **argv) noexcept nogil:
    """Whether the command line is one that options_run can do."""
    if argc == 2:
        return kernel.strcmp(argv[1], b"--version") == 0 or kernel.strcmp(argv[1], b"--help") == 0 \
            or kernel.strcmp(argv[1], b"-h") == 0
    return argc == 3 and kernel.strcmp(argv[1], b"--graveyard") == 0


cdef int options_run(char **argv, log_t *log) noexcept nogil:
    """Do what the options say; the exit code."""
    if kernel.strcmp(argv[1], b"--graveyard") == 0:
        return generation_begin(argv[2], log)
    if kernel.strcmp(argv[1], b"--version") == 0:
        print_line(b"kubexit %s", KUBEXIT_VERSION)
    else:
        help_print()
    return 0
