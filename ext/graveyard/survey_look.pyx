"""Survey look: one container, first its FIFO, then its tombstone, as peers look at it."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef enum:
    SURVEY_PAUSE_MS = 20
    SURVEY_FRESH_MS = 1000      # a file that was changed so recently may be half-written; an older one is no tombstone


cdef bint survey_look(container_t *container) noexcept nogil:
    """Look at one container; False if it does not exist.

    What is being written is read again after a pause. So is a crash: the container may have started again between the
    two looks.
    """
    cdef kernel.timespec pause
    cdef bint sure
    cdef bint crashed = False
    cdef int owner
    pause.tv_sec = 0
    pause.tv_nsec = SURVEY_PAUSE_MS * MILLISECOND_NS
    while True:
        owner = survey_owner(container)
        sure = survey_read(container) and owner != LIVENESS_UNKNOWN
        container.state = survey_state(container, owner)
        if sure and (container.state != STATE_CRASHED or crashed):
            break
        crashed = container.state == STATE_CRASHED
        if not sure:
            if survey.patience == 0:
                break
            survey.patience -= 1
            kernel.nanosleep(&pause, NULL)
    return container.state != STATE_NONE


cdef int survey_state(const container_t *container, int owner) noexcept nogil:
    """Return the state (STATE_*) that FIFO and tombstone show together."""
    cdef bint behind = survey.death_life != 0 and survey.death_life != survey.fifo_life
    if container.died_ns != ABSENT and not (owner == LIVENESS_GONE and behind):
        return STATE_DIED
    if owner == LIVENESS_GONE:
        return STATE_CRASHED
    if container.ready_ns != ABSENT:
        return STATE_READY
    if container.born_ns != ABSENT:
        return STATE_RUNNING
    if container.waiting_ns != ABSENT:
        return STATE_WAITING
    return STATE_STARTING if owner == LIVENESS_OWNED else STATE_NONE


cdef int survey_owner(container_t *container) noexcept nogil:
    """Return what its FIFO shows (LIVENESS_*), and note when a FIFO that is held was made."""
    cdef kernel.stat_s status
    cdef int descriptor = -1
    cdef int owner = LIVENESS_NONE
    container.begun_ns = ABSENT
    if survey.liveness:
        owner = liveness_open(&survey.graveyard, container.name, &descriptor, &survey.fifo_life)
    if descriptor >= 0:
        if kernel.fstat(descriptor, &status) == 0:
            container.begun_ns = clock_of_file_ns(&status.st_mtim)
        kernel.close(descriptor)
    return owner


cdef bint survey_read(container_t *container) noexcept nogil:
    """Read its tombstone, or note why not; False if the next look may show more."""
    cdef tombstone_t stone
    cdef kernel.ssize_t length = graveyard_read(&survey.graveyard, container.name, tombstone_text)
    cdef value_t value
    survey.problem = NULL
    survey.foreign = length == -cstd.EINVAL or length == -cstd.ELOOP or length == -cstd.EFBIG
    survey.length = 0
    cstd.memset(&stone, 0, sizeof(stone))
    if length > 0:
        tombstone_text[length] = 0
        if tombstone_read(tombstone_text, <size_t>length, &stone) < 0:
            cstd.memset(&stone, 0, sizeof(stone))
            survey.problem = b"it is half-written or not a tombstone"
        else:
            survey.length = <size_t>length
    elif length != 0 and length != -cstd.ENOENT:
        survey.problem = peer_problem(<int>-length)
    container.coded = stone.coded
    container.exit_code = stone.exit_code
    container.born_ns = time_read(stone.born.start, stone.born.length)
    container.ready_ns = time_read(stone.ready.start, stone.ready.length)
    container.died_ns = time_read(stone.died.start, stone.died.length)
    survey.death_life = life_of(&stone)
    container.reasoned = value_find(tombstone_text, survey.length, b"Reason", &value)
    container.waiting_ns = time_read(stone.waiting.start, stone.waiting.length)
    if length < 0:
        return not graveyard_error_passes(<int>-length)
    return survey.length > 0 or not survey_is_fresh(container)


cdef bint survey_is_fresh(const container_t *container) noexcept nogil:
    """Return whether a file that is no tombstone may become one, as it is being written."""
    cdef kernel.stat_s status
    if kernel.fstatat(survey.graveyard.folder, container.name, &status, kernel.AT_SYMLINK_NOFOLLOW) < 0:
        return True             # it was replaced
    return clock_wall_ns() - clock_of_file_ns(&status.st_mtim) < SURVEY_FRESH_MS * MILLISECOND_NS
