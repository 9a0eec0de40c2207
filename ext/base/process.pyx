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
    """In a child: end when the supervisor ends, also when it has ended already.

    In a PID namespace that begins with the child, getppid() is 0 in any case.
    """
    kernel.prctl(kernel.PR_SET_PDEATHSIG, kernel.SIGKILL)
    if kernel.getppid() != parent and kernel.getppid() != 0:
        kernel._exit(EXIT_INTERNAL)


cdef void child_part_stdio() noexcept nogil:
    """In the child: the command's stdin and stdout are not the waiter's. It reads an
    end of file (a pipe, since /dev/null need not exist) and writes to stderr; where that
    came in closed, into a pipe that nobody reads."""
    cdef int ends[2]
    cdef bint mute = kernel.write(2, b"", 0) < 0 and cstd.errno == cstd.EBADF
    if kernel.pipe(ends) == 0:
        kernel.dup2(ends[0], 0)
        kernel.close(ends[0])
        if mute:
            kernel.dup2(ends[1], 2)
        kernel.close(ends[1])
    kernel.dup2(2, 1)


cdef int execute(char **argv, char **environment) noexcept nogil:
    """Execute argv[0], found along PATH when it has no slash; the errno, when that fails.

    Not execvp(3): it would run a file without "#!" by a shell (ENOEXEC).
    """
    cdef const char *search = environment_find(environment, b"PATH")
    cdef char path[kernel.PATH_MAX]
    cdef size_t name_length = cstd.strlen(argv[0])
    cdef size_t length
    cdef bint refused = False
    if cstd.strchr(argv[0], c'/') != NULL:
        kernel.execve(argv[0], argv, environment)
        return cstd.errno
    if name_length == 0:
        return cstd.ENOENT
    if search == NULL:
        search = PATH_DEFAULT
    while True:
        length = 0
        while search[length] != 0 and search[length] != c':':
            length += 1
        if length + name_length + 2 <= kernel.PATH_MAX:
            cstd.memcpy(path, search, length)
            if length > 0:
                path[length] = c'/'
            # An empty part of PATH is the working folder, as in a shell.
            cstd.memcpy(path + length + (length > 0), argv[0], name_length + 1)
            kernel.execve(path, argv, environment)
            if cstd.errno == cstd.EACCES:
                refused = True      # there may be another one further on
            elif not is_elsewhere(cstd.errno):
                return cstd.errno
        if search[length] == 0:
            return cstd.EACCES if refused else cstd.ENOENT
        search += length + 1


cdef bint is_elsewhere(int error) noexcept nogil:
    """Whether a part of PATH does not have the command, or cannot be reached: go on with the next."""
    return error == cstd.ENOENT or error == cstd.ENOTDIR or error == cstd.ESTALE or error == cstd.ENODEV \
        or error == cstd.ETIMEDOUT or error == cstd.ELOOP or error == cstd.ENAMETOOLONG


cdef bint environment_has_program(char **environment, const char *name) noexcept nogil:
    """Whether a file of this name is in PATH, or at its path: then it is its loader that is missing."""
    cdef const char *search = environment_find(environment, b"PATH")
    cdef char path[kernel.PATH_MAX]
    cdef size_t length
    if cstd.strchr(name, c'/') != NULL:
        return kernel.access(name, kernel.F_OK) == 0
    if search == NULL:
        search = PATH_DEFAULT
    while True:
        length = 0
        while search[length] != 0 and search[length] != c':':
            length += 1
        if cstd.snprintf(path, kernel.PATH_MAX, b"%.*s/%s", <int>length, search, name) < kernel.PATH_MAX and \
                kernel.access(path, kernel.F_OK) == 0:
            return True
        if search[length] == 0:
            return False
        search += length + 1


cdef const char *environment_find(char **environment, const char *name) noexcept nogil:
    """The value of a variable, NULL when it is not set."""
    cdef size_t length = cstd.strlen(name)
    while environment[0] != NULL:
        if cstd.strncmp(environment[0], name, length) == 0 and environment[0][length] == c'=':
            return environment[0] + length + 1
        environment += 1
    return NULL
