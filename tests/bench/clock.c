/* clock — starts each program in turn, does something to it, and prints how long that took to arrive.
 *
 *   clock MEASURE ROUNDS COMMAND , PROGRAM [ARGUMENT…] , PROGRAM [ARGUMENT…] …
 *
 * One line a round and program: the program's place in the list, and nanoseconds. The programs take turns within
 * every round, so that a moment in which the machine is busy is not one program's bad luck; and each round in another
 * order, since each is a little disturbed by what the one before it left behind.
 *
 *   start   exec of the program → main of the command
 *   end     end of the command, which has run for a while → this parent sees the program's end
 *   signal  SIGTERM to the program → SIGTERM at the command
 *   death   rename of a dependency's tombstone → SIGTERM at the command
 *   chain   exit of main's command → SIGTERM at the sidecar's command; both under the program
 *   crash   SIGKILL to main's supervisor → SIGTERM at the sidecar's command */
#define _GNU_SOURCE
#include "supervised.h"

static void measure_start(const program_t *program, int number)
{
    long long started;

    finish(start(program, "run", 0, NULL, &started));
    printf("%d %lld\n", number, board[0].begun - started);
}

static void measure_end(const program_t *program, int number)
{
    long long seen;
    pid_t pid = start(program, "wait", 0, NULL, &seen);

    await_command(pid, 0);
    kill(board[0].pid, SIGTERM);
    waitpid(pid, NULL, 0);
    seen = now_ns();
    printf("%d %lld\n", number, seen - board[0].ended);
    drain_log();
}

static void measure_signal(const program_t *program, int number)
{
    long long sent;
    pid_t pid = start(program, "wait", 0, NULL, &sent);

    await_command(pid, 0);
    sent = now_ns();
    kill(pid, SIGTERM);
    finish(pid);
    printf("%d %lld\n", number, board[0].ended - sent);
}

static void measure_death(const program_t *program, int number)
{
    static const char text[] = "Born: \"2026-01-01T00:00:00Z\"\nDied: \"2026-01-01T00:00:01Z\"\nExitCode: 0\n";
    char draft[PATH_MAX], stone[PATH_MAX];
    long long carved;
    pid_t pid = start(program, "wait", 1, "main", &carved);
    int file = open(grave(draft, ".main.tmp"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    if (write(file, text, sizeof text - 1) < 0)
        fail(draft);
    close(file);
    await_command(pid, 1);
    carved = now_ns();
    rename(draft, grave(stone, "main"));
    finish(pid);
    printf("%d %lld\n", number, board[1].ended - carved);
}

static void measure_pod(const program_t *program, int number, int crash)
{
    long long ended;
    pid_t main_pid = start(program, "wait", 0, NULL, &ended), sidecar_pid;

    await_command(main_pid, 0);
    sidecar_pid = start(program, "wait", 1, "main", &ended);
    await_command(sidecar_pid, 1);
    ended = now_ns();
    kill(crash ? main_pid : board[0].pid, crash ? SIGKILL : SIGTERM);
    finish(sidecar_pid);
    finish(main_pid);
    if (crash) { /* left to us by its supervisor, which may not have seen to its end */
        kill(board[0].pid, SIGKILL);
        finish(board[0].pid);
    }
    printf("%d %lld\n", number, board[1].ended - (crash ? ended : board[0].ended));
}

static void measure(const char *what, const program_t *program, int number)
{
    clear_graveyard();
    if (!strcmp(what, "start"))
        measure_start(program, number);
    else if (!strcmp(what, "end"))
        measure_end(program, number);
    else if (!strcmp(what, "signal"))
        measure_signal(program, number);
    else if (!strcmp(what, "death"))
        measure_death(program, number);
    else
        measure_pod(program, number, !strcmp(what, "crash"));
}

/* Fisher and Yates. */
static void shuffle(int *order, int count)
{
    for (int last = count - 1; last > 0; last--) {
        int other = rand() % (last + 1), moved = order[last];

        order[last] = order[other];
        order[other] = moved;
    }
}

int main(int argc, char **argv)
{
    program_t programs[WORDS];
    int order[WORDS], count = 0, rounds;

    if (argc < 6)
        return 2;
    rounds = atoi(argv[2]);
    command = argv[3];
    for (int at = 4; at < argc; at++) {
        if (!strcmp(argv[at], ","))
            programs[count++] = (program_t){argv + at + 1, 0};
        else
            programs[count - 1].count++;
    }
    prepare(argv[1]);
    for (int number = 0; number < count; number++)
        order[number] = number;
    for (int round = 0; round < rounds; round++) {
        shuffle(order, count);
        for (int turn = 0; turn < count; turn++)
            measure(argv[1], &programs[order[turn]], order[turn]);
    }
    return 0;
}
