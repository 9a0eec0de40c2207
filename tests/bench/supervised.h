/* Supervised commands, as the clock sees them: started, waited for, ended. */
#ifndef SUPERVISED_H
#define SUPERVISED_H

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "board.h"

enum { WORDS = 64, SETTLE_US = 1500 };

typedef struct {
    char **words;
    int count;
} program_t;

static volatile moments_t *board;
static int board_fd, log_read;
static const char *command, *graveyard;

static char *grave(char *path, const char *file)
{
    snprintf(path, PATH_MAX, "%s/%s", graveyard, file);
    return path;
}

/* A container: the program in front of the command, with its place in the pod in the environment. */
static pid_t start(const program_t *program, const char *mode, int seat, const char *deps, long long *started)
{
    char fd[16], place[16];
    char *words[WORDS + 5];
    pid_t pid;

    snprintf(fd, sizeof fd, "%d", board_fd);
    snprintf(place, sizeof place, "%d", seat);
    memcpy(words, program->words, sizeof(char *) * (size_t)program->count);
    memcpy(words + program->count, (char *[]){(char *)command, (char *)mode, fd, place, NULL}, 5 * sizeof(char *));
    memset((void *)(board + seat), 0, sizeof *board);
    setenv("KUBEXIT_NAME", seat ? "sidecar" : "main", 1);
    if (deps)
        setenv("KUBEXIT_DEATH_DEPS", deps, 1);
    else
        unsetenv("KUBEXIT_DEATH_DEPS");
    pid = vfork();
    if (pid == 0) {
        *started = now_ns(); /* the memory is ours too: vfork(2) */
        execvp(words[0], words);
        _exit(127);
    }
    if (pid < 0)
        fail("clock: vfork");
    return pid;
}

/* What is measured is a supervisor that has been waiting. */
static void await_command(pid_t supervisor, int seat)
{
    char path[32], text[512];
    ssize_t size;
    int asleep = 0;

    while (!board[seat].pid)
        if (waitid(P_PID, (id_t)supervisor, &(siginfo_t){0}, WEXITED | WNOHANG | WNOWAIT) == 0)
            usleep(200);
    snprintf(path, sizeof path, "/proc/%d/stat", supervisor);
    while (asleep < 2) {
        int file = open(path, O_RDONLY);

        usleep(SETTLE_US / 2);
        size = read(file, text, sizeof text - 1);
        close(file);
        text[size > 0 ? size : 0] = 0;
        asleep = strstr(text, ") S ") ? asleep + 1 : 0;
    }
}

static void drain_log(void)
{
    char lines[65536];

    while (read(log_read, lines, sizeof lines) > 0) {
    }
}

static void finish(pid_t pid)
{
    waitpid(pid, NULL, 0);
    drain_log();
}

static void clear_graveyard(void)
{
    static const char *const files[] = {"main", "sidecar", ".main.alive", ".sidecar.alive"};
    char path[PATH_MAX];

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(grave(path, files[i]));
}

static void prepare(const char *what)
{
    int pipes[2];

    prctl(PR_SET_CHILD_SUBREAPER, 1);
    graveyard = getenv("KUBEXIT_GRAVEYARD");
    /* Log lines go into a pipe, as under a container runtime. */
    if (pipe2(pipes, O_CLOEXEC) < 0 || dup2(pipes[1], 2) < 0)
        fail("clock: pipe");
    log_read = pipes[0];
    fcntl(log_read, F_SETFL, O_NONBLOCK);
    board_fd = memfd_create("board", 0); /* inherited by the commands */
    if (board_fd < 0 || ftruncate(board_fd, BOARD_BYTES) < 0)
        fail("clock: board");
    board = board_open(board_fd);
    setenv("BENCH_MEASURE", what, 1);
}

#endif
