"""Pod: its name and namespace, which are needed when the Kubernetes API is asked."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel


cdef int settings_check_pod(settings_t *settings) noexcept nogil:
    """Find out whether the API is asked, and by what names; 0 or EXIT_SETTINGS."""
    cdef int index
    settings.asks_api = settings.deps.every_other
    for index in range(settings.deps.count):
        if settings.birth_source == SOURCE_KUBERNETES and settings.deps.list[index].starts_us & FACT_READY:
            settings.asks_api = True
    settings.asks_waiter = settings.asks_api or urls_foreign(&settings.birth_urls)
    if not settings.asks_api:
        return 0
    if pod_field_read(settings.value[SETTING_POD_NAME], b"/etc/podinfo/name", settings.pod_name) != 0:
        return setting_refuse(settings, SETTING_POD_NAME, b"is required, because KUBEXIT_BIRTH_DEPS asks the "
                              b"Kubernetes API; set it from fieldRef metadata.name, or set "
                              b"KUBEXIT_BIRTH_SOURCE=graveyard")
    if pod_field_read(settings.value[SETTING_NAMESPACE], b"/etc/podinfo/namespace", settings.pod_namespace) != 0:
        return setting_refuse(settings, SETTING_NAMESPACE, b"is required, because KUBEXIT_BIRTH_DEPS asks the "
                              b"Kubernetes API; set it from fieldRef metadata.namespace, or set "
                              b"KUBEXIT_BIRTH_SOURCE=graveyard")
    return 0


cdef int pod_field_read(const char *text, const char *file, char *target) noexcept nogil:
    """Take a field of the pod from the variable, else from the downward-API volume; -1 if neither has it."""
    cdef kernel.ssize_t length = <kernel.ssize_t>cstd.strnlen(text, POD_FIELD_BYTES)
    cdef int descriptor
    if length == 0:
        descriptor = kernel.openat(kernel.AT_FDCWD, file, kernel.O_RDONLY | kernel.O_NONBLOCK | kernel.O_CLOEXEC)
        if descriptor < 0:
            return -1
        length = kernel.read(descriptor, target, POD_FIELD_BYTES)
        kernel.close(descriptor)
        text = target
    while length > 0 and is_blank(text[length - 1]):
        length -= 1
    while length > 0 and is_blank(text[0]):
        length -= 1
        text += 1
    if length <= 0 or length >= POD_FIELD_BYTES:
        return -1
    cstd.memmove(target, text, <size_t>length)
    target[length] = 0
    return 0
