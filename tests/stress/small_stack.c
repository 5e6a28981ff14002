/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread with the smallest stack that POSIX allows, and one that is deep.
 *
 *   small_stack [FRAMES]    so many frames deep in main first
 *
 * Prints the same under any correct allocator.
 * Not here: many threads (programs/threads.c).
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NOINLINE  __attribute__((noinline, noclone))
#define KEEP(ptr) __asm__ volatile("" : "+r"(ptr) : : "memory")

NOINLINE void *deep(int depth)
{
	void *ptr = depth > 0 ? deep(depth - 1) : malloc(77);

	KEEP(ptr);
	return ptr;
}

static void *small(void *arg)
{
	for (int i = 0; i < 3; i++)
		free(deep(0));
	return arg;
}

int main(int argc, char **argv)
{
	pthread_attr_t attr;
	pthread_t thread;
	int frames = argc > 1 ? atoi(argv[1]) : 0;

	for (int i = 0; i < 3 && frames; i++)
		free(deep(frames));
	pthread_attr_init(&attr);
	if (pthread_attr_setstacksize(&attr, (size_t)sysconf(_SC_THREAD_STACK_MIN)) != 0)
		return 2;
	if (pthread_create(&thread, &attr, small, NULL) != 0 || pthread_join(thread, NULL) != 0)
		return 3;
	printf("alive\n");
	return 0;
}
