/*
 * stepper: runs a program, and stops it, kills it or lets a call fail at chosen system calls (ptrace(2)).
 *
 *     stepper REPORTS ORDERS RULE… -- PROGRAM [ARGUMENT…]
 *
 * RULE is CALL[,CALL…]:[FILE[|FILE…]]:COUNT:ACTION. It matches before the COUNT-th of these calls that is about one of
 * the files (the last part of its path, or of what its descriptor leads to); COUNT 0 is each of them, no FILE is any.
 * ACTION is "stop", "kill", "end" (SIGKILL when the call has been made), or the errno that the call fails with,
 * without being made.
 *
 * For each match one byte, the index of its rule, is written to the descriptor REPORTS. A stopped program continues
 * after one byte from ORDERS. Its children are not traced. If stepper ends, the program ends.
 */
#define _GNU_SOURCE
#include <fnmatch.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "traced.h"

#define MAX_RULES 32

enum { NO_FILE = -1, DESCRIPTOR = -2 };

/* Which argument is the path; DESCRIPTOR: the first one is a descriptor. */
static const struct call {
	const char *name;
	long number;
	int path;
} calls[] = {
#ifdef SYS_open
	{"open", SYS_open, 0},
	{"mkdir", SYS_mkdir, 0},
	{"poll", SYS_poll, NO_FILE},
	{"fork", SYS_fork, NO_FILE},
	{"vfork", SYS_vfork, NO_FILE},
	{"pipe", SYS_pipe, NO_FILE},
	{"stat", SYS_stat, 0},
#endif
#ifdef SYS_renameat
	{"renameat", SYS_renameat, 1},
#endif
	{"openat", SYS_openat, 1},
	{"unlinkat", SYS_unlinkat, 1},
	{"renameat2", SYS_renameat2, 1},
	{"mknodat", SYS_mknodat, 1},
	{"mkdirat", SYS_mkdirat, 1},
	{"newfstatat", SYS_newfstatat, 1},
	{"inotify_init1", SYS_inotify_init1, NO_FILE},
	{"inotify_add_watch", SYS_inotify_add_watch, 1},
	{"fstat", SYS_fstat, DESCRIPTOR},
	{"read", SYS_read, DESCRIPTOR},
	{"pread64", SYS_pread64, DESCRIPTOR},
	{"write", SYS_write, DESCRIPTOR},
	{"close", SYS_close, DESCRIPTOR},
	{"fsync", SYS_fsync, DESCRIPTOR},
	{"fchmod", SYS_fchmod, DESCRIPTOR},
	{"flock", SYS_flock, DESCRIPTOR},
	{"getdents64", SYS_getdents64, DESCRIPTOR},
	{"clone", SYS_clone, NO_FILE},
	{"pipe2", SYS_pipe2, NO_FILE},
	{"ppoll", SYS_ppoll, NO_FILE},
	{"wait4", SYS_wait4, NO_FILE},
	{"waitid", SYS_waitid, NO_FILE},
	{"kill", SYS_kill, NO_FILE},
	{"rt_sigqueueinfo", SYS_rt_sigqueueinfo, NO_FILE},
	{"rt_sigprocmask", SYS_rt_sigprocmask, NO_FILE},
	{"rt_sigaction", SYS_rt_sigaction, NO_FILE},
	{"signalfd4", SYS_signalfd4, NO_FILE},
	{"prctl", SYS_prctl, NO_FILE},
	{"madvise", SYS_madvise, NO_FILE},
	{"sched_yield", SYS_sched_yield, NO_FILE},
	{"exit_group", SYS_exit_group, NO_FILE},
	{"socket", SYS_socket, NO_FILE},
	{"bind", SYS_bind, NO_FILE},
	{"connect", SYS_connect, NO_FILE},
	{"getsockname", SYS_getsockname, NO_FILE},
	{"getsockopt", SYS_getsockopt, NO_FILE},
};

struct rule {
	const char *calls;
	const char *files;
	int count;
	int seen;
	const char *action;
};

static struct rule rules[MAX_RULES];
static int rule_count;
static pid_t program;
static int reports, orders, children;
static int failing = -1;   /* the errno that the call under way will return */
static int ending;         /* SIGKILL follows the call under way */

static const struct call *find_call(long number)
{
	for (size_t at = 0; at < sizeof calls / sizeof calls[0]; at++)
		if (calls[at].number == number)
			return &calls[at];
	return NULL;
}

/* Whether a word of a list, which may have a "*" as in a shell, is this one. */
static int has(const char *list, const char *word, char separator)
{
	while (*word) {
		const char *end = strchrnul(list, separator);
		char pattern[NAME_MAX + 1];
		snprintf(pattern, sizeof pattern, "%.*s", (int)(end - list), list);
		if (fnmatch(pattern, word, 0) == 0)
			return 1;
		if (!*end)
			return 0;
		list = end + 1;
	}
	return 0;
}

static void parse_rule(char *text)
{
	struct rule *rule = &rules[rule_count++];
	rule->calls = strsep(&text, ":");
	rule->files = strsep(&text, ":");
	const char *count = strsep(&text, ":");
	if (rule_count == MAX_RULES || !count || !text) {
		fprintf(stderr, "stepper: a rule is CALLS:FILES:COUNT:ACTION\n");
		exit(125);
	}
	rule->count = atoi(count);
	rule->action = text;
	for (const char *name = rule->calls; *name; name += *name == ',') {
		char word[32];
		size_t known = 0;
		snprintf(word, sizeof word, "%.*s", (int)strcspn(name, ","), name);
		while (known < sizeof calls / sizeof calls[0] && strcmp(calls[known].name, word) != 0)
			known++;
		/* A call that this machine lacks has another name here, which the rule lists too. */
		if (known == sizeof calls / sizeof calls[0] && !has("open,mkdir,poll,fork,vfork,pipe,stat,renameat", word, ',')) {
			fprintf(stderr, "stepper: the call %s is not known\n", word);
			exit(125);
		}
		name += strcspn(name, ",");
	}
}

static int is_about(const struct rule *rule, const struct call *call, const struct __ptrace_syscall_info *info)
{
	char path[PATH_MAX], name[NAME_MAX + 1] = "";
	if (!has(rule->calls, call->name, ','))
		return 0;
	if (!*rule->files)
		return 1;
	if (call->path >= 0) {
		read_path(program, info->entry.args[call->path], path);
		last_part(path, name);
	}
	if (call->path == DESCRIPTOR || (call->path == 1 && !*name)) {
		read_link(program, (long)info->entry.args[0], path);
		last_part(path, name);
	}
	return has(rule->files, name, '|');
}

/* Not what SIGCHLD says: the one of the end is lost if that of the stop has not been read yet. */
static int has_ended(void)
{
	siginfo_t end = {0};
	return waitid(P_PID, program, &end, WEXITED | WNOHANG | WNOWAIT) < 0 || end.si_pid == program;
}

/* Wait for an order, or for the end of the program, which can be killed here too. */
static void await_order(void)
{
	struct pollfd set[2] = {{orders, POLLIN, 0}, {children, POLLIN, 0}};
	struct signalfd_siginfo taken;
	char byte;
	while (!has_ended()) {
		if (poll(set, 2, -1) < 0 && errno != EINTR)
			fail("poll");
		if (set[0].revents) {
			if (read(orders, &byte, 1) < 1)
				exit(125);  /* no test is left */
			return;
		}
		if (set[1].revents && read(children, &taken, sizeof taken) < 0 && errno != EAGAIN)
			fail("signalfd");
	}
}

static void act(int index)
{
	const char *action = rules[index].action;
	char byte = (char)index;
	failing = -1;
	if (strcmp(action, "kill") == 0) {
		kill(program, SIGKILL);
	} else if (strcmp(action, "end") == 0) {
		ending = 1;
	} else if (strcmp(action, "stop") != 0) {
		failing = atoi(action);
		skip_call(program);
	}
	if (write(reports, &byte, 1) < 1)
		exit(125);
	if (strcmp(action, "stop") == 0)
		await_order();
}

static void at_call(void)
{
	struct __ptrace_syscall_info info;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, program, sizeof info, &info) <= 0)
		return;         /* it was killed meanwhile */
	if (info.op == PTRACE_SYSCALL_INFO_EXIT && failing >= 0)
		set_result(program, -failing);
	if (info.op == PTRACE_SYSCALL_INFO_EXIT && ending)
		kill(program, SIGKILL);
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return;
	failing = -1;
	const struct call *call = find_call((long)info.entry.nr);
	for (int index = 0; call && index < rule_count; index++) {
		struct rule *rule = &rules[index];
		if (!is_about(rule, call, &info))
			continue;
		rule->seen++;
		if (rule->count == 0 || rule->seen == rule->count)
			act(index);
	}
}

/* Let it run to its end, and end as it did; rules count from its exec on. */
static int follow(void)
{
	int begun = 0;
	for (;;) {
		int status, delivered = 0, listens = 0;
		if (waitpid(program, &status, __WALL) < 0)
			fail("waitpid");
		if (WIFEXITED(status))
			return WEXITSTATUS(status);
		if (WIFSIGNALED(status))
			return 128 + WTERMSIG(status);
		int event = status >> 16, number = WSTOPSIG(status);
		if (event == PTRACE_EVENT_EXEC)
			begun = 1;
		else if (event == PTRACE_EVENT_STOP)
			listens = number != SIGTRAP;    /* stopped by a signal, until SIGCONT */
		else if (number == SYSCALL_STOP && begun)
			at_call();
		else if (number != SYSCALL_STOP)
			delivered = number;
		int request = listens ? PTRACE_LISTEN : begun ? PTRACE_SYSCALL : PTRACE_CONT;
		if (ptrace(request, program, 0, delivered) < 0 && errno != ESRCH)
			fail("ptrace");
	}
}

int main(int argc, char **argv)
{
	int at = 3, gate;
	sigset_t mask, child;
	if (argc < 5) {
		fprintf(stderr, "usage: stepper REPORTS ORDERS RULE… -- PROGRAM [ARGUMENT…]\n");
		return 125;
	}
	reports = atoi(argv[1]);
	orders = atoi(argv[2]);
	fcntl(reports, F_SETFD, FD_CLOEXEC);
	fcntl(orders, F_SETFD, FD_CLOEXEC);
	for (; at < argc && strcmp(argv[at], "--") != 0; at++)
		parse_rule(argv[at]);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, &mask);
	children = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	program = begin_program(argv + at + 1, &mask, 0, &gate);
	release_program(gate);
	return follow();
}
