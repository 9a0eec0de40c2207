"""Signal map: "TERM:QUIT, HUP:", which signal the command gets in place of the one that came from outside."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef enum:
    SIGNAL_WORD_BYTES = 32      # of one signal, with room for its end


cdef int setting_parse_signal_map(settings_t *settings, int row, signal_map_t *signals) noexcept nogil:
    """Read a list of pairs. Each signal can be on the left once."""
    cdef const char *at = settings.value[row]
    cdef const char *text
    cdef const char *why
    cdef size_t length = list_next_element(&at, &text)
    cdef int result = 0
    while length > 0:
        why = signal_map_add(signals, text, length)
        if why != NULL:
            result = setting_refuse_part(settings, row, text, length, why)
        length = list_next_element(&at, &text)
    return result


cdef const char *signal_map_add(signal_map_t *signals, const char *text, size_t length) noexcept nogil:
    """Add a pair; return NULL, or what is wrong with it."""
    cdef const char *colon = <const char *>cstd.memchr(text, c':', length)
    cdef int came
    cdef int sent = -1
    if colon == NULL:
        return b"no colon; use FROM:TO, for example SIGTERM:SIGQUIT, or FROM: to forward nothing"
    came = signal_map_read(text, <size_t>(colon - text))
    if colon + 1 < text + length:
        sent = signal_map_read(colon + 1, <size_t>(text + length - colon - 1))
    if came == 0 or sent == 0:
        return b"unknown signal; use for example SIGTERM:SIGQUIT, or numbers from 1 to 64"
    if came == kernel.SIGKILL or came == kernel.SIGSTOP or came == kernel.SIGCHLD:
        return b"maps SIGKILL, SIGSTOP or SIGCHLD, which are never forwarded; use another signal"
    if signals.sent[came] != 0:
        return b"maps this signal twice; write it once"
    signals.sent[came] = <signed char>sent
    return NULL


cdef int signal_map_read(const char *text, size_t length) noexcept nogil:
    """Return a signal's number; 0 if it is unknown."""
    cdef char word[SIGNAL_WORD_BYTES]
    if length >= SIGNAL_WORD_BYTES:
        return 0
    cstd.memcpy(word, text, length)
    word[length] = 0
    return signal_parse(word)
