"""Tombstones: a life as YAML text.

The format is that of the original kubexit: Born, Died, ExitCode, times in
RFC 3339 and quoted. Waiting, Ready and the keys after ExitCode are ours; the original
ignores keys that it does not know. It ignores case, so no other key may be one of its three in any case.
"""
from libc.stddef cimport size_t
cimport cstd

cdef enum:
    ABSENT = -1                 # a time or code that is not known

ctypedef struct life_t:         # ours, as we write it
    long long waiting_ns        # wall time since when the birth is awaited, ABSENT: nothing was missing
    long long born_ns           # wall time, ABSENT before birth
    long long ready_ns
    long long died_ns
    unsigned long long number   # of our life, as our FIFO shows it; 0: we have no FIFO that we made
    int exit_code               # what kubexit returns
    int command_code            # how the command itself ended; written if it differs
    bint killed                 # SIGKILL ended the grace period
    const char *reason          # why kubexit ended the command, NULL if it did not
    const char *waits_for       # the birth dependencies that are missing, empty: none
    bint starts_at_timeout      # KUBEXIT_BIRTH_ON_TIMEOUT=start
    const char *probe           # the readiness probe in words, empty: not known yet
    const char *probe_error     # why the last probe failed, empty: it did not
    const char *plan            # hash of KUBEXIT_PLAN, empty: none

ctypedef struct words_t:        # a value as it is in the text
    const char *start           # NULL: the key is absent or null
    size_t length

ctypedef struct tombstone_t:    # of a peer, as we read it
    words_t waiting             # this one and the last seven with their escapes (words_copy)
    words_t born
    words_t ready
    words_t died
    bint coded                  # ExitCode is there
    int exit_code
    words_t life
    words_t reason
    words_t waits_for
    words_t on_timeout
    words_t probe
    words_t probe_error
    words_t plan


cdef void life_begin(life_t *life) noexcept nogil:
    """Begin a life of which nothing is known yet."""
    life.waiting_ns = ABSENT
    life.born_ns = ABSENT
    life.ready_ns = ABSENT
    life.died_ns = ABSENT
    life.number = 0
    life.exit_code = ABSENT
    life.command_code = ABSENT
    life.killed = False
    life.reason = NULL
    life.waits_for = b""
    life.starts_at_timeout = False
    life.probe = b""
    life.probe_error = b""
    life.plan = b""


cdef void tombstone_write(text_t *text, const life_t *life) noexcept nogil:
    """Write the text of a tombstone. Its times are in order even if the wall clock was set
    back between them."""
    text.length = 0
    if life.born_ns == ABSENT:
        tombstone_write_time(text, b"Waiting: \"", life.waiting_ns, ABSENT)
    tombstone_write_time(text, b"Born: \"", life.born_ns, ABSENT)
    tombstone_write_time(text, b"Ready: \"", life.ready_ns, life.born_ns)
    tombstone_write_time(text, b"Died: \"", life.died_ns,
                         life.ready_ns if life.ready_ns > life.born_ns else life.born_ns)
    if life.died_ns != ABSENT:
        tombstone_write_end(text, life)
    tombstone_write_words(text, b"WaitsFor: \"", life.waits_for)
    if life.starts_at_timeout and life.waits_for[0] != 0:
        tombstone_write_words(text, b"BirthOnTimeout: \"", b"start")
    tombstone_write_words(text, b"Probe: \"", life.probe)
    tombstone_write_words(text, b"ProbeError: \"", life.probe_error)
    tombstone_write_words(text, b"Plan: \"", life.plan)


cdef void tombstone_write_end(text_t *text, const life_t *life) noexcept nogil:
    """Write the lines that only a death has: how it came, and why."""
    cdef char number[64]
    cstd.snprintf(number, sizeof(number), b"ExitCode: %d\n", life.exit_code)
    text_add(text, number)
    if life.command_code != ABSENT and life.command_code != life.exit_code:
        cstd.snprintf(number, sizeof(number), b"CommandExitCode: %d\n", life.command_code)
        text_add(text, number)
    if life.killed:
        text_add(text, b"Killed: true\n")
    if life.number != 0:
        tombstone_write_life(text, life.number)
    if life.reason != NULL:
        tombstone_write_words(text, b"Reason: \"", life.reason)


cdef void tombstone_write_life(text_t *text, unsigned long long number) noexcept nogil:
    """Write the line with the number of our life. To pad it, snprintf would use code that only the start needs, and
    the kernel would map that again (build/cold.py)."""
    cdef char line[32]
    cdef int at
    cdef int digit
    cstd.memcpy(line, b"Life: \"0123456789abcdef\"\n", 26)
    for at in range(16):
        digit = <int>(number >> (60 - 4 * at) & 15)
        line[7 + at] = <char>(c'0' + digit if digit < 10 else c'a' + digit - 10)
    text_add(text, line)


cdef void tombstone_write_words(text_t *text, const char *key, const char *words) noexcept nogil:
    """Write a line with quoted words; nothing if they are empty, or if not even the key has room."""
    if words[0] == 0 or text.length + cstd.strlen(key) > TEXT_BYTES:
        return
    text_add(text, key)
    text_add_quoted(text, words)
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
