"""The probe: a child that asks URLs until each has answered 2xx, then leaves with 0.

For KUBEXIT_BIRTH_URLS before the command, for KUBEXIT_READY_HTTP beside it. A
process of its own, so that no answer, however slow, holds up the event loop, and
so that nothing of it is left when it is over. At TERM it says what was missing.
"""
cimport kernel

cdef enum:
    PROBE_PERIOD_MS = 100       # between two requests to a URL that a birth depends on
    PROBE_LIMIT_MS = 5000       # for one request
    PROBE_PROXY_ABSENT = 75     # it leaves with that when nothing but the mesh's proxy is missing


cdef kernel.pid_t probe_start(supervisor_t *kx, const urls_t *urls, long long period_ns) noexcept nogil:
    """Start the child; its pid, or -errno."""
    cdef kernel.pid_t parent = kernel.getpid()
    cdef kernel.pid_t pid = kernel.fork()
    if pid == 0:
        child_bind(parent)
        kernel.setpgid(0, 0)
        supervisor_close_descriptors(kx)
        kernel._exit(probe_ask_all(kx, urls, period_ns))
    return pid if pid > 0 else -kernel.errno


cdef int probe_ask_all(supervisor_t *kx, const urls_t *urls, long long period_ns) noexcept nogil:
    """In the child: ask one URL after the other; the code to leave with. Signals stay
    blocked here, and are read from our own view of the signalfd (signalfd(2))."""
    cdef const url_t *url
    cdef int status
    cdef int last
    cdef int index
    cdef char outcome[64]
    for index in range(urls.count):
        url = &urls.list[index]
        if not url.native:
            continue            # the waiter's
        last = 0
        kernel.snprintf(outcome, sizeof(outcome), b"no answer yet")
        while True:
            status = http_ask(url, clock_monotonic_ns() + PROBE_LIMIT_MS * MILLISECOND_NS, kx.signals.descriptor)
            if http_is_good(status):
                break
            if status != -kernel.EINTR:
                http_describe(status, outcome, sizeof(outcome))
                if status != last:
                    log_debug(&kx.log, b"not ready: %.*s: %s", <int>url.length, url.text, outcome)
                last = status
            if status == -kernel.EINTR or \
                    http_wait(-1, 0, clock_monotonic_ns() + period_ns, kx.signals.descriptor) == -kernel.EINTR:
                return probe_leave(kx, url, outcome)
    return 0


cdef int probe_leave(supervisor_t *kx, const url_t *url, const char *outcome) noexcept nogil:
    """In the child, at TERM: say what is missing; the code to leave with."""
    if url.of_mesh:
        log_debug(&kx.log, b"not ready: %.*s: %s", <int>url.length, url.text, outcome)
        return PROBE_PROXY_ABSENT
    log_error(&kx.log, b"not ready: %.*s: %s", <int>url.length, url.text, outcome)
    return EXIT_UNAVAILABLE
