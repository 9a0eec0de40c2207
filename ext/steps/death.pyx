"""The burial: from the command's end to the death on the tombstone."""
cimport cstd
cimport kernel

cdef enum:
    CARVE_RETRY_MS = 50
    CARVE_RETRIES = 20          # for one second in all
    DRAIN_KILL_MS = 1000        # processes that even KILL does not end are left


cdef void burial_begin(supervisor_t *kx) noexcept nogil:
    """The command has ended: settle its code, then see to what it left behind."""
    cdef long long left_ns = kx.kill_at_ns
    ready_end(&kx.ready)
    command_leave_terminal(&kx.command)
    kx.life.died_ns = clock_wall_ns()
    burial_settle_code(kx)
    if kx.command.started and not kx.stopped_by_us and not kx.life.killed:
        kx.reason[0] = 0        # it ended by itself, whatever was about to happen
    if kx.settings.orphan_grace_ns == 0 or burial_signal_remains(kx, kernel.SIGTERM) == 0:
        event_post(kx, EVENT_ALONE, 0)
    else:
        phase_arm(kx, kx.settings.orphan_grace_ns)
        if left_ns < kx.deadline_ns:
            kx.deadline_ns = left_ns    # it counts into the grace period
        burial_tell(kx)


cdef void burial_tell(supervisor_t *kx) noexcept nogil:
    """Log the command's end once. If it left nothing behind, that is after the
    tombstone: peers wait for the tombstone, not for this line."""
    if kx.command.started and not kx.told:
        log_info(&kx.log, b"command ended with exit code %d", kx.command_code)
        kx.told = True


cdef void burial_settle_code(supervisor_t *kx) noexcept nogil:
    """The code that kubexit returns: the command's own, or what the setting says after our stop."""
    cdef int code = kx.settings.code_on_stop
    kx.life.exit_code = kx.command_code
    if kx.command.started:
        kx.life.command_code = kx.command_code
    if not kx.stopped_by_us or code == CODE_KEEP:
        return
    if code == CODE_DEPENDENCY:
        code = kx.settings.deps.list[kx.dead].exit_code
    kx.life.exit_code = code if code <= 255 else CODE_UNKNOWN


cdef int burial_signal_remains(supervisor_t *kx, int signal) noexcept nogil:
    """Signal every descendant; how many there are, as far as that can be known."""
    cdef int count = drain_signal(signal)
    if count < 0:
        log_warn(&kx.log, b"/proc cannot be read: %s; left-over processes are not all found", cstd.strerror(-count))
        # PID 1 of a namespace has nobody in sight but its descendants.
        count = 1 if kernel.getpid() == 1 and kernel.kill(-1, signal) == 0 else 0
    return count


cdef void burial_end(supervisor_t *kx) noexcept nogil:
    """Carve the death, then ask those to quit who cannot read it."""
    cdef int error
    if kx.life.died_ns == ABSENT:
        kx.life.died_ns = clock_wall_ns()
    if kx.reason[0] != 0:
        kx.life.reason = kx.reason
        notice_write(kx.reason)
    if not kx.outside:
        error = -burial_carve(kx)
        kx.carved = error == 0
        if error != 0:
            log_error(&kx.log, b"tombstone %s/%s cannot be written: %s; the exit code stays %d",
                      kx.settings.graveyard, kx.settings.name, cstd.strerror(error), kx.life.exit_code)
    quit_begin(kx)


cdef void burial_leave(supervisor_t *kx) noexcept nogil:
    """Let go of the graveyard: peers that see us gone find our death carved. When it
    is not, the FIFO stays: they will see a crash, which is nearer to the truth than life."""
    if kx.carved:
        if kx.graveyard.folder < 0:     # the requests took their time: that was another visit
            graveyard_open(&kx.graveyard, False)
        liveness_lower(&kx.graveyard, kx.settings.name)


cdef int burial_carve(supervisor_t *kx) noexcept nogil:
    """Carve it into the folder that the path leads to now, for up to a second; 0 or -errno."""
    cdef kernel.timespec pause
    cdef int tries = 0
    cdef int result
    pause.tv_sec = 0
    pause.tv_nsec = CARVE_RETRY_MS * MILLISECOND_NS
    while True:
        result = graveyard_open(&kx.graveyard, True)
        if result >= 0:
            result = graveyard_carve(&kx.graveyard, kx.settings.name, &kx.life)
        tries += 1
        if result == -cstd.EMFILE or result == -cstd.ENFILE:
            stop_watching(kx)
        if result == -cstd.ENOSPC or result == -cstd.EDQUOT:
            # The draft needs room beside the birth that it replaces. All that is on
            # that we know, and a tombstone that goes is no death.
            graveyard_remove(&kx.graveyard, kx.settings.name)
        if result == 0 or tries > CARVE_RETRIES or not is_passing(-result):
            return result
        kernel.nanosleep(&pause, NULL)


cdef bint is_passing(int error) noexcept nogil:
    """Whether a failure to write may be over in a moment."""
    return error == cstd.ENOSPC or error == cstd.EDQUOT or error == cstd.EIO or error == cstd.ENOENT \
        or error == cstd.ENFILE or error == cstd.EMFILE or error == cstd.ENOMEM or error == cstd.EAGAIN \
        or error == cstd.EEXIST
