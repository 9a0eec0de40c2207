"""The command: what we supervise. Started, signalled, never read or written."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef extern from *:
    """
    #define PATH_DEFAULT "/usr/local/bin:/bin:/usr/bin"
    """
    const char *PATH_DEFAULT    # when PATH is not set

cdef enum:
    NOTIFY_ENTRY_BYTES = 160    # "NOTIFY_SOCKET=@…"

ctypedef struct command_t:
    char **argv
    char **environment
    kernel.pid_t pid            # 0: not started yet, or collected already
    bint started
    bint own_group              # KUBEXIT_SIGNAL_GROUP
    bint terminal               # our group is the foreground of the terminal on stdin
    kernel.mode_t umask         # as it came in; ours is 0
    int error                   # why it could not be executed
    char notify[NOTIFY_ENTRY_BYTES]


cdef void command_begin(command_t *command, char **argv) noexcept nogil:
    """Not started yet."""
    command.argv = argv
    command.environment = kernel.environ
    command.pid = 0
    command.started = False
    command.own_group = False
    command.terminal = False
    command.error = 0
    command.notify[0] = 0


cdef int command_start(command_t *command, signals_t *signals) noexcept nogil:
    """Start it; 0 or -errno, when no process could be made or it could not be executed.

    vfork(2): the child borrows our memory until it executes the command, so no
    page table is copied and an exec failure is a plain variable. All signals are
    blocked meanwhile; those that arrive wait for the child's exec or for us.
    """
    cdef kernel.pid_t parent = kernel.getpid()
    cdef kernel.pid_t pid
    command.error = 0
    command.terminal = command.own_group and kernel.getpgrp() > 0 and kernel.tcgetpgrp(0) == kernel.getpgrp()
    pid = kernel.vfork()
    if pid == 0:
        command_become(command, signals, parent)
    if pid < 0:
        return -cstd.errno
    if command.error != 0:
        kernel.waitpid(pid, NULL, 0)    # it has left with _exit by now
        return -command.error
    command.pid = pid
    command.started = True
    return 0


cdef void command_become(command_t *command, signals_t *signals, kernel.pid_t parent) noexcept nogil:
    """In the child: undo what is ours, then execute the command. Never returns."""
    child_bind(parent)
    if command.own_group:
        kernel.setpgid(0, 0)
        if command.terminal:
            # TTOU is blocked here, so a background group may do this (tcsetpgrp(3)).
            kernel.tcsetpgrp(0, kernel.getpid())
    kernel.umask(command.umask)
    signals_restore(signals)
    command.error = execute(command.argv, command.environment)
    # The parent reads the error; where an emulator makes a fork of the vfork it reads this.
    kernel._exit(exitcode_of_exec(command.error))


cdef void child_bind(kernel.pid_t parent) noexcept nogil:
    """In a child: end when the supervisor ends, also when it has ended already.

    In a PID namespace that begins with the child, getppid() is 0 in any case.
    """
    kernel.prctl(kernel.PR_SET_PDEATHSIG, kernel.SIGKILL)
    if kernel.getppid() != parent and kernel.getppid() != 0:
        kernel._exit(EXIT_INTERNAL)


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


cdef int command_offer_notify(command_t *command, const char *address) noexcept nogil:
    """Give the command NOTIFY_SOCKET; all else of its environment stays as it is. 0 or -ENOMEM.

    The only memory that is ever allocated: how many variables there are is not
    known before.
    """
    cdef size_t count = 0
    cdef size_t kept = 0
    cdef char **environment
    while command.environment[count] != NULL:
        count += 1
    environment = <char **>cstd.malloc((count + 2) * sizeof(char *))
    if environment == NULL:
        return -cstd.ENOMEM
    cstd.snprintf(command.notify, NOTIFY_ENTRY_BYTES, b"NOTIFY_SOCKET=%s", address)
    for count in range(count):
        if cstd.strncmp(command.environment[count], b"NOTIFY_SOCKET=", 14) != 0:
            environment[kept] = command.environment[count]
            kept += 1
    environment[kept] = command.notify
    environment[kept + 1] = NULL
    command.environment = environment
    return 0


cdef int command_signal(const command_t *command, int signal) noexcept nogil:
    """Send a signal to the command, or to its group; 0 or -errno (EPERM: it became another user).

    Its pid cannot be another's: we alone collect it, and not before the last
    signal is decided. An empty group is one that the command has left.
    """
    if command.pid > 0:
        if (not command.own_group or kernel.kill(-command.pid, signal) < 0) and \
                kernel.kill(command.pid, signal) < 0:
            return -cstd.errno
    return 0


cdef int command_kill(const command_t *command) noexcept nogil:
    """KILL, to the command itself even when it has left its group; 0 or -errno."""
    if command.pid > 0:
        if command.own_group:
            kernel.kill(-command.pid, kernel.SIGKILL)
        if kernel.kill(command.pid, kernel.SIGKILL) < 0:
            return -cstd.errno
    return 0


cdef void command_leave_terminal(command_t *command) noexcept nogil:
    """After its end: the terminal's foreground is ours again, for whoever started us."""
    if command.terminal:
        kernel.tcsetpgrp(0, kernel.getpgrp())
        command.terminal = False
