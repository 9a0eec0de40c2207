/* A library in front of the C library (LD_PRELOAD): CLOCK_MONOTONIC shows what the file FROZEN_CLOCK
 * contains, nanoseconds as a 64-bit number, and does not run. All other clocks run.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *shown;

__attribute__((constructor)) static void open_clock(void)
{
    const char *path = getenv("FROZEN_CLOCK");
    int file = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        void *map = mmap(NULL, sizeof(*shown), PROT_READ, MAP_SHARED, file, 0);
        shown = map == MAP_FAILED ? NULL : map;
        close(file);
    }
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    if (clock != CLOCK_MONOTONIC || shown == NULL)
        return (int)syscall(SYS_clock_gettime, clock, now);
    int64_t time = *shown;
    now->tv_sec = time / 1000000000;
    now->tv_nsec = time % 1000000000;
    return 0;
}
