/* C main of the gate form: the native unit alone, no interpreter in the file.
 *
 * The waiter is a program of its own here. GATE_WAITER names a stand-in for it
 * (tests, debugging); the variable belongs to this form only. */
#include <stdlib.h>

#include "kubexit.h"

int main(int argc, char **argv)
{
    const char *stand_in = getenv("GATE_WAITER");
    const char *const installed[] = {"python3", "-P", "-m", "kubexit.waiter", NULL};
    const char *const replaced[] = {stand_in, NULL};
    waiter_t waiter = {stand_in ? replaced : installed, NULL};

    return kubexit_run(argc, argv, &waiter);
}
