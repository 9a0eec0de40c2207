"""Name socket: a name that is held without a FIFO (KUBEXIT_LIVENESS=false).

It is bound to an abstract address (unix(7)) that contains the folder and the name: no
file is made, and the kernel releases it when its holder ends in any way. Only processes of the
same network namespace see it, which kubexit inside kubexit and kubectl exec are.
"""
cimport cstd
cimport kernel

cdef enum:
    NAME_SOCKET_KEY = 2166136261        # FNV-1a: a name can be longer than an address
    NAME_SOCKET_PRIME = 16777619


cdef int name_socket_open(const graveyard_t *graveyard, const char *name, int *descriptor) noexcept nogil:
    """Hold the name. Return 0; 1 if another process holds it; -errno if no socket can be made."""
    cdef kernel.sockaddr_un address
    cdef int error = -name_socket_make(graveyard, name, &address, descriptor)
    if error != 0:
        return -error
    if kernel.bind(descriptor[0], <kernel.sockaddr *>&address, sizeof(address)) == 0:
        return 0
    error = cstd.errno
    kernel.close(descriptor[0])
    descriptor[0] = -1
    return 1 if error == cstd.EADDRINUSE else -error


cdef int name_socket_is_held(const graveyard_t *graveyard, const char *name) noexcept nogil:
    """Return 1 if a process of our network namespace holds the name, 0 if not, -errno if that cannot be known. The
    name is not taken for a moment: a supervisor that starts just then would find it in use."""
    cdef kernel.sockaddr_un address
    cdef int descriptor
    cdef int error = -name_socket_make(graveyard, name, &address, &descriptor)
    if error != 0:
        return -error if graveyard_error_passes(error) else 0
    if kernel.connect(descriptor, <kernel.sockaddr *>&address, sizeof(address)) < 0:
        error = cstd.errno
    kernel.close(descriptor)
    if error == 0:
        return 1
    return 0 if error == cstd.ECONNREFUSED else -error      # unix(7): no socket has this address


cdef int name_socket_make(const graveyard_t *graveyard, const char *name, kernel.sockaddr_un *address,
                          int *descriptor) noexcept nogil:
    """Make a socket, and the address of the name; 0 or -errno."""
    cdef kernel.stat_s status
    descriptor[0] = -1
    if kernel.fstat(graveyard.folder, &status) < 0:
        return -cstd.errno
    descriptor[0] = kernel.socket(kernel.AF_UNIX, kernel.SOCK_DGRAM | kernel.SOCK_CLOEXEC, 0)
    if descriptor[0] < 0:
        return -cstd.errno
    cstd.memset(address, 0, sizeof(address[0]))
    address.sun_family = kernel.AF_UNIX
    cstd.snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, b"kubexit/%lx/%lx/%08x/%.40s", status.st_dev,
                  status.st_ino, name_socket_sum(name), name)
    return 0


cdef unsigned int name_socket_sum(const char *name) noexcept nogil:
    """Return a number for a name, to tell apart names that begin with the same 40 letters."""
    cdef unsigned int value = <unsigned int>NAME_SOCKET_KEY
    while name[0] != 0:
        value = (value ^ <unsigned char>name[0]) * <unsigned int>NAME_SOCKET_PRIME
        name += 1
    return value
