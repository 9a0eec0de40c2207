"""Death: from the command's end to the death on the tombstone."""
cimport cstd
cimport kernel

cdef enum:
    WRITE_RETRY_MS = 50
    WRITE_RETRIES = 20          # for one second in all
    ORPHANS_KILL_MS = 1000      # then processes that even SIGKILL did not end are left behind
    GIVE_UP_MS = 5000           # for a command that cannot be sent SIGKILL to end by itself


cdef void death_command_ended(supervisor_t *sv) noexcept nogil:
    """Choose the exit code, then signal what the command left behind."""
    cdef long long left_ns = sv.kill_at_ns
    sv.rewrite_at_ns = NEVER_NS     # the death replaces it
    limits_end(sv)
    if sv.settings.watches_deaths:
        watcher_end(sv)
    readiness_end(&sv.readiness)
    command_leave_terminal(&sv.command)
    sv.life.died_ns = clock_wall_ns()
    death_choose_exit_code(sv)
    if sv.command.started and not sv.stopped_by_us and not sv.life.killed:
        sv.reason[0] = 0        # it ended by itself, regardless of what we were about to do
        death_explain_signal(sv)
    sv.deferred.ssi_signo = 0
    if sv.settings.orphan_grace_ns == 0 or death_signal_orphans(sv, kernel.SIGTERM) == 0:
        event_post(sv, EVENT_ORPHANS_GONE, 0)
    else:
        phase_arm(sv, sv.settings.orphan_grace_ns)
        if left_ns < sv.deadline_ns:
            sv.deadline_ns = left_ns    # it counts into the grace period
        death_log_end(sv)


cdef int death_signal_orphans(supervisor_t *sv, int signal) noexcept nogil:
    """Signal every descendant; return how many we found."""
    cdef orphans_t found
    cdef int sent
    orphans_signal(signal, &found)
    sent = found.count - found.refused
    if found.error != 0:
        log_warn(&sv.log, b"cannot read /proc: %s; some processes that the command left behind may not be found",
                 cstd.strerror(found.error))
        # PID 1 of a namespace can see its descendants only.
        if kernel.getpid() == 1 and kernel.kill(-1, signal) == 0:
            found.count += 1
            sent += 1
    if found.refused > 0:
        log_warn(&sv.log, b"cannot signal %d process%s that the command left behind%s", found.refused,
                 b"" if found.refused == 1 else b"es", command_hint(-cstd.EPERM))
    if signal == kernel.SIGKILL and sent > 0:
        log_warn(&sv.log, b"sent SIGKILL to processes that the command left behind")
    return found.count


cdef void death_explain_refused(supervisor_t *sv, int result) noexcept nogil:
    """Add to the reason that SIGKILL was refused."""
    cdef char why[REASON_BYTES]
    cstd.snprintf(why, REASON_BYTES, b"%.300s; SIGKILL cannot be sent to the command: %s%s", sv.reason,
                  cstd.strerror(-result), command_hint(result))
    cstd.memcpy(sv.reason, why, REASON_BYTES)


cdef void death_give_up(supervisor_t *sv) noexcept nogil:
    """End although the command may run: we cannot end it, or cannot wait for it. Nothing that we
    did ended it, so KUBEXIT_EXIT_CODE_ON_STOP does not apply. As PID 1 we take it along."""
    waiter_signal(&sv.birth, kernel.SIGKILL)
    if sv.settings.watches_deaths:
        watcher_end(sv)
    readiness_end(&sv.readiness)
    command_leave_terminal(&sv.command)
    sv.life.exit_code = EXIT_INTERNAL
    log_error(&sv.log, b"%s: giving up", sv.reason)
    death_write(sv)


cdef void death_write(supervisor_t *sv) noexcept nogil:
    """Write our death to the tombstone and to the termination log."""
    sv.rewrite_at_ns = NEVER_NS
    if sv.life.died_ns == ABSENT:
        sv.life.died_ns = clock_wall_ns()
    if sv.reason[0] != 0:
        sv.life.reason = sv.reason
        # Its own last words may matter more after an end from outside; without a pod nothing is written at all.
        if not sv.ended_from_outside and not sv.settings.no_pod:
            termination_message_write(sv.reason)
    if not sv.alone:
        death_publish(sv)


cdef void death_publish(supervisor_t *sv) noexcept nogil:
    """Write the tombstone, or log why that is not possible."""
    cdef int error = -death_write_tombstone(sv)
    sv.death_written = error == 0
    if error != 0:
        log_error(&sv.log, b"cannot write tombstone %s/%s: %s; kubexit's exit code stays %d",
                  sv.settings.graveyard, sv.settings.name, cstd.strerror(error), sv.life.exit_code)


cdef void death_release_name(supervisor_t *sv) noexcept nogil:
    """Remove our FIFO: peers that see us gone find our death. If the death could not be written,
    the FIFO stays, and they see a crash: that is nearer to the truth than life."""
    if sv.log.level == LOG_DEBUG and sv.death_written:
        timeline_log(sv.settings.graveyard, sv.settings.liveness, &sv.log)
    if sv.death_written:
        if sv.graveyard.folder < 0:     # closed while the requests ran
            graveyard_open(&sv.graveyard, False)
        liveness_remove(&sv.graveyard, sv.settings.name)


cdef int death_write_tombstone(supervisor_t *sv) noexcept nogil:
    """Write it into the folder that the path leads to now, trying for up to a second, and twice after any error: a peer
    that finds no death sees a crash. Return 0; -errno on failure."""
    cdef int tries = 0
    cdef int result
    while True:
        result = graveyard_open(&sv.graveyard, True)
        if result >= 0:
            result = graveyard_write(&sv.graveyard, sv.settings.name, &sv.life)
        tries += 1
        if result == -cstd.EMFILE or result == -cstd.ENFILE:
            stop_watching(sv)
        if result == -cstd.ENOSPC or result == -cstd.EDQUOT:
            # The draft needs space next to the old tombstone. Delete that one first: we
            # hold its content, and peers ignore deletions.
            graveyard_remove(&sv.graveyard, sv.settings.name)
        if result == 0 or tries > WRITE_RETRIES or (tries > 1 and not is_transient(-result)):
            return result
        pause_ms(WRITE_RETRY_MS)


cdef bint is_transient(int error) noexcept nogil:
    """True if a failure to write may be over in a moment."""
    return graveyard_error_passes(error) or error == cstd.ENOSPC or error == cstd.EDQUOT or error == cstd.ENOENT \
        or error == cstd.EEXIST
