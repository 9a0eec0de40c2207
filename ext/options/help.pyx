"""Help: what --help prints, from the tables that the settings and exit codes are read from."""
from libc.stddef cimport size_t
cimport cstd

cdef extern from "base/print_line.h" nogil:
    void print_line(const char *format, ...)

cdef enum:
    HELP_WIDTH = 78


cdef void help_print() noexcept nogil:
    """Print usage, settings, exit codes."""
    cdef int row
    print_line(b"Usage: kubexit [--] COMMAND [ARGUMENTS...]")
    print_line(b"       kubexit [--install DIR] [--clear DIR]")
    print_line(b"       kubexit --status [NAME[:CONDITION]...] [--output table|json] [--in DIR]")
    print_line(b"       kubexit --wait NAME[:CONDITION]... [--timeout DURATION] [--in DIR]")
    print_line(b"       kubexit --timeline [--in DIR]")
    print_line(b"       kubexit --help | --version")
    print_line(b"%s", b"")
    print_line(b"Supervises the command of one container of a pod. It writes birth and death of the")
    print_line(b"command to a tombstone, in a folder that the containers of the pod share. It can wait")
    print_line(b"for other containers before the command starts, and stop it when another one dies.")
    print_line(b"%s", b"")
    print_line(b"For an init container:")
    print_line(b"  --install DIR    copy this file to DIR/kubexit, replacing it in one step, for")
    print_line(b"                   containers that do not have it")
    print_line(b"  --clear DIR      remove the tombstones of an earlier run from the graveyard, before all")
    print_line(b"                   containers start again; refused with exit code 73 while a container is")
    print_line(b"                   alive in it. Deprecated name: --graveyard DIR")
    print_line(b"%s", b"")
    print_line(b"To look at a pod from the inside; nothing is changed:")
    print_line(b"  --status         show the state of each container in the graveyard; exit code 3 if one")
    print_line(b"                   failed. With conditions: exit code 0 if all are met, 1 if not, for a")
    print_line(b"                   probe. CONDITION: ready (default), born, died, succeeded")
    print_line(b"  --wait           wait until all conditions are met; exit code 69 after --timeout (30s)")
    print_line(b"  --timeline       draw the life of each container, from the tombstones")
    print_line(b"  --in DIR         the graveyard, if KUBEXIT_GRAVEYARD does not name it")
    print_line(b"%s", b"")
    help_print_settings()
    print_line(b"DURATION: 300ms, 30s, 1m30s, 1.5h. BOOL: true, false. SIGNAL: a name with or without")
    print_line(b"SIG, such as SIGTERM or RTMIN+3, or a number.")
    print_line(b"%s", b"")
    print_line(b"Exit codes: the exit code of the command, or 128 + n if signal n ended it or the")
    print_line(b"wait before its start. Other codes:")
    for row in range(EXIT_CODE_COUNT):
        print_line(b"  %3d  %s", EXIT_CODES[row].code, EXIT_CODES[row].meaning)


cdef void help_print_settings() noexcept nogil:
    """Print the variables, by what they are for."""
    cdef int group
    cdef int row
    print_line(b"Settings are environment variables; an empty one counts as unset.")
    print_line(b"%s", b"")
    for group in range(SETTING_GROUP_COUNT):
        print_line(b"Settings: %s", SETTING_GROUPS[group].purpose)
        for row in range(SETTING_COUNT):
            if setting_group(row) == group:
                help_print_setting(row)
        print_line(b"%s", b"")


cdef void help_print_setting(int row) noexcept nogil:
    """Print a variable: its name, its values, its default, what it means."""
    cdef const setting_row_t *setting = &SETTINGS[row]
    cdef char values[WORDS_BYTES]
    words_list(row, b"|", setting.values, values, sizeof(values))
    if setting.default_text[0] != 0:
        print_line(b"  %s=%s  (default: %s)", setting.name, values, setting.default_text)
    else:
        print_line(b"  %s=%s", setting.name, values)
    help_print_wrapped(setting.meaning)


cdef void help_print_wrapped(const char *text) noexcept nogil:
    """Print a sentence, indented and broken at blanks."""
    cdef size_t width = HELP_WIDTH - 6
    cdef size_t cut
    while cstd.strlen(text) > width:
        cut = width
        while cut > 0 and text[cut] != c' ':
            cut -= 1
        print_line(b"      %.*s", <int>cut, text)
        text += cut + 1
    print_line(b"      %s", text)
