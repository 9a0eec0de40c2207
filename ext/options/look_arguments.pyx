"""Arguments of the commands that look at a graveyard: --status, --wait and --timeline.

They are read even if an argument is wrong: a probe with a mistake must not write into the graveyard that its container
has died.
"""
cimport cstd

cdef enum:
    LOOK_NONE = 0
    LOOK_STATUS
    LOOK_WAIT
    LOOK_TIMELINE

ctypedef struct look_t:
    int command                 # LOOK_*
    int argc
    char **argv
    const char *folder          # --in, NULL: as KUBEXIT_GRAVEYARD says
    const char *timeout         # --timeout
    const char *output          # --output
    int words                   # arguments that are no options: NAME[:CONDITION]
    const char *problem         # what is wrong with the arguments, NULL: nothing


cdef int look_command(int argc, char **argv) noexcept nogil:
    """Return which command the first argument is (LOOK_*)."""
    if argc < 2:
        return LOOK_NONE
    if cstd.strcmp(argv[1], b"--status") == 0:
        return LOOK_STATUS
    if cstd.strcmp(argv[1], b"--wait") == 0:
        return LOOK_WAIT
    return LOOK_TIMELINE if cstd.strcmp(argv[1], b"--timeline") == 0 else LOOK_NONE


cdef void look_parse(look_t *look, int argc, char **argv) noexcept nogil:
    """Read the arguments."""
    cdef int at = 2
    cstd.memset(look, 0, sizeof(look_t))
    look.command = look_command(argc, argv)
    look.argc = argc
    look.argv = argv
    while at < argc:
        at = look_parse_argument(look, at)
    if look.problem != NULL:
        return
    if look.command == LOOK_WAIT and look.words == 0:
        look.problem = b"nothing to wait for; write --wait NAME[:CONDITION]... [--timeout DURATION] [--in DIR]"
    if look.command == LOOK_TIMELINE and look.words > 0:
        look.problem = b"takes no names; write --timeline [--in DIR]"
    if look.output != NULL and cstd.strcmp(look.output, b"json") != 0 and cstd.strcmp(look.output, b"table") != 0:
        look.problem = b"--output can be table or json"
    elif look.output != NULL and look.words > 0:
        look.problem = b"--output is for the status of all containers; write it without names"


cdef int look_parse_argument(look_t *look, int at) noexcept nogil:
    """Read one argument, and the value of an option; return the place behind."""
    cdef const char **target = look_target(look, look.argv[at])
    if look.argv[at][0] != c'-':
        look.words += 1
        return at + 1
    if target == NULL:
        look.problem = b"unknown option; --status takes --output table|json and --in DIR, --wait takes --timeout " \
                       b"DURATION and --in DIR, --timeline takes --in DIR"
    elif target[0] != NULL:
        look.problem = b"the same option twice"
    elif at + 1 == look.argc or look.argv[at + 1][0] == 0 or look.argv[at + 1][0] == c'-':
        look.problem = b"an option without its value; write --in DIR, --timeout DURATION or --output json"
    else:
        target[0] = look.argv[at + 1]
        return at + 2
    return at + 1


cdef const char **look_target(look_t *look, const char *option) noexcept nogil:
    """Return where the value of an option belongs; NULL if this command has no such option."""
    if cstd.strcmp(option, b"--in") == 0:
        return &look.folder
    if look.command == LOOK_WAIT and cstd.strcmp(option, b"--timeout") == 0:
        return &look.timeout
    if look.command == LOOK_STATUS and cstd.strcmp(option, b"--output") == 0:
        return &look.output
    return NULL


cdef const char *look_word(const look_t *look, int *at) noexcept nogil:
    """Return the next argument that is no option, from `at` on; NULL at the end. at moves behind it."""
    while at[0] < look.argc:
        at[0] += 1
        if look.argv[at[0] - 1][0] != c'-':
            return look.argv[at[0] - 1]
        at[0] += 1              # the value of an option
    return NULL
