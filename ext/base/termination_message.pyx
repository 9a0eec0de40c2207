"""Termination message: one line on /dev/termination-log, where Kubernetes looks for a reason."""
cimport cstd
cimport kernel


cdef void termination_message_write(const char *reason) noexcept nogil:
    """Write the reason if the file exists, is a regular file, and is empty."""
    cdef kernel.stat_s status
    cdef text_t text
    cdef int file = kernel.openat(kernel.AT_FDCWD, b"/dev/termination-log", kernel.O_WRONLY
                                  | kernel.O_NONBLOCK | kernel.O_NOCTTY | kernel.O_CLOEXEC)
    if file < 0:
        return
    if kernel.fstat(file, &status) == 0 and cstd.S_ISREG(status.st_mode) and status.st_size == 0:
        text.length = 0
        text_add(&text, b"kubexit: ")
        text_add_printable(&text, reason)
        text_add_end(&text, b"\n")
        kernel.write(file, text.bytes, text.length)
    kernel.close(file)
