"""Output: text for stdout of any length, in pieces of a fixed size; or, line by line, for the log.

Without stdio's streams: they would bring locks, buffers and 20 kB into a file that rarely needs them.
"""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef enum:
    OUTPUT_BYTES = 2048

ctypedef struct output_t:
    log_t *log                  # where each line goes, at debug; NULL: stdout
    const char *prefix          # of a line there: a message does not begin with a blank
    int error                   # of the first write that failed, 0: none did
    size_t length
    char bytes[OUTPUT_BYTES + 1]


cdef void output_begin(output_t *output, log_t *log) noexcept nogil:
    """Begin with nothing."""
    output.log = log
    output.prefix = b""
    output.error = 0
    output.length = 0


cdef void output_byte(output_t *output, char byte) noexcept nogil:
    """Append a byte."""
    if output.log != NULL and byte == c'\n':
        output.bytes[output.length] = 0
        log_debug(output.log, b"%s%s", output.prefix, output.bytes)
        output.length = 0
        return
    if output.length == OUTPUT_BYTES:
        output_flush(output)
    output.bytes[output.length] = byte
    output.length += 1


cdef void output_flush(output_t *output) noexcept nogil:
    """Write what is there; a line for the log that is too long is cut. After a failure nothing is written."""
    cdef size_t at = 0
    cdef kernel.ssize_t written
    while output.log == NULL and output.error == 0 and at < output.length:
        written = kernel.write(1, output.bytes + at, output.length - at)
        if written > 0:
            at += <size_t>written
        elif written < 0 and cstd.errno == cstd.EAGAIN:
            output_await()
        elif written == 0 or cstd.errno != cstd.EINTR:
            output.error = cstd.errno
    output.length = 0


cdef void output_await() noexcept nogil:
    """Wait until stdout takes more: it is full, and another process that has it open made it non-blocking."""
    cdef kernel.pollfd entry
    poll_entry(&entry, 1, kernel.POLLOUT)
    kernel.poll(&entry, 1, -1)


cdef void output_bytes(output_t *output, const char *text, size_t length) noexcept nogil:
    """Append `length` bytes."""
    cdef size_t at
    for at in range(length):
        output_byte(output, text[at])


cdef void output_text(output_t *output, const char *text) noexcept nogil:
    """Append a text."""
    output_bytes(output, text, cstd.strlen(text))


cdef void output_repeat(output_t *output, const char *text, int count) noexcept nogil:
    """Append a text `count` times."""
    while count > 0:
        output_text(output, text)
        count -= 1


cdef void output_number(output_t *output, long long number) noexcept nogil:
    """Append a decimal number."""
    cdef char digits[24]
    cstd.snprintf(digits, sizeof(digits), b"%lld", number)
    output_text(output, digits)


cdef void output_padded(output_t *output, const char *text, int columns) noexcept nogil:
    """Append a text and blanks up to `columns` characters. What cannot be shown becomes "?": a file can have any
    name."""
    cdef bint printable
    cdef size_t length
    columns -= text_columns(text)
    while text[0] != 0:
        length = utf8_take(text, &printable)
        if printable:
            output_bytes(output, text, length)
        else:
            output_byte(output, c'?')
        text += length
    output_repeat(output, b" ", columns)


cdef int text_columns(const char *text) noexcept nogil:
    """Return how many characters a text has."""
    cdef int columns = 0
    cdef bint printable
    while text[0] != 0:
        text += utf8_take(text, &printable)
        columns += 1
    return columns


cdef int output_end(output_t *output, int code, log_t *log) noexcept nogil:
    """Write the rest; the exit code, EXIT_INTERNAL if not all was written. A reader that went away is no failure."""
    output_flush(output)
    if output.error == 0 or output.error == cstd.EPIPE:
        return code
    log_error(log, b"cannot write to stdout: %s", cstd.strerror(output.error))
    return EXIT_INTERNAL
