/* pause.c — the process that holds the namespaces of a pod: it waits, collects what dies, and exits when asked to. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void collect(int number)
{
    (void)number;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
}

static void leave(int number)
{
    (void)number;
    _exit(0);
}

int main(void)
{
    struct sigaction action = {.sa_handler = leave};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    action.sa_handler = collect;
    action.sa_flags = SA_NOCLDSTOP;
    sigaction(SIGCHLD, &action, NULL);
    for (;;)
        pause();
}
