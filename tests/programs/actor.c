/*
 * actor: the command that the process tests let kubexit supervise.
 *
 * Static, needs no environment, no shell and no /proc. It speaks in lines, one write a line;
 * READY is the line a test waits for before it does something to it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

extern char **environ;

static const char *names[65] = {
	[1] = "HUP",   [2] = "INT",     [3] = "QUIT",  [4] = "ILL",   [5] = "TRAP",  [6] = "ABRT",   [7] = "BUS",
	[8] = "FPE",   [9] = "KILL",    [10] = "USR1", [11] = "SEGV", [12] = "USR2", [13] = "PIPE",  [14] = "ALRM",
	[15] = "TERM", [16] = "STKFLT", [17] = "CHLD", [18] = "CONT", [19] = "STOP", [20] = "TSTP",  [21] = "TTIN",
	[22] = "TTOU", [23] = "URG",    [24] = "XCPU", [25] = "XFSZ", [26] = "VTALRM", [27] = "PROF", [28] = "WINCH",
	[29] = "IO",   [30] = "PWR",    [31] = "SYS",
};

/* One line, one write, so that lines of several processes do not mix. */
static void say(const char *format, ...)
{
	char line[1024];
	va_list values;
	va_start(values, format);
	int length = vsnprintf(line, sizeof line - 1, format, values);
	va_end(values);
	line[length] = '\n';
	if (write(1, line, length + 1) < 0)
		return;
}

static int signal_number(const char *text)
{
	for (int number = 1; number < 32; number++)
		if (names[number] && strcmp(names[number], text) == 0)
			return number;
	return atoi(text);
}

/* libc hides the two signals it keeps for threads, so the kernel is asked directly, for all 64. */
static void mask_all(void)
{
	unsigned long all = ~0UL;
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, 8);
}

static int next_signal(siginfo_t *info)
{
	unsigned long all = ~0UL;
	int number;
	do
		number = syscall(SYS_rt_sigtimedwait, &all, info, NULL, 8);
	while (number < 0 && errno == EINTR);
	return number;
}

static void say_signal(const char *who, int number)
{
	if (number < 32)
		say("%sSIGNAL %s %d", who, names[number], number);
	else
		say("%sSIGNAL RT %d", who, number);
}

/* exits[n] is the code to exit with at signal n; -1 stays. */
static void parse_exits(int argc, char **argv, int *exits)
{
	for (int number = 0; number < 65; number++)
		exits[number] = -1;
	for (int i = 0; i + 1 < argc; i++) {
		if (strcmp(argv[i], "--exit") != 0)
			continue;
		char name[32];
		int code = 0;
		if (sscanf(argv[i + 1], "%31[^=]=%d", name, &code) == 2)
			exits[signal_number(name)] = code;
	}
}

static const char *option(int argc, char **argv, const char *name)
{
	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return i + 1 < argc ? argv[i + 1] : "";
	return NULL;
}

static void report_signals(const char *who, const int *exits)
{
	for (;;) {
		siginfo_t info;
		int number = next_signal(&info);
		if (number == SIGCHLD)
			continue;
		say_signal(who, number);
		if (exits[number] >= 0)
			_exit(exits[number]);
	}
}

/* ready-then-wait [--exit SIG=CODE]… [--children N] [--chld]: print every signal; children do the same as "child". */
static int ready_then_wait(int argc, char **argv)
{
	int exits[65];
	parse_exits(argc, argv, exits);
	mask_all();
	const char *children = option(argc, argv, "--children");
	/* A child is born with the mask: its signals wait until it looks. */
	for (int i = children ? atoi(children) : 0; i > 0; i--)
		if (fork() == 0)
			report_signals("child ", exits);
	say("READY");
	if (option(argc, argv, "--chld"))
		for (;;) {
			siginfo_t info;
			int number = next_signal(&info);
			say_signal("", number);
			if (exits[number] >= 0)
				_exit(exits[number]);
		}
	report_signals("", exits);
	return 0;
}

/* die SIG: by the default action of that signal. */
static int die(int argc, char **argv)
{
	if (argc < 1)
		return 99;
	int number = signal_number(argv[0]);
	signal(number, SIG_DFL);
	kill(getpid(), number);
	pause();
	return 99;
}

/* fault: a real one, not a kill(2). */
static int fault(void)
{
	volatile int *nowhere = NULL;
	*nowhere = 1;
	return 99;
}

/* plain: READY, then wait with all dispositions as they came. */
static int plain(void)
{
	say("READY");
	for (;;)
		pause();
	return 99;
}

/* orphans N [--exit CODE]: N orphans that die at once; then RELEASED and wait, or exit with CODE in the same moment. */
static int orphans(int argc, char **argv)
{
	int hold[2], born[2];
	char byte;
	if (argc < 1 || pipe(hold) < 0 || pipe(born) < 0)
		return 99;
	pid_t middle = fork();
	if (middle == 0) {
		for (int i = atoi(argv[0]); i > 0; i--) {
			pid_t orphan = fork();
			if (orphan < 0)
				_exit(98);
			if (orphan == 0) {
				close(hold[1]);
				close(born[1]);
				_exit(read(hold[0], &byte, 1) != 0);
			}
		}
		_exit(0);
	}
	int status;
	waitpid(middle, &status, 0);
	if (status != 0)
		return 98;
	close(born[1]);
	/* All of them closed their copy, so all of them run. */
	if (read(born[0], &byte, 1) != 0)
		return 99;
	const char *code = option(argc, argv, "--exit");
	const char *wait_first = option(argc, argv, "--when");
	unsigned long none = 0;
	if (wait_first)
		mask_all();
	say("READY");
	if (wait_first) {
		siginfo_t info;
		while (next_signal(&info) != signal_number(wait_first))
			;
		syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, 8);
	}
	close(hold[1]);
	if (code)
		_exit(atoi(code));
	say("RELEASED");
	for (;;)
		pause();
}

/* leave N [--session] [--ignore] [--exit CODE]: leave N descendants behind that print signals as "left". */
static int leave(int argc, char **argv)
{
	int ready[2];
	char byte;
	if (argc < 1 || pipe(ready) < 0)
		return 99;
	int exits[65];
	parse_exits(0, NULL, exits);
	if (!option(argc, argv, "--ignore"))
		exits[SIGTERM] = 0;
	for (int i = atoi(argv[0]); i > 0; i--) {
		pid_t middle = fork();
		if (middle == 0) {
			if (option(argc, argv, "--session"))
				setsid();
			mask_all();
			if (fork() != 0)
				_exit(0);
			close(ready[0]);
			close(ready[1]);
			report_signals("left ", exits);
		}
		waitpid(middle, NULL, 0);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 0)
		return 99;
	say("READY");
	const char *code = option(argc, argv, "--exit");
	if (code)
		_exit(atoi(code));
	for (;;)
		pause();
}

/* daemonise CODE: the textbook double fork; the first pid exits with CODE, the daemon prints its pid. */
static int daemonise(int argc, char **argv)
{
	if (argc < 1)
		return 99;
	pid_t middle = fork();
	if (middle == 0) {
		setsid();
		mask_all();
		if (fork() != 0)
			_exit(0);
		int exits[65];
		parse_exits(0, NULL, exits);
		say("DAEMON %d", getpid());
		report_signals("daemon ", exits);
	}
	waitpid(middle, NULL, 0);
	return atoi(argv[0]);
}

/* stop-self: all signals blocked, then stopped by SIGSTOP; CONTINUED when it is continued. */
static int stop_self(void)
{
	mask_all();
	say("READY");
	raise(SIGSTOP);
	say("CONTINUED");
	for (;;)
		pause();
	return 99;
}

/* fork-bomb-lite: ignores all it can and replaces its children as fast as they die, eight at a time. */
static int fork_bomb_lite(void)
{
	mask_all();
	int alive = 0;
	for (unsigned long forks = 0;; forks++) {
		while (alive >= 8 && wait(NULL) > 0)
			alive--;
		pid_t child = fork();
		if (child == 0)
			_exit(0);
		alive += child > 0;
		if (forks == 16)
			say("READY");
	}
	return 99;
}

/* close-stdio CODE: says READY, closes 0, 1, 2 and exits with CODE at SIGTERM. */
static int close_stdio(int argc, char **argv)
{
	mask_all();
	say("READY");
	close(0);
	close(1);
	close(2);
	siginfo_t info;
	while (next_signal(&info) != SIGTERM)
		;
	return argc < 1 ? 99 : atoi(argv[0]);
}

static int fds(void)
{
	struct rlimit limit;
	getrlimit(RLIMIT_NOFILE, &limit);
	long top = limit.rlim_cur > 65536 ? 65536 : (long)limit.rlim_cur;
	for (long fd = 0; fd < top; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			say("fd %ld", fd);
	return 0;
}

/* mask: what is blocked, pending and ignored, as numbers, for all 64 signals. */
static int mask(void)
{
	struct { void *handler; unsigned long flags; void *restorer; unsigned long mask; } action;
	unsigned long blocked = 0, pending = 0;
	syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &blocked, 8);
	syscall(SYS_rt_sigpending, &pending, 8);
	for (int number = 1; number <= 64; number++) {
		if (blocked >> (number - 1) & 1)
			say("blocked %d", number);
		if (pending >> (number - 1) & 1)
			say("pending %d", number);
		syscall(SYS_rt_sigaction, number, NULL, &action, 8);
		if (action.handler == (void *)SIG_IGN)
			say("ignored %d", number);
	}
	return 0;
}

static int stat_self(void)
{
	char folder[512];
	int death = -1, subreaper = -1, dumpable = prctl(PR_GET_DUMPABLE);
	mode_t mode = umask(0);
	prctl(PR_GET_PDEATHSIG, &death);
	prctl(PR_GET_CHILD_SUBREAPER, &subreaper);
	say("pid=%d", getpid());
	say("ppid=%d", getppid());
	say("pgid=%d", getpgrp());
	say("sid=%d", getsid(0));
	say("uid=%d", getuid());
	say("gid=%d", getgid());
	say("umask=%03o", mode);
	say("nice=%d", getpriority(PRIO_PROCESS, 0));
	say("scheduler=%d", sched_getscheduler(0));
	say("cwd=%s", getcwd(folder, sizeof folder) ? folder : "?");
	say("death_signal=%d", death);
	say("subreaper=%d", subreaper);
	say("dumpable=%d", dumpable);
	say("no_new_privs=%d", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	say("timer_slack=%d", prctl(PR_GET_TIMERSLACK));
	say("terminal_group=%d", tcgetpgrp(0));
	for (int what = 0; what < RLIM_NLIMITS; what++) {
		struct rlimit limit;
		getrlimit(what, &limit);
		say("limit%d=%lu %lu", what, (unsigned long)limit.rlim_cur, (unsigned long)limit.rlim_max);
	}
	for (int fd = 0; fd < 3; fd++) {
		struct stat file;
		if (fstat(fd, &file) == 0)
			say("fd%d=%lu:%lu flags=%o", fd, (unsigned long)file.st_dev, (unsigned long)file.st_ino,
			    (unsigned)fcntl(fd, F_GETFL));
		else
			say("fd%d=closed", fd);
	}
	return 0;
}

static int dump(char **words)
{
	for (; *words; words++)
		if (write(1, *words, strlen(*words) + 1) < 0)
			return 99;
	return 0;
}

/* signal-parent SIG: send it to the process that started this one, then report what comes back. */
static int signal_parent(int argc, char **argv)
{
	int exits[65];
	if (argc < 1)
		return 99;
	parse_exits(argc, argv, exits);
	mask_all();
	kill(getppid(), signal_number(argv[0]));
	say("READY");
	report_signals("", exits);
	return 0;
}

/* echo-group SIG [--exit SIG=CODE]…: print every signal; SIG, when another process sent it, goes to the whole group. */
static int echo_group(int argc, char **argv)
{
	int exits[65];
	if (argc < 1)
		return 99;
	parse_exits(argc, argv, exits);
	mask_all();
	say("READY");
	for (;;) {
		siginfo_t info;
		int number = next_signal(&info);
		say_signal("", number);
		if (number == signal_number(argv[0]) && info.si_pid != getpid())
			kill(0, number);
		if (exits[number] >= 0)
			_exit(exits[number]);
	}
}

/* background PROGRAM ARGUMENTS…: as a shell does with `&` on a terminal; exit with its code. */
static int background(int argc, char **argv)
{
	if (argc < 1)
		return 99;
	pid_t job = fork();
	if (job == 0) {
		setpgid(0, 0);
		execv(argv[0], argv);
		_exit(99);
	}
	int status;
	waitpid(job, &status, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* fence PROGRAM ARGUMENTS…: PID 1 of a namespace; run the program, say if a process is left, exit with its code. */
static int fence(int argc, char **argv)
{
	if (argc < 1)
		return 99;
	pid_t program = fork();
	if (program == 0) {
		execv(argv[0], argv);
		_exit(99);
	}
	int status, code = 99;
	pid_t pid;
	while ((pid = waitpid(-1, &status, 0)) > 0) {
		if (pid != program)
			continue;
		code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
		break;
	}
	/* What the program left behind is now a child of this process: 0 says that one lives. */
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		;
	say(pid == 0 ? "FENCE SOMEBODY IS LEFT" : "FENCE NOBODY IS LEFT");
	return code;
}

/* exec-with ENTRY… -- PROGRAM ARGUMENTS…: with exactly these entries as the environment. */
static int exec_with(int argc, char **argv)
{
	int end = 0;
	while (end < argc && strcmp(argv[end], "--") != 0)
		end++;
	if (end + 1 >= argc)
		return 99;
	argv[end] = NULL;
	execve(argv[end + 1], argv + end + 1, argv);
	return 99;
}

/* job-control: act as an interactive shell does: a job in its own group in the foreground, stopped, continued, ended. */
static int job_control(void)
{
	if (tcgetpgrp(0) != getpgrp()) {
		say("NOT IN THE FOREGROUND %d %d", tcgetpgrp(0), getpgrp());
		return 1;
	}
	signal(SIGTTOU, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGTSTP, SIG_IGN);
	pid_t job = fork();
	if (job == 0) {
		setpgid(0, 0);
		tcsetpgrp(0, getpid());
		signal(SIGTTOU, SIG_DFL);
		signal(SIGINT, SIG_DFL);
		signal(SIGTSTP, SIG_DFL);
		say("JOB READY");
		for (;;)
			pause();
	}
	for (;;) {
		int status;
		if (waitpid(job, &status, WUNTRACED) < 0)
			return 2;
		tcsetpgrp(0, getpgrp());
		if (WIFSTOPPED(status)) {
			say("JOB STOPPED %d", WSTOPSIG(status));
			tcsetpgrp(0, job);
			kill(-job, SIGCONT);
			say("JOB CONTINUED");
			continue;
		}
		say("JOB ENDED %d", WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
		return 0;
	}
}

/* spin: READY, then burn the processor. */
static int spin(void)
{
	say("READY");
	for (;;)
		;
	return 99;
}

static void say_continued(int number)
{
	if (number == SIGCONT && write(1, "CONTINUED\n", 10) < 0)
		return;
}

/* continued: READY, then CONTINUED at each SIGCONT; all else has its default action. */
static int continued(void)
{
	signal(SIGCONT, say_continued);
	say("READY");
	for (;;)
		pause();
	return 99;
}

/* values: READY, then print every signal with the data of its sender. */
static int values(void)
{
	mask_all();
	say("READY");
	for (;;) {
		siginfo_t info;
		int number = next_signal(&info);
		if (number != SIGCHLD)
			say("VALUE %d code %d value %d pid %d uid %d", number, info.si_code,
			    info.si_code == SI_QUEUE ? info.si_value.sival_int : 0, info.si_pid, info.si_uid);
	}
	return 99;
}

/* leave-group: move to the process group of one child, while another child stays in ours. */
static int leave_group(void)
{
	pid_t stays = fork();
	pid_t leads = stays ? fork() : 0;
	if (leads == 0) {
		mask_all();
		setpgid(0, stays ? 0 : getpgrp());
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	setpgid(leads, leads);
	return setpgid(0, leads);
}

int main(int argc, char **argv)
{
	const char *act = argc > 1 ? argv[1] : "";

	/* Before another act: as-user UID, own-group, leave-group. */
	if (strcmp(act, "as-user") == 0 && argc > 2)
		return setuid(atoi(argv[2])) ? 97 : main(argc - 2, argv + 2);
	if (strcmp(act, "own-group") == 0)
		return setpgid(0, 0) ? 97 : main(argc - 1, argv + 1);
	if (strcmp(act, "leave-group") == 0)
		return leave_group() ? 97 : main(argc - 1, argv + 1);

	int left = argc > 2 ? argc - 2 : 0;
	char **words = argv + (argc > 2 ? 2 : argc);

	if (strcmp(act, "exit") == 0)
		return left ? atoi(words[0]) : 0;
	if (strcmp(act, "ready-then-wait") == 0)
		return ready_then_wait(left, words);
	if (strcmp(act, "plain") == 0)
		return plain();
	if (strcmp(act, "continued") == 0)
		return continued();
	if (strcmp(act, "values") == 0)
		return values();
	if (strcmp(act, "spin") == 0)
		return spin();
	if (strcmp(act, "die") == 0)
		return die(left, words);
	if (strcmp(act, "fault") == 0)
		return fault();
	if (strcmp(act, "orphans") == 0)
		return orphans(left, words);
	if (strcmp(act, "leave") == 0)
		return leave(left, words);
	if (strcmp(act, "daemonise") == 0)
		return daemonise(left, words);
	if (strcmp(act, "stop-self") == 0)
		return stop_self();
	if (strcmp(act, "fork-bomb-lite") == 0)
		return fork_bomb_lite();
	if (strcmp(act, "close-stdio") == 0)
		return close_stdio(left, words);
	if (strcmp(act, "fds") == 0)
		return fds();
	if (strcmp(act, "mask") == 0)
		return mask();
	if (strcmp(act, "stat") == 0)
		return stat_self();
	if (strcmp(act, "dump-args") == 0)
		return dump(argv);
	if (strcmp(act, "dump-env") == 0)
		return dump(environ);
	if (strcmp(act, "signal-parent") == 0)
		return signal_parent(left, words);
	if (strcmp(act, "echo-group") == 0)
		return echo_group(left, words);
	if (strcmp(act, "background") == 0)
		return background(left, words);
	if (strcmp(act, "fence") == 0)
		return fence(left, words);
	if (strcmp(act, "exec-with") == 0)
		return exec_with(left, words);
	if (strcmp(act, "job-control") == 0)
		return job_control();
	say("actor: no act %s", act);
	return 99;
}
