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
    print_line(b"       kubexit [--install DIR] [--graveyard DIR]")
    print_line(b"       kubexit --help | --version")
    print_line(b"%s", b"")
    print_line(b"Supervises the command of one container of a pod. It writes birth and death of the")
    print_line(b"command to a tombstone, in a folder that the containers of the pod share. It can wait")
    print_line(b"for other containers before the command starts, and stop it when another one dies.")
    print_line(b"%s", b"")
    print_line(b"  --install DIR    copy this file to DIR/kubexit, replacing it in one step (in an")
    print_line(b"                   init container, for containers that do not have it)")
    print_line(b"  --graveyard DIR  remove old tombstones, of containers that are not alive (in an")
    print_line(b"                   init container, before all containers start again)")
    print_line(b"  --help           show this text")
    print_line(b"  --version        show the version")
    print_line(b"%s", b"")
    print_line(b"Settings (environment variables; an empty one counts as unset):")
    for row in range(SETTING_COUNT):
        help_print_setting(row)
    print_line(b"%s", b"")
    print_line(b"DURATION: 300ms, 30s, 1m30s, 1.5h. BOOL: true, false. SIGNAL: a name with or without")
    print_line(b"SIG, such as SIGTERM or RTMIN+3, or a number.")
    print_line(b"%s", b"")
    print_line(b"Exit codes: the exit code of the command, or 128 + n if signal n ended it or the")
    print_line(b"wait before its start. Other codes:")
    for row in range(EXIT_CODE_COUNT):
        print_line(b"  %3d  %s", EXIT_CODES[row].code, EXIT_CODES[row].meaning)


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
