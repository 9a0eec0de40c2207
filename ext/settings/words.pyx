"""Words: the few words that some settings can be, found by row, from the table in words.h."""
from libc.stddef cimport size_t
cimport cstd

cdef extern from "settings/words.h" nogil:
    enum:
        LOG_TEXT, LOG_JSON
        POLICY_ANY, POLICY_ALL
        CODE_KEEP, CODE_DEPENDENCY, CODE_UNSET
        ON_TIMEOUT_FAIL, ON_TIMEOUT_START
        SOURCE_KUBERNETES, SOURCE_GRAVEYARD
        QUIT_ALWAYS, QUIT_ON_SUCCESS, QUIT_ON_FAILURE, QUIT_NEVER
        MESH_NONE, MESH_ISTIO, MESH_LINKERD, MESH_ISTIO_NATIVE, MESH_LINKERD_NATIVE
        SETTING_WORD_COUNT
    ctypedef struct setting_word_t:
        int setting
        const char *word
        int meaning
    const setting_word_t *SETTING_WORDS


cdef bint word_parse(int row, const char *text, int *meaning) noexcept nogil:
    """Find what a word means for a row; False if the row does not have this word."""
    cdef int index
    for index in range(SETTING_WORD_COUNT):
        if SETTING_WORDS[index].setting == row and cstd.strcmp(SETTING_WORDS[index].word, text) == 0:
            meaning[0] = SETTING_WORDS[index].meaning
            return True
    return False


cdef const char *word_of(int row, int meaning) noexcept nogil:
    """Return the word of a row with this meaning; NULL if it is not found."""
    cdef int index
    for index in range(SETTING_WORD_COUNT):
        if SETTING_WORDS[index].setting == row and SETTING_WORDS[index].meaning == meaning:
            return SETTING_WORDS[index].word
    return NULL


cdef void words_list(int row, const char *separator, const char *others, char *target, size_t size) noexcept nogil:
    """List the words of a row, and then what else the value can be (or "")."""
    cdef int index
    target[0] = 0
    for index in range(SETTING_WORD_COUNT):
        if SETTING_WORDS[index].setting == row:
            words_add(target, size, separator, SETTING_WORDS[index].word)
    if others[0] != 0:
        words_add(target, size, separator, others)


cdef void words_add(char *target, size_t size, const char *separator, const char *word) noexcept nogil:
    """Append a word to a list."""
    cdef size_t length = cstd.strlen(target)
    if length > 0:
        cstd.snprintf(target + length, size - length, b"%s", separator)
        length = cstd.strlen(target)
    cstd.snprintf(target + length, size - length, b"%s", word)
