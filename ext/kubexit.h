/* The one entry point of the native unit: a C main, a Python extension module or
 * a test calls kubexit_run and gets the exit code. */
#ifndef KUBEXIT_H
#define KUBEXIT_H

/* The waiter: a child that exits with 0 when the containers named in its
 * arguments are ready (docs/use/reference.md lists its exit codes). With an entry,
 * the forked child calls it and exits with its result, where a negative errno means
 * a program that cannot be read. Without an entry, the child executes argv. argv is
 * NULL-terminated, and the supervisor appends arguments. */
typedef struct {
    const char *const *argv;
    int (*entry)(int argc, char **argv);
} waiter_t;

/* Supervise the command in argv; returns the exit code for the caller. */
int kubexit_run(int argc, char **argv, const waiter_t *waiter);

#endif
