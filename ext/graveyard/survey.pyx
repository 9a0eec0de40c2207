"""Survey: all containers of a graveyard, each with its state, for people and probes that look at it.

A look only reads. A FIFO is opened for writing, as peers do, and at once closed: who opens it for reading would be
taken for its owner.
"""
from libc.stddef cimport size_t
cimport cstd

cdef enum:
    SURVEY_MOST = 1024          # containers of one graveyard
    SURVEY_PATIENCE = 25        # looks that are repeated, of all files together: half a second

cdef enum:
    STATE_NONE = 0              # no container
    STATE_STARTING              # its FIFO is held, and nothing is written
    STATE_WAITING               # for its birth
    STATE_RUNNING               # born; not ready, or without a probe
    STATE_READY
    STATE_DIED
    STATE_CRASHED               # its FIFO has no owner, and no death is written

ctypedef struct container_t:
    char name[NAME_BYTES + 1]
    int state                   # STATE_*
    bint coded                  # the exit code is known
    int exit_code
    bint reasoned               # its tombstone has a Reason
    long long begun_ns          # when its supervisor made the FIFO, if that is held; wall time, ABSENT: not known
    long long waiting_ns
    long long born_ns
    long long ready_ns
    long long died_ns

ctypedef struct survey_t:
    graveyard_t graveyard
    bint liveness               # look at FIFOs
    log_t *log
    int patience                # looks that may still be repeated
    size_t length               # of the text of the container that was looked at last, in tombstone_text
    const char *problem         # why that could not be read, NULL: it was, or it does not exist
    unsigned long long fifo_life    # of that container's FIFO, 0: not known
    unsigned long long death_life   # that its death names, 0: none
    bint foreign                # and that is a file that was never a tombstone, such as a folder or a program
    bint full                   # there are more containers than fit into the list
    int count
    int order[SURVEY_MOST]      # of birth
    container_t list[SURVEY_MOST]

# Not on the stack: it is large. Pages that no container fills cost nothing.
cdef survey_t survey


cdef const char *state_word(int state) noexcept nogil:
    """Return a state as users see it."""
    if state == STATE_STARTING:
        return b"starting"
    if state == STATE_WAITING:
        return b"waiting"
    if state == STATE_RUNNING:
        return b"running"
    if state == STATE_READY:
        return b"ready"
    return b"died" if state == STATE_DIED else b"crashed"


cdef void survey_sort() noexcept nogil:
    """Put the containers into the order of birth; those without a birth come last, by name."""
    cdef int place
    cdef int index
    for index in range(survey.count):
        place = index
        while place > 0 and survey_is_before(&survey.list[index], &survey.list[survey.order[place - 1]]):
            survey.order[place] = survey.order[place - 1]
            place -= 1
        survey.order[place] = index


cdef bint survey_is_before(const container_t *one, const container_t *other) noexcept nogil:
    """Return whether one container comes before another."""
    if one.born_ns != other.born_ns:
        return other.born_ns == ABSENT or (one.born_ns != ABSENT and one.born_ns < other.born_ns)
    return cstd.strcmp(one.name, other.name) < 0


cdef long long survey_begun(const container_t *container) noexcept nogil:
    """Return when its wait, or its kubexit, began; ABSENT if that is not known."""
    return container.waiting_ns if container.waiting_ns != ABSENT else container.begun_ns
