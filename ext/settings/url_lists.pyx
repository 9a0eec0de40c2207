"""URL lists: "http://localhost:15020/quitquitquit, …", and the URLs of a mesh."""
from libc.stddef cimport size_t
cimport cstd

cdef extern from *:
    """
    /* https://istio.io/latest/docs/ops/deployment/application-requirements/ (ports of the sidecar) */
    #define ISTIO_READY "http://localhost:15021/healthz/ready"
    #define ISTIO_QUIT "http://localhost:15020/quitquitquit"
    /* https://linkerd.io/2/tasks/graceful-shutdown/ and the proxy's admin port */
    #define LINKERD_READY "http://localhost:4191/ready"
    #define LINKERD_QUIT "http://localhost:4191/shutdown"
    """
    const char *ISTIO_READY
    const char *ISTIO_QUIT
    const char *LINKERD_READY
    const char *LINKERD_QUIT


cdef int setting_parse_urls(settings_t *settings, int row, urls_t *urls) noexcept nogil:
    """Add the URLs of a list: split on commas, trimmed, empty elements dropped."""
    cdef const char *at = settings.value[row]
    cdef const char *text
    cdef size_t length = list_next_element(&at, &text)
    cdef const char *why
    while length > 0:
        why = urls_add(urls, text, length, row == SETTING_QUIT_POST)
        if why != NULL:
            return setting_refuse_part(settings, row, text, length, why)
        length = list_next_element(&at, &text)
    return 0


cdef const char *urls_add(urls_t *urls, const char *text, size_t length, bint by_post) noexcept nogil:
    """Add a URL; return NULL, or what is wrong with it."""
    cdef const char *why
    if urls.count == MAX_URLS:
        return b"one too many; use at most 16 URLs"
    why = url_parse(&urls.list[urls.count], text, length)
    if why == NULL:
        urls.list[urls.count].by_post = by_post
        urls.count += 1
    return why


cdef int urls_add_mesh(settings_t *settings, int row, urls_t *urls) noexcept nogil:
    """Add the URL that KUBEXIT_MESH means for KUBEXIT_BIRTH_URLS or KUBEXIT_QUIT_POST, behind the user's own."""
    cdef const char *text
    if settings.mesh == MESH_NONE:
        return 0
    if row == SETTING_BIRTH_URLS:
        text = ISTIO_READY if settings.mesh == MESH_ISTIO else LINKERD_READY
    else:
        text = ISTIO_QUIT if settings.mesh == MESH_ISTIO else LINKERD_QUIT
    if urls_add(urls, text, cstd.strlen(text), row == SETTING_QUIT_POST) != NULL:
        return setting_refuse(settings, row, b"no room for the URL of KUBEXIT_MESH; use at most 15 URLs with it")
    urls.list[urls.count - 1].of_mesh = True
    return 0
