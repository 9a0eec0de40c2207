"""Missing: what a graveyard shows about containers that do not appear or are not ready, in words."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef enum:
    STATE_BYTES = 320           # of a container in words
    NAMES_SHOWN = 8             # of the containers in a graveyard
    ENTRIES_READ = 512          # of a graveyard, which has two for each container


cdef const char *missing_compose_names(supervisor_t *sv, const dependency_t *dep, text_t *text) noexcept nogil:
    """Write which containers are in the graveyard, and which name is nearest. Return the text."""
    cdef char nearest[NAME_BYTES + 2]
    cdef char number[48]
    cdef bint whole
    cdef int count = missing_list(sv, dep, text, nearest, &whole)
    if count > NAMES_SHOWN:
        cstd.snprintf(number, sizeof(number), b" and %s%d more", b"" if whole else b"at least ", count - NAMES_SHOWN)
        text_add(text, number)
    if count == 0 and whole:
        text_add(text, b" No other container is there")
    if nearest[0] != 0:
        text_add(text, b"; did you mean ")
        text_add(text, nearest)
        text_add(text, b"?")
    if count == 0 and whole and hint_graveyard_is_unshared(sv):
        missing_add_unshared(sv, text)
    text.bytes[text.length] = 0
    return text.bytes


cdef bint missing_is_alone(supervisor_t *sv) noexcept nogil:
    """True if no other container is in the graveyard, and it is on the file system of "/"."""
    cdef text_t text
    cdef char nearest[NAME_BYTES + 2]
    cdef bint whole
    return hint_graveyard_is_unshared(sv) and \
        missing_list(sv, &sv.settings.deps.list[0], &text, nearest, &whole) == 0 and whole


cdef int missing_list(supervisor_t *sv, const dependency_t *dep, text_t *text, char *nearest,
                      bint *whole) noexcept nogil:
    """Write the names of the containers in the graveyard, at most NAMES_SHOWN, and the one that is nearest to a
    dependency's, empty if none is near. Return how many were found besides us; whole: no entry was left out."""
    cdef kernel.DIR *folder = kernel.opendir(sv.settings.graveyard)
    cdef char name[FILE_BYTES]
    cdef int least = <int>(dep.length + 2) // 3 + 1
    cdef int left = ENTRIES_READ
    cdef int count = 0
    cdef int distance
    text.length = 0
    nearest[0] = 0
    while missing_next_name(sv, folder, &left, name):
        count += 1
        if count <= NAMES_SHOWN:
            text_add(text, b" Containers there: " if count == 1 else b", ")
            text_add(text, name)
        distance = edit_distance(name, cstd.strlen(name), dep.name, dep.length)
        if distance < least:
            least = distance
            cstd.snprintf(nearest, NAME_BYTES + 2, b"%s", name)
    if folder != NULL:
        kernel.closedir(folder)
    whole[0] = left > 0
    return count


cdef bint missing_next_name(supervisor_t *sv, kernel.DIR *folder, int *left, char *name) noexcept nogil:
    """Write the name of the next container in the graveyard; False at the end, or when no entry is left of
    ENTRIES_READ: a signal must not wait until a folder with any number of files is read."""
    cdef kernel.dirent *entry
    while folder != NULL and left[0] > 0:
        entry = kernel.readdir(folder)
        if entry == NULL:
            return False
        left[0] -= 1
        if missing_take_name(sv, entry.d_name, name):
            return True
    return False


cdef bint missing_take_name(supervisor_t *sv, const char *file, char *name) noexcept nogil:
    """Write the name of the container that a file belongs to; False if it is ours, another one's, or named already.

    A tombstone is a regular file. A FIFO counts if its container has no tombstone.
    """
    cdef kernel.stat_s status
    cdef size_t length = cstd.strlen(file)
    if sv.graveyard.folder < 0 and graveyard_open(&sv.graveyard, False) < 0:
        return False
    cstd.snprintf(name, FILE_BYTES, b"%s", file)
    if file[0] == c'.':
        if length < 8 or cstd.strcmp(file + length - 6, b".alive") != 0:
            return False
        cstd.snprintf(name, FILE_BYTES, b"%.*s", <int>length - 7, file + 1)
        if kernel.fstatat(sv.graveyard.folder, name, &status, kernel.AT_SYMLINK_NOFOLLOW) == 0:
            return False
    elif kernel.fstatat(sv.graveyard.folder, name, &status, kernel.AT_SYMLINK_NOFOLLOW) < 0 or \
            not cstd.S_ISREG(status.st_mode):
        return False
    return name_problem(name, cstd.strlen(name)) == NULL and cstd.strcmp(name, sv.settings.name) != 0


cdef void missing_add_unshared(const supervisor_t *sv, text_t *text) noexcept nogil:
    """Add the likely cause of a container that is missing."""
    text_add(text, b"; ")
    text_add(text, sv.settings.graveyard)
    text_add(text, b" is on the file system of this container alone, as / is: mount the shared volume there")


cdef void peer_explain(supervisor_t *sv, const dependency_t *dep, char *target, size_t size) noexcept nogil:
    """Describe the state of a dependency, with what its tombstone says about its own wait or its probe."""
    cdef tombstone_t stone
    cdef kernel.ssize_t length
    cdef size_t used
    dependency_describe(dep, target, size)
    used = cstd.strlen(target)
    if dep.facts & ~FACT_BORN or (sv.graveyard.folder < 0 and graveyard_open(&sv.graveyard, False) < 0):
        return
    length = graveyard_read(&sv.graveyard, dep.name, tombstone_text)
    if length <= 0 or tombstone_read(tombstone_text, <size_t>length, &stone) < 0:
        return
    if stone.born.start == NULL and stone.waits_for.start != NULL:
        used += <size_t>cstd.snprintf(target + used, size - used, b": it waits for ")
        words_copy(&stone.waits_for, target + used, size - used)
    elif stone.probe_error.start != NULL:
        used += <size_t>cstd.snprintf(target + used, size - used, b": ")
        words_copy(&stone.probe_error, target + used, size - used)
    elif dep.unprobed and dep.facts == FACT_BORN and dep.starts_us & FACT_READY:
        cstd.snprintf(target + used, size - used, b": it has no KUBEXIT_READY_* probe")
