"""Version: of kubexit, which the build defines."""

cdef extern from *:
    """
    #ifndef KUBEXIT_VERSION
    #define KUBEXIT_VERSION "unknown"
    #endif
    """
    const char *KUBEXIT_VERSION
