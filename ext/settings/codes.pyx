"""Codes: "143, 130", a set of exit codes."""
from libc.stddef cimport size_t
cimport cstd

cdef enum:
    CODE_WORD_BYTES = 32        # of one code, with room for its end


cdef int setting_parse_codes(settings_t *settings, int row, codes_t *codes) noexcept nogil:
    """Read a list of numbers from 0 to 255."""
    cdef const char *at = settings.value[row]
    cdef const char *text
    cdef char word[CODE_WORD_BYTES]
    cdef long long number
    cdef size_t length = list_next_element(&at, &text)
    cdef int result = 0
    while length > 0:
        number = -1
        if length < CODE_WORD_BYTES:
            cstd.memcpy(word, text, length)
            word[length] = 0
            number = number_parse(word, 255)
        if number >= 0:
            codes.bits[number >> 5] |= <unsigned int>1 << (number & 31)
        else:
            result = setting_refuse_part(settings, row, text, length,
                                         b"not an exit code; use numbers from 0 to 255, for example 143")
        length = list_next_element(&at, &text)
    return result
