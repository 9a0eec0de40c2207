"""Pod cgroup: whether two processes are of one pod, by /proc/PID/cgroup (cgroups(7)).

That file is open to every user, which the links in /proc/PID/ns are not. A container's
cgroup is named after its 64-digit ID, and the cgroups of one pod have one parent. With a cgroup
namespace the paths are relative to our own, "/../ID"; the paths of other pods then lead
through a folder that is named after the pod.
"""
from libc.stddef cimport size_t
cimport cstd

cdef enum:
    CGROUP_BYTES = 8192         # of /proc/PID/cgroup; cgroup v1 has a line for each of a dozen hierarchies
    CONTAINER_ID_DIGITS = 64

ctypedef struct cgroup_path_t:
    const char *at              # the next part
    const char *end
    bint outside                # it leads out of our cgroup namespace


cdef bint cgroups_are_of_one_pod(const char *ours, const char *theirs) noexcept nogil:
    """Return whether both texts, of /proc/PID/cgroup, show one pod in every hierarchy. Doubt means no.

    In gVisor both are empty: all that is visible there is in one sandbox, which holds one pod.
    """
    cdef size_t our_length
    cdef size_t their_length
    cdef size_t name_length
    while ours[0] != 0 and theirs[0] != 0:
        our_length = cgroup_line_length(ours)
        their_length = cgroup_line_length(theirs)
        name_length = cgroup_name_length(ours, our_length)
        if name_length == 0 or name_length != cgroup_name_length(theirs, their_length) or \
                cstd.memcmp(ours, theirs, name_length) != 0:
            return False
        if not cgroup_paths_are_of_one_pod(ours + name_length, ours + our_length, theirs + name_length,
                                           theirs + their_length):
            return False
        ours += our_length + (ours[our_length] != 0)
        theirs += their_length + (theirs[their_length] != 0)
    return ours[0] == theirs[0]


cdef bint cgroup_paths_are_of_one_pod(const char *ours, const char *our_end, const char *theirs,
                                      const char *their_end) noexcept nogil:
    """Return whether two paths are the same but for the part that names the container, and what is below it."""
    cdef cgroup_path_t our
    cdef cgroup_path_t their
    cdef size_t length
    our.at = ours
    our.end = our_end
    their.at = theirs
    their.end = their_end
    their.outside = False
    while True:
        length = cgroup_part(&our)
        if length == 0 or length != cgroup_part(&their) or cstd.memcmp(our.at, their.at, length) != 0:
            break
        our.at += length
        their.at += length
    # Ours ends first: theirs is our container's, or one below it.
    if our.at == our.end and not cgroup_leaves(&their):
        return True
    return cgroup_rest_is_container(&our, False) and cgroup_rest_is_container(&their, their.outside)


cdef bint cgroup_leaves(cgroup_path_t *path) noexcept nogil:
    """Skip leading "..". True if there were some: the path leads out of our cgroup namespace."""
    path.outside = False
    while cgroup_part(path) == 2 and path.at[0] == c'.' and path.at[1] == c'.':
        path.at += 2
        path.outside = True
    return path.outside


cdef bint cgroup_rest_is_container(cgroup_path_t *path, bint required) noexcept nogil:
    """Return whether the rest of a path begins with the only part that names a container, or is empty."""
    cdef int containers = 0
    cdef size_t length
    cdef bint first = True
    cgroup_leaves(path)
    length = cgroup_part(path)
    if length == 0:
        return not required
    while length > 0:
        if cgroup_names_container(path.at, length):
            containers += 1
        elif first:
            return False
        first = False
        path.at += length
        length = cgroup_part(path)
    return containers == 1


cdef bint cgroup_names_container(const char *part, size_t length) noexcept nogil:
    """Return whether a part of a path holds a container's ID. A slice of systemd is not a container;
    "SLICE:RUNTIME:ID" is what a runtime makes of it that takes it for a name."""
    cdef size_t digits = 0
    cdef size_t at
    if cstd.memchr(part, c':', length) != NULL:
        return False
    if length > 6 and cstd.memcmp(part + length - 6, b".slice", 6) == 0:
        return False
    for at in range(length):
        digits = digits + 1 if is_digit(part[at]) or c'a' <= part[at] <= c'f' else 0
        if digits == CONTAINER_ID_DIGITS:
            return True
    return False


cdef size_t cgroup_part(cgroup_path_t *path) noexcept nogil:
    """Skip slashes; return the length of the part that follows, 0 at the end."""
    cdef size_t length = 0
    while path.at < path.end and path.at[0] == c'/':
        path.at += 1
    while path.at + length < path.end and path.at[length] != c'/':
        length += 1
    return length


cdef size_t cgroup_line_length(const char *line) noexcept nogil:
    """Return the length of a line without its end."""
    cdef size_t length = 0
    while line[length] != 0 and line[length] != c'\n':
        length += 1
    return length


cdef size_t cgroup_name_length(const char *line, size_t length) noexcept nogil:
    """Return the length of "HIERARCHY:CONTROLLERS:" in front of the path; 0 if it is malformed."""
    cdef const char *colon = <const char *>cstd.memchr(line, c':', length)
    if colon == NULL:
        return 0
    colon = <const char *>cstd.memchr(colon + 1, c':', length - <size_t>(colon + 1 - line))
    return <size_t>(colon + 1 - line) if colon != NULL else 0
