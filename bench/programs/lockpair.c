/* SPDX-License-Identifier: BSD-2-Clause */
/* A mutex that nobody else wants, locked and unlocked so many times. */
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

__attribute__((noinline)) void measured(long pairs)
{
	for (long i = 0; i < pairs; i++) {
		pthread_mutex_lock(&mutex);
		pthread_mutex_unlock(&mutex);
	}
}

int main(int argc, char **argv)
{
	measured(argc > 1 ? atol(argv[1]) : 100000);
	return 0;
}
