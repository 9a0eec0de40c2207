"""Tombstone parser: what a tombstone says, whether kubexit or another program wrote it."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel


cdef int tombstone_read(const char *text, size_t length, tombstone_t *tombstone) noexcept nogil:
    """Read a tombstone; 0, or -EINVAL if the text is not one (half-written, binary, another format).

    A reader more tolerant than YAML would call half a file a death, a stricter one
    would miss one: keys in any case and order, unknown keys with anything that is
    indented below them, comments, document marks, CRLF; but known keys must have
    values that make sense. The words point into the text.
    """
    cdef const char *end = text + length
    cdef const char *line_end
    cdef kernel.ssize_t indent = -1     # of the keys; the first one sets it
    cstd.memset(tombstone, 0, sizeof(tombstone_t))
    if cstd.memchr(text, 0, length) != NULL:
        return -cstd.EINVAL
    if is_mark(text, length):
        text += 3
    while text < end:
        line_end = <const char *>cstd.memchr(text, c'\n', <size_t>(end - text))
        if line_end == NULL:
            line_end = end
        if tombstone_read_line(text, line_end, &indent, tombstone) < 0:
            return -cstd.EINVAL
        text = line_end + 1
    return 0


cdef int tombstone_read_line(const char *text, const char *end, kernel.ssize_t *indent,
                             tombstone_t *tombstone) noexcept nogil:
    """Read one line; 0 or -EINVAL."""
    cdef line_t line
    cdef int split = line_split(text, end, indent, &line)
    if split <= 0:
        return split
    return tombstone_take(tombstone, line.key, line.key_length, line.value, line.end)


cdef int tombstone_take(tombstone_t *tombstone, const char *key, size_t length, const char *value,
                        const char *end) noexcept nogil:
    """Enter the value of a known key; 0 or -EINVAL."""
    cdef words_t words
    cdef words_t *time = NULL
    cdef words_t *ours = tombstone_words_of(tombstone, key, length)
    if ours != NULL:
        words_take(ours, value, end)
        return 0
    if is_key(key, length, b"Born"):
        time = &tombstone.born
    elif is_key(key, length, b"Ready"):
        time = &tombstone.ready
    elif is_key(key, length, b"Died"):
        time = &tombstone.died
    elif not is_key(key, length, b"ExitCode"):
        return 0
    if scalar_parse(value, end, &words) < 0:
        return -cstd.EINVAL
    if time != NULL:
        if words.start != NULL and not is_time(words.start, words.length):
            return -cstd.EINVAL
        time[0] = words
        return 0
    tombstone.coded = words.start != NULL
    return 0 if words.start == NULL else code_parse(words, &tombstone.exit_code)


cdef int scalar_parse(const char *value, const char *end, words_t *words) noexcept nogil:
    """Read a plain or quoted scalar without its comment; 0 or -EINVAL (for example an open quote)."""
    cdef const char *at
    cdef char quote = 0
    words.start = NULL
    words.length = 0
    while value < end and is_blank(value[0]):
        value += 1
    if value < end and (value[0] == c'"' or value[0] == c'\''):
        quote = value[0]
        value += 1
    at = value
    while at < end and (at[0] != quote if quote else not (at[0] == c'#' and is_blank(at[-1]))):
        at += 1
    if quote:
        if at == end or not is_rest_empty(at + 1, end):
            return -cstd.EINVAL
    else:
        while at > value and is_blank(at[-1]):
            at -= 1
        if at == value or bytes_equal(value, <size_t>(at - value), b"~") or \
                bytes_equal(value, <size_t>(at - value), b"null"):
            return 0
    words.start = value
    words.length = <size_t>(at - value)
    return 0


cdef int code_parse(words_t words, int *code) noexcept nogil:
    """Read an exit code (the original writes -1 for a death by signal); 0 or -EINVAL."""
    cdef size_t at = 0
    cdef long long number = 0
    cdef bint negative = words.length > 0 and words.start[0] == c'-'
    if words.length > 0 and (negative or words.start[0] == c'+'):
        at = 1
    if at == words.length or words.length > 10:
        return -cstd.EINVAL
    while at < words.length:
        if not is_digit(words.start[at]):
            return -cstd.EINVAL
        number = number * 10 + (words.start[at] - c'0')
        at += 1
    if number > 0x7fffffff:
        return -cstd.EINVAL
    code[0] = <int>(-number if negative else number)
    return 0


cdef int digits_parse(const char *text, size_t count) noexcept nogil:
    """Return `count` digits as a number; -1 if one is not a digit."""
    cdef int number = 0
    cdef size_t at
    for at in range(count):
        if not is_digit(text[at]):
            return -1
        number = number * 10 + (text[at] - c'0')
    return number


cdef bint is_time(const char *text, size_t length) noexcept nogil:
    """Return whether a text is strict RFC 3339: "T" between date and time, a zone, any fraction."""
    cdef size_t at = 19
    cdef int month
    cdef int day
    if length < 20 or text[4] != c'-' or text[7] != c'-' or text[10] != c'T' or \
            text[13] != c':' or text[16] != c':':
        return False
    month = digits_parse(text + 5, 2)
    day = digits_parse(text + 8, 2)
    if digits_parse(text, 4) < 0 or month < 1 or month > 12 or day < 1 or \
            day > days_of_month(digits_parse(text, 4), month):
        return False
    if not is_below(text + 11, 24) or not is_below(text + 14, 60) or not is_below(text + 17, 60):
        return False
    if text[at] == c'.':
        at += 1
        if at == length or not is_digit(text[at]):
            return False
        while at < length and is_digit(text[at]):
            at += 1
    if length - at == 1:
        return text[at] == c'Z'
    return length - at == 6 and (text[at] == c'+' or text[at] == c'-') and text[at + 3] == c':' \
        and is_below(text + at + 1, 24) and is_below(text + at + 4, 60)


cdef bint is_below(const char *text, int limit) noexcept nogil:
    """Return whether two digits are below a limit."""
    cdef int number = digits_parse(text, 2)
    return 0 <= number < limit


cdef int days_of_month(int year, int month) noexcept nogil:
    """Return 28 to 31."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month == 4 or month == 6 or month == 9 or month == 11 else 31
