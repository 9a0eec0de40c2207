"""Addresses: "[ADDRESS:]PORT" on an IP literal or localhost; no name is ever resolved here."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef enum:
    ADDRESS_BYTES = 48

ctypedef struct address_t:
    # localhost is both loopback addresses: a server may bind either.
    cstd.sockaddr_in v4
    cstd.sockaddr_in6 v6
    bint has_v4
    bint has_v6


cdef int address_parse(address_t *address, const char *text) noexcept nogil:
    """Read [ADDRESS:]PORT; 0, or -1 if the text is not such an address."""
    cdef char host[ADDRESS_BYTES]
    cdef const char *port = text
    cdef const char *at = text
    cdef size_t length
    cdef long long number
    while at[0] != 0:
        if at[0] == c':':
            port = at + 1
        at += 1
    length = <size_t>(port - text)
    length = length - 1 if length > 0 else 0
    number = number_parse(port, 65535)
    if number < 1 or length >= ADDRESS_BYTES or (port != text and length == 0):
        return -1
    if length > 1 and text[0] == c'[' and text[length - 1] == c']':
        text += 1
        length -= 2
    elif cstd.memchr(text, c':', length) != NULL:
        return -1   # an IPv6 literal without brackets: where would its port begin?
    cstd.memcpy(host, text, length)
    host[length] = 0
    return address_fill(address, host, <unsigned short>number)


cdef int address_fill(address_t *address, const char *host, unsigned short port) noexcept nogil:
    """Fill in the socket addresses of a host ("" and localhost: loopback); 0 or -1."""
    cdef bint loopback = host[0] == 0 or cstd.strcasecmp(host, b"localhost") == 0
    cdef const char *v4_text = host
    cdef const char *v6_text = host
    if loopback:
        v4_text = b"127.0.0.1"
        v6_text = b"::1"
    cstd.memset(address, 0, sizeof(address_t))
    address.v4.sin_family = kernel.AF_INET
    address.v4.sin_port = cstd.htons(port)
    address.v6.sin6_family = kernel.AF_INET6
    address.v6.sin6_port = cstd.htons(port)
    address.has_v4 = cstd.inet_pton(kernel.AF_INET, v4_text, &address.v4.sin_addr) == 1
    address.has_v6 = cstd.inet_pton(kernel.AF_INET6, v6_text, &address.v6.sin6_addr) == 1
    return 0 if address.has_v4 or address.has_v6 else -1


cdef bint address_is_own(int connection) noexcept nogil:
    """Return whether a connection leads to itself, or nowhere.

    TCP lets a socket connect to itself when the kernel happens to give it the very
    port that it calls, which any port of the ephemeral range may be.
    """
    cdef cstd.sockaddr_in6 ours
    cdef cstd.sockaddr_in6 theirs
    cdef kernel.socklen_t our_length = sizeof(ours)
    cdef kernel.socklen_t their_length = sizeof(theirs)
    if kernel.getsockname(connection, <kernel.sockaddr *>&ours, &our_length) < 0 or \
            kernel.getpeername(connection, <kernel.sockaddr *>&theirs, &their_length) < 0:
        return True
    return our_length == their_length and cstd.memcmp(&ours, &theirs, our_length) == 0
