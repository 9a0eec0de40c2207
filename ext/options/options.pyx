"""Options: the few things kubexit does besides supervising a command."""
cimport cstd

ctypedef struct options_t:
    const char *install         # folders, NULL: not asked for
    const char *clear
    bint old_name               # of --clear: --graveyard


cdef bint options_are(const char *argument) noexcept nogil:
    """Return whether an argument is an option: it begins with "-" and is not "--"."""
    return argument[0] == c'-' and cstd.strcmp(argument, b"--") != 0


cdef int options_skip(int argc, char **argv) noexcept nogil:
    """Where the command begins: behind our own name, and behind one "--"."""
    if argc == 0:
        return 0
    return 2 if argc > 1 and cstd.strcmp(argv[1], b"--") == 0 else 1


cdef bint options_are_known(int argc, char **argv) noexcept nogil:
    """Whether the command line is one that options_run can do."""
    cdef options_t options
    if cp_is_our_name(argc, argv) or look_command(argc, argv) != LOOK_NONE:
        return True
    if argc == 2:
        return cstd.strcmp(argv[1], b"--version") == 0 or cstd.strcmp(argv[1], b"--help") == 0 \
            or cstd.strcmp(argv[1], b"-h") == 0
    return options_parse(argc, argv, &options)


cdef bint options_parse(int argc, char **argv, options_t *options) noexcept nogil:
    """Read --install DIR and --clear DIR, in any order and each at most once; False when there is anything else.

    An empty folder, from a variable that is not set, does not mean the working
    folder. A folder that looks like an option means that a value was forgotten.
    """
    cdef const char **target
    cdef int at = 1
    options.install = NULL
    options.clear = NULL
    options.old_name = False
    if argc != 3 and argc != 5:
        return False
    while at < argc:
        target = options_target(options, argv[at])
        if target == NULL or target[0] != NULL or argv[at + 1][0] == 0 or argv[at + 1][0] == c'-':
            return False
        target[0] = argv[at + 1]
        at += 2
    return True


cdef const char **options_target(options_t *options, const char *option) noexcept nogil:
    """Return where the folder of an option belongs; NULL if there is no such option."""
    if cstd.strcmp(option, b"--install") == 0:
        return &options.install
    if cstd.strcmp(option, b"--graveyard") == 0:
        options.old_name = True
        return &options.clear
    return &options.clear if cstd.strcmp(option, b"--clear") == 0 else NULL


cdef int options_run(int argc, char **argv, settings_t *settings, log_t *log) noexcept nogil:
    """Do what the options say; the exit code."""
    cdef options_t options
    if cp_is_our_name(argc, argv):
        return cp_run(argc, argv, log)
    if look_command(argc, argv) != LOOK_NONE:
        return look_run(argc, argv, settings, log)
    if options_parse(argc, argv, &options):
        return options_prepare(&options, log)
    if cstd.strcmp(argv[1], b"--version") == 0:
        print_line(b"kubexit %s", KUBEXIT_VERSION)
    else:
        help_print()
    return 0


cdef int options_prepare(const options_t *options, log_t *log) noexcept nogil:
    """Install first: it is what fails for want of room, and then nothing has been removed yet. The exit code."""
    cdef int code = 0
    if options.install != NULL:
        code = install_run(options.install, log)
    if options.clear == NULL:
        return code
    if options.old_name:
        log_warn(log, b"--graveyard DIR is deprecated; use --clear DIR, which does the same")
    if code != 0:
        log_error(log, b"graveyard %s was not cleared, because nothing was installed", options.clear)
        return code
    return clear_run(options.clear, log)
