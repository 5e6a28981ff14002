/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A command run beside the program, which never learns of it.
 *
 * keep() and run() are in processes that share this thread's memory, also its thread-local errno:
 * they call the kernel alone, and this thread waits until both have done all that may fail. All
 * signals are blocked in them, so that no handler of the program's runs there.
 */
#include "report/http/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif
#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif

#define NICE             10
#define OUTPUT_BYTES_MAX ((rlim_t)256 << 20)
#define FAILED           127 /* as of a shell: it could not be run */
#define PROGRAM_FD       3
#define SETUP_SECONDS    1
#define SIGNALS_BYTES    8u /* the kernel's set of signals */

/* The kernel's struct sigaction, zero-filled: SIG_DFL. */
static const unsigned long default_action[4];

static void reset_signal(int number)
{
	(void)syscall(SYS_rt_sigaction, number, default_action, NULL, SIGNALS_BYTES);
}

static void set_mask(const uint64_t *mask, uint64_t *ret_before)
{
	(void)syscall(SYS_rt_sigprocmask, SIG_SETMASK, mask, ret_before, SIGNALS_BYTES);
}

/* The program comes first, in processor time and in memory; no core of what is not the program. */
static void step_back(void)
{
	static const struct sched_param no_priority;
	static const struct rlimit no_core, output = {OUTPUT_BYTES_MAX, OUTPUT_BYTES_MAX};
	int fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/oom_score_adj", O_WRONLY);

	if (fd >= 0) {
		(void)syscall(SYS_write, fd, "1000", 4);
		(void)syscall(SYS_close, fd);
	}
	(void)syscall(SYS_sched_setscheduler, 0, SCHED_BATCH, &no_priority);
	(void)syscall(SYS_setpriority, PRIO_PROCESS, 0, NICE);
	(void)syscall(SYS_prlimit64, 0, RLIMIT_CORE, &no_core, NULL);
	(void)syscall(SYS_prlimit64, 0, RLIMIT_FSIZE, &output, NULL);
}

/* Its descriptors are 0 to 2, and the file it is read from. */
static int run(void *arg)
{
	const struct cpa_http_command *command = &((const struct cpa_http_child *)arg)->command;
	static const uint64_t none;

	(void)syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	step_back();
	(void)syscall(SYS_fcntl, STDERR_FILENO, F_SETFD, 0);
	if (syscall(SYS_dup3, command->input_fd, STDIN_FILENO, 0) < 0 ||
		syscall(SYS_dup3, command->output_fd, STDOUT_FILENO, 0) < 0 ||
		(command->program_fd != PROGRAM_FD &&
			syscall(SYS_dup3, command->program_fd, PROGRAM_FD, O_CLOEXEC) < 0) ||
		syscall(SYS_close_range, PROGRAM_FD + 1, UINT_MAX, 0) < 0)
		return FAILED;
	/* Handlers become the default by themselves; what is ignored would stay so. */
	for (int number = 1; number < NSIG; number++)
		reset_signal(number);
	set_mask(&none, NULL);
	(void)syscall(SYS_execveat, PROGRAM_FD, "", command->arguments, command->environment,
		AT_EMPTY_PATH);
	return FAILED;
}

/* Until the command has ended; SIGTERM is the order to kill it. */
static int await(pid_t command)
{
	static const uint64_t awaited = 1ull << (SIGCHLD - 1) | 1ull << (SIGTERM - 1);
	int status = FAILED << 8;

	while (syscall(SYS_wait4, command, &status, WNOHANG, NULL) == 0)
		if (syscall(SYS_rt_sigtimedwait, &awaited, NULL, NULL, SIGNALS_BYTES) == SIGTERM)
			(void)syscall(SYS_kill, command, SIGKILL);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int keep(void *arg)
{
	struct cpa_http_child *child = arg;
	pid_t command;

	(void)syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	if (syscall(SYS_getppid) != child->parent)
		return FAILED; /* it ended before the line above */
	reset_signal(SIGCHLD); /* ignored, it would not come */
	command = clone(run, child->command_stack + sizeof(child->command_stack),
		CLONE_VM | CLONE_VFORK | SIGCHLD, child);
	/* What the server closes must be closed, and the command holds what it needs. */
	(void)syscall(SYS_close_range, 0, UINT_MAX, 0);
	if (command < 0)
		return FAILED;
	atomic_store(&child->setup, 0);
	(void)syscall(SYS_futex, &child->setup, FUTEX_WAKE, 1, NULL, NULL, 0);
	return await(command);
}

/* A keeper that fails clears the word by its end. In time, unless the file lies on a disk that does
 * not answer; then this thread has others to serve. */
static void await_setup(struct cpa_http_child *child)
{
	const struct timespec time = {.tv_sec = SETUP_SECONDS};

	while (atomic_load(&child->setup))
		if (syscall(SYS_futex, &child->setup, FUTEX_WAIT, 1, &time, NULL, 0) < 0 &&
			errno == ETIMEDOUT)
			return;
}

int cpa_http_child_start(struct cpa_http_child *child, const struct cpa_http_command *command)
{
	static const uint64_t all = UINT64_MAX;
	uint64_t mask;
	int error;

	child->command = *command;
	child->parent = getpid();
	child->fd = -1;
	atomic_store(&child->setup, 1);
	set_mask(&all, &mask); /* and the C library's own, which sigfillset leaves out */
	child->keeper = clone(keep, child->keeper_stack + sizeof(child->keeper_stack),
		CLONE_VM | CLONE_PIDFD | CLONE_CHILD_CLEARTID, child, &child->fd, NULL,
		&child->setup);
	error = child->keeper < 0 ? -errno : 0;
	set_mask(&mask, NULL);
	if (error)
		return error;
	await_setup(child);
	if (child->fd >= 0)
		return 0;
	(void)waitpid(child->keeper, NULL, __WALL); /* before Linux 5.2: it fails by itself */
	return -ENOSYS;
}

void cpa_http_child_kill(struct cpa_http_child *child)
{
	(void)syscall(SYS_pidfd_send_signal, child->fd, SIGTERM, NULL, 0);
}

int cpa_http_child_end(struct cpa_http_child *child)
{
	siginfo_t about = {0};
	int result = waitid(P_PIDFD, (id_t)child->fd, &about, WEXITED | __WALL) < 0 ? -errno : 0;

	(void)close(child->fd);
	child->fd = -1;
	if (result == 0)
		result = about.si_code == CLD_EXITED ? about.si_status : 128 + about.si_status;
	return result;
}
