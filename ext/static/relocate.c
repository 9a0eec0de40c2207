/* A static PIE puts the pointers in its data right when it starts, before main. Here only the supervisor's and the C
 * library's are: the 80,000 of the interpreter would cost each start a millisecond and 1.6 MB of memory, for a child
 * that most containers never have. build/static/relocations.py divides the list, build/static/layout.ld the memory. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include "relocate.h"

enum { BITMAP_WORDS = 63 };

/* From the linker: the file's first byte in memory, and layout.ld's marks. */
extern char __ehdr_start[] __attribute__((visibility("hidden")));
extern char relro_begin[] __attribute__((visibility("hidden")));
extern char relro_end[] __attribute__((visibility("hidden")));
extern char interpreter_data[] __attribute__((visibility("hidden")));
extern const uintptr_t relocations_begin[] __attribute__((visibility("hidden")));
extern const uintptr_t relocations_end[] __attribute__((visibility("hidden")));

static int protect(int rights)
{
    size_t page = getauxval(AT_PAGESZ);
    size_t size = ((size_t)(relro_end - relro_begin) + page - 1) & ~(page - 1);

    return mprotect(relro_begin, size, rights) < 0 ? -errno : 0;
}

void relocate_seal(void)
{
    protect(PROT_READ); /* a sandbox that refuses this refuses a precaution */
}

static void relocate(uintptr_t *where)
{
    if ((char *)where >= interpreter_data)
        *where += (uintptr_t)__ehdr_start;
}

int relocate_interpreter(void)
{
    const uintptr_t *entry;
    uintptr_t *where = NULL;
    uintptr_t bits;
    int index;
    int error = protect(PROT_READ | PROT_WRITE);

    if (error < 0)
        return error;
    for (entry = relocations_begin; entry < relocations_end; entry++) {
        if ((*entry & 1) == 0) {
            where = (uintptr_t *)(__ehdr_start + *entry);
            relocate(where++);
            continue;
        }
        for (bits = *entry >> 1, index = 0; bits != 0; bits >>= 1, index++)
            if (bits & 1)
                relocate(where + index);
        where += BITMAP_WORDS;
    }
    return protect(PROT_READ);
}
