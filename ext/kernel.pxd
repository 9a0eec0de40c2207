"""Every system call that the native unit makes, and the types and numbers it takes, grouped by manual page.

A system call is written `kernel.something(...)` in all other files, so `grep -r kernel. ext`
lists them all. What makes no system call is in cstd.pxd.
"""
from libc.stddef cimport size_t

cdef extern from "<time.h>" nogil:
    struct timespec:
        long tv_sec
        long tv_nsec
    enum:
        CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_REALTIME_COARSE
    int clock_gettime(int clock, timespec *now)
    int nanosleep(const timespec *length, timespec *rest)

cdef extern from "<sys/types.h>" nogil:
    ctypedef int pid_t
    ctypedef unsigned int mode_t
    ctypedef unsigned int uid_t
    ctypedef long ssize_t

cdef extern from "<sys/stat.h>" nogil:
    struct stat_s "stat":
        unsigned long st_dev, st_ino
        mode_t st_mode
        unsigned long st_nlink
        long st_size
        timespec st_mtim
    int fstat(int descriptor, stat_s *status)
    int fstatat(int folder, const char *path, stat_s *status, int flags)
    int fchmod(int descriptor, mode_t mode)
    int mkdir(const char *path, mode_t mode)
    int mkfifoat(int folder, const char *path, mode_t mode)
    mode_t umask(mode_t mask)

cdef extern from "<fcntl.h>" nogil:
    enum:
        O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_CLOEXEC, O_DIRECTORY
        O_PATH, O_NOCTTY
        AT_FDCWD, AT_SYMLINK_NOFOLLOW
    int openat(int folder, const char *path, int flags, ...)

cdef extern from "<sys/ioctl.h>" nogil:
    enum:
        TIOCGWINSZ
    struct winsize:
        unsigned short ws_col
    int ioctl(int descriptor, unsigned long request, ...)

cdef extern from "<sys/file.h>" nogil:
    enum:
        LOCK_SH, LOCK_EX, LOCK_NB
    int flock(int descriptor, int operation)

cdef extern from "<sys/statvfs.h>" nogil:
    struct statvfs_s "statvfs":
        unsigned long f_frsize, f_blocks, f_bavail
    int fstatvfs(int descriptor, statvfs_s *space)

cdef extern from "<unistd.h>" nogil:
    enum:
        F_OK
    int access(const char *path, int mode)
    ssize_t read(int descriptor, void *target, size_t size)
    ssize_t write(int descriptor, const void *source, size_t size)
    ssize_t pread(int descriptor, void *target, size_t size, long offset)
    int fsync(int descriptor)
    int close(int descriptor)
    int dup2(int descriptor, int copy)
    int pipe(int ends[2])
    int pipe2(int ends[2], int flags)
    int unlinkat(int folder, const char *path, int flags)
    char *getcwd(char *target, size_t size)
    pid_t getpid()
    pid_t getppid()
    uid_t geteuid()
    uid_t getegid()
    pid_t getpgrp()
    pid_t getpgid(pid_t pid)
    pid_t getsid(pid_t pid)
    int setpgid(pid_t pid, pid_t group)
    int tcsetpgrp(int terminal, pid_t group)
    pid_t tcgetpgrp(int terminal)
    pid_t fork()
    pid_t vfork()
    int execve(const char *path, char *const argv[], char *const envp[])
    void _exit(int status)
    long syscall(long number, ...)

cdef extern from "<stdio.h>" nogil:
    int renameat(int old_folder, const char *old, int new_folder, const char *new)

cdef extern from "<dirent.h>" nogil:
    ctypedef struct DIR:
        pass
    struct dirent:
        char d_name[256]
    DIR *opendir(const char *path)
    DIR *fdopendir(int descriptor)
    dirent *readdir(DIR *folder)
    int closedir(DIR *folder)

cdef extern from "<sys/syscall.h>" nogil:
    enum:
        SYS_rt_sigprocmask, SYS_rt_sigqueueinfo, SYS_signalfd4, SYS_pwritev2

cdef extern from "<sys/uio.h>" nogil:
    struct iovec:
        void *iov_base
        size_t iov_len

cdef extern from "<poll.h>" nogil:
    struct pollfd:
        int fd
        short events
        short revents
    enum:
        POLLIN, POLLOUT, POLLNVAL
    int poll(pollfd *set, unsigned long count, int timeout_ms)
    int ppoll(pollfd *set, unsigned long count, const timespec *timeout, const void *mask)

cdef extern from "<signal.h>" nogil:
    enum:
        SIG_SETMASK
        SIGHUP, SIGINT, SIGQUIT, SIGKILL
        SIGPIPE, SIGTERM, SIGCHLD, SIGCONT, SIGSTOP
        SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH, SIGXFSZ
        SI_KERNEL, SI_QUEUE, SI_USER
    ctypedef void (*sighandler_t)(int) noexcept nogil
    sighandler_t SIG_DFL, SIG_IGN
    struct sigaction_s "sigaction":
        sighandler_t sa_handler
    int sigaction(int signal, const sigaction_s *new, sigaction_s *old)
    int kill(pid_t pid, int signal)
    ctypedef struct siginfo_t:
        int si_signo, si_code
        pid_t si_pid
        uid_t si_uid
        void *si_ptr

cdef extern from "<sys/signalfd.h>" nogil:
    enum:
        SFD_CLOEXEC, SFD_NONBLOCK
    struct signalfd_siginfo:
        unsigned int ssi_signo
        int ssi_code
        unsigned int ssi_pid
        unsigned int ssi_uid
        unsigned long ssi_ptr

cdef extern from "<sys/wait.h>" nogil:
    enum:
        WNOHANG, WUNTRACED, WCONTINUED, WSTOPPED, WNOWAIT, P_PID
    pid_t waitpid(pid_t pid, int *status, int flags)
    int waitid(int kind, pid_t pid, siginfo_t *state, int flags)

cdef extern from "<sys/prctl.h>" nogil:
    enum:
        PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER
    int prctl(int option, unsigned long argument, ...)

cdef extern from "<sys/inotify.h>" nogil:
    enum:
        IN_CLOEXEC, IN_NONBLOCK, IN_ONLYDIR
        IN_CREATE, IN_MOVED_TO, IN_CLOSE_WRITE, IN_DELETE, IN_DELETE_SELF, IN_MOVE_SELF
        IN_IGNORED, IN_UNMOUNT, IN_Q_OVERFLOW
    struct inotify_event:
        unsigned int mask
        unsigned int len
        char name[1]
    int inotify_init1(int flags)
    int inotify_add_watch(int descriptor, const char *path, unsigned int mask)
    int inotify_rm_watch(int descriptor, int watch)

cdef extern from "<sys/socket.h>" nogil:
    enum:
        AF_UNIX, AF_INET, AF_INET6, SOCK_STREAM, SOCK_DGRAM, SOCK_CLOEXEC, SOCK_NONBLOCK
        SOL_SOCKET, SO_ERROR, MSG_NOSIGNAL
    ctypedef unsigned int socklen_t
    struct sockaddr:
        pass
    int socket(int family, int type, int protocol)
    int bind(int descriptor, const sockaddr *address, socklen_t length)
    int connect(int descriptor, const sockaddr *address, socklen_t length)
    ssize_t send(int descriptor, const void *source, size_t size, int flags)
    int getsockname(int descriptor, sockaddr *address, socklen_t *length)
    int getpeername(int descriptor, sockaddr *address, socklen_t *length)
    int getsockopt(int descriptor, int level, int option, void *value, socklen_t *length)

cdef extern from "<sys/un.h>" nogil:
    struct sockaddr_un:
        unsigned short sun_family
        char sun_path[108]

cdef extern from "<sched.h>" nogil:
    int sched_yield()
