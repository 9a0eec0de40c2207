/* `_pages`, a module of the linked-in interpreter with one function: sleep without the memory that only work needs.
 *
 * Starting an interpreter and a TLS connection maps 6 MiB of this file's code and constants. None of it is used while
 * the waiter waits for an event. It is unchanged file content: the kernel maps it again where it is used again. */
#include <Python.h>
#include <poll.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include "linked.h"

/* layout.ld's marks. */
extern char interpreter_constants_begin[] __attribute__((visibility("hidden")));
extern char interpreter_constants_end[] __attribute__((visibility("hidden")));
extern char interpreter_code_begin[] __attribute__((visibility("hidden")));
extern char interpreter_code_end[] __attribute__((visibility("hidden")));

static void let_go(char *begin, char *end)
{
    uintptr_t page = getauxval(AT_PAGESZ);
    uintptr_t from = ((uintptr_t)begin + page - 1) & ~(page - 1);
    uintptr_t to = (uintptr_t)end & ~(page - 1);

    if (from < to)
        (void)madvise((void *)from, to - from, MADV_DONTNEED); /* refused, it only costs memory */
}

/* rest(descriptor, milliseconds): until there is something to read, the time is up, or a signal came. Between letting go
 * and sleeping nothing of the interpreter runs, so it stays gone. */
static PyObject *rest(PyObject *module, PyObject *arguments)
{
    struct pollfd awaited = {.events = POLLIN};
    int milliseconds;

    (void)module;
    if (!PyArg_ParseTuple(arguments, "ii", &awaited.fd, &milliseconds))
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    let_go(interpreter_constants_begin, interpreter_constants_end);
    let_go(interpreter_code_begin, interpreter_code_end);
    (void)poll(&awaited, 1, milliseconds);
    Py_END_ALLOW_THREADS
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"rest", rest, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_pages",
    .m_methods = functions,
};

PyObject *pages_module(void)
{
    return PyModule_Create(&module);
}
