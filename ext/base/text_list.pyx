"""Text list: a setting with several elements, as messages show it."""


cdef void text_add_list(text_t *text, const char *elements) noexcept nogil:
    """Append a list as messages show it, with a blank after each comma."""
    while elements[0] != 0:
        text_add_byte(text, elements[0])
        if elements[0] == c',' and elements[1] != c' ':
            text_add_byte(text, c' ')
        elements += 1


cdef const char *text_list(text_t *text, const char *elements) noexcept nogil:
    """Return a list as messages show it, in text."""
    text.length = 0
    text_add_list(text, elements)
    text.bytes[text.length] = 0
    return text.bytes
