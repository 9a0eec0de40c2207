"""HTTP answer: its bytes, in pieces of any size, up to the final status (RFC 9112).

Interim answers (1xx) may come before the final one, any number of them, also to a client
that asked for none (RFC 9110, section 15.2): they are read past. 101 is final for us, since
after it the connection no longer speaks HTTP.
"""
cimport cstd

cdef enum:
    STATUS_BYTES = 13           # "HTTP/1.1 200", and what follows
    HTTP_SWITCHING = 101        # RFC 9110, section 15.2.2
    HTTP_OK = 200               # the first of the final statuses

cdef struct http_answer_t:
    char line[STATUS_BYTES]     # the beginning of a status line
    int length                  # of it
    bint in_interim             # the rest of an interim answer follows, up to its empty line
    bint in_empty_line          # that is, nothing of the current line has come yet


cdef void http_answer_begin(http_answer_t *answer) noexcept nogil:
    """Set up: nothing has come yet."""
    cstd.memset(answer, 0, sizeof(http_answer_t))


cdef int http_answer_take(http_answer_t *answer, const char *bytes, long length) noexcept nogil:
    """Take what came in; return the final status, 0 if it has not come yet, -EPROTO if this is not HTTP/1."""
    cdef long at
    cdef int status
    for at in range(length):
        if answer.in_interim:
            http_answer_pass(answer, bytes[at])
            continue
        answer.line[answer.length] = bytes[at]
        answer.length += 1
        if answer.length < STATUS_BYTES:
            continue
        status = http_answer_status(answer.line)
        if status < 0 or status >= HTTP_OK or status == HTTP_SWITCHING:
            return status
        answer.length = 0
        answer.in_interim = True
        answer.in_empty_line = bytes[at] == c'\n'
    return 0


cdef void http_answer_pass(http_answer_t *answer, char byte) noexcept nogil:
    """Pass a byte of an interim answer: after an empty line, the next status line begins."""
    if byte == c'\n':
        answer.in_interim = not answer.in_empty_line
        answer.in_empty_line = True
    elif byte != c'\r':
        answer.in_empty_line = False


cdef int http_answer_status(char *line) noexcept nogil:
    """Return the status in the beginning of a status line; -EPROTO if this is not one."""
    cdef int status
    if cstd.memcmp(line, b"HTTP/1.", 7) != 0 or not is_digit(line[7]) or line[8] != c' ' or not is_blank(line[12]):
        return -cstd.EPROTO
    line[12] = 0
    status = <int>number_parse(line + 9, 599)
    return status if status >= 100 else -cstd.EPROTO
