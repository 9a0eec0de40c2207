"""Status as JSON (RFC 8259): each container with its name, its state, and the keys of its tombstone as they are."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef enum:
    JSON_DIGITS = 15            # of a number that every reader of JSON can keep


cdef void status_json(output_t *output, const container_t *container) noexcept nogil:
    """Write one container as an object."""
    cdef const char *text = tombstone_text
    cdef kernel.ssize_t indent = -1
    cdef line_t line
    output_text(output, b"{\"name\":")
    json_string(output, value_of(container.name, cstd.strlen(container.name)))
    output_text(output, b",\"state\":\"")
    output_text(output, state_word(container.state))
    output_text(output, b"\"")
    while line_next(&text, tombstone_text + survey.length, &indent, &line):
        if bytes_equal(line.key, line.key_length, b"name") or bytes_equal(line.key, line.key_length, b"state") or \
                json_is_nested(&line):
            continue
        output_text(output, b",")
        json_key(output, &line)
        output_text(output, b":")
        json_value(output, &line)
    output_text(output, b"}")


cdef value_t value_of(const char *text, size_t length) noexcept nogil:
    """Return a text as a plain value."""
    cdef value_t value
    value.at = text
    value.end = text + length
    value.quote = 0
    return value


cdef bint json_is_nested(const line_t *line) noexcept nogil:
    """Return whether what belongs to a key may be on further lines: kubexit writes no such key."""
    cdef value_t value = value_begin(line.value, line.end)
    if value.quote != 0 or value.at == value.end:
        return False
    return cstd.strchr(b"|>[{&*!", value.at[0]) != NULL


cdef void json_key(output_t *output, const line_t *line) noexcept nogil:
    """Write a key; a known one in our spelling, as a foreign tombstone may have it in any case."""
    cdef const char *known[5]
    cdef int index
    known[0] = b"Born"
    known[1] = b"Ready"
    known[2] = b"Died"
    known[3] = b"ExitCode"
    known[4] = NULL
    for index in range(4):
        if is_key(line.key, line.key_length, known[index]):
            json_string(output, value_of(known[index], cstd.strlen(known[index])))
            return
    json_string(output, value_of(line.key, line.key_length))


cdef void json_value(output_t *output, const line_t *line) noexcept nogil:
    """Write a value: a plain number, true, false or null as it is, all else as a string."""
    cdef value_t value = value_begin(line.value, line.end)
    cdef size_t length = <size_t>(value.end - value.at)
    if value.quote != 0:
        json_string(output, value)
    elif length == 0 or bytes_equal(value.at, length, b"~"):
        output_text(output, b"null")
    elif json_is_word(value.at, length) or json_is_number(value.at, length):
        output_bytes(output, value.at, length)
    else:
        json_string(output, value)


cdef bint json_is_word(const char *text, size_t length) noexcept nogil:
    """Return whether a plain value is a word of JSON."""
    return bytes_equal(text, length, b"true") or bytes_equal(text, length, b"false") \
        or bytes_equal(text, length, b"null")


cdef bint json_is_number(const char *text, size_t length) noexcept nogil:
    """Return whether a plain value is a whole number that JSON has too."""
    cdef size_t at = 1 if text[0] == c'-' else 0
    cdef size_t first = at
    if length == first or length - first > JSON_DIGITS or (text[first] == c'0' and length - first > 1):
        return False
    while at < length:
        if not is_digit(text[at]):
            return False
        at += 1
    return True


cdef void json_string(output_t *output, value_t value) noexcept nogil:
    """Write a value as a string."""
    cdef char character[CHARACTER_BYTES]
    cdef char escape[8]
    cdef size_t length = value_next(&value, character)
    output_text(output, b"\"")
    while length > 0:
        if is_unprintable(utf8_point(character, length)):
            cstd.snprintf(escape, sizeof(escape), b"\\u%04x", utf8_point(character, length))
            output_text(output, escape)
        else:
            if character[0] == c'"' or character[0] == c'\\':
                output_text(output, b"\\")
            output_bytes(output, character, length)
        length = value_next(&value, character)
    output_text(output, b"\"")
