/*
 * faulter: runs a program, reports each of its system calls, and does something at one of them (ptrace(2)).
 *
 *     faulter REPORTS TASK CALL FILE COUNT ACTION -- PROGRAM [ARGUMENT…]
 *
 * TASK is 0 for the program, 1 for its first child, and so on; a child is followed until it executes a program. CALL is
 * the number of a system call, FILE what it is about, and COUNT says which of these calls of this task is meant, from 1.
 * FILE is the last part of a path or of what a descriptor leads to; for ppoll, it is "forever" if there is no time
 * limit, else "timed"; for other calls it is empty. ACTION is
 *
 *     fail=ERRNO   the call is not made, and fails
 *     made=ERRNO   the call is made, and fails
 *     short=BYTES  a read or write of this many bytes at most
 *     kill         SIGKILL for the program, before the call of this task
 *     stop         SIGSTOP before the call: the kernel stops the program when it leaves the call, or instead of waiting
 *     none         nothing
 *
 * Lines to the descriptor REPORTS: "pid PID" first; "call TASK CALL FILE" before each call; "fault" when the action
 * was taken; "stopped" when SIGSTOP has stopped the program. If faulter ends, the program ends.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "traced.h"

#define MAX_TASKS 64
#define FOLLOW (PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE)

enum { NOTHING, FAIL, MADE, SHORT };

/* A process that is followed. Its number is its place here. */
struct task {
	pid_t pid;
	int begun;              /* it has executed the program, or is a child of what did */
	int under_way;          /* what to do when its call ends: NOTHING, FAIL, MADE, SHORT */
	long result;            /* FAIL, MADE: what the call returns */
	unsigned long restore;  /* SHORT: where a length was changed in its memory, 0: nowhere */
	unsigned long length;   /* what was there */
};

static struct task tasks[MAX_TASKS];
static int task_count;
static int reports;
static struct { int task, call, count, seen; const char *file, *action; } rule;

static void report(const char *line)
{
	if (write(reports, line, strlen(line)) < 0 && errno != EPIPE)
		fail("report");
}

static struct task *find_task(pid_t pid)
{
	for (int at = 0; at < task_count; at++)
		if (tasks[at].pid == pid)
			return &tasks[at];
	return NULL;
}

static struct task *add_task(pid_t pid)
{
	struct task *task = find_task(pid);
	if (task)
		return task;
	if (task_count == MAX_TASKS) {
		fprintf(stderr, "faulter: more than %d processes\n", MAX_TASKS);
		exit(125);
	}
	task = &tasks[task_count++];
	memset(task, 0, sizeof *task);
	task->pid = pid;
	task->begun = task_count > 1;
	return task;
}

/* The last part of a path in the memory of a task; all of one that ends with a slash. */
static void name_path(pid_t pid, unsigned long address, char *name)
{
	char path[PATH_MAX];
	read_path(pid, address, path);
	last_part(path, name);
	if (!*name)
		snprintf(name, NAME_MAX + 1, "%.*s", NAME_MAX, path);
}

/* The last part of what a descriptor leads to. */
static void name_link(pid_t pid, long descriptor, char *name)
{
	char path[PATH_MAX];
	read_link(pid, descriptor, path);
	last_part(path, name);
	/* Names that are the same in each run: a pipe has a number, and a file can have been removed. */
	name[strncmp(name, "pipe:", 5) == 0 || strncmp(name, "socket:", 7) == 0 ? strcspn(name, ":") : strlen(name)] = 0;
	char *removed = strstr(name, " (deleted)");
	if (removed)
		*removed = 0;
}

/* What a call is about. */
static void describe(pid_t pid, long call, const uint64_t *arguments, char *name)
{
	name[0] = 0;
	switch (call) {
	case SYS_openat: case SYS_unlinkat: case SYS_renameat2: case SYS_mknodat: case SYS_mkdirat: case SYS_newfstatat:
	case SYS_inotify_add_watch: case SYS_faccessat:
#ifdef SYS_renameat
	case SYS_renameat:
#endif
		name_path(pid, arguments[1], name);
		break;
	case SYS_execve:
#ifdef SYS_open
	case SYS_open: case SYS_mkdir: case SYS_access: case SYS_stat:
#endif
		name_path(pid, arguments[0], name);
		break;
	case SYS_fstat: case SYS_read: case SYS_pread64: case SYS_write: case SYS_close: case SYS_getdents64:
	case SYS_fchmod: case SYS_pwritev2: case SYS_writev: case SYS_ioctl:
		name_link(pid, (long)arguments[0], name);
		break;
	case SYS_ppoll:
		strcpy(name, arguments[2] ? "timed" : "forever");
	}
}

/* Set the third argument of the call that begins. */
static void set_length(pid_t pid, unsigned long length)
{
	struct user_regs_struct registers = registers_of(pid);
#if defined __x86_64__
	registers.rdx = length;
#else
	registers.regs[2] = length;
#endif
	set_registers(pid, registers);
}

/* Let a read or write have less room: its third argument, or the length of its first part. */
static void shorten(struct task *task, const struct __ptrace_syscall_info *info, unsigned long most)
{
	if (info->entry.nr != SYS_pwritev2 && info->entry.nr != SYS_writev) {
		if (info->entry.args[2] > most)
			set_length(task->pid, most);
		return;
	}
	task->restore = info->entry.args[1] + offsetof(struct iovec, iov_len);
	struct iovec here = {&task->length, sizeof task->length}, there = {(void *)task->restore, sizeof task->length};
	if (process_vm_readv(task->pid, &here, 1, &there, 1, 0) < 0)
		fail("process_vm_readv");
	if (task->length > most && ptrace(PTRACE_POKEDATA, task->pid, task->restore, most) < 0)
		fail("PTRACE_POKEDATA");
	task->under_way = SHORT;
}

static void act(struct task *task, const struct __ptrace_syscall_info *info)
{
	const char *value = strchr(rule.action, '=');
	long number = value ? atol(value + 1) : 0;
	if (strncmp(rule.action, "fail=", 5) == 0) {
		skip_call(task->pid);
		task->under_way = FAIL;
		task->result = -number;
	} else if (strncmp(rule.action, "made=", 5) == 0) {
		task->under_way = MADE;
		task->result = -number;
	} else if (strncmp(rule.action, "short=", 6) == 0) {
		shorten(task, info, (unsigned long)number);
	} else if (strcmp(rule.action, "kill") == 0) {
		siginfo_t ended;
		kill(tasks->pid, SIGKILL);
		waitid(P_PID, tasks->pid, &ended, WEXITED | WNOWAIT | __WALL);  /* a child of it continues after its end */
	} else if (strcmp(rule.action, "stop") == 0) {
		kill(task->pid, SIGSTOP);
	}
	report("fault\n");
}

static void at_entry(struct task *task, const struct __ptrace_syscall_info *info)
{
	char name[NAME_MAX + 1], line[NAME_MAX + 64];
	long call = (long)info->entry.nr;
	int index = (int)(task - tasks);
	task->under_way = NOTHING;
	describe(task->pid, call, info->entry.args, name);
	snprintf(line, sizeof line, "call %d %ld %s\n", index, call, name);
	report(line);
	if (index == rule.task && call == rule.call && strcmp(name, rule.file) == 0 && ++rule.seen == rule.count)
		act(task, info);
}

static void at_exit(struct task *task)
{
	if (task->under_way == FAIL || task->under_way == MADE)
		set_result(task->pid, task->result);
	if (task->under_way == SHORT && ptrace(PTRACE_POKEDATA, task->pid, task->restore, task->length) < 0)
		fail("PTRACE_POKEDATA");
	task->under_way = NOTHING;
}

static void at_call(struct task *task)
{
	struct __ptrace_syscall_info info;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, task->pid, sizeof info, &info) <= 0)
		return;         /* it was killed meanwhile */
	if (info.op == PTRACE_SYSCALL_INFO_EXIT)
		at_exit(task);
	else if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
		at_entry(task, &info);
}

static void begin(char **argv)
{
	int gate;
	char line[32];
	sigset_t mask;
	sigprocmask(SIG_SETMASK, NULL, &mask);
	pid_t child = begin_program(argv, &mask, FOLLOW, &gate);
	add_task(child);
	snprintf(line, sizeof line, "pid %d\n", child);
	report(line);
	release_program(gate);
}

/* One stop of a task: see what it is, and let it continue. */
static void handle(struct task *task, int status)
{
	int delivered = 0, request = task->begun ? PTRACE_SYSCALL : PTRACE_CONT;
	int event = status >> 16, number = WSTOPSIG(status);
	unsigned long child;
	if (event == PTRACE_EVENT_EXEC && task != tasks) {
		request = PTRACE_DETACH;
	} else if (event == PTRACE_EVENT_EXEC) {
		task->begun = 1;
		request = PTRACE_SYSCALL;
	} else if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE) {
		if (ptrace(PTRACE_GETEVENTMSG, task->pid, 0, &child) == 0)
			add_task((pid_t)child);
	} else if (event == PTRACE_EVENT_STOP && number != SIGTRAP) {
		request = PTRACE_LISTEN;        /* stopped by a signal, until SIGCONT */
		if (task == tasks)
			report("stopped\n");
	} else if (event == PTRACE_EVENT_STOP) {
		delivered = 0;
	} else if (number == SYSCALL_STOP) {
		at_call(task);
	} else {
		delivered = number;
	}
	if (ptrace(request, task->pid, 0, delivered) < 0 && errno != ESRCH)
		fail("ptrace");
}

/* Let all run until the program has ended, and what it left before an exec; end as the program did. */
static int follow(void)
{
	int status, result = 125;
	for (;;) {
		pid_t pid = waitpid(-1, &status, __WALL);
		if (pid < 0 && errno == ECHILD)
			return result;
		if (pid < 0)
			fail("waitpid");
		struct task *task = find_task(pid);
		if (WIFSTOPPED(status))
			handle(task ? task : add_task(pid), status);
		else if (task == tasks)
			result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
}

int main(int argc, char **argv)
{
	if (argc < 9 || strcmp(argv[7], "--") != 0) {
		fprintf(stderr, "usage: faulter REPORTS TASK CALL FILE COUNT ACTION -- PROGRAM [ARGUMENT…]\n");
		return 125;
	}
	reports = atoi(argv[1]);
	rule.task = atoi(argv[2]);
	rule.call = atoi(argv[3]);
	rule.file = argv[4];
	rule.count = atoi(argv[5]);
	rule.action = argv[6];
	fcntl(reports, F_SETFD, FD_CLOEXEC);
	signal(SIGPIPE, SIG_IGN);
	begin(argv + 8);
	return follow();
}
