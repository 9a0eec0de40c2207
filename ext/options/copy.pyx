"""Copy: the file that is running, under another name, whole or not at all.

The copy is written to a draft beside its place and renamed: a reader finds the old
file or the new one. One that is being executed is replaced like any other;
writing into it would be refused (ETXTBSY, execve(2)).
"""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef extern from *:
    """
    /* Where the file that this code was loaded from begins in memory: defined by the linker. */
    #define COPY_HEADER 64 /* bytes of an ELF header (elf(5)) */
    extern const char __ehdr_start[COPY_HEADER] __attribute__((visibility("hidden")));
    """
    enum:
        COPY_HEADER
    const char *COPY_OWN_HEADER "__ehdr_start"

cdef enum:
    COPY_BUFFER = 65536         # sendfile(2) and copy_file_range(2) were no faster
    COPY_DRAFT = 64             # bytes of a draft's name
    COPY_TRIES = 3

ctypedef struct copy_t:
    int source                  # the running file, open for reading
    kernel.stat_s status        # its size, its identity
    long long room              # bytes that are free where it goes, -1: not known


cdef int copy_begin(copy_t *copy) noexcept nogil:
    """Open the running file; 0 or -errno.

    -ENOEXEC: what runs is another program that has loaded us, an interpreter.
    -ESTALE: there is no /proc, and the name we were started by belongs to another file.
    """
    cdef char header[COPY_HEADER]
    cdef int mismatch = -cstd.ENOEXEC
    cdef kernel.ssize_t taken
    copy.room = -1
    copy.source = kernel.openat(kernel.AT_FDCWD, b"/proc/self/exe", kernel.O_RDONLY | kernel.O_CLOEXEC)
    if copy.source < 0:
        mismatch = -cstd.ESTALE
        copy.source = kernel.openat(kernel.AT_FDCWD, <const char *>cstd.getauxval(cstd.AT_EXECFN),
                                    kernel.O_RDONLY | kernel.O_CLOEXEC)
    if copy.source < 0 or kernel.fstat(copy.source, &copy.status) < 0:
        return -cstd.errno
    taken = kernel.pread(copy.source, header, COPY_HEADER, 0)
    if taken < 0:
        return -cstd.errno
    if taken != COPY_HEADER or cstd.memcmp(header, COPY_OWN_HEADER, COPY_HEADER) != 0:
        return mismatch
    return 0


cdef bint copy_is_source(const copy_t *copy, const kernel.stat_s *status) noexcept nogil:
    """Return whether a file is the one that is running, under any name."""
    return status.st_dev == copy.status.st_dev and status.st_ino == copy.status.st_ino


cdef int copy_to(copy_t *copy, int folder, const char *name) noexcept nogil:
    """Put the copy in place, mode 0555; 0, 1 when the running file itself has that name, or -errno."""
    cdef kernel.stat_s there
    cdef int error = 0
    cdef int _attempt
    if kernel.fstatat(folder, name, &there, kernel.AT_SYMLINK_NOFOLLOW) == 0 and copy_is_source(copy, &there):
        return 1
    copy_sweep(folder)
    copy.room = copy_room(folder)
    if 0 <= copy.room < copy.status.st_size:
        return -cstd.ENOSPC
    for _attempt in range(COPY_TRIES):
        error = copy_once(copy, folder, name)
        if error != -cstd.ENOENT:
            break               # else another copy took our draft for a dead one's, before it was locked
    return error


cdef int copy_once(const copy_t *copy, int folder, const char *name) noexcept nogil:
    """Write a draft and rename it; nothing is left of it after a failure. 0 or -errno."""
    cdef char draft[COPY_DRAFT]
    cdef int file = copy_open_draft(folder, draft)
    cdef int error
    if file < 0:
        return file
    kernel.flock(file, kernel.LOCK_EX | kernel.LOCK_NB)     # for copy_sweep; without locks it leaves all drafts alone
    error = copy_bytes(copy, file)
    if error == 0 and kernel.fchmod(file, 0o555) < 0:
        error = -cstd.errno
    # The copy is not read again before it is executed: a quota or a disk that fails late must fail here.
    if error == 0 and kernel.fsync(file) < 0 and cstd.errno != cstd.EINVAL:
        error = -cstd.errno
    # Before it has its name: a file open for writing cannot be executed. Some file systems report a loss only here.
    if kernel.close(file) < 0 and error == 0 and cstd.errno != cstd.EINTR:
        error = -cstd.errno
    if error == 0 and kernel.renameat(folder, draft, folder, name) < 0:
        error = -cstd.errno
    if error < 0:
        kernel.unlinkat(folder, draft, 0)
    return error


cdef int copy_open_draft(int folder, char *draft) noexcept nogil:
    """Make a new file; its descriptor or -errno.

    The name is not ".NAME.tmp", which --clear removes, and no two
    copies that are under way at the same time share it.
    """
    cdef int flags = kernel.O_WRONLY | kernel.O_CREAT | kernel.O_EXCL | kernel.O_NOFOLLOW | kernel.O_CLOEXEC
    cdef int file
    while True:
        cstd.snprintf(draft, COPY_DRAFT, b".kubexit.install-%llx", clock_wall_ns())
        file = kernel.openat(folder, draft, flags, 0o600)
        if file >= 0 or cstd.errno != cstd.EEXIST:
            return file if file >= 0 else -cstd.errno


cdef int copy_bytes(const copy_t *copy, int file) noexcept nogil:
    """The running file's bytes; 0 or -errno."""
    cdef char buffer[COPY_BUFFER]
    cdef long done = 0
    cdef kernel.ssize_t taken
    cdef kernel.ssize_t written
    while done < copy.status.st_size:
        taken = kernel.pread(copy.source, buffer, COPY_BUFFER, done)
        if taken <= 0:
            return -cstd.errno if taken < 0 else -cstd.EIO
        written = kernel.write(file, buffer, <size_t>taken)
        if written < 0:
            return -cstd.errno
        done += written           # the write after a short one fails with the reason
    return 0


cdef long long copy_room(int folder) noexcept nogil:
    """Bytes that are free where a folder is; -1 when that is not known, or has no bound."""
    cdef kernel.statvfs_s space
    if kernel.fstatvfs(folder, &space) < 0 or space.f_blocks == 0:
        return -1
    return <long long>(space.f_bavail * space.f_frsize)


cdef void copy_sweep(int folder) noexcept nogil:
    """Remove the drafts of copies that were killed. A folder that cannot be listed keeps them."""
    cdef int list = kernel.openat(folder, b".", kernel.O_RDONLY | kernel.O_DIRECTORY | kernel.O_CLOEXEC)
    cdef kernel.DIR *entries = kernel.fdopendir(list) if list >= 0 else NULL
    cdef kernel.dirent *entry
    if entries == NULL:
        kernel.close(list)
        return
    while True:
        entry = kernel.readdir(entries)
        if entry == NULL:
            break
        if cstd.strncmp(entry.d_name, b".kubexit.install-", 17) == 0:
            copy_sweep_draft(folder, entry.d_name)
    kernel.closedir(entries)


cdef void copy_sweep_draft(int folder, const char *draft) noexcept nogil:
    """Remove a draft that is not locked: a copy under way holds a lock, which ends with it (flock(2))."""
    cdef kernel.stat_s status
    cdef int file = kernel.openat(folder, draft, kernel.O_RDONLY | kernel.O_NOFOLLOW | kernel.O_NONBLOCK
                                  | kernel.O_NOCTTY | kernel.O_CLOEXEC)
    if file < 0:
        return
    # Shared: over NFS an exclusive lock would need a descriptor that can write.
    if kernel.fstat(file, &status) == 0 and cstd.S_ISREG(status.st_mode) and \
            kernel.flock(file, kernel.LOCK_SH | kernel.LOCK_NB) == 0:
        kernel.unlinkat(folder, draft, 0)
    kernel.close(file)
