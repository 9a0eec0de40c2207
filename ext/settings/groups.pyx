"""Groups: what settings are for, by the first word of their names, for --help and the docs."""
from libc.stddef cimport size_t

cdef extern from *:
    """
    typedef struct { const char *purpose; const char *words; } setting_group_t;
    static const setting_group_t SETTING_GROUPS[] = {
        {"name (required) and graveyard", "NAME GRAVEYARD PLAN"},
        {"stop the command", "DEATH REBIRTH SIDECAR GRACE TIMEOUT STOP SIGNAL EXIT SUCCESS IGNORE ORPHAN"},
        {"when the pod is deleted: stop in an order, or later", "TERM"},
        {"wait before the start", "BIRTH"},
        {"find this pod in the Kubernetes API", "POD NAMESPACE"},
        {"report readiness, by one probe", "READY"},
        {"ask sidecars without kubexit to quit; MESH also waits for the proxy of Istio or Linkerd", "QUIT MESH"},
        {"logs and special cases", ""}
    };
    enum { SETTING_GROUP_COUNT = sizeof SETTING_GROUPS / sizeof SETTING_GROUPS[0] };
    """
    enum:
        SETTING_GROUP_COUNT
    ctypedef struct setting_group_t:
        const char *purpose
        const char *words
    const setting_group_t *SETTING_GROUPS


cdef int setting_group(int row) noexcept nogil:
    """Return the group of a row; the last one takes what belongs to no other."""
    cdef char word[32]
    cdef const char *name = SETTINGS[row].name + PREFIX_BYTES
    cdef size_t length = 0
    cdef int group
    while name[length] != 0 and name[length] != c'_' and length + 1 < sizeof(word):
        word[length] = name[length]
        length += 1
    word[length] = 0
    for group in range(SETTING_GROUP_COUNT):
        if word_index(word, SETTING_GROUPS[group].words, c' ') >= 0:
            return group
    return SETTING_GROUP_COUNT - 1
