/* The file's own pointers: which are right, and which may be written. */
#ifndef KUBEXIT_RELOCATE_H
#define KUBEXIT_RELOCATE_H

/* At start: what holds pointers, and nothing else, can not be written from now on (RELRO). */
void relocate_seal(void);

/* In a child, before anything of the interpreter is used: put the pointers in its data right. 0 or -errno. */
int relocate_interpreter(void);

#endif
