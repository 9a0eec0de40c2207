"""Service links: variables that the kubelet sets in every container of a namespace, by the shape of their names.

For a Service named kubexit-demo these are KUBEXIT_DEMO_SERVICE_HOST, KUBEXIT_DEMO_SERVICE_PORT_HTTP,
KUBEXIT_DEMO_PORT, KUBEXIT_DEMO_PORT_80_TCP_ADDR and so on. They are no settings.
"""
from libc.stddef cimport size_t
cimport cstd


cdef bint service_link_is(const char *name, size_t length, const char *value) noexcept nogil:
    """True if a variable, its name from the "_" behind KUBEXIT on, has the shape of a service link."""
    cdef size_t at
    for at in range(length):
        if name[at] != c'_':
            continue
        if service_link_ends(name + at, length - at):
            return True
        # A misspelt setting can end with _PORT too, but has no such value.
        if bytes_equal(name + at, length - at, b"_PORT") and service_link_is_url(value):
            return True
    return False


cdef bint service_link_is_url(const char *value) noexcept nogil:
    """True for the value of NAME_PORT, for example tcp://10.0.0.1:80."""
    return cstd.strncmp(value, b"tcp://", 6) == 0 or cstd.strncmp(value, b"udp://", 6) == 0 or \
        cstd.strncmp(value, b"sctp://", 7) == 0


cdef bint service_link_ends(const char *end, size_t length) noexcept nogil:
    """True if this is how a service link ends behind the name of the Service."""
    if bytes_equal(end, length, b"_SERVICE_HOST") or bytes_equal(end, length, b"_SERVICE_PORT"):
        return True
    if length > 14 and cstd.memcmp(end, b"_SERVICE_PORT_", 14) == 0:
        return True             # and the name of the port
    return length > 6 and cstd.memcmp(end, b"_PORT_", 6) == 0 and service_link_ends_port(end + 6, length - 6)


cdef bint service_link_ends_port(const char *end, size_t length) noexcept nogil:
    """True for NUMBER_PROTOCOL, alone or with _PROTO, _PORT or _ADDR behind it."""
    cdef size_t digits = 0
    while digits < length and is_digit(end[digits]):
        digits += 1
    end += digits
    length -= digits
    if digits == 0:
        return False
    if length >= 5 and cstd.memcmp(end, b"_SCTP", 5) == 0:
        end += 5
        length -= 5
    elif length >= 4 and (cstd.memcmp(end, b"_TCP", 4) == 0 or cstd.memcmp(end, b"_UDP", 4) == 0):
        end += 4
        length -= 4
    else:
        return False
    return length == 0 or bytes_equal(end, length, b"_PROTO") or bytes_equal(end, length, b"_PORT") or \
        bytes_equal(end, length, b"_ADDR")
