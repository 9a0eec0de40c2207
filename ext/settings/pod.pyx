"""Pod: its name and namespace, which are needed when the Kubernetes API is asked."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel


cdef void settings_check_pod(settings_t *settings) noexcept nogil:
    """Find out whether the API is asked, and by what names."""
    cdef int index
    settings.asks_api = settings.deps.every_other
    for index in range(settings.deps.count):
        if settings.birth_source == SOURCE_KUBERNETES and settings.deps.list[index].starts_us & FACT_READY:
            settings.asks_api = True
        if settings.death_source == SOURCE_KUBERNETES and settings.deps.list[index].ends_us != 0:
            settings.watches_deaths = True
    settings.asks_waiter = settings.asks_api or urls_foreign(&settings.birth_urls, 0)
    if settings.is_other or not (settings.watches_deaths or (
            settings.asks_api and not settings.is_refused[SETTING_BIRTH_SOURCE])):
        return
    pod_field_take(settings, SETTING_POD_NAME, b"name", settings.pod_name)
    pod_field_take(settings, SETTING_NAMESPACE, b"namespace", settings.pod_namespace)


cdef void pod_field_take(settings_t *settings, int row, const char *field, char *target) noexcept nogil:
    """Take a field of the pod, or refuse the setting for it: the field is not known, or cannot be read."""
    cdef char why[PROBLEM_BYTES]
    cdef char file[64]
    cdef int error
    cstd.snprintf(file, sizeof(file), b"/etc/podinfo/%s", field)
    error = -pod_field_read(settings.value[row], file, target)
    if error == cstd.ENOENT or error == cstd.ENOTDIR:
        cstd.snprintf(why, PROBLEM_BYTES, b"is required, because %s asks the Kubernetes API; set it "
                      b"from fieldRef metadata.%s, or %s", pod_asker(settings), field, pod_alternative(settings))
    elif error != 0:
        cstd.snprintf(why, PROBLEM_BYTES, b"is not set, and %s cannot be read: %s; set it from fieldRef metadata.%s, "
                      b"or make the file readable for this user", file, cstd.strerror(error), field)
    if error != 0:
        setting_refuse(settings, row, why)


cdef const char *pod_asker(const settings_t *settings) noexcept nogil:
    """Return what asks the API, by the name that it has where it is set."""
    if not settings.asks_api:
        return b"DEATH_SOURCE=kubernetes in KUBEXIT_PLAN" if settings.line != NULL else b"KUBEXIT_DEATH_DEPS"
    return b"BIRTH_SOURCE=kubernetes in KUBEXIT_PLAN" if settings.line != NULL else b"KUBEXIT_BIRTH_DEPS"


cdef const char *pod_alternative(const settings_t *settings) noexcept nogil:
    """Return how to do without the API. A variable cannot replace what is in the plan."""
    if not settings.asks_api:
        return b"remove DEATH_SOURCE=kubernetes from the plan" if settings.line != NULL else \
            b"set KUBEXIT_DEATH_SOURCE=graveyard"
    return b"remove BIRTH_SOURCE=kubernetes from the plan" if settings.line != NULL else \
        b"set KUBEXIT_BIRTH_SOURCE=graveyard"


cdef int pod_field_read(const char *text, const char *file, char *target) noexcept nogil:
    """Take a field of the pod from the variable, else from the downward-API volume. Return 0; -ENOENT if neither has
    it, or another -errno if the file cannot be read."""
    cdef kernel.ssize_t length = <kernel.ssize_t>cstd.strnlen(text, POD_FIELD_BYTES)
    cdef int descriptor
    cdef int error
    if length == 0:
        descriptor = kernel.openat(kernel.AT_FDCWD, file, kernel.O_RDONLY | kernel.O_NONBLOCK | kernel.O_CLOEXEC)
        if descriptor < 0:
            return -cstd.errno
        length = kernel.read(descriptor, target, POD_FIELD_BYTES)
        error = cstd.errno
        kernel.close(descriptor)
        if length < 0:
            return -error
        text = target
    while length > 0 and is_blank(text[length - 1]):
        length -= 1
    while length > 0 and is_blank(text[0]):
        length -= 1
        text += 1
    if length <= 0 or length >= POD_FIELD_BYTES:
        return -cstd.ENOENT
    cstd.memmove(target, text, <size_t>length)
    target[length] = 0
    return 0
