"""Install: --install DIR puts the running file into a folder that containers share.

For an init container: an image without a shell has nothing else that could copy.
"""
cimport cstd
cimport kernel


cdef int install_run(const char *folder, log_t *log) noexcept nogil:
    """Copy ourselves to DIR/kubexit, over an older one; the exit code."""
    cdef char path[cstd.PATH_MAX]
    cdef char target[cstd.PATH_MAX]
    cdef copy_t copy
    cdef int code = install_begin(&copy, log)
    cdef int directory
    if code != 0:
        return code
    if path_normalise(folder, path, cstd.PATH_MAX - 8) < 0:
        return install_refuse(&copy, folder, cstd.ENAMETOOLONG, log)
    cstd.snprintf(target, cstd.PATH_MAX, b"%s/kubexit", path + (1 if path[1] == 0 else 0))
    directory = install_open_folder(path, log)
    if directory < 0:
        return install_refuse(&copy, target, -directory, log)
    return install_finish(&copy, directory, b"kubexit", target, log)


cdef int install_begin(copy_t *copy, log_t *log) noexcept nogil:
    """Find the file that is running; 0, or the exit code after a line."""
    cdef int error = -copy_begin(copy)
    if error == 0:
        return 0
    if error == cstd.ENOEXEC:
        log_error(log, b"this kubexit is a Python package and cannot be copied as one file; "
                       b"use the static file, kubexit-linux-amd64 or kubexit-linux-arm64")
        return EXIT_SETTINGS
    if error == cstd.ESTALE:
        log_error(log, b"cannot find the running file: there is no /proc here, and %s is another file",
                  <const char *>cstd.getauxval(cstd.AT_EXECFN))
    else:
        log_error(log, b"cannot read the running file, %s: %s; set its mode to 0555",
                  <const char *>cstd.getauxval(cstd.AT_EXECFN), cstd.strerror(error))
    return EXIT_INTERNAL


cdef int install_open_folder(const char *path, log_t *log) noexcept nogil:
    """The folder, made if missing, as the graveyard is; its O_PATH descriptor or -errno."""
    cdef int flags = kernel.O_PATH | kernel.O_DIRECTORY | kernel.O_CLOEXEC
    cdef int folder = kernel.openat(kernel.AT_FDCWD, path, flags)
    cdef int made
    if folder < 0 and cstd.errno == cstd.ENOENT:
        made = make_folders(path, 0o777)
        if made < 0:
            return made
        if made == 0:
            log_warn(log, b"folder %s did not exist and was made; is the shared volume mounted?", path)
        folder = kernel.openat(kernel.AT_FDCWD, path, flags)
    return folder if folder >= 0 else -cstd.errno


cdef int install_finish(copy_t *copy, int folder, const char *name, const char *target, log_t *log) noexcept nogil:
    """Copy and say so; the exit code. target is the path for the log."""
    cdef int error = copy_to(copy, folder, name)
    if error < 0:
        return install_refuse(copy, target, -error, log)
    if error == 1:
        log_info(log, b"%s is the running file: nothing to install", target)
    else:
        log_info(log, b"installed %s, %ld bytes", target, copy.status.st_size)
    return 0


cdef int install_refuse(const copy_t *copy, const char *target, int error, log_t *log) noexcept nogil:
    """Say why it cannot be installed, and what would be right; the exit code."""
    if error == cstd.ENOSPC and 0 <= copy.room < copy.status.st_size:
        log_error(log, b"cannot install %.1024s: it needs %ld bytes, but only %lld are free", target,
                  copy.status.st_size, copy.room)
    elif error == cstd.ENOSPC or error == cstd.EDQUOT:
        log_error(log, b"cannot install %.1024s: %s; it needs %ld bytes", target, cstd.strerror(error),
                  copy.status.st_size)
    elif error == cstd.EACCES or error == cstd.EPERM:
        log_error(log, b"cannot install %.1024s: %s; the folder must be writable for user %u, group %u: use "
                       b"an emptyDir, or set fsGroup on the pod", target, cstd.strerror(error), kernel.geteuid(),
                  kernel.getegid())
    elif error == cstd.EROFS:
        log_error(log, b"cannot install %.1024s: %s; the volume must be mounted without readOnly here", target,
                  cstd.strerror(error))
    elif error == cstd.ENOENT:
        log_error(log, b"cannot install %.1024s: %s; is the shared volume mounted?", target, cstd.strerror(error))
    else:
        log_error(log, b"cannot install %.1024s: %s", target, cstd.strerror(error))
    return EXIT_GRAVEYARD
