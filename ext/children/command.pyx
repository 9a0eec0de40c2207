"""The command: what we supervise. Started, signalled, never read or written."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel


cdef void command_begin(command_t *command, char **argv) noexcept nogil:
    """Set up: not started yet."""
    cstd.memset(command, 0, sizeof(command_t))
    command.argv = argv
    command.environment = cstd.environ


cdef int command_spawn(command_t *command, signals_t *signals) noexcept nogil:
    """Start it. Return 0; -errno if no process could be made, or the command could not be executed.

    vfork(2): the child borrows our memory until it executes the command, so no
    page table is copied and an exec failure is a plain variable. All signals stay
    blocked until then; signals that arrive wait for the child's exec or for us.
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
        kernel.waitpid(pid, NULL, 0)    # it has called _exit already
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
    # The parent reads the error. Under an emulator that forks instead, it reads this code.
    kernel._exit(exitcode_of_exec(command.error))


cdef int command_offer_notify(command_t *command, const char *address) noexcept nogil:
    """Give the command NOTIFY_SOCKET; the rest of its environment stays as it is. Return 0 or -ENOMEM.

    This is the only memory that we allocate: the number of variables is unknown until then.
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


cdef void command_leave_terminal(command_t *command) noexcept nogil:
    """After its end: take the terminal's foreground back, for the shell that started us."""
    if command.terminal and kernel.getpgrp() > 0:   # 0: our group is outside of the PID namespace
        kernel.tcsetpgrp(0, kernel.getpgrp())
    command.terminal = False
