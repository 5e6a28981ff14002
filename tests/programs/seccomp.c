// SPDX-License-Identifier: BSD-2-Clause
// A program in a sandbox that refuses process_vm_readv, as those of containers do.
//
//   seccomp EPERM|ENOSYS SECONDS     spins in hot(), in a thread and on a signal stack too
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static double seconds;

static void refuse(unsigned error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_process_vm_readv, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = sizeof(code) / sizeof(code[0]), .filter = code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
		perror("seccomp");
		exit(77);
	}
	if (syscall(SYS_process_vm_readv, getpid(), NULL, 0, NULL, 0, 0) != -1 ||
		errno != (int)error)
		exit(2);
}

__attribute__((noinline)) static void hot(void)
{
	struct timespec now;
	double end;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	end = now.tv_sec + now.tv_nsec / 1e9 + seconds;
	do
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	while (now.tv_sec + now.tv_nsec / 1e9 < end);
	__asm__ volatile("" ::: "memory");
}

__attribute__((noinline)) static void *thread_of_it(void *unused)
{
	(void)unused;
	hot();
	__asm__ volatile("" ::: "memory");
	return NULL;
}

__attribute__((noinline)) static void on_signal(int number)
{
	(void)number;
	hot();
	__asm__ volatile("" ::: "memory");
}

int main(int argc, char **argv)
{
	static char memory[1 << 16];
	stack_t stack = {.ss_sp = memory, .ss_size = sizeof(memory)};
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
	pthread_t thread;

	if (argc < 3)
		return 2;
	seconds = atof(argv[2]);
	refuse(strcmp(argv[1], "EPERM") == 0 ? EPERM : ENOSYS);
	hot();
	if (pthread_create(&thread, NULL, thread_of_it, NULL) != 0)
		return 2;
	pthread_join(thread, NULL);
	sigaltstack(&stack, NULL);
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	puts("alive");
	return 0;
}
