"""Hints: what is probably wrong in the manifest, when something that kubexit met looks like it."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef enum:
    FIRST_NAME_BYTES = 24             # a name of a process has 15 (proc(5))


cdef bint hint_graveyard_is_unshared(supervisor_t *sv) noexcept nogil:
    """Return whether the graveyard is on the file system of "/", as it is if the volume was not mounted."""
    cdef kernel.stat_s root
    cdef kernel.stat_s folder
    return kernel.fstatat(kernel.AT_FDCWD, b"/", &root, 0) == 0 and \
        kernel.fstatat(kernel.AT_FDCWD, sv.settings.graveyard, &folder, 0) == 0 and root.st_dev == folder.st_dev


cdef void hint_at_graveyard(supervisor_t *sv, int error, char *target, size_t size) noexcept nogil:
    """Write what helps if the graveyard cannot be used."""
    cdef const char *path = sv.settings.graveyard
    cdef kernel.stat_s status
    cdef bint missing = kernel.fstatat(kernel.AT_FDCWD, path, &status, 0) < 0 or hint_graveyard_is_unshared(sv)
    if missing and (error == cstd.EACCES or error == cstd.EPERM or error == cstd.EROFS):
        cstd.snprintf(target, size, b"is the shared volume mounted at %.200s (volumeMounts)?", path)
    elif error == cstd.EROFS:
        cstd.snprintf(target, size, b"remove readOnly: true from the volumeMount of %.200s", path)
    elif error == cstd.EACCES or error == cstd.EPERM:
        cstd.snprintf(target, size, b"user %u may not write to the volume at %.200s: set fsGroup in the pod's "
                      b"securityContext", kernel.geteuid(), path)
    else:
        cstd.snprintf(target, size, b"it must be a folder that this user can write to")


cdef void hint_at_shell(supervisor_t *sv) noexcept nogil:
    """Warn if a shell is PID 1 and our parent: it forwards no signal."""
    cdef char name[FIRST_NAME_BYTES]
    if sv.signals.pid == 1 or kernel.getppid() != 1:
        return
    hint_read_name(1, name)
    if word_index(name, b"sh bash dash ash ksh zsh busybox", c' ') >= 0:
        log_warn(&sv.log, b"%s is PID 1 and the parent of kubexit: it does not forward SIGTERM; write exec kubexit, or "
                 b"kubexit as the command of the container", name)


cdef bint hint_name_is_inherited(const supervisor_t *sv) noexcept nogil:
    """Return whether a kubexit is PID 1 here: this one was started by its command, or by an exec probe."""
    cdef char ours[FIRST_NAME_BYTES]
    cdef char first[FIRST_NAME_BYTES]
    if sv.signals.pid == 1:
        return False
    hint_read_name(sv.signals.pid, ours)
    hint_read_name(1, first)
    return ours[0] != 0 and cstd.strcmp(ours, first) == 0


cdef void hint_read_name(kernel.pid_t pid, char *name) noexcept nogil:
    """Read the name of a process, in FIRST_NAME_BYTES bytes; empty if it is not known."""
    cdef size_t length
    proc_read_text(pid, b"comm", name, FIRST_NAME_BYTES)
    length = cstd.strlen(name)
    if length > 0 and name[length - 1] == c'\n':
        name[length - 1] = 0


cdef const char *hint_at_command(const char *name) noexcept nogil:
    """Return what is wrong with a command that does not exist, by its first word; NULL if nothing shows it."""
    cdef const char *at = name
    if name[0] == c'-':
        return b"this is an option, not a program: command: in the manifest replaces the ENTRYPOINT of the image, so " \
            b"write the program before it"
    while at[0] != 0:
        if is_blank(at[0]):
            return b"this is one word with blanks: write each word as an element of the list"
        at += 1
    return NULL
