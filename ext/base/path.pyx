"""Paths: made absolute and tidy once, so that a later chdir does not change their meaning."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel


cdef int path_normalise(const char *path, char *target, size_t size) noexcept nogil:
    """Write the absolute path without empty and "." parts; 0, or -1 if it does not fit.

    ".." stays: through a symbolic link it does not mean the part before it.
    """
    cdef size_t length = 0
    cdef size_t part
    target[0] = 0
    if path[0] != c'/':
        if kernel.getcwd(target, size) == NULL:
            return -1
        length = cstd.strlen(target)
        if length == 1:
            length = 0      # the root: the slash comes with the first part
    while path[0] != 0:
        while path[0] == c'/':
            path += 1
        part = 0
        while path[part] != 0 and path[part] != c'/':
            part += 1
        if part > 0 and not (part == 1 and path[0] == c'.'):
            if length + part + 2 > size:
                return -1
            target[length] = c'/'
            cstd.memcpy(target + length + 1, path, part)
            length += part + 1
        path += part
    if length == 0:
        target[0] = c'/'
        length = 1
    target[length] = 0
    return 0


cdef int make_folders(const char *path, kernel.mode_t mode) noexcept nogil:
    """Make a folder and its parents; 0 if it was made, 1 if it existed, or -errno."""
    cdef char part[cstd.PATH_MAX]
    cdef size_t at = 1
    if kernel.mkdir(path, mode) == 0:
        return 0
    if cstd.errno == cstd.EEXIST:
        return 1
    if cstd.errno != cstd.ENOENT:
        return -cstd.errno
    cstd.memcpy(part, path, cstd.strlen(path) + 1)
    while part[at] != 0:
        if part[at] == c'/':
            part[at] = 0
            if kernel.mkdir(part, mode) < 0 and cstd.errno != cstd.EEXIST:
                return -cstd.errno
            part[at] = c'/'
        at += 1
    return 0 if kernel.mkdir(path, mode) == 0 or cstd.errno == cstd.EEXIST else -cstd.errno
