/* storm — tombstones of other names, as fast as this process can write them.
 *
 *   storm WRITES BOARD SEAT    writes as many, under a thousand names; in the middle of them the tombstone of "main",
 *                              and the moment of its rename on the board */
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "board.h"

enum { NAMES = 1000 };

static void carve(int folder, const char *name, volatile moments_t *moment)
{
    static const char text[] = "Born: \"2026-01-01T00:00:00Z\"\nDied: \"2026-01-01T00:00:01Z\"\nExitCode: 0\n";
    int file = openat(folder, ".storm.tmp", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    if (file < 0 || write(file, text, sizeof text - 1) < 0)
        fail("storm");
    close(file);
    if (moment != NULL)
        moment->begun = now_ns();
    renameat(folder, ".storm.tmp", folder, name);
}

int main(int argc, char **argv)
{
    int folder = open(getenv("KUBEXIT_GRAVEYARD"), O_DIRECTORY | O_RDONLY);
    int writes = argc == 4 ? atoi(argv[1]) : 0;
    volatile moments_t *moment;
    char name[32];

    if (folder < 0 || argc != 4)
        return 2;
    moment = board_open(atoi(argv[2])) + atoi(argv[3]);
    for (int number = 0; number < writes; number++) {
        snprintf(name, sizeof name, "foreign-%d", number % NAMES);
        carve(folder, name, NULL);
        if (number == writes / 2)
            carve(folder, "main", moment);
    }
    moment->ended = now_ns();
    return 0;
}
