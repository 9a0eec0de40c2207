/* Pages that are needed no longer once the command runs: code and constants of the start (build/cold.py). The kernel
 * maps a file in windows of 64 KiB, so they would stay, in each container.
 *
 * They are unchanged file content: the kernel maps them again where they are used again. The linker's scripts of the gate
 * and the static form mark them (build/gate.ld, build/static/layout.ld); elsewhere there are no marks. An error is
 * ignored: on a system that refuses, kubexit only keeps the memory. */
#ifndef KUBEXIT_PAGES_H
#define KUBEXIT_PAGES_H

#include <stddef.h>
#include <sys/mman.h>

#define MARK(name) extern char name[] __attribute__((weak, visibility("hidden")))
MARK(start_code_begin);
MARK(start_code_end);
MARK(start_constants_begin);
MARK(start_constants_end);
#undef MARK

static void pages_drop(char *begin, char *end)
{
    if (begin < end)
        (void)madvise(begin, (size_t)(end - begin), MADV_DONTNEED);
}

static __attribute__((noinline)) void pages_release_start(void)
{
    if (start_code_begin == NULL)
        return;
    pages_drop(start_code_begin, start_code_end);
    pages_drop(start_constants_begin, start_constants_end);
}

#endif
