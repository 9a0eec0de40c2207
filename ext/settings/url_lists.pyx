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
    """Add the URLs of a list: split on commas, trimmed, empty elements dropped. Quit requests have rounds."""
    cdef const char *at = settings.value[row]
    cdef const char *text
    cdef int round = 0
    cdef int *rounds = &round if row != SETTING_BIRTH_URLS else NULL
    cdef size_t length = rounds_next_element(&at, &text, rounds)
    cdef const char *why
    cdef int result = 0
    while length > 0:
        why = urls_add(urls, text, length, row == SETTING_QUIT_POST)
        if why != NULL:
            result = setting_refuse_part(settings, row, text, length, why)
        else:
            urls.list[urls.count - 1].round = round
        length = rounds_next_element(&at, &text, rounds)
    return result


cdef size_t rounds_next_element(const char **at, const char **element, int *round) noexcept nogil:
    """Find the next element of a list as list_next_element does, and count the semicolons before it in round; NULL:
    a semicolon is a letter like others."""
    cdef const char *text = at[0]
    cdef size_t length = 0
    while is_blank(text[0]) or text[0] == c',' or (round != NULL and text[0] == c';'):
        if text[0] == c';':
            round[0] += 1
        text += 1
    while text[length] != 0 and text[length] != c',' and (round == NULL or text[length] != c';'):
        length += 1
    at[0] = text + length
    element[0] = text
    while length > 0 and is_blank(text[length - 1]):
        length -= 1
    return length


cdef void quit_count_rounds(quit_settings_t *quit) noexcept nogil:
    """Count the rounds of all lists: they share them."""
    cdef const char *at = quit.processes
    cdef const char *text
    cdef int round = 0
    cdef int index
    quit.rounds = 1
    while rounds_next_element(&at, &text, &round) > 0:
        if round >= quit.rounds:
            quit.rounds = round + 1
    for index in range(quit.urls.count):
        if quit.urls.list[index].round >= quit.rounds:
            quit.rounds = quit.urls.list[index].round + 1


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
    if settings.mesh == MESH_NONE or (row == SETTING_QUIT_POST and mesh_is_native(settings.mesh)):
        return 0
    if row == SETTING_BIRTH_URLS:
        text = ISTIO_READY if mesh_is_istio(settings.mesh) else LINKERD_READY
    else:
        text = ISTIO_QUIT if mesh_is_istio(settings.mesh) else LINKERD_QUIT
    if urls_add(urls, text, cstd.strlen(text), row == SETTING_QUIT_POST) != NULL:
        return setting_refuse(settings, row, b"no room for the URL of KUBEXIT_MESH; use at most 15 URLs with it")
    urls.list[urls.count - 1].of_mesh = True
    if row == SETTING_QUIT_POST:
        urls.list[urls.count - 1].round = settings.quit.rounds - 1      # the others may need the proxy
    return 0
