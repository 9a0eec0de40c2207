"""URL lists: "http://localhost:15020/quitquitquit, …" and those of a mesh."""
from libc.stddef cimport size_t
cimport cstd

cdef enum:
    MESH_NONE = -1
    MESH_ISTIO = 0
    MESH_LINKERD = 1

cdef enum:
    QUIT_ALWAYS = 0
    QUIT_ON_SUCCESS = 1
    QUIT_ON_FAILURE = 2

ctypedef struct quit_settings_t:
    bint valid                  # read without a fault
    urls_t urls                 # KUBEXIT_QUIT_POST, _GET, then the mesh's
    const char *processes       # KUBEXIT_QUIT_PROCESSES
    int policy
    long long timeout_ns

cdef extern from *:
    """
    /* https://istio.io/latest/docs/ops/deployment/application-requirements/ (ports of the sidecar) */
    #define ISTIO_READY "http://127.0.0.1:15021/healthz/ready"
    #define ISTIO_QUIT "http://127.0.0.1:15020/quitquitquit"
    /* https://linkerd.io/2/tasks/graceful-shutdown/ and the proxy's admin port */
    #define LINKERD_READY "http://127.0.0.1:4191/ready"
    #define LINKERD_QUIT "http://127.0.0.1:4191/shutdown"
    """
    const char *ISTIO_READY
    const char *ISTIO_QUIT
    const char *LINKERD_READY
    const char *LINKERD_QUIT


cdef int settings_read_urls(settings_t *settings, int row, urls_t *urls, bint by_post) noexcept nogil:
    """One list, added to urls: split on commas, trimmed, empty elements dropped."""
    cdef const char *at = settings.value[row]
    cdef const char *text
    cdef size_t length = list_next(&at, &text)
    cdef const char *why
    while length > 0:
        why = urls_add(urls, text, length, by_post)
        if why != NULL:
            return dependency_refuse(settings, row, text, length, why)
        length = list_next(&at, &text)
    return 0


cdef const char *urls_add(urls_t *urls, const char *text, size_t length, bint by_post) noexcept nogil:
    """One more; NULL, or why it cannot be."""
    cdef const char *why
    if urls.count == URLS_MOST:
        return b"is one too many; there may be 16 URLs"
    why = url_parse(&urls.list[urls.count], text, length)
    if why == NULL:
        urls.list[urls.count].by_post = by_post
        urls.count += 1
    return why


cdef int settings_read_mesh(settings_t *settings, int row, urls_t *urls) noexcept nogil:
    """KUBEXIT_MESH: its URL for this row (KUBEXIT_BIRTH_URLS or KUBEXIT_QUIT_POST), behind the user's own."""
    cdef const char *text
    cdef int mesh = MESH_NONE
    if not settings.given[SETTING_MESH]:
        return 0
    if setting_choice(settings, SETTING_MESH, &mesh) != 0:
        return EXIT_SETTINGS
    if row == SETTING_BIRTH_URLS:
        text = ISTIO_READY if mesh == MESH_ISTIO else LINKERD_READY
    else:
        text = ISTIO_QUIT if mesh == MESH_ISTIO else LINKERD_QUIT
    if urls_add(urls, text, cstd.strlen(text), row == SETTING_QUIT_POST) != NULL:
        return settings_refuse(settings, row, b"has no room for the URL of KUBEXIT_MESH; there may be 16")
    urls.list[urls.count - 1].of_mesh = True
    return 0


cdef int settings_read_quit(settings_t *settings) noexcept nogil:
    """KUBEXIT_QUIT_*: who is asked to quit, when, and how long."""
    cdef urls_t *urls = &settings.quit.urls
    if settings_read_urls(settings, SETTING_QUIT_POST, urls, True) != 0 or \
            settings_read_urls(settings, SETTING_QUIT_GET, urls, False) != 0 or \
            settings_read_mesh(settings, SETTING_QUIT_POST, urls) != 0 or \
            setting_choice(settings, SETTING_QUIT_POLICY, &settings.quit.policy) != 0 or \
            setting_duration(settings, SETTING_QUIT_TIMEOUT, &settings.quit.timeout_ns) != 0:
        return EXIT_SETTINGS
    settings.quit.processes = settings.value[SETTING_QUIT_PROCESSES]
    if cstd.strchr(settings.quit.processes, c'/') != NULL:
        return settings_refuse(settings, SETTING_QUIT_PROCESSES, b"must be names of processes, not paths")
    settings.quit.valid = True
    return 0
