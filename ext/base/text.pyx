"""Text: one bounded line or tombstone under construction, and questions about bytes."""
from libc.stddef cimport size_t
cimport cstd

cdef extern from "base/buffers.h" nogil:
    enum:
        TEXT_BYTES
    ctypedef struct text_t:
        size_t length
        char *bytes
    text_t buffers_line "buffers.line"


cdef text_t *text_draft() noexcept nogil:
    """Return the text for what is written at once: a log line or a tombstone. The next use overwrites it."""
    return &buffers_line


cdef void text_add_byte(text_t *text, char byte) noexcept nogil:
    """Append a byte; what does not fit is cut."""
    if text.length < TEXT_BYTES:
        text.bytes[text.length] = byte
        text.length += 1


cdef void text_add(text_t *text, const char *source) noexcept nogil:
    """Append our own words unchanged."""
    while source[0] != 0:
        text_add_byte(text, source[0])
        source += 1


cdef void text_add_bytes(text_t *text, const char *source, size_t length) noexcept nogil:
    """Append `length` bytes unchanged."""
    cdef size_t at
    for at in range(length):
        text_add_byte(text, source[at])


cdef void text_add_end(text_t *text, const char *end) noexcept nogil:
    """Append the last few bytes (8 at most), for which there is always room."""
    cstd.memcpy(text.bytes + text.length, end, cstd.strlen(end))
    text.length += cstd.strlen(end)


cdef void text_add_printable(text_t *text, const char *source) noexcept nogil:
    """Append foreign words, but "?" for what cannot be shown: control characters, also those beyond ASCII, could make
    two lines of one, or command the reader's terminal."""
    cdef bint printable
    cdef size_t length
    while source[0] != 0:
        length = utf8_take(source, &printable)
        if printable:
            text_add_bytes(text, source, length)
        else:
            text_add_byte(text, c'?')
        source += length


cdef void text_add_quoted(text_t *text, const char *source) noexcept nogil:
    """Append foreign words inside a JSON string (RFC 8259, section 7), which YAML takes too.

    A byte that is not UTF-8 becomes U+FFFD.
    """
    cdef size_t length
    cdef unsigned int point
    while source[0] != 0 and text.length + 6 <= TEXT_BYTES:
        length = utf8_length(source)
        point = utf8_point(source, length) if length > 0 else 0xfffd
        if length == 0 or is_unprintable(point):
            text_add_escape(text, point)
            length = length if length > 0 else 1
        else:
            if source[0] == c'"' or source[0] == c'\\':
                text_add_byte(text, c'\\')
            cstd.memcpy(text.bytes + text.length, source, length)
            text.length += length
        source += length


cdef void text_add_escape(text_t *text, unsigned int point) noexcept nogil:
    """Append a character of the basic plane as an escape."""
    cdef const char *hex_digits = b"0123456789abcdef"
    text_add(text, b"\\u")
    text_add_byte(text, hex_digits[point >> 12 & 15])
    text_add_byte(text, hex_digits[point >> 8 & 15])
    text_add_byte(text, hex_digits[point >> 4 & 15])
    text_add_byte(text, hex_digits[point & 15])


cdef bint is_control(char byte) noexcept nogil:
    """Return whether a byte is an ASCII control character, DEL included."""
    return (0 <= byte < 32) or byte == 127


cdef bint is_digit(char byte) noexcept nogil:
    """Return whether a byte is an ASCII digit, in any locale."""
    return c'0' <= byte <= c'9'


cdef bint is_blank(char byte) noexcept nogil:
    """Return whether a byte is a blank, a tab or an end of line."""
    return byte == c' ' or byte == c'\t' or byte == c'\n' or byte == c'\r'


cdef bint bytes_equal(const char *text, size_t length, const char *word) noexcept nogil:
    """Return whether `length` bytes are this word."""
    return cstd.strlen(word) == length and cstd.memcmp(text, word, length) == 0


cdef size_t list_next_element(const char **at, const char **element) noexcept nogil:
    """Find the next element of a comma-separated list, without blanks around it; return its length, 0 at the end.

    Empty elements are skipped. `at` moves behind the element.
    """
    cdef const char *text = at[0]
    cdef size_t length = 0
    while is_blank(text[0]) or text[0] == c',':
        text += 1
    while text[length] != 0 and text[length] != c',':
        length += 1
    at[0] = text + length
    element[0] = text
    while length > 0 and is_blank(text[length - 1]):
        length -= 1
    return length


cdef int word_index(const char *text, const char *words, char separator) noexcept nogil:
    """Return which word of a list a text is, from 0 on; -1 if it is not in the list."""
    cdef size_t length
    cdef int place = 0
    while True:
        length = 0
        while words[length] != 0 and words[length] != separator:
            length += 1
        if cstd.strlen(text) == length and cstd.memcmp(text, words, length) == 0:
            return place
        if words[length] == 0:
            return -1
        words += length + 1
        place += 1


cdef long long number_parse(const char *text, long long largest) noexcept nogil:
    """Return the text as a decimal number from 0 to largest; -1 if it is not such a number."""
    cdef long long number = 0
    if text[0] == 0:
        return -1
    while text[0] != 0:
        if not is_digit(text[0]):
            return -1
        number = number * 10 + (text[0] - c'0')
        if number > largest:
            return -1
        text += 1
    return number
