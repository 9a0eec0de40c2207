/* The board: a page shared by the clock and the commands, on which moments of CLOCK_MONOTONIC are written.
 * It writes to no descriptor and wakes no process, so that taking a time does not change the time. */
#ifndef BOARD_H
#define BOARD_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    long long begun;  /* the command's main */
    long long ended;  /* the command got its signal, or is about to end */
    int pid;          /* the command's, 0 until it is ready for signals */
} moments_t;

enum { BOARD_BYTES = 4096 }; /* for 170 containers; children.py knows the layout too */

static inline long long now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static inline void fail(const char *what)
{
    perror(what);
    exit(1);
}

static inline volatile moments_t *board_open(int descriptor)
{
    void *page = mmap(NULL, BOARD_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);

    if (page == MAP_FAILED)
        fail("bench: board");
    return page;
}

#endif
