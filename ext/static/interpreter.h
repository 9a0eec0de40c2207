/* The interpreter in this file. Nothing of it runs, and none of its memory is touched, before interpreter_enter. */
#ifndef KUBEXIT_INTERPRETER_H
#define KUBEXIT_INTERPRETER_H

/* In a child: run the bundled Python program with these arguments, argv[0] being the path of this file.
 * Returns its exit code, or -errno when this file cannot be read: its programs are in it. */
int interpreter_enter(int argc, char **argv);

#endif
