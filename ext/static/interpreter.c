/* Start the interpreter in the forked child, through PyInstaller's boot loader. Its unmodified source is compiled and
 * linked in, and the compiler's command line renames a few names (build/static/bootloader.sh):
 *
 *   main      is called from here
 *   realpath  returns where its archive is: in this file
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
#include "tls.h"

int bootloader_main(int argc, char **argv);

enum { EXIT_INTERNAL = 70 };

static char own_file[PATH_MAX];

/* Find a path to open this file again, at each import of a module. Return 0; -errno if it cannot be opened.
 *
 * /proc/self/exe is this file even if the path leads to a newer one (after kubexit --install) or to none, and with any
 * bytes in the path. Without /proc, use the path that the kernel executed. */
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
    /* A relative path starts at the working folder, which never changes. */
    return snprintf(own_file, sizeof own_file, "%s", found) < (int)sizeof own_file ? 0 : -ENAMETOOLONG;
}

/* Set what the boot loader reads from the environment. This is the copy of this child: the command gets the original
 * environment. */
static void environment_prepare(void)
{
    /* Say that it has already executed itself again, which it does to set a library path. */
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

/* dlopen(3), once: the interpreter is here; it only has to know its modules. The environment is complete here. */
void *bootloader_dlopen(const char *path, int flags)
{
    (void)path, (void)flags;
    tls_prepare();
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
