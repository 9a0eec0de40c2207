"""Help: what --help prints, from the tables that the settings and exit codes are read from."""
from libc.stddef cimport size_t
cimport cstd

cdef extern from "base/print_line.h" nogil:
    void print_line(const char *format, ...)

cdef enum:
    HELP_WIDTH = 78


cdef void help_print() noexcept nogil:
    """Usage, settings, exit codes."""
    cdef int row
    print_line(b"Usage: kubexit [--] COMMAND [ARGUMENTS...]")
    print_line(b"       kubexit [--install DIR] [--graveyard DIR]")
    print_line(b"       kubexit --help | --version")
    print_line(b"%s", b"")
    print_line(b"Supervises the command of one container of a pod. Its birth and death are")
    print_line(b"carved on a tombstone in a folder that the pod's containers share; it waits")
    print_line(b"for containers it needs, and ends when containers it serves have ended.")
    print_line(b"%s", b"")
    print_line(b"  --install DIR    copy this file to DIR/kubexit, replacing it in one step (in an")
    print_line(b"                   init container, for containers that do not have it)")
    print_line(b"  --graveyard DIR  begin a new generation: remove the tombstones of containers")
    print_line(b"                   that are not alive (in an init container)")
    print_line(b"  --help           this text")
    print_line(b"  --version        the version")
    print_line(b"%s", b"")
    print_line(b"Settings (environment variables; empty is unset):")
    for row in range(SETTING_COUNT):
        help_print_setting(row)
    print_line(b"%s", b"")
    print_line(b"DURATION is 300ms, 30s, 1m30s or 1.5h; BOOL is true or false; SIGNAL is TERM,")
    print_line(b"SIGTERM, RTMIN+3 or 15.")
    print_line(b"%s", b"")
    print_line(b"Exit codes: the command's own, or 128 + n when signal n ended it (or the wait")
    print_line(b"for birth); and")
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
    """A sentence, indented and broken at blanks."""
    cdef size_t width = HELP_WIDTH - 6
    cdef size_t cut
    while cstd.strlen(text) > width:
        cut = width
        while cut > 0 and text[cut] != c' ':
            cut -= 1
        print_line(b"      %.*s", <int>cut, text)
        text += cut + 1
    print_line(b"      %s", text)
