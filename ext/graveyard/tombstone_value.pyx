"""Tombstone values: the value of any key, character by character, as a reader of YAML sees it."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef enum:
    CHARACTER_BYTES = 5         # one character of UTF-8, and its end

ctypedef struct value_t:
    const char *at
    const char *end
    char quote                  # '"', "'" or 0: a plain value


cdef value_t value_begin(const char *at, const char *end) noexcept nogil:
    """Return the value in the rest of a line; its end is that of the line for a value in quotes."""
    cdef value_t value
    while at < end and is_blank(at[0]):
        at += 1
    value.at = at
    value.end = end
    value.quote = at[0] if at < end and (at[0] == c'"' or at[0] == c'\'') else 0
    if value.quote != 0:
        value.at += 1
        return value
    while at < end and not (at[0] == c'#' and is_blank(at[-1])):
        at += 1
    while at > value.at and is_blank(at[-1]):
        at -= 1
    value.end = at
    return value


cdef bint value_find(const char *text, size_t length, const char *key, value_t *value) noexcept nogil:
    """Find the value of a key in the text of a tombstone; False if the key is not there."""
    cdef const char *end = text + length
    cdef kernel.ssize_t indent = -1
    cdef line_t line
    while line_next(&text, end, &indent, &line):
        if is_key(line.key, line.key_length, key):
            value[0] = value_begin(line.value, line.end)
            return True
    return False


cdef size_t value_next(value_t *value, char *character) noexcept nogil:
    """Decode the next character into CHARACTER_BYTES of UTF-8; return its bytes, 0 at the end of the value.

    What is not UTF-8 becomes U+FFFD.
    """
    cdef size_t length
    if value.at >= value.end or (value.quote == c'"' and value.at[0] == c'"'):
        return 0
    if value.quote == c'\'' and value.at[0] == c'\'':
        if value.at + 1 >= value.end or value.at[1] != c'\'':
            return 0
        value.at += 1           # two of them are one
    if value.quote == c'"' and value.at[0] == c'\\' and value.at + 1 < value.end:
        return value_escape(value, character)
    length = utf8_length(value.at)
    if length == 0 or length > <size_t>(value.end - value.at):
        value.at += 1
        return character_write(character, 0xfffd)
    cstd.memcpy(character, value.at, length)
    character[length] = 0
    value.at += length
    return length


cdef void value_copy(value_t value, char *target, size_t size) noexcept nogil:
    """Decode a value into `size` bytes; characters that do not fit are cut off."""
    cdef char character[CHARACTER_BYTES]
    cdef size_t at = 0
    cdef size_t length = value_next(&value, character)
    while length > 0 and at + length < size:
        cstd.memcpy(target + at, character, length)
        at += length
        length = value_next(&value, character)
    target[at] = 0


cdef size_t value_escape(value_t *value, char *character) noexcept nogil:
    """Decode an escape of YAML (5.7), of which JSON has a part; an unknown one is the character itself."""
    cdef const char *letters = b"0abtnvfre"
    cdef const char *points = b"\x00\x07\x08\x09\x0a\x0b\x0c\x0d\x1b"
    cdef char letter = value.at[1]
    cdef const char *found = cstd.strchr(letters, letter) if letter != 0 else NULL
    cdef long long point = <unsigned char>letter
    value.at += 2
    if letter == c'x' or letter == c'u' or letter == c'U':
        point = value_hexadecimal(value, 2 if letter == c'x' else 4 if letter == c'u' else 8)
        if 0xd800 <= point < 0xdc00 and value.at + 1 < value.end and value.at[0] == c'\\' and value.at[1] == c'u':
            value.at += 2       # JSON writes a character beyond U+FFFF as two
            point = 0x10000 + ((point - 0xd800) << 10) + (value_hexadecimal(value, 4) - 0xdc00)
    elif found != NULL:
        point = points[found - letters]
    elif letter == c'N' or letter == c'_':
        point = 0x85 if letter == c'N' else 0xa0
    elif letter == c'L' or letter == c'P':
        point = 0x2028 if letter == c'L' else 0x2029
    elif point >= 0x80:
        point = 0xfffd
    return character_write(character, point)


cdef long long value_hexadecimal(value_t *value, int digits) noexcept nogil:
    """Read at most `digits` hexadecimal digits."""
    cdef long long number = 0
    cdef char digit
    while digits > 0 and value.at < value.end:
        digit = value.at[0] | 0x20
        if not is_digit(value.at[0]) and not c'a' <= digit <= c'f':
            break
        number = number * 16 + (value.at[0] - c'0' if is_digit(value.at[0]) else digit - c'a' + 10)
        value.at += 1
        digits -= 1
    return number


cdef size_t character_write(char *target, long long point) noexcept nogil:
    """Write a code point as UTF-8, and its end; U+FFFD for what is no character. Return its bytes."""
    cdef size_t length = 1
    if point < 0 or point > 0x10ffff or 0xd800 <= point < 0xe000:
        point = 0xfffd
    if point < 0x80:
        target[0] = <char>point
    elif point < 0x800:
        target[0] = <char>(0xc0 | point >> 6)
        length = 2
    elif point < 0x10000:
        target[0] = <char>(0xe0 | point >> 12)
        length = 3
    else:
        target[0] = <char>(0xf0 | point >> 18)
        length = 4
    if length > 3:
        target[length - 3] = <char>(0x80 | (point >> 12 & 0x3f))
    if length > 2:
        target[length - 2] = <char>(0x80 | (point >> 6 & 0x3f))
    if length > 1:
        target[length - 1] = <char>(0x80 | (point & 0x3f))
    target[length] = 0
    return length
