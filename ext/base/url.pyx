"""URLs: their parts, and whether they can be asked without an interpreter (RFC 3986)."""
from libc.stddef cimport size_t
cimport cstd

cdef enum:
    MAX_URLS = 16              # each quit request is a process
    URL_BYTES = 2000

ctypedef struct url_t:
    const char *text            # as written; ends where length says
    size_t length
    const char *host            # "HOST[:PORT]" as written, for the Host field
    size_t host_length
    const char *path            # from the first "/" or "?" to the end or "#"
    size_t path_length
    address_t address
    bint native                 # plain http to an IP literal or localhost
    bint by_post                # else GET
    bint of_mesh                # KUBEXIT_MESH put it there
    int round                   # of quit requests, from 0 on

ctypedef struct urls_t:
    int count
    url_t list[MAX_URLS]


cdef const char *url_parse(url_t *url, const char *text, size_t length) noexcept nogil:
    """Take a URL apart; return NULL, or what is wrong with it."""
    cdef const char *end = text + length
    cdef bint secure = length > 8 and cstd.strncasecmp(text, b"https://", 8) == 0
    cdef const char *at = text + (8 if secure else 7)
    cstd.memset(url, 0, sizeof(url_t))
    url.text = text
    url.length = length
    if not secure and (length <= 7 or cstd.strncasecmp(text, b"http://", 7) != 0):
        return b"incomplete URL; it must begin with http:// or https:// and name a host"
    if length > URL_BYTES:
        return b"too long; use at most 2000 bytes"
    if not url_is_ascii(text, length):
        return b"invalid URL; blanks and letters beyond ASCII must be percent-encoded"
    url.host = at
    while at < end and at[0] != c'/' and at[0] != c'?' and at[0] != c'#':
        at += 1
    url.host_length = <size_t>(at - url.host)
    url.path = at
    while at < end and at[0] != c'#':       # a fragment is never sent
        at += 1
    url.path_length = <size_t>(at - url.path)
    return url_parse_host(url, secure)


cdef const char *url_parse_host(url_t *url, bint secure) noexcept nogil:
    """Read the host and port of a URL; return NULL, or what is wrong with them."""
    cdef char host[256]
    cdef char port[8]
    cdef size_t length = 0
    cdef long long number = 443 if secure else 80
    cdef bint literal = url.host_length > 0 and url.host[0] == c'['
    if cstd.memchr(url.host, c'@', url.host_length) != NULL:
        return b"a user name is not supported; remove it"
    while length < url.host_length and url.host[length] != (c']' if literal else c':'):
        length += 1
    length += literal           # the closing bracket
    if length <= 2 * literal or length > url.host_length:
        return b"names no host; use http://HOST[:PORT]/PATH"
    if length > 255:
        return b"host is too long; use at most 255 bytes"
    if length < url.host_length:
        cstd.snprintf(port, sizeof(port), b"%.*s", <int>(url.host_length - length - 1), url.host + length + 1)
        number = number_parse(port, 65535) if url.host[length] == c':' and url.host_length - length < 8 else -1
        if number < 1:
            return b"invalid port; use a number from 1 to 65535"
    cstd.snprintf(host, sizeof(host), b"%.*s", <int>(length - 2 * literal), url.host + literal)
    url.native = address_fill(&url.address, host, <unsigned short>number) == 0 and not secure
    if literal and (cstd.strchr(host, c':') == NULL or not url.address.has_v6):
        return b"no IPv6 address between the brackets; use for example [::1]"
    if not literal and not url_is_host(host):
        return b"invalid host; use a DNS name or an IP address"
    return NULL


cdef bint url_is_ascii(const char *text, size_t length) noexcept nogil:
    """Return whether every byte is a visible ASCII character."""
    cdef size_t at
    for at in range(length):
        if not c' ' < text[at] <= c'~':
            return False
    return True


cdef bint url_is_host(const char *host) noexcept nogil:
    """Return whether a host has letters, digits, dots, dashes and "_" only (DNS allows "_", Services do not)."""
    while host[0] != 0:
        if not (is_digit(host[0]) or c'a' <= host[0] | 32 <= c'z' or host[0] == c'.' or host[0] == c'-'
                or host[0] == c'_'):
            return False
        host += 1
    return True


cdef bint urls_foreign(const urls_t *urls, int round) noexcept nogil:
    """Return whether one of the URLs of a round needs a name resolved, or TLS: the waiter asks these."""
    cdef int index
    for index in range(urls.count):
        if urls.list[index].round == round and not urls.list[index].native:
            return True
    return False


cdef bint urls_native(const urls_t *urls) noexcept nogil:
    """Return whether one of the URLs can be asked without an interpreter."""
    cdef int index
    for index in range(urls.count):
        if urls.list[index].native:
            return True
    return False
