"""The address of the notify socket: abstract, because an image may have no folder for a file."""
cimport cstd
cimport kernel

cdef enum:
    FAMILY_BYTES = 2            # sun_family, before sun_path


cdef int notify_bind(int descriptor, kernel.sockaddr_un *address) noexcept nogil:
    """Bind a socket, and make sun_path text, with @ for its first zero byte. Return 0; -errno on failure.

    The kernel chooses the address (autobind, unix(7)): it needs no file, it is always
    free, and it ends with us. If the kernel refuses, we choose one.
    """
    cdef kernel.socklen_t length = sizeof(kernel.sockaddr_un)
    cdef int error = 0
    cstd.memset(address, 0, sizeof(kernel.sockaddr_un))
    address.sun_family = kernel.AF_UNIX
    if kernel.bind(descriptor, <kernel.sockaddr *>address, FAMILY_BYTES) < 0:
        error = notify_bind_named(descriptor, address)
    if error != 0:
        return error
    if kernel.getsockname(descriptor, <kernel.sockaddr *>address, &length) < 0:
        return -cstd.errno
    address.sun_path[length - FAMILY_BYTES] = 0
    address.sun_path[0] = c'@'
    return 0


cdef int notify_bind_named(int descriptor, kernel.sockaddr_un *address) noexcept nogil:
    """Bind to a name of our choice, for kernels without autobind (gVisor before 2024). Return 0; -errno on failure.

    All containers of a pod share these names, and all pods on the network of the host do.
    Each container has its own process 1, so a pid would not do: the time makes the name unique.
    """
    cdef int length = 1 + cstd.snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, b"kubexit-%llx",
                                        <unsigned long long>clock_monotonic_ns())
    if kernel.bind(descriptor, <kernel.sockaddr *>address, <kernel.socklen_t>(FAMILY_BYTES + length)) < 0:
        return -cstd.errno
    return 0
