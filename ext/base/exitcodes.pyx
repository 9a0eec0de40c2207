"""Exit codes: the numbers that kubexit exits with, and how a child's end becomes one."""
cimport cstd

cdef extern from "base/exitcodes_table.h" nogil:
    enum:
        EXIT_STOPPED, EXIT_SETTINGS, EXIT_UNAVAILABLE, EXIT_INTERNAL, EXIT_GRAVEYARD
        EXIT_REFUSED, EXIT_TIMED_OUT, EXIT_NOT_EXECUTABLE, EXIT_NOT_FOUND, EXIT_BY_SIGNAL, EXIT_CODE_COUNT
    ctypedef struct exit_code_row_t:
        int code
        const char *name
        const char *meaning
    const exit_code_row_t *EXIT_CODES


cdef int exitcode_of_status(int status) noexcept nogil:
    """Return the code for a wait status (waitpid(2)): the child's own, or 128 + signal as shells do."""
    if cstd.WIFSIGNALED(status):
        return EXIT_BY_SIGNAL + cstd.WTERMSIG(status)
    return cstd.WEXITSTATUS(status)


cdef int exitcode_of_exec(int error) noexcept nogil:
    """Return the code for a failed execve(2): 127 if there is no such file, else 126, as shells do."""
    if error == cstd.ENOENT or error == cstd.ENOTDIR:
        return EXIT_NOT_FOUND
    return EXIT_NOT_EXECUTABLE
