"""Names of the C library that make no system call, grouped by header: error numbers, strings, memory, macros."""
from libc.stddef cimport size_t

cdef extern from "<errno.h>" nogil:
    int errno
    enum:
        ECHILD, EACCES, ENODEV, ESTALE, ETIMEDOUT, EAGAIN, EDQUOT, EEXIST, EFBIG, EINPROGRESS, EINTR, EINVAL, EIO
        EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, EBADF, ECONNREFUSED, EPROTO
        EISDIR, ELOOP, EMFILE, ENAMETOOLONG, ENFILE, ENOENT, ENOEXEC, ENOMEM, ENOSPC
        ENOTDIR, ENXIO, EPERM, EPIPE, EROFS, ESRCH

cdef extern from "<string.h>" nogil:
    void *memcpy(void *target, const void *source, size_t size)
    void *memmove(void *target, const void *source, size_t size)
    void *memset(void *target, int byte, size_t size)
    void *memchr(const void *text, int byte, size_t size)
    int memcmp(const void *one, const void *two, size_t size)
    size_t strlen(const char *text)
    size_t strnlen(const char *text, size_t limit)
    int strcmp(const char *one, const char *two)
    int strncmp(const char *one, const char *two, size_t size)
    const char *strchr(const char *text, int byte)
    const char *strrchr(const char *text, int byte)
    const char *strstr(const char *text, const char *words)
    size_t strspn(const char *text, const char *bytes)
    size_t strcspn(const char *text, const char *bytes)
    char *strerror(int number)

cdef extern from "<strings.h>" nogil:
    int strcasecmp(const char *one, const char *two)
    int strncasecmp(const char *one, const char *two, size_t size)

cdef extern from "base/format.h" nogil:
    # Not the C library's, which needs a deep stack.
    int snprintf "format_text"(char *target, size_t size, const char *format, ...)

cdef extern from "<stdlib.h>" nogil:
    char *getenv(const char *name)
    void *malloc(size_t size)
    void free(void *memory)

cdef extern from "<limits.h>" nogil:
    enum:
        PATH_MAX

cdef extern from "<unistd.h>" nogil:
    char **environ

cdef extern from "<sys/auxv.h>" nogil:
    enum:
        AT_EXECFN
    unsigned long getauxval(unsigned long type)

cdef extern from "<sys/stat.h>" nogil:
    bint S_ISCHR(unsigned int mode)
    bint S_ISREG(unsigned int mode)
    bint S_ISFIFO(unsigned int mode)

cdef extern from "<sys/wait.h>" nogil:
    bint WIFSIGNALED(int status)
    bint WIFSTOPPED(int status)
    bint WIFCONTINUED(int status)
    int WEXITSTATUS(int status)
    int WTERMSIG(int status)
    int WSTOPSIG(int status)

cdef extern from "<arpa/inet.h>" nogil:
    unsigned short htons(unsigned short value)
    int inet_pton(int family, const char *text, void *address)

cdef extern from "<netinet/in.h>" nogil:
    struct in_addr:
        pass
    struct sockaddr_in:
        unsigned short sin_family
        unsigned short sin_port
        in_addr sin_addr
    struct in6_addr:
        pass
    struct sockaddr_in6:
        unsigned short sin6_family
        unsigned short sin6_port
        in6_addr sin6_addr
