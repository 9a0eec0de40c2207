"""UTF-8: one character of a text, and whether it can be shown (RFC 3629)."""
from libc.stddef cimport size_t


cdef size_t utf8_length(const char *text) noexcept nogil:
    """Return the bytes of the UTF-8 character here; 0 if it is not UTF-8 (RFC 3629)."""
    cdef const unsigned char *byte = <const unsigned char *>text
    cdef size_t length
    cdef size_t at = 1
    if byte[0] < 0x80:
        return 1
    if 0xc2 <= byte[0] < 0xe0:
        length = 2
    elif 0xe0 <= byte[0] < 0xf0:
        length = 3
    elif 0xf0 <= byte[0] < 0xf5:
        length = 4
    else:
        return 0
    while at < length:
        if byte[at] & 0xc0 != 0x80:
            return 0
        at += 1
    # Overlong forms, surrogates and what lies beyond U+10FFFF.
    if (byte[0] == 0xe0 and byte[1] < 0xa0) or (byte[0] == 0xed and byte[1] > 0x9f):
        return 0
    if (byte[0] == 0xf0 and byte[1] < 0x90) or (byte[0] == 0xf4 and byte[1] > 0x8f):
        return 0
    return length


cdef unsigned int utf8_point(const char *text, size_t length) noexcept nogil:
    """Return the code point of a character of `length` bytes."""
    cdef const unsigned char *byte = <const unsigned char *>text
    if length == 1:
        return byte[0]
    if length == 2:
        return (byte[0] & <unsigned int>0x1f) << 6 | (byte[1] & 0x3f)
    if length == 3:
        return (byte[0] & <unsigned int>0x0f) << 12 | (byte[1] & <unsigned int>0x3f) << 6 | (byte[2] & 0x3f)
    return (byte[0] & <unsigned int>0x07) << 18 | (byte[1] & <unsigned int>0x3f) << 12 \
        | (byte[2] & <unsigned int>0x3f) << 6 | (byte[3] & 0x3f)


cdef bint is_unprintable(unsigned int point) noexcept nogil:
    """Return whether YAML 1.2 (section 5.1) does not take a character as it is, or takes it as a line end."""
    return point < 0x20 or 0x7f <= point <= 0x9f or point == 0x2028 or point == 0x2029 \
        or point == 0xfeff or point == 0xfffe or point == 0xffff


cdef size_t utf8_take(const char *text, bint *printable) noexcept nogil:
    """Return the bytes of the character here, and whether it can be shown: no control character, and UTF-8. A byte
    that is not UTF-8 counts as a character."""
    cdef size_t length = utf8_length(text)
    printable[0] = length > 0 and not is_unprintable(utf8_point(text, length))
    return length if length > 0 else 1
