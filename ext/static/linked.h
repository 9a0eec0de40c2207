/* What build/static/tables.py finds out about the interpreter that is linked in, as two tables. */
#ifndef KUBEXIT_LINKED_H
#define KUBEXIT_LINKED_H

struct _object;

typedef struct {
    const char *name;
    void *address;
} linked_function_t;

/* The functions that the boot loader looks up by name; the last row has no name. */
extern const linked_function_t linked_functions[];

/* Let the interpreter find the modules that it needs before it can open an archive. */
void linked_modules_offer(void);

/* The module `_pages` of that interpreter. */
struct _object *pages_module(void);

#endif
