"""No pod: nothing was set up for kubexit, as in the first `docker run` of an image. It is a plain init then.

In a pod a missing name is a mistake: nothing may show that this is one, and no variable that we are meant to read.
"""
from libc.stddef cimport size_t
cimport cstd
cimport kernel


cdef bint no_pod_is_here(char **environ) noexcept nogil:
    """Return whether this is no pod: no KUBEXIT_ variable, even misspelt, none of Kubernetes, no /graveyard."""
    cdef kernel.stat_s status
    while environ[0] != NULL:
        if no_pod_contradicts(environ[0]):
            return False
        environ += 1
    return kernel.fstatat(kernel.AT_FDCWD, SETTINGS[SETTING_GRAVEYARD].default_text, &status,
                          kernel.AT_SYMLINK_NOFOLLOW) != 0 and cstd.errno == cstd.ENOENT


cdef bint no_pod_contradicts(const char *entry) noexcept nogil:
    """Return whether a variable shows that kubexit was set up, or that Kubernetes started us; an empty one does too."""
    cdef const char *value = cstd.strchr(entry, c'=')
    cdef const char *underscore = cstd.strchr(entry, c'_')
    if value == NULL:
        return False
    if cstd.strncmp(entry, b"KUBERNETES_SERVICE_HOST=", 24) == 0:
        return True
    while underscore != NULL and underscore < value:
        if unknown_is_prefix(entry, <size_t>(underscore - entry)):
            return True
        underscore = cstd.strchr(underscore + 1, c'_')
    return False


cdef void no_pod_log(log_t *log) noexcept nogil:
    """Log what kubexit is without a pod, and why it takes this for none."""
    log_info(log, b"no KUBEXIT_ variable, no Kubernetes and no /graveyard were found here: running as a plain init; "
                  b"in a pod, each container needs its own KUBEXIT_NAME")
