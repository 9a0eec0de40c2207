"""Wait: --wait NAME[:CONDITION]... sleeps until all conditions are met, like the wait before a command's start.

It sleeps in one poll over signals, inotify and the FIFOs of the containers. Each time it wakes it looks at all of them
again, also in a folder that was made only then.
"""
cimport cstd
cimport kernel

cdef enum:
    WAIT_POLL_MS = 2000         # between looks, as inotify is silent on some file systems
    WAIT_BLIND_POLL_MS = 200    # without inotify, or if a look must be repeated
    WAIT_SIGNALS = 0            # places in the poll set
    WAIT_WATCH = 1
    WAIT_PEERS = 2

cdef extern from *:
    """
    #define WAIT_TIMEOUT "30s"
    """
    const char *WAIT_TIMEOUT    # that of KUBEXIT_BIRTH_TIMEOUT


cdef int wait_run(const look_t *look, settings_t *settings, graveyard_t *graveyard, log_t *log) noexcept nogil:
    """Wait; 0, EXIT_UNAVAILABLE at the timeout, 128 + n after signal n, or EXIT_SETTINGS."""
    cdef const char *timeout = look.timeout if look.timeout != NULL else WAIT_TIMEOUT
    cdef signals_t signals
    cdef text_t missing
    cdef long long deadline_ns = NEVER_NS
    cdef int error
    cdef int code
    if cstd.strcmp(timeout, b"infinite") != 0:
        error = duration_read(timeout, &deadline_ns)
        if error != DURATION_OK:
            log_error(log, b"--timeout %s: %s, or infinite", timeout, duration_problem(error))
            return EXIT_SETTINGS
        deadline_ns = clock_add_ns(clock_monotonic_ns(), deadline_ns)
    cstd.memset(&signals, 0, sizeof(signals))   # the first act of kubexit has blocked them
    error = signals_open(&signals)
    if error < 0:
        log_error(log, b"cannot read signals: signalfd: %s", cstd.strerror(-error))
        return EXIT_INTERNAL
    code = wait_sleep(settings, graveyard, &signals, deadline_ns, log)
    if code == EXIT_UNAVAILABLE:
        conditions_missing(settings, &missing)
        log_error(log, b"not met after %s: %s", timeout, missing.bytes)
    return code


cdef int wait_sleep(settings_t *settings, graveyard_t *graveyard, signals_t *signals, long long deadline_ns,
                    log_t *log) noexcept nogil:
    """Look and sleep in turn; the exit code."""
    cdef kernel.pollfd set[WAIT_PEERS + MAX_DEPENDENCIES]
    cdef kernel.timespec length
    cdef long long pause_ns
    cdef long long left_ns
    cdef int error
    cdef int code
    while True:
        pause_ns = WAIT_POLL_MS * MILLISECOND_NS
        wait_open(graveyard)
        if not conditions_look(settings, graveyard, log) or graveyard.watch < 0:
            pause_ns = WAIT_BLIND_POLL_MS * MILLISECOND_NS
        if graveyard.folder >= 0 and not dependencies_unmet(&settings.deps, SOURCE_GRAVEYARD):
            return 0
        graveyard_close(graveyard)
        left_ns = deadline_ns - clock_monotonic_ns()
        if left_ns <= 0:
            return EXIT_UNAVAILABLE
        pause_ns = clock_earlier(pause_ns, left_ns)
        length.tv_sec = pause_ns // SECOND_NS
        length.tv_nsec = pause_ns % SECOND_NS
        error = -poll_wait(set, <unsigned long>wait_set(settings, graveyard, signals, set), &length)
        if error != 0 and error != cstd.EINTR:
            log_error(log, b"cannot wait: ppoll: %s", cstd.strerror(error))
            return EXIT_INTERNAL
        code = wait_take(graveyard, settings, signals, set, log)
        if code != 0:
            return code


cdef void wait_open(graveyard_t *graveyard) noexcept nogil:
    """Open the folder that is at the path now, watched before it is looked at; without one, nothing is open."""
    if graveyard.watch < 0 or watch_is_elsewhere(graveyard):
        watch_end(graveyard)
        if graveyard_open(graveyard, False) >= 0:
            graveyard.gone = False
            watch_begin(graveyard)
    elif graveyard_open(graveyard, False) < 0:
        graveyard_close(graveyard)


cdef int wait_set(settings_t *settings, const graveyard_t *graveyard, const signals_t *signals,
                  kernel.pollfd *set) noexcept nogil:
    """Fill the poll set; return its length."""
    cdef int count = WAIT_PEERS
    cdef int index
    poll_entry(&set[WAIT_SIGNALS], signals.descriptor, kernel.POLLIN)
    poll_entry(&set[WAIT_WATCH], graveyard.watch, kernel.POLLIN)
    for index in range(settings.deps.count):
        if settings.deps.list[index].fifo_fd >= 0:
            poll_entry(&set[count], settings.deps.list[index].fifo_fd, 0)
            count += 1
    return count


cdef int wait_take(graveyard_t *graveyard, settings_t *settings, signals_t *signals, const kernel.pollfd *set,
                   log_t *log) noexcept nogil:
    """Take events and signals; 0, or the exit code after a signal that ends a program."""
    cdef kernel.signalfd_siginfo taken[8]
    cdef char label[16]
    cdef int number
    cdef int index
    if set[WAIT_WATCH].revents and watch_take_events(graveyard, settings):
        watch_end(graveyard)
    if not set[WAIT_SIGNALS].revents:
        return 0
    for index in range(signals_read(signals, taken, 8)):
        number = <int>taken[index].ssi_signo
        if number == kernel.SIGTERM or number == kernel.SIGINT or number == kernel.SIGHUP or number == kernel.SIGQUIT:
            signal_label(label, sizeof(label), number)
            log_info(log, b"%s: the wait ends", label)
            return EXIT_BY_SIGNAL + number
    return 0
