/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A library that allocates under a lock of its own and takes it around fork, as careful libraries
 * do; its constructor runs before those of preloaded libraries.
 * Not here: who forks (forking.c).
 */
#include <pthread.h>
#include <stdlib.h>

void library_work(void);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void take(void)
{
	pthread_mutex_lock(&lock);
}

static void give(void)
{
	pthread_mutex_unlock(&lock);
}

__attribute__((constructor)) static void start(void)
{
	pthread_atfork(take, give, give);
}

void library_work(void)
{
	void *objects[8];

	take();
	for (size_t i = 0; i < 8; i++)
		objects[i] = malloc(100 * i);
	for (size_t i = 0; i < 8; i++)
		free(objects[i]);
	give();
}
