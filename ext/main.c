/* C main of the gate form: the native unit alone, no interpreter in the file.
 *
 * The waiter is a separate program here. GATE_WAITER names a replacement for it
 * (tests, debugging); only this form has this variable. */
#include <stdlib.h>
#include <unistd.h>

#include "kubexit.h"

int main(int argc, char **argv)
{
    const char *stand_in = getenv("GATE_WAITER");
    const char *const installed[] = {"python3", "-P", "-m", "kubexit.waiter", NULL};
    const char *const replaced[] = {stand_in, NULL};
    waiter_t waiter = {stand_in ? replaced : installed, NULL};

    /* Not return: exit(3) would look for streams and functions of atexit(3), which no part of the native unit has. */
    _exit(kubexit_run(argc, argv, &waiter));
}
