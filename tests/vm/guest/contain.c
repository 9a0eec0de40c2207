/*
 * contain: what a container runtime does that a shell cannot, for one process.
 *
 *     contain [--group DIR] [--ahead SECONDS] RECORD COMMAND ...
 *
 * COMMAND runs as PID 1 of a new PID namespace, with a /proc for it: in the control group DIR, and with --ahead in a
 * time namespace whose monotonic and boot clocks are ahead of the machine's. RECORD.pid is its pid as the machine sees
 * it, RECORD.exit its exit code as a runtime reports it, 128+n for a signal. contain itself stays outside.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

static void fail(const char *what)
{
	dprintf(2, "contain: %s: %s\n", what, strerror(errno));
	_exit(99);
}

static void put(const char *path, const char *text)
{
	int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (descriptor < 0 || write(descriptor, text, strlen(text)) < 0)
		fail(path);
	close(descriptor);
}

/* A reader sees the whole number or no file. */
static void record(const char *base, const char *what, int number)
{
	char path[256], draft[270], text[16];
	snprintf(path, sizeof path, "%s.%s", base, what);
	snprintf(draft, sizeof draft, "%s.new", path);
	snprintf(text, sizeof text, "%d\n", number);
	put(draft, text);
	if (rename(draft, path) < 0)
		fail(path);
}

int main(int count, char **words)
{
	const char *group = NULL, *ahead = NULL;
	int spaces = CLONE_NEWPID | CLONE_NEWNS, status;
	words++;
	for (; count > 3 && strncmp(words[0], "--", 2) == 0; words += 2, count -= 2)
		if (strcmp(words[0], "--group") == 0)
			group = words[1];
		else if (strcmp(words[0], "--ahead") == 0)
			ahead = words[1];
		else
			break;
	if (count < 3 || words[0] == NULL || words[1] == NULL) {
		dprintf(2, "usage: contain [--group DIR] [--ahead SECONDS] RECORD COMMAND ...\n");
		return 2;
	}
	if (unshare(ahead ? spaces | CLONE_NEWTIME : spaces) < 0)
		fail("unshare");
	if (ahead) { /* time_namespaces(7): before the first process is in it */
		char offsets[80];
		snprintf(offsets, sizeof offsets, "monotonic %s 0\nboottime %s 0\n", ahead, ahead);
		put("/proc/self/timens_offsets", offsets);
	}
	pid_t pid = fork();
	if (pid < 0)
		fail("fork");
	if (pid == 0) {
		if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || mount("proc", "/proc", "proc", 0, NULL) < 0)
			fail("/proc");
		if (group) {
			char path[256];
			snprintf(path, sizeof path, "%s/cgroup.procs", group);
			put(path, "0");
		}
		execvp(words[1], words + 1);
		fail(words[1]);
	}
	record(words[0], "pid", pid);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			fail("waitpid");
	record(words[0], "exit", WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
	return 0;
}
