"""Survey of a folder: which of its files belong to containers."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel


cdef int survey_take() noexcept nogil:
    """Look at all containers of the folder that is open; 0 or -errno."""
    cdef int flags = kernel.O_RDONLY | kernel.O_DIRECTORY | kernel.O_CLOEXEC
    cdef int copy = kernel.openat(survey.graveyard.folder, b".", flags)
    cdef kernel.DIR *folder = kernel.fdopendir(copy) if copy >= 0 else NULL
    cdef kernel.dirent *entry
    cdef int error = cstd.errno
    survey.count = 0
    survey.full = False
    survey.patience = SURVEY_PATIENCE
    if folder == NULL:
        if copy >= 0:
            kernel.close(copy)
        return -error
    while True:
        cstd.errno = 0          # readdir(3) reports a failure only there
        entry = kernel.readdir(folder)
        if entry == NULL:
            error = cstd.errno
            break
        survey_add(entry.d_name)
    kernel.closedir(folder)
    survey_sort()
    return -error


cdef void survey_add(const char *file) noexcept nogil:
    """Look at the container of a file, a tombstone or a FIFO, if it is new."""
    cdef size_t length = cstd.strlen(file)
    cdef container_t *container
    if file[0] == c'.':
        if length < 8 or cstd.memcmp(file + length - 6, b".alive", 6) != 0:
            return
        file += 1
        length -= 7
    if name_problem(file, length) != NULL or survey_knows(file, length):
        return
    if survey.count == SURVEY_MOST:
        if not survey.full:
            log_warn(survey.log, b"more than %d containers; the others are not shown", <int>SURVEY_MOST)
        survey.full = True
        return
    container = &survey.list[survey.count]
    cstd.memcpy(container.name, file, length)
    container.name[length] = 0
    if survey_look(container):
        survey.count += 1
    elif survey.foreign:
        return
    if survey.problem != NULL:
        log_warn(survey.log, b"cannot read tombstone of %s: %s", container.name, survey.problem)


cdef bint survey_knows(const char *name, size_t length) noexcept nogil:
    """Return whether the container of a name is in the list."""
    cdef int index
    for index in range(survey.count):
        if bytes_equal(name, length, survey.list[index].name):
            return True
    return False
