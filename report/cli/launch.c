/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Start a program, stand beside it, and end as it ends.
 * Not here: what it is started with (settings.c), what is said about it (summary.c).
 */
#include "report/cli/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

static const int forwarded[] = {SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};
static const int ignored[] = {SIGINT, SIGQUIT};

static volatile pid_t child_pid; /* read by the handler; 0: none any more */
static struct sigaction old_forwarded[CPA_ARRAY_LEN(forwarded)],
	old_ignored[CPA_ARRAY_LEN(ignored)];
static sigset_t old_mask;
static uint64_t start_ns;

static void forward(int signal_number)
{
	int saved_errno = errno;

	if (child_pid > 0)
		kill(child_pid, signal_number);
	errno = saved_errno;
}

/* What nohup and the like set to be ignored stays so. */
static void take_signals(void)
{
	struct sigaction action = {.sa_flags = SA_RESTART};
	size_t i;

	sigemptyset(&action.sa_mask);
	for (i = 0; i < CPA_ARRAY_LEN(forwarded); i++) {
		sigaction(forwarded[i], NULL, &old_forwarded[i]);
		action.sa_handler = forward;
		if (old_forwarded[i].sa_handler != SIG_IGN)
			sigaction(forwarded[i], &action, NULL);
	}
	action.sa_handler = SIG_IGN;
	for (i = 0; i < CPA_ARRAY_LEN(ignored); i++)
		sigaction(ignored[i], &action, &old_ignored[i]);
}

/* The program starts with the signals it would have had without us. */
static void give_signals_back(void)
{
	size_t i;

	for (i = 0; i < CPA_ARRAY_LEN(forwarded); i++)
		sigaction(forwarded[i], &old_forwarded[i], NULL);
	for (i = 0; i < CPA_ARRAY_LEN(ignored); i++)
		sigaction(ignored[i], &old_ignored[i], NULL);
	sigprocmask(SIG_SETMASK, &old_mask, NULL);
}

static _Noreturn void become(
	char **argv, int report_fd, void (*prepare)(pid_t, void *), void *context)
{
	int error;

	prepare(getpid(), context);
	give_signals_back();
	execvp(argv[0], argv);
	error = errno;
	while (write(report_fd, &error, sizeof(error)) < 0 && errno == EINTR)
		;
	_exit(127);
}

int cpa_cli_launch_start(struct cpa_cli_launch *ret_launch, char **argv,
	void (*prepare)(pid_t pid, void *context), void *context)
{
	sigset_t blocked;
	int fds[2], error = 0;
	ssize_t got;
	size_t i;

	memset(ret_launch, 0, sizeof(*ret_launch));
	if (pipe2(fds, O_CLOEXEC) != 0)
		return -errno;
	/* A signal between fork and the note of the pid waits. */
	sigemptyset(&blocked);
	for (i = 0; i < CPA_ARRAY_LEN(forwarded); i++)
		sigaddset(&blocked, forwarded[i]);
	sigprocmask(SIG_BLOCK, &blocked, &old_mask);
	take_signals();
	start_ns = cpa_clock_mono_ns();
	ret_launch->pid = fork();
	if (ret_launch->pid == 0)
		become(argv, fds[1], prepare, context);
	error = errno;
	child_pid = ret_launch->pid;
	sigprocmask(SIG_SETMASK, &old_mask, NULL);
	close(fds[1]);
	if (ret_launch->pid < 0) {
		close(fds[0]);
		return -error;
	}
	/* The pipe closes by itself when the program is loaded; else it carries the reason. */
	do {
		got = read(fds[0], &error, sizeof(error));
	} while (got < 0 && errno == EINTR);
	close(fds[0]);
	ret_launch->exec_errno = got == sizeof(error) ? error : 0;
	return 0;
}

void cpa_cli_launch_wait(struct cpa_cli_launch *launch)
{
	siginfo_t info;

	/*
	 * First wait without reaping: until then the pid is the program's, and a signal
	 * forwarded to it cannot hit a stranger.
	 */
	while (waitid(P_PID, (id_t)launch->pid, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR)
		;
	child_pid = 0;
	while (wait4(launch->pid, &launch->wait_status, 0, &launch->usage) < 0 && errno == EINTR)
		;
	launch->elapsed_ns = (int64_t)(cpa_clock_mono_ns() - start_ns);
}

int cpa_cli_launch_status(const struct cpa_cli_launch *launch)
{
	int signal_number;

	if (launch->exec_errno != 0)
		return launch->exec_errno == ENOENT ? 127 : 126;
	if (WIFEXITED(launch->wait_status))
		return WEXITSTATUS(launch->wait_status);
	signal_number = WTERMSIG(launch->wait_status);
	fflush(NULL);
	/* One core file is enough. */
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	signal(signal_number, SIG_DFL);
	raise(signal_number);
	return 128 + signal_number;
}
