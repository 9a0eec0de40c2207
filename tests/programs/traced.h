/*
 * traced.h: what stepper and faulter do alike to a program that they trace (ptrace(2)).
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <unistd.h>

#define SYSCALL_STOP (SIGTRAP | 0x80)

static void fail(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
	exit(125);
}

/* The last part of a path. */
static void last_part(const char *path, char *name)
{
	const char *slash = strrchr(path, '/');
	snprintf(name, NAME_MAX + 1, "%.*s", NAME_MAX, slash ? slash + 1 : path);
}

/* A path in the memory of a process. */
static void read_path(pid_t pid, unsigned long address, char path[PATH_MAX])
{
	memset(path, 0, PATH_MAX);
	for (size_t done = 0; done < PATH_MAX - 1; done++) {
		struct iovec here = {path + done, 1}, there = {(void *)(address + done), 1};
		if (process_vm_readv(pid, &here, 1, &there, 1, 0) != 1 || !path[done])
			break;
	}
}

/* What a descriptor leads to. */
static void read_link(pid_t pid, long descriptor, char path[PATH_MAX])
{
	char link[64];
	snprintf(link, sizeof link, "/proc/%d/fd/%d", pid, (int)descriptor);
	ssize_t length = readlink(link, path, PATH_MAX - 1);
	path[length > 0 ? length : 0] = 0;
}

/* The call is not made. What it returns is set when it ends. */
static void skip_call(pid_t pid)
{
#if defined __x86_64__
	if (ptrace(PTRACE_POKEUSER, pid, offsetof(struct user_regs_struct, orig_rax), -1L) < 0)
		fail("PTRACE_POKEUSER");
#else
	int none = -1;
	struct iovec part = {&none, sizeof none};
	if (ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &part) < 0)
		fail("PTRACE_SETREGSET");
#endif
}

static struct user_regs_struct registers_of(pid_t pid)
{
	struct user_regs_struct registers;
	struct iovec part = {&registers, sizeof registers};
	if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &part) < 0)
		fail("PTRACE_GETREGSET");
	return registers;
}

static void set_registers(pid_t pid, struct user_regs_struct registers)
{
	struct iovec part = {&registers, sizeof registers};
	if (ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &part) < 0)
		fail("PTRACE_SETREGSET");
}

/* Set what the call that has just ended returns. */
static void set_result(pid_t pid, long result)
{
	struct user_regs_struct registers = registers_of(pid);
#if defined __x86_64__
	registers.rax = (unsigned long)result;
#else
	registers.regs[0] = (unsigned long)result;
#endif
	set_registers(pid, registers);
}

/* A program that is traced from its exec on, with the signals of mask blocked. It runs after release_program. */
static pid_t begin_program(char **argv, const sigset_t *mask, long options, int *gate)
{
	int ends[2];
	char byte;
	if (pipe2(ends, O_CLOEXEC) < 0)
		fail("pipe2");
	pid_t child = fork();
	if (child < 0)
		fail("fork");
	if (child == 0) {
		sigprocmask(SIG_SETMASK, mask, NULL);
		close(ends[1]);
		if (read(ends[0], &byte, 1) < 1)
			_exit(125);
		execvp(argv[0], argv);
		fail(argv[0]);
	}
	close(ends[0]);
	options |= PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC;
	if (ptrace(PTRACE_SEIZE, child, 0, options) < 0)
		fail("PTRACE_SEIZE");
	*gate = ends[1];
	return child;
}

static void release_program(int gate)
{
	if (write(gate, "", 1) < 1)
		fail("write");
	close(gate);
}
