"""Mesh: whose proxy was injected, and whether it is a native sidecar, which must not be asked to quit."""
from libc.stddef cimport size_t
cimport cstd


cdef int setting_parse_mesh(settings_t *settings, int row, int *mesh) noexcept nogil:
    """Read a word, or what the injector of Istio writes into the annotation sidecar.istio.io/status.

    The annotation is {"initContainers":["istio-init","istio-proxy"],"containers":null,...} for a native sidecar, and
    has istio-proxy among the containers otherwise. There may be blanks and line ends between its parts, as a person or
    another program writes JSON. In messages it becomes the word.
    """
    cdef const char *text = settings.value[row]
    if text[cstd.strspn(text, b" \t\r\n")] != c'{':
        return setting_parse_word(settings, row, mesh)
    if mesh_status_has(text, b"\"initContainers\""):
        mesh[0] = MESH_ISTIO_NATIVE
    elif mesh_status_has(text, b"\"containers\""):
        mesh[0] = MESH_ISTIO
    else:
        return setting_refuse(settings, row, b"no istio-proxy in this text; use the annotation "
                                             b"sidecar.istio.io/status, or one of the words")
    settings.value[row] = word_of(row, mesh[0])
    return 0


cdef bint mesh_status_has(const char *text, const char *key) noexcept nogil:
    """Return whether the list of a key has istio-proxy."""
    cdef const char *at = cstd.strstr(text, key)
    cdef size_t length
    if at == NULL:
        return False
    at = mesh_after(mesh_after(at + cstd.strlen(key), c':'), c'[')
    while at != NULL and at[0] == c'"':
        length = cstd.strcspn(at + 1, b"\"")
        if bytes_equal(at + 1, length, b"istio-proxy"):
            return True
        at = mesh_after(mesh_after(at + 1 + length, c'"'), c',')
    return False


cdef const char *mesh_after(const char *at, char sign) noexcept nogil:
    """Return what is behind a sign of JSON and the blanks around it; NULL if it is not here."""
    if at == NULL:
        return NULL
    at += cstd.strspn(at, b" \t\r\n")
    return at + 1 + cstd.strspn(at + 1, b" \t\r\n") if at[0] == sign else NULL


cdef bint mesh_is_native(int mesh) noexcept nogil:
    """Return whether the proxy is a native sidecar: the kubelet would start it again after a quit request."""
    return mesh == MESH_ISTIO_NATIVE or mesh == MESH_LINKERD_NATIVE


cdef bint mesh_is_istio(int mesh) noexcept nogil:
    """Return whether the proxy is Istio's."""
    return mesh == MESH_ISTIO or mesh == MESH_ISTIO_NATIVE
