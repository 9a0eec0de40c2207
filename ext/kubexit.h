/* The one door of the native unit: a C main, a Python extension module or a
 * test calls kubexit_run and gets the number to exit with. */
#ifndef KUBEXIT_H
#define KUBEXIT_H

/* The readiness waiter: a child that leaves with 0 when the containers named
 * in its arguments are ready (docs/use/reference.md lists its verdicts).
 * With an entry the forked child calls it and leaves with what it returns, a
 * negative errno being for a program that cannot be read; without, it executes argv.
 * argv is NULL-terminated; the supervisor appends its own arguments. */
typedef struct {
    const char *const *argv;
    int (*entry)(int argc, char **argv);
} waiter_t;

/* Supervise the command in argv; returns the exit code for the caller. */
int kubexit_run(int argc, char **argv, const waiter_t *waiter);

#endif
