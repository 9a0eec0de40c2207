/* container — what a container sees of Kubernetes: the account's folder where it is always mounted, the pod's name as
 * the host name. Both are in separate namespaces, so that programs with these paths built in can be measured.
 *
 *   container ACCOUNT POD BOARD SEAT PROGRAM…    writes the moment before the exec of the program to the board */
#define _GNU_SOURCE
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "board.h"

#define MOUNTED "/var/run/secrets/kubernetes.io/serviceaccount"

static void make_folders(const char *path)
{
    char part[256];

    for (const char *at = path; (at = strchr(at + 1, '/')) != NULL;) {
        snprintf(part, sizeof part, "%.*s", (int)(at - path), path);
        mkdir(part, 0755);
    }
    mkdir(path, 0755);
}

int main(int argc, char **argv)
{
    volatile moments_t *moment;

    if (argc < 6)
        return 2;
    moment = board_open(atoi(argv[3])) + atoi(argv[4]);
    if (unshare(CLONE_NEWNS | CLONE_NEWUTS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        fail("container: separate namespaces are not available");
    if (mount("tmpfs", "/var/run", "tmpfs", 0, NULL) < 0)
        fail("container: /var/run");
    make_folders(MOUNTED);
    if (mount(argv[1], MOUNTED, NULL, MS_BIND, NULL) < 0 || sethostname(argv[2], strlen(argv[2])) < 0)
        fail("container: account");
    moment->begun = now_ns();
    execvp(argv[5], argv + 5);
    fail(argv[5]);
}
