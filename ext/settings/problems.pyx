"""Problems: the lines about bad settings, all of which are reported."""
from libc.stddef cimport size_t
cimport cstd

cdef enum:
    PROBLEM_BYTES = 512
    MAX_PROBLEMS = 64

ctypedef struct problems_t:
    char lines[MAX_PROBLEMS][PROBLEM_BYTES]
    int count                   # lines that are kept
    int dropped                 # lines for which there was no room


cdef void problems_clear(problems_t *problems) noexcept nogil:
    """Forget all lines."""
    problems.count = 0
    problems.dropped = 0


cdef int problem_add(problems_t *problems, const char *line) noexcept nogil:
    """Keep a line, unless it is there already: two settings can depend on a bad one. Return EXIT_SETTINGS."""
    cdef int index
    for index in range(problems.count):
        if cstd.strncmp(problems.lines[index], line, PROBLEM_BYTES - 1) == 0:
            return EXIT_SETTINGS
    if problems.count == MAX_PROBLEMS:
        problems.dropped += 1
        return EXIT_SETTINGS
    cstd.snprintf(problems.lines[problems.count], PROBLEM_BYTES, b"%s", line)
    problems.count += 1
    return EXIT_SETTINGS


cdef void problems_summarize(const problems_t *problems, char *target, size_t size) noexcept nogil:
    """Write all of them as one line: the first, and how many more there are."""
    cdef int more = problems.count + problems.dropped - 1
    if more == 0:
        cstd.snprintf(target, size, b"%s", problems.lines[0])
    else:
        cstd.snprintf(target, size, b"%.440s (and %d more error%s; the log has them all)", problems.lines[0], more,
                      b"" if more == 1 else b"s")


cdef void problems_log(const problems_t *problems, log_t *log) noexcept nogil:
    """Log each of them."""
    cdef int index
    for index in range(problems.count):
        log_refusal(log, b"%s", problems.lines[index])
    if problems.dropped > 0:
        log_refusal(log, b"%d more errors", problems.dropped)
