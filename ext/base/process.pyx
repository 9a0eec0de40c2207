"""Process: what a new child does before it runs another program, and how that program is found."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef extern from *:
    """
    #define PATH_DEFAULT "/usr/local/bin:/bin:/usr/bin"
    """
    const char *PATH_DEFAULT    # when PATH is not set


cdef void child_bind(kernel.pid_t parent) noexcept nogil:
    """In a child: end when the supervisor ends, even if it has ended already.

    In a PID namespace that begins with the child, getppid() is always 0.
    """
    kernel.prctl(kernel.PR_SET_PDEATHSIG, kernel.SIGKILL)
    if kernel.getppid() != parent and kernel.getppid() != 0:
        kernel._exit(EXIT_INTERNAL)


cdef void child_part_stdio() noexcept nogil:
    """In a child: replace the command's stdin and stdout. The child reads an end of file (from
    a pipe, since /dev/null may not exist) and writes to stderr; if that came in closed,
    into a pipe without a reader.

    The pipe takes the lowest free descriptors, so it is 0 and 1, even if no other one is free.
    """
    cdef int ends[2]
    cdef bint mute = kernel.write(2, b"", 0) < 0 and cstd.errno == cstd.EBADF
    kernel.close(0)
    kernel.close(1)
    if kernel.pipe(ends) == 0 and mute:
        kernel.dup2(1, 2)
    kernel.dup2(2, 1)


cdef int execute(char **argv, char **environment) noexcept nogil:
    """Execute argv[0], found along PATH if it has no slash. Return the errno if that fails.

    Not execvp(3): it would run a file without "#!" by a shell (ENOEXEC).
    """
    cdef const char *search = path_first(environment)
    cdef char path[cstd.PATH_MAX]
    cdef bint refused = False
    if cstd.strchr(argv[0], c'/') != NULL:
        kernel.execve(argv[0], argv, environment)
        return cstd.errno
    while argv[0][0] != 0 and path_next(&search, argv[0], path):
        kernel.execve(path, argv, environment)
        if cstd.errno == cstd.EACCES:
            refused = True      # a later folder may have another one
        elif not exec_try_next(cstd.errno):
            return cstd.errno
    return cstd.EACCES if refused else cstd.ENOENT


cdef bint exec_try_next(int error) noexcept nogil:
    """True if a folder of PATH does not have the command, or cannot be reached."""
    return error == cstd.ENOENT or error == cstd.ENOTDIR or error == cstd.ESTALE or error == cstd.ENODEV \
        or error == cstd.ETIMEDOUT or error == cstd.ELOOP or error == cstd.ENAMETOOLONG


cdef bint environment_has_program(char **environment, const char *name) noexcept nogil:
    """True if a file of this name is in PATH, or at its path: then its loader is missing."""
    cdef const char *search = path_first(environment)
    cdef char path[cstd.PATH_MAX]
    if cstd.strchr(name, c'/') != NULL:
        return kernel.access(name, kernel.F_OK) == 0
    while path_next(&search, name, path):
        if kernel.access(path, kernel.F_OK) == 0:
            return True
    return False


cdef const char *path_first(char **environment) noexcept nogil:
    """Return the folders of PATH, for path_next."""
    cdef const char *search = environment_find(environment, b"PATH")
    return search if search != NULL else PATH_DEFAULT


cdef bint path_next(const char **search, const char *name, char *path) noexcept nogil:
    """Write the name in the next folder of PATH; False after the last. A path that is too long becomes empty."""
    cdef const char *folder = search[0]
    cdef size_t length = 0
    cdef size_t name_length = cstd.strlen(name)
    if folder == NULL:
        return False
    while folder[length] != 0 and folder[length] != c':':
        length += 1
    search[0] = folder + length + 1
    if folder[length] == 0:
        search[0] = NULL
    path[0] = 0
    if length + name_length + 2 <= cstd.PATH_MAX:
        cstd.memcpy(path, folder, length)
        if length > 0:
            path[length] = c'/'
        # An empty folder in PATH is the working folder, as in a shell.
        cstd.memcpy(path + length + (length > 0), name, name_length + 1)
    return True


cdef const char *environment_find(char **environment, const char *name) noexcept nogil:
    """Return the value of a variable; NULL if it is not set."""
    cdef size_t length = cstd.strlen(name)
    while environment[0] != NULL:
        if cstd.strncmp(environment[0], name, length) == 0 and environment[0][length] == c'=':
            return environment[0] + length + 1
        environment += 1
    return NULL
