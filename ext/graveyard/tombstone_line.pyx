"""Tombstone lines: a line of a tombstone as a key and its value."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

ctypedef struct line_t:
    const char *key
    size_t key_length
    const char *value           # what follows the colon
    const char *end


cdef int line_split(const char *text, const char *end, kernel.ssize_t *indent, line_t *line) noexcept nogil:
    """Split a line; 1, 0 if it has no key of the tombstone itself, or -EINVAL. indent is that of the keys, -1 before
    the first."""
    cdef const char *key = text
    cdef const char *colon
    while end > text and is_blank(end[-1]):
        end -= 1
    while key < end and key[0] == c' ':
        key += 1
    if key == end or key[0] == c'#':
        return 0
    if key == text and (key[0] == c'%' or bytes_equal(key, <size_t>(end - key), b"---")
                        or bytes_equal(key, <size_t>(end - key), b"...")):
        return 0
    if indent[0] < 0:
        indent[0] = key - text
    if key - text > indent[0] or (key[0] == c'-' and key + 1 < end and key[1] == c' '):
        return 0                # it belongs to an unknown key above
    if key - text < indent[0]:
        return -cstd.EINVAL
    colon = <const char *>cstd.memchr(key, c':', <size_t>(end - key))
    if colon == NULL or (colon + 1 < end and not is_blank(colon[1])):
        return -cstd.EINVAL
    line.key = key
    line.key_length = <size_t>(colon - key)
    line.value = colon + 1
    line.end = end
    if line.key_length >= 2 and (key[0] == c'"' or key[0] == c'\'') and key[line.key_length - 1] == key[0]:
        line.key += 1
        line.key_length -= 2
    return 1


cdef bint line_next(const char **text, const char *end, kernel.ssize_t *indent, line_t *line) noexcept nogil:
    """Find the next line with a key, in the text of a tombstone; False at its end. text moves behind the line."""
    cdef const char *at
    cdef const char *line_end
    while text[0] < end:
        at = text[0]
        line_end = <const char *>cstd.memchr(at, c'\n', <size_t>(end - at))
        if line_end == NULL:
            line_end = end
        text[0] = line_end + 1
        if line_split(at, line_end, indent, line) == 1:
            return True
    return False


cdef bint is_key(const char *key, size_t length, const char *known) noexcept nogil:
    """Return whether a key is this one, in any case, as for the original's reader."""
    return cstd.strlen(known) == length and cstd.strncasecmp(key, known, length) == 0
