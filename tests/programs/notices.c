/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program that would notice a child it did not make: it counts each SIGCHLD, and a thread of it
 * waits for any child all the time. It has one of its own, in which that thread is blocked. It does
 * as it is told on standard input, and answers each command with one line.
 *
 *   nest BYTES   allocate and keep, in notices_inner, which is inlined into notices_outer
 *   spin         a thread uses CPU time until the end, in notices_spin
 *   kill         kill the child, and wait until that is noticed
 *   confine      from now on, making a process is the whole program's end (seccomp)
 *   noticed      how many SIGCHLD came, how many children were waited for, how many waits were
 *                interrupted
 *   end of input print "done" and end
 *
 * Not here: what is served (tests/integration/http_symbols.bats).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEEP(ptr) __asm__ volatile("" : "+r"(ptr) : : "memory")
#define NOINLINE  __attribute__((noinline, noclone))

static _Atomic int signal_count, reaped_count, interrupted_count;

static void on_child(int number)
{
	(void)number;
	signal_count++;
}

static void *waits(void *arg)
{
	for (;;) {
		pid_t pid = waitpid(-1, NULL, 0);

		if (pid > 0)
			reaped_count++;
		else if (errno == EINTR)
			interrupted_count++;
		else
			usleep(100); /* no child at all */
	}
	return arg;
}

static inline __attribute__((always_inline)) char *notices_inner(size_t size_bytes)
{
	char *ptr = malloc(size_bytes); /* inner line */

	KEEP(ptr);
	return ptr;
}

NOINLINE static char *notices_outer(size_t size_bytes)
{
	char *ptr = notices_inner(size_bytes); /* outer line */

	KEEP(ptr);
	return ptr;
}

NOINLINE static void *notices_spin(void *arg)
{
	for (;;)
		KEEP(arg);
	return arg;
}

static void confine(void)
{
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 2),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	struct sock_fprog filter = {sizeof(rules) / sizeof(rules[0]), rules};

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter))
		exit(77);
}

static pid_t start_child(void)
{
	pid_t pid = fork();

	if (pid == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (pid == 0)
		pause();
	return pid;
}

int main(void)
{
	char line[4096], command[64], argument[64];
	sigset_t child_signal;
	pthread_t thread;
	pid_t pid;

	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGCHLD, on_child);
	pid = start_child();
	if (pid < 0 || pthread_create(&thread, NULL, waits, NULL))
		return 1;
	/* For the thread that waits to be the one that is interrupted. */
	sigemptyset(&child_signal);
	sigaddset(&child_signal, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &child_signal, NULL);
	free(notices_outer(1000003));
	puts("ready");
	while (fgets(line, sizeof(line), stdin)) {
		command[0] = argument[0] = '\0';
		sscanf(line, "%63s %63s", command, argument);
		if (!strcmp(command, "nest"))
			notices_outer(strtoull(argument, NULL, 10))[0] = 0;
		else if (!strcmp(command, "spin"))
			pthread_create(&thread, NULL, notices_spin, NULL);
		else if (!strcmp(command, "confine"))
			confine();
		else if (!strcmp(command, "kill"))
			for (kill(pid, SIGKILL); !reaped_count || !signal_count;)
				usleep(100);
		printf("%s %d %d %d\n", command, signal_count, reaped_count, interrupted_count);
	}
	kill(pid, SIGKILL);
	puts("done");
	return 0;
}
