/* floor — the least that a supervisor can do, in C, without any error handling.
 *
 *   floor COMMAND…    vfork, exec, wait. The settings of kubexit also choose the role of the floor:
 *   BENCH_MEASURE=signal         wait for SIGTERM, forward it
 *   BENCH_MEASURE=death, chain   with KUBEXIT_DEATH_DEPS: inotify, read, kill
 *   BENCH_MEASURE=chain          without: write a tombstone at the end, by rename
 *   BENCH_MEASURE=crash          without: hold a FIFO open; with: poll it, kill */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "board.h"

static const char *graveyard;

static char *grave(char *path, const char *file)
{
    snprintf(path, PATH_MAX, "%s/%s", graveyard, file);
    return path;
}

static int watch_begin(void)
{
    int watch = inotify_init1(IN_CLOEXEC);

    if (inotify_add_watch(watch, graveyard, IN_MOVED_TO) < 0)
        fail("floor: inotify");
    return watch;
}

static void watch_await(int watch, const char *name)
{
    char events[4096] __attribute__((aligned(8)));
    const struct inotify_event *event;

    for (;;) {
        ssize_t size = read(watch, events, sizeof events);

        for (ssize_t at = 0; at < size; at += (ssize_t)(sizeof *event + event->len)) {
            event = (const void *)(events + at);
            if (event->len > 0 && !strcmp(event->name, name))
                return;
        }
    }
}

static int fifo_open(int flags)
{
    char path[PATH_MAX];
    int fifo;

    mkfifo(grave(path, ".main.alive"), 0666);
    fifo = open(path, flags | O_NONBLOCK | O_CLOEXEC);
    if (fifo < 0)
        fail("floor: fifo");
    return fifo;
}

static void carve(const char *name)
{
    static const char text[] = "Died: \"2026-01-01T00:00:01Z\"\nExitCode: 0\n";
    char draft[PATH_MAX], stone[PATH_MAX];
    int file = open(grave(draft, ".floor.tmp"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    if (write(file, text, sizeof text - 1) < 0)
        fail("floor: write");
    close(file);
    rename(draft, grave(stone, name));
}

static int measures(const char *what)
{
    const char *measure = getenv("BENCH_MEASURE");

    return measure != NULL && !strcmp(measure, what);
}

int main(int argc, char **argv)
{
    const char *dependency = getenv("KUBEXIT_DEATH_DEPS");
    int crash = measures("crash"), forward = measures("signal");
    int status, source = -1;
    sigset_t term, before;
    pid_t child;

    if (argc < 2)
        return 2;
    graveyard = getenv("KUBEXIT_GRAVEYARD");
    if (crash)
        source = fifo_open(dependency ? O_WRONLY : O_RDONLY);
    else if (dependency)
        source = watch_begin();
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    if (forward)
        sigprocmask(SIG_BLOCK, &term, &before);
    child = vfork();
    if (child == 0) {
        if (forward)
            sigprocmask(SIG_SETMASK, &before, NULL);
        execv(argv[1], argv + 1);
        _exit(127);
    }
    if (dependency) {
        if (crash)
            poll(&(struct pollfd){.fd = source}, 1, -1);
        else
            watch_await(source, dependency);
        kill(child, SIGTERM);
    } else if (forward) {
        sigwaitinfo(&term, NULL);
        kill(child, SIGTERM);
    }
    waitpid(child, &status, 0);
    if (measures("chain") && !dependency)
        carve(getenv("KUBEXIT_NAME"));
    _exit(WEXITSTATUS(status));
}
