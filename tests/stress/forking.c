/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads that fork while others allocate, and while a library holds a lock around both: its
 * handlers (forking_library.c) were registered before main.
 *
 *   forking FORKS       with fork
 *
 * Prints the same under any correct allocator; an alarm turns a deadlock into a failure.
 * Not here: what becomes of snapshots (processes.c).
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define ALLOCATORS 2
#define FORKERS    3
#define WATCHDOG_S 100

void library_work(void);

static _Atomic int stop, broken;
static int fork_count;

static void *allocate(void *arg)
{
	while (!atomic_load(&stop))
		library_work();
	return arg;
}

static void child(void)
{
	alarm(WATCHDOG_S);
	for (int i = 0; i < 5; i++)
		library_work();
	_exit(0);
}

static void *forks(void *arg)
{
	for (int i = 0; i < fork_count; i++) {
		pid_t pid = fork();
		int status = -1;

		alarm(WATCHDOG_S); /* from the last fork on */
		if (pid == 0)
			child();
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
			atomic_store(&broken, 1);
	}
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t allocators[ALLOCATORS], forkers[FORKERS];

	alarm(WATCHDOG_S);
	fork_count = argc > 1 ? atoi(argv[1]) : 1;
	for (int i = 0; i < ALLOCATORS; i++)
		pthread_create(&allocators[i], NULL, allocate, NULL);
	for (int i = 0; i < FORKERS; i++)
		pthread_create(&forkers[i], NULL, forks, NULL);
	for (int i = 0; i < FORKERS; i++)
		pthread_join(forkers[i], NULL);
	atomic_store(&stop, 1);
	for (int i = 0; i < ALLOCATORS; i++)
		pthread_join(allocators[i], NULL);
	printf("%s\n", atomic_load(&broken) ? "broken" : "whole");
	return atomic_load(&broken);
}
