"""Child: a process of ours that stays in our code."""
cimport cstd
cimport kernel


cdef kernel.pid_t child_fork(supervisor_t *kx) noexcept nogil:
    """A child that stays in our code, in a group of its own, and ends with us; its pid, 0 in the child, or -errno."""
    cdef kernel.pid_t parent = kernel.getpid()
    cdef kernel.pid_t pid = kernel.fork()
    if pid == 0:
        child_bind(parent)
        kernel.setpgid(0, 0)
        child_close_descriptors(kx)
    return pid if pid >= 0 else -cstd.errno


cdef void child_close_descriptors(supervisor_t *kx) noexcept nogil:
    """In a child that will not execute anything: let go of all that is ours but the
    signalfd, from which it may read what is sent to it."""
    if kx.log.own >= 0:
        kernel.close(kx.log.own)
        kx.log.own = LOG_NONE
    stop_watching(kx)
    graveyard_leave(&kx.graveyard)
    if kx.fifo_fd >= 0:
        kernel.close(kx.fifo_fd)
    readiness_close(&kx.readiness)
