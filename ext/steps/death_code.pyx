"""Death, its exit code: what the command's end becomes, the reason, and the line about it."""
cimport kernel

cdef enum:
    ASKED_MS = 30000            # a request to stop can be why the command exits; or the grace period, if longer


cdef void death_choose_exit_code(supervisor_t *sv) noexcept nogil:
    """Set the code that kubexit returns: the command's, what the setting for this kind of stop
    says, or 0 if the command's code counts as success."""
    cdef int code = CODE_KEEP
    sv.life.exit_code = sv.command_code
    if sv.command.started:
        sv.life.command_code = sv.command_code
    if limits_ended_command(sv):
        code = EXIT_TIMED_OUT       # no setting makes a success of it
        sv.code_row = sv.limits.row
    elif sv.life.killed and sv.settings.code_on_kill != CODE_UNSET:
        code = sv.settings.code_on_kill
        sv.code_row = SETTING_EXIT_CODE_ON_KILL
    elif sv.stopped_by_us:
        code = sv.settings.code_on_stop
        sv.code_row = SETTING_EXIT_CODE_ON_STOP
    elif sv.asked_to_stop:
        code = sv.settings.code_on_term
        sv.code_row = SETTING_EXIT_CODE_ON_TERM
    if code == CODE_DEPENDENCY:
        code = sv.dead_code if sv.dead_index >= 0 else CODE_KEEP
    if code != CODE_KEEP:
        sv.life.exit_code = code if code <= 255 else CODE_UNKNOWN
    elif sv.command.started and sv.command_code != 0 and codes_have(&sv.settings.success_codes, sv.command_code):
        sv.life.exit_code = 0
        sv.code_row = SETTING_SUCCESS_CODES


cdef bint codes_have(const codes_t *codes, int code) noexcept nogil:
    """Return whether a code from 0 to 255 is in the set."""
    return codes.bits[code >> 5] >> (code & 31) & 1


cdef void death_explain_signal(supervisor_t *sv) noexcept nogil:
    """Compose the reason if a signal from outside ended the command: a request to stop, or the signal it died of."""
    cdef const kernel.signalfd_siginfo *signal = &sv.asked
    if not sv.asked_to_stop or death_is_much_later(sv):
        if not death_is_by_signal(sv, &sv.asked):
            signal = &sv.forwarded
        if not death_is_by_signal(sv, signal):
            return
    sv.ended_from_outside = True
    signal_describe(signal, sv.reason, REASON_BYTES)
    if signal == &sv.forwarded and signal.ssi_signo != kernel.SIGINT and signal.ssi_signo != kernel.SIGQUIT:
        log_info(&sv.log, b"%s ended the command", sv.reason)


cdef bint death_is_much_later(const supervisor_t *sv) noexcept nogil:
    """True if the request to stop came so long ago that it cannot be why the command exited."""
    cdef long long limit_ns = ASKED_MS * MILLISECOND_NS
    if limit_ns < sv.settings.grace_ns:
        limit_ns = sv.settings.grace_ns
    return clock_monotonic_ns() > clock_add_ns(sv.asked_at_ns, limit_ns)


cdef bint death_is_by_signal(const supervisor_t *sv, const kernel.signalfd_siginfo *signal) noexcept nogil:
    """Return whether the command died of a signal that was forwarded to it, as it got that."""
    return signal.ssi_signo != 0 and \
        sv.command_code == EXIT_BY_SIGNAL + command_gets(&sv.settings, <int>signal.ssi_signo)


cdef void death_log_end(supervisor_t *sv) noexcept nogil:
    """Log the command's end once. If it left nothing behind, that is after the
    tombstone: peers wait for the tombstone, not for this line."""
    if sv.command.started and not sv.end_logged:
        if death_is_by_stop(sv):
            # Not if the dependency failed: then a success would hide it, on the container that does the work above all.
            log_info(&sv.log, b"command exited with %d, by the stop signal of kubexit%s", sv.command_code,
                     b"; if that is no failure, set KUBEXIT_EXIT_CODE_ON_STOP=zero"
                     if sv.dead_index >= 0 and sv.dead_code == 0 else b"")
        elif sv.life.exit_code == sv.command_code:
            log_info(&sv.log, b"command exited with %d", sv.command_code)
        else:
            log_info(&sv.log, b"command exited with %d; exiting with %d (%s)", sv.command_code, sv.life.exit_code,
                     SETTINGS[sv.code_row].name)
        sv.end_logged = True


cdef bint death_is_by_stop(const supervisor_t *sv) noexcept nogil:
    """True if the command died of our stop signal, and no setting says what that exit code means."""
    return sv.stopped_by_us and sv.life.exit_code == EXIT_BY_SIGNAL + sv.settings.stop_signal and \
        sv.settings.code_on_stop == CODE_KEEP and not sv.settings.is_set[SETTING_EXIT_CODE_ON_STOP]
