"""Byte order mark: U+FEFF in UTF-8, which some editors write at the begin of a file, and which is not visible."""
from libc.stddef cimport size_t
cimport cstd


cdef bint is_mark(const char *text, size_t length) noexcept nogil:
    """Return whether `length` bytes begin with a byte order mark."""
    return length >= 3 and cstd.memcmp(text, b"\xef\xbb\xbf", 3) == 0


cdef const char *text_skip_mark(const char *text) noexcept nogil:
    """Return a text without a byte order mark at its begin."""
    return text + 3 if is_mark(text, cstd.strnlen(text, 3)) else text
