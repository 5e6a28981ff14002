/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads that allocate, free each other's objects, come and go, are cancelled, and are hit by
 * signals.
 *
 *   threads MODE     storm, short, pass, cancel, signals, dlopen LIBRARY
 *
 * Prints the same under any correct allocator; an alarm turns a deadlock into a failure.
 * Not here: fork (processes.c).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define KEEP(ptr)  __asm__ volatile("" : "+r"(ptr) : : "memory")
#define NOINLINE   __attribute__((noinline, noclone))
#define THREADS    8
#define WATCHDOG_S 100

static _Atomic int broken;
static _Atomic int stop;

/* An object that knows its size and content. */
struct block {
	size_t size_bytes;
	unsigned char mark;
};

NOINLINE struct block *block_new(size_t size_bytes);
NOINLINE struct block *block_new(size_t size_bytes)
{
	struct block *block = malloc(size_bytes < sizeof(*block) ? sizeof(*block) : size_bytes);

	KEEP(block);
	block->size_bytes = size_bytes;
	block->mark = (unsigned char)(size_bytes * 31);
	return block;
}

static void block_free(struct block *block)
{
	if (block && block->mark != (unsigned char)(block->size_bytes * 31))
		atomic_store(&broken, 1);
	free(block);
}

static size_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(*state >> 33);
}

static void work(uint64_t seed, int count)
{
	struct block *ring[128] = {0};

	for (int i = 0; i < count; i++) {
		struct block **slot = &ring[next_random(&seed) % 128];
		size_t size_bytes = next_random(&seed) % (i % 50 ? 2000 : 200000);

		if (i % 7 == 0 && *slot) {
			size_t kept = (*slot)->size_bytes;
			unsigned char mark = (*slot)->mark;

			*slot = realloc(
				*slot, size_bytes < sizeof(**slot) ? sizeof(**slot) : size_bytes);
			if ((*slot)->size_bytes != kept || (*slot)->mark != mark)
				atomic_store(&broken, 1);
			(*slot)->size_bytes = size_bytes;
			(*slot)->mark = (unsigned char)(size_bytes * 31);
		} else {
			block_free(*slot);
			*slot = block_new(size_bytes);
		}
	}
	for (int i = 0; i < 128; i++)
		block_free(ring[i]);
}

static void *storm_thread(void *arg)
{
	work((uintptr_t)arg, 100000);
	return NULL;
}

static void storm(void)
{
	pthread_t threads[THREADS];

	for (uintptr_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, storm_thread, (void *)(i + 1));
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

static pthread_key_t key;

static void key_dies(void *value)
{
	block_free(value);
	free(malloc(333)); /* allocation in a destructor */
}

static void *short_thread(void *arg)
{
	pthread_setspecific(key, block_new(4001));
	work((uintptr_t)arg, 20);
	return NULL;
}

static void short_lived(void)
{
	pthread_key_create(&key, key_dies);
	for (uintptr_t i = 0; i < 3000; i += 4) {
		pthread_t threads[4];

		for (int j = 0; j < 4; j++)
			pthread_create(&threads[j], NULL, short_thread, (void *)(i + (uintptr_t)j));
		for (int j = 0; j < 4; j++)
			pthread_join(threads[j], NULL);
	}
}

/* Objects born in one thread die in another. */
static struct block *_Atomic mailbox[1024];

static void *pass_thread(void *arg)
{
	uint64_t seed = (uintptr_t)arg;

	for (int i = 0; i < 100000; i++)
		block_free(atomic_exchange(
			&mailbox[next_random(&seed) % 1024], block_new(next_random(&seed) % 5000)));
	return NULL;
}

static void pass(void)
{
	pthread_t threads[THREADS];

	for (uintptr_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, pass_thread, (void *)(i + 1));
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < 1024; i++)
		block_free(mailbox[i]);
}

static void free_ring(void *arg)
{
	struct block **ring = arg;

	for (int i = 0; i < 16; i++)
		block_free(ring[i]);
}

/* malloc is no cancellation point, and must not become one through us. */
static void *cancel_thread(void *arg)
{
	struct block *ring[16] = {0};

	pthread_cleanup_push(free_ring, ring);
	atomic_fetch_add((_Atomic int *)arg, 1);
	for (unsigned i = 0;; i++) {
		block_free(ring[i % 16]);
		ring[i % 16] = NULL;
		ring[i % 16] = block_new(i * 7919u % 100000);
		if (i % 8 == 0)
			pthread_testcancel();
	}
	pthread_cleanup_pop(1);
	return NULL;
}

static void cancel(void)
{
	for (int round = 0; round < 300; round++) {
		_Atomic int running = 0;
		pthread_t thread;
		void *result;

		pthread_create(&thread, NULL, cancel_thread, &running);
		while (!atomic_load(&running))
			sched_yield();
		pthread_cancel(thread);
		pthread_join(thread, &result);
		if (result != PTHREAD_CANCELED)
			atomic_store(&broken, 1);
	}
}

static _Atomic unsigned long signal_count;

static void on_signal(int number)
{
	int kept_errno = errno;

	atomic_fetch_add(&signal_count, 1);
	errno = kept_errno;
}

/* Signals at any moment, with and without SA_RESTART; a handler on an alternate stack. */
static void signals(void)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
	stack_t stack = {.ss_sp = malloc(65536), .ss_size = 65536};
	struct itimerval often = {{0, 200}, {0, 200}}, never = {{0, 0}, {0, 0}};

	sigaltstack(&stack, NULL);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	storm();
	/* Until some have come, however slow the machine. */
	while (atomic_load(&signal_count) < 100)
		work(5, 100);
	setitimer(ITIMER_REAL, &never, NULL);
}

static const char *library_path;

static void *dlopen_thread(void *arg)
{
	while (!atomic_load(&stop)) {
		void *library = dlopen(library_path, RTLD_NOW);
		void *(*alloc)(size_t);

		if (!library) {
			atomic_store(&broken, 1);
			break;
		}
		alloc = (void *(*)(size_t))dlsym(library, "in_opened");
		free(alloc(6007));
		dlclose(library);
	}
	return arg;
}

/* Libraries come and go while others allocate through them and elsewhere. */
static void dlopens(void)
{
	pthread_t threads[3];

	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, dlopen_thread, NULL);
	storm();
	atomic_store(&stop, 1);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";

	if (strcmp(mode, "signals") != 0)
		alarm(WATCHDOG_S);
	if (strcmp(mode, "storm") == 0) {
		storm();
	} else if (strcmp(mode, "short") == 0) {
		short_lived();
	} else if (strcmp(mode, "pass") == 0) {
		pass();
	} else if (strcmp(mode, "cancel") == 0) {
		cancel();
	} else if (strcmp(mode, "signals") == 0) {
		signals();
	} else if (strcmp(mode, "dlopen") == 0 && argc > 2) {
		library_path = argv[2];
		dlopens();
	} else {
		return 2;
	}
	printf("%s\n", atomic_load(&broken) ? "broken" : "whole");
	return atomic_load(&broken);
}
