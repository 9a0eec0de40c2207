"""Called by the name cp, kubexit copies itself and nothing else.

The original's image has a cp, and manifests made for it call that in an init
container: `command: ['cp', '/bin/kubexit', '/kubexit/kubexit']`. A link /bin/cp to
us lets them work unchanged, without a second program in the image.
"""
cimport cstd
cimport kernel


cdef bint cp_is_our_name(int argc, char **argv) noexcept nogil:
    """Whether we were called as cp. Every start asks: this may cost no system call."""
    return argc > 0 and cstd.strcmp(cp_last_part(argv[0]), b"cp") == 0


cdef const char *cp_last_part(const char *path) noexcept nogil:
    """What is behind the last slash."""
    cdef const char *slash = cstd.strrchr(path, c'/')
    return slash + 1 if slash != NULL else path


cdef int cp_run(int argc, char **argv, log_t *log) noexcept nogil:
    """cp [OPTIONS] KUBEXIT FILE-OR-FOLDER; the exit code."""
    cdef const char *operands[2]
    cdef kernel.stat_s status
    cdef copy_t copy
    cdef int code
    if not cp_parse(argc, argv, operands):
        log_error(log, b"this cp is kubexit and can only copy itself: cp [-afLpRrv] KUBEXIT FILE-OR-FOLDER")
        return EXIT_SETTINGS
    code = install_begin(&copy, log)
    if code != 0:
        return code
    if kernel.fstatat(kernel.AT_FDCWD, operands[0], &status, 0) < 0:
        log_error(log, b"this cp is kubexit and can only copy itself; %s: %s", operands[0], cstd.strerror(cstd.errno))
        return EXIT_SETTINGS
    if not copy_is_source(&copy, &status):
        log_error(log, b"this cp is kubexit and can only copy itself, not %s", operands[0])
        return EXIT_SETTINGS
    return cp_place(&copy, operands[0], operands[1], log)


cdef bint cp_parse(int argc, char **argv, const char **operands) noexcept nogil:
    """Find the two operands; False when there are not two, or an option would change what is copied where.

    Options that ask for what is done anyway are ignored (force, verbose), and
    options about attributes and links, which our copy does not have.
    """
    cdef int count = 0
    cdef bint options = True
    cdef int at
    for at in range(1, argc):
        if options and cstd.strcmp(argv[at], b"--") == 0:
            options = False
        elif options and argv[at][0] == c'-':
            if argv[at][1] == 0 or argv[at][1 + cstd.strspn(argv[at] + 1, b"afLpRrv")] != 0:
                return False
        elif count == 2:
            return False
        else:
            operands[count] = argv[at]
            count += 1
    return count == 2


cdef int cp_place(copy_t *copy, const char *source, const char *target, log_t *log) noexcept nogil:
    """Copy into a folder that is there, or to a file in one; the exit code."""
    cdef int flags = kernel.O_PATH | kernel.O_DIRECTORY | kernel.O_CLOEXEC
    cdef int folder = kernel.openat(kernel.AT_FDCWD, target, flags)
    cdef const char *name = cp_last_part(target)
    cdef char path[cstd.PATH_MAX]
    if folder >= 0:
        source = cp_last_part(source)
        cstd.snprintf(path, cstd.PATH_MAX, b"%s%s%s", target, b"/" if name[0] != 0 else b"", source)
        return install_finish(copy, folder, source, path, log)
    if cstd.errno != cstd.ENAMETOOLONG:
        cstd.snprintf(path, cstd.PATH_MAX, b"%.*s.", <int>(name - target), target)
        folder = kernel.openat(kernel.AT_FDCWD, path, flags)
    if folder < 0:
        return install_refuse(copy, target, cstd.errno, log)
    return install_finish(copy, folder, name, target, log)
