/* bench — the clocks of `make bench`; build/bench.py says what to measure and shows the result.
 *
 *   bench life|signal|death|crash ROUNDS [PROGRAM ARGUMENT…]   one line of nanoseconds a round
 *   bench floor COMMAND…       the least that a supervisor can do: fork, exec, wait; with a death dependency in
 *                              the environment also inotify and kill
 *   bench stamp FD, bench sleep FD    the commands that are supervised; they report their own times */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORDS = 32 };

static long long now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void report(int fd)
{
    long long now = now_ns();

    if (write(fd, &now, sizeof now) != sizeof now)
        _exit(1);
}

static long long reported(int fd)
{
    long long then;

    if (read(fd, &then, sizeof then) != sizeof then)
        fail("bench: the command did not report");
    return then;
}

/* The commands. */

static int stamp(int fd)
{
    report(fd);
    report(fd);
    _exit(0);
}

static int sleep_until_term(int fd)
{
    sigset_t term;

    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);
    report(fd);
    sigwaitinfo(&term, NULL);
    report(fd);
    _exit(0);
}

/* The least supervisor. */

static int floor_main(char **command)
{
    int watch = inotify_init1(IN_CLOEXEC);
    char event[sizeof(struct inotify_event) + NAME_MAX + 1];
    const char *graveyard = getenv("KUBEXIT_GRAVEYARD");
    int depends = getenv("KUBEXIT_DEATH_DEPS") != NULL;
    int status;
    pid_t child;

    if (depends && inotify_add_watch(watch, graveyard, IN_MOVED_TO) < 0)
        fail("bench: inotify");
    child = vfork();
    if (child == 0) {
        execv(command[0], command);
        _exit(127);
    }
    if (depends && read(watch, event, sizeof event) > 0)
        kill(child, SIGTERM);
    waitpid(child, &status, 0);
    _exit(WEXITSTATUS(status));
}

/* The clocks. */

static pid_t start(char **program, int programs, const char *command, int *fd)
{
    char self[PATH_MAX] = {0};
    char number[16];
    char *words[WORDS] = {0};
    int pipe_fds[2];
    pid_t child;

    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0 || pipe(pipe_fds) < 0 || programs > WORDS - 4)
        fail("bench");
    fcntl(pipe_fds[0], F_SETFD, FD_CLOEXEC);
    snprintf(number, sizeof number, "%d", pipe_fds[1]);
    memcpy(words, program, sizeof(char *) * (size_t)programs);
    words[programs] = self;
    words[programs + 1] = (char *)command;
    words[programs + 2] = number;
    child = vfork();
    if (child == 0) {
        execvp(words[0], words);
        _exit(127);
    }
    close(pipe_fds[1]);
    *fd = pipe_fds[0];
    return child;
}

static void life(char **program, int programs)
{
    int fd;
    long long started = now_ns();
    pid_t child = start(program, programs, "stamp", &fd);
    long long begun = reported(fd);
    long long ended = reported(fd);

    waitpid(child, NULL, 0);
    printf("%lld %lld\n", begun - started, now_ns() - ended);
    close(fd);
}

static void signals(char **program, int programs)
{
    int fd;
    pid_t child = start(program, programs, "sleep", &fd);
    long long sent;

    reported(fd);
    usleep(2000); /* let it settle: what is measured is a supervisor that has been waiting */
    sent = now_ns();
    kill(child, SIGTERM);
    printf("%lld\n", reported(fd) - sent);
    waitpid(child, NULL, 0);
    close(fd);
}

static void in_graveyard(char *path, const char *name)
{
    snprintf(path, PATH_MAX, "%s/%s", getenv("KUBEXIT_GRAVEYARD"), name);
}

static void death(char **program, int programs)
{
    static const char text[] = "Born: \"2026-01-01T00:00:00Z\"\nDied: \"2026-01-01T00:00:01Z\"\nExitCode: 0\n";
    char draft[PATH_MAX], stone[PATH_MAX], fifo[PATH_MAX];
    int fd, file;
    pid_t child;
    long long carved;

    in_graveyard(fifo, ".peer.alive");
    unlink(fifo); /* a crashed peer of another clock is dead already */
    in_graveyard(draft, ".peer.tmp");
    in_graveyard(stone, "peer");
    unlink(stone);
    child = start(program, programs, "sleep", &fd);
    reported(fd);
    usleep(2000);
    file = open(draft, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (write(file, text, sizeof text - 1) < 0)
        fail(draft);
    close(file);
    carved = now_ns();
    rename(draft, stone);
    printf("%lld\n", reported(fd) - carved);
    waitpid(child, NULL, 0);
    close(fd);
}

static void crash(char **program, int programs)
{
    char fifo[PATH_MAX], stone[PATH_MAX];
    int fd, held;
    pid_t child, peer;
    long long killed;

    in_graveyard(fifo, ".peer.alive");
    in_graveyard(stone, "peer");
    unlink(stone);
    unlink(fifo);
    mkfifo(fifo, 0666);
    peer = fork();
    if (peer == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (open(fifo, O_RDONLY | O_NONBLOCK) < 0)
            _exit(1);
        for (;;)
            pause();
    }
    while ((held = open(fifo, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) < 0)
        sched_yield(); /* until the peer holds it */
    close(held);
    child = start(program, programs, "sleep", &fd);
    reported(fd);
    usleep(2000);
    killed = now_ns();
    kill(peer, SIGKILL);
    printf("%lld\n", reported(fd) - killed);
    waitpid(peer, NULL, 0);
    waitpid(child, NULL, 0);
    close(fd);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*measure)(char **, int);
    } clocks[] = {{"life", life}, {"signal", signals}, {"death", death}, {"crash", crash}};
    const char *mode = argc > 2 ? argv[1] : "";

    if (!strcmp(mode, "stamp"))
        return stamp(atoi(argv[2]));
    if (!strcmp(mode, "sleep"))
        return sleep_until_term(atoi(argv[2]));
    if (!strcmp(mode, "floor"))
        return floor_main(argv + 2);
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++)
        for (int round = 0; !strcmp(mode, clocks[i].name) && round < atoi(argv[2]); round++)
            clocks[i].measure(argv + 3, argc - 3);
    return 0;
}
