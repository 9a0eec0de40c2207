/* From the forked child into the interpreter: by way of PyInstaller's boot loader, whose source is compiled as it is
 * and linked in, with a few of its names renamed on the compiler's command line (build/static/bootloader.sh):
 *
 *   main      is called from here
 *   realpath  tells it where its archive is: here, in this file
 *   dlopen, dlsym, …   find the interpreter: it is linked in
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interpreter.h"
#include "linked.h"
#include "relocate.h"

int bootloader_main(int argc, char **argv);

enum { EXIT_INTERNAL = 70 };

static char own_file[PATH_MAX];

/* How this file is opened again, as often as a module is imported; 0 or -errno.
 *
 * /proc/self/exe is this very file, also when the path leads to a newer one by now (kubexit --install over it) or to
 * none, and whatever bytes are in the path. Without /proc, the path that the kernel executed has to do. */
static int own_file_find(const char *path)
{
    int descriptor = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    const char *found = "/proc/self/exe";

    if (descriptor < 0 && errno != EACCES) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC);
        found = path;
    }
    if (descriptor < 0)
        return -errno;
    close(descriptor);
    /* A relative path begins at the working folder, and nobody changes that. */
    return snprintf(own_file, sizeof own_file, "%s", found) < (int)sizeof own_file ? 0 : -ENAMETOOLONG;
}

/* What the boot loader reads from the environment is said here, whatever came in. It is this child's copy: the
 * command gets the environment as it was. */
static void environment_prepare(void)
{
    /* It executes itself once more to set a library path, unless it is told that this has happened. */
    setenv("_PYI_ARCHIVE_FILE", own_file, 1);
    setenv("_PYI_PARENT_PROCESS_LEVEL", "-1", 1);
    setenv("_PYI_LINUX_PROCESS_NAME", "kubexit.waiter", 1); /* what ps(1) and the kernel's OOM report show */
    unsetenv("_PYI_APPLICATION_HOME_DIR");
    unsetenv("_PYI_SPLASH_IPC");
    unsetenv("PYINSTALLER_RESET_ENVIRONMENT");
    unsetenv("PYINSTALLER_STRICT_UNPACK_MODE");
    unsetenv("PYINSTALLER_SUPPRESS_SPLASH_SCREEN");
}

int interpreter_enter(int argc, char **argv)
{
    int error = own_file_find(argv[0]);
    int code;

    if (error == 0)
        error = relocate_interpreter();
    if (error < 0)
        return error;
    environment_prepare();
    code = bootloader_main(argc, argv);
    return code < 0 ? EXIT_INTERNAL : code;
}

/* The boot loader asks for the true path of its executable, with room for PATH_MAX bytes. */
char *bootloader_realpath(const char *path, char *resolved)
{
    (void)path;
    if (resolved == NULL)
        return strdup(own_file);
    return strcpy(resolved, own_file);
}

/* dlopen(3): the interpreter is here; it only has to know its modules. */
void *bootloader_dlopen(const char *path, int flags)
{
    (void)path, (void)flags;
    linked_modules_offer();
    return own_file;
}

/* dlsym(3): one of the interpreter's functions; NULL for what this version does not have. */
void *bootloader_dlsym(void *handle, const char *name)
{
    const linked_function_t *row;

    (void)handle;
    for (row = linked_functions; row->name != NULL; row++)
        if (strcmp(row->name, name) == 0)
            return row->address;
    return NULL;
}

int bootloader_dlclose(void *handle)
{
    (void)handle;
    return 0;
}

char *bootloader_dlerror(void)
{
    return "not among the functions that are linked in";
}
