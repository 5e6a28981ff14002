/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Libraries that come and go at the same address, under threads that live through it.
 *
 *   reopen ROUNDS LIBRARY...    loads each in turn, calls it from a thread and main, unloads it
 *
 * Prints the same under any correct allocator.
 * Not here: the libraries (reopen_library.c).
 */
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>

#define NOINLINE __attribute__((noinline, noclone))

typedef void *alloc_function(size_t size);

static sem_t go, done;
static alloc_function *alloc_now; /* NULL: end */

NOINLINE void use(alloc_function *alloc)
{
	for (int i = 0; i < 5; i++) {
		free(alloc(1009));
		__asm__ volatile("" : : : "memory");
	}
}

static void *user(void *arg)
{
	for (;;) {
		sem_wait(&go);
		if (!alloc_now)
			return arg;
		use(alloc_now);
		sem_post(&done);
	}
}

static void round_of(const char *path)
{
	void *library = dlopen(path, RTLD_NOW);

	if (!library) {
		printf("%s\n", dlerror());
		exit(2);
	}
	alloc_now = (alloc_function *)dlsym(library, "in_opened");
	use(alloc_now);
	sem_post(&go);
	sem_wait(&done);
	dlclose(library);
}

int main(int argc, char **argv)
{
	pthread_t thread;

	sem_init(&go, 0, 0);
	sem_init(&done, 0, 0);
	pthread_create(&thread, NULL, user, NULL);
	for (int round = argc > 2 ? atoi(argv[1]) : 0; round > 0; round--)
		for (int i = 2; i < argc; i++)
			round_of(argv[i]);
	alloc_now = NULL;
	sem_post(&go);
	pthread_join(thread, NULL);
	printf("alive\n");
	return 0;
}
