"""Child: a process that stays in our code."""
cimport cstd
cimport kernel


cdef kernel.pid_t child_fork(supervisor_t *sv) noexcept nogil:
    """Fork a child that stays in our code, in its own group, and ends with us. Return its pid; 0 in the child; -errno
    on failure."""
    cdef kernel.pid_t parent = kernel.getpid()
    cdef kernel.pid_t pid = kernel.fork()
    if pid == 0:
        child_bind(parent)
        kernel.setpgid(0, 0)
        child_close_descriptors(sv)
    return pid if pid >= 0 else -cstd.errno


cdef void child_close_descriptors(supervisor_t *sv) noexcept nogil:
    """In a child that will not execute a program: close all our descriptors but the signalfd,
    from which it can read the signals that are sent to it."""
    if sv.log.own >= 0:
        kernel.close(sv.log.own)
        sv.log.own = LOG_NONE
    stop_watching(sv)
    graveyard_close(&sv.graveyard)
    if sv.fifo_fd >= 0:
        kernel.close(sv.fifo_fd)
    if sv.birth.words_fd >= 0:
        kernel.close(sv.birth.words_fd)
    if sv.watcher.descriptor >= 0:
        kernel.close(sv.watcher.descriptor)
    readiness_close(&sv.readiness)
