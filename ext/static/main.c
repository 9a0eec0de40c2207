/* C main of the static form, the product: one file with an interpreter inside that only the waiter's child enters. */
#include <stddef.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "interpreter.h"
#include "kubexit.h"
#include "relocate.h"

int main(int argc, char **argv)
{
    /* The path as the kernel executed it: argv[0] may be anything. */
    const char *const own[] = {(const char *)getauxval(AT_EXECFN), NULL};
    waiter_t waiter = {own, interpreter_enter};

    relocate_seal();
    /* Not return: exit(3) would look for streams and functions of atexit(3), which no part of the native unit has. */
    _exit(kubexit_run(argc, argv, &waiter));
}
