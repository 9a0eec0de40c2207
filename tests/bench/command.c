/* command — what is supervised: it writes its own moments on the board (board.h).
 *
 *   command run BOARD SEAT     ends at once
 *   command wait BOARD SEAT    exits on SIGTERM; BOARD is a descriptor, SEAT a place on the board */
#include <signal.h>
#include <string.h>

#include "board.h"

int main(int argc, char **argv)
{
    long long begun = now_ns();
    volatile moments_t *mine;
    sigset_t term;

    if (argc != 4)
        return 2;
    mine = board_open(atoi(argv[2])) + atoi(argv[3]);
    mine->begun = begun;
    if (!strcmp(argv[1], "wait")) {
        sigemptyset(&term);
        sigaddset(&term, SIGTERM);
        sigprocmask(SIG_BLOCK, &term, NULL);
        mine->pid = getpid();
        sigwaitinfo(&term, NULL);
    }
    mine->ended = now_ns();
    _exit(0);
}
