"""Tombstones: a life as YAML text.

The format is that of the original kubexit: Born, Died, ExitCode, times in
RFC 3339 and quoted. Ready and the keys after ExitCode are ours; the original
ignores keys it does not know.
"""
from libc.stddef cimport size_t
cimport cstd

cdef enum:
    ABSENT = -1                 # a time or code that is not known

ctypedef struct life_t:         # ours, as we write it
    long long born_ns           # wall time, ABSENT before birth
    long long ready_ns
    long long died_ns
    int exit_code               # what kubexit returns
    int command_code            # how the command itself ended; written if it differs
    bint killed                 # SIGKILL ended the grace period
    const char *reason          # why kubexit ended the command, NULL if it did not

ctypedef struct words_t:        # a value as it is in the text
    const char *start           # NULL: the key is absent or null
    size_t length

ctypedef struct tombstone_t:    # of a peer, as we read it
    words_t born
    words_t ready
    words_t died
    bint coded                  # ExitCode is there
    int exit_code


cdef void life_begin(life_t *life) noexcept nogil:
    """Begin a life of which nothing is known yet."""
    life.born_ns = ABSENT
    life.ready_ns = ABSENT
    life.died_ns = ABSENT
    life.exit_code = ABSENT
    life.command_code = ABSENT
    life.killed = False
    life.reason = NULL


cdef void tombstone_write(text_t *text, const life_t *life) noexcept nogil:
    """Write the text of a tombstone. Its times are in order even if the wall clock was set
    back between them."""
    cdef char number[64]
    text.length = 0
    tombstone_write_time(text, b"Born: \"", life.born_ns, ABSENT)
    tombstone_write_time(text, b"Ready: \"", life.ready_ns, life.born_ns)
    tombstone_write_time(text, b"Died: \"", life.died_ns,
                         life.ready_ns if life.ready_ns > life.born_ns else life.born_ns)
    if life.died_ns == ABSENT:
        return
    cstd.snprintf(number, sizeof(number), b"ExitCode: %d\n", life.exit_code)
    text_add(text, number)
    if life.command_code != ABSENT and life.command_code != life.exit_code:
        cstd.snprintf(number, sizeof(number), b"CommandExitCode: %d\n", life.command_code)
        text_add(text, number)
    if life.killed:
        text_add(text, b"Killed: true\n")
    if life.reason != NULL:
        text_add(text, b"Reason: \"")
        text_add_quoted(text, life.reason)
        text_add_end(text, b"\"\n")


cdef void tombstone_write_time(text_t *text, const char *key, long long wall_ns, long long least_ns) noexcept nogil:
    """Write a line with a time that is not earlier than another; nothing if it is absent."""
    cdef char time[TIME_BYTES]
    if wall_ns == ABSENT:
        return
    time_write(time, wall_ns if wall_ns > least_ns else least_ns, 9)
    text_add(text, key)
    text_add(text, time)
    text_add(text, b"\"\n")
