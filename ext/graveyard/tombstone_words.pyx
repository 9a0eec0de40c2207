"""Tombstone words: the keys, and the quoted values that only kubexit writes, such as WaitsFor, and their escapes."""
from libc.stddef cimport size_t

cdef enum:
    LIFE_DIGITS = 16            # of the value of Life


cdef words_t *tombstone_words_of(tombstone_t *tombstone, const char *key, size_t length) noexcept nogil:
    """Return the place for the value of one of our keys; NULL for another key."""
    if is_key(key, length, b"Waiting"):
        return &tombstone.waiting
    if is_key(key, length, b"WaitsFor"):
        return &tombstone.waits_for
    if is_key(key, length, b"Life"):
        return &tombstone.life
    if is_key(key, length, b"Reason"):
        return &tombstone.reason
    if is_key(key, length, b"BirthOnTimeout"):
        return &tombstone.on_timeout
    if is_key(key, length, b"Probe"):
        return &tombstone.probe
    if is_key(key, length, b"ProbeError"):
        return &tombstone.probe_error
    if is_key(key, length, b"Plan"):
        return &tombstone.plan
    return NULL


cdef void words_take(words_t *words, const char *value, const char *end) noexcept nogil:
    """Take a value in double quotes. Any other value leaves the key absent, and the tombstone valid: another
    program may use the key for something else."""
    cdef const char *at
    while value < end and is_blank(value[0]):
        value += 1
    if value == end or value[0] != c'"':
        return
    at = value + 1
    while at < end and at[0] != c'"':
        at += 2 if at[0] == c'\\' else 1
    if at < end and is_rest_empty(at + 1, end):
        words.start = value + 1
        words.length = <size_t>(at - words.start)


cdef unsigned long long life_of(const tombstone_t *tombstone) noexcept nogil:
    """Return the number of the life whose death this is: 16 hexadecimal digits. 0 if it has none."""
    cdef unsigned long long number = 0
    cdef int digit
    cdef size_t at
    if tombstone.died.start == NULL or tombstone.life.length != LIFE_DIGITS:
        return 0
    for at in range(LIFE_DIGITS):
        digit = life_digit(tombstone.life.start[at])
        if digit < 0:
            return 0
        number = number << 4 | <unsigned long long>digit
    return number


cdef int life_digit(char letter) noexcept nogil:
    """Return the value of a digit as kubexit writes it; -1 for another character."""
    if is_digit(letter):
        return letter - c'0'
    return letter - c'a' + 10 if c'a' <= letter <= c'f' else -1


cdef bint words_equal(const words_t *words, const char *text) noexcept nogil:
    """Return whether a value is this text, which needs no escape."""
    return words.start != NULL and bytes_equal(words.start, words.length, text)


cdef void words_copy(const words_t *words, char *target, size_t size) noexcept nogil:
    """Decode a value into `size` bytes; what does not fit is cut, and an absent value is empty.

    The value is foreign text, control characters included: show it with text_add_printable.
    """
    cdef value_t value
    value.at = words.start
    value.end = words.start + words.length
    value.quote = c'"'
    value_copy(value, target, size)


cdef bint is_rest_empty(const char *at, const char *end) noexcept nogil:
    """Return whether only blanks and perhaps a comment follow."""
    while at < end and is_blank(at[0]):
        at += 1
    return at == end or (at[0] == c'#' and is_blank(at[-1]))
