/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program that is watched while it lives: it does as it is told on standard input, and answers
 * each command with one line.
 *
 *   grow COUNT BYTES     allocate and keep so many blocks, in watched_grow
 *   markup COUNT BYTES   the same in a function whose name is the markup of an image
 *   labelled COUNT BYTES the same in watched_labelled, each block under one of two labels
 *   free                 all of them
 *   churn THREADS        so many threads allocate and free until the end
 *   end of input         end
 *
 * Its own profiles have the names that a link could misread: a scheme, and a way up.
 * Not here: what is watched (tests/integration/live.bats).
 */
#define _GNU_SOURCE
#include <cprofalloc.h>

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEEP(ptr) __asm__ volatile("" : "+r"(ptr) : : "memory")
#define NOINLINE  __attribute__((noinline, noclone))
#define KEPT_MAX  100000

static void *kept[KEPT_MAX];
static size_t kept_count;

NOINLINE static void keep(void *ptr)
{
	KEEP(ptr);
	if (kept_count == KEPT_MAX)
		abort();
	kept[kept_count++] = ptr;
}

NOINLINE static void watched_grow(size_t size_bytes)
{
	keep(malloc(size_bytes));
}

/* In this file's symbol table it stands as it is written here. */
NOINLINE void watched_markup(size_t size_bytes) __asm__("\"<img src=x onerror=alert(1)>\"");
void watched_markup(size_t size_bytes)
{
	keep(malloc(size_bytes));
}

NOINLINE static void watched_labelled(size_t size_bytes)
{
	int mark = cprof_label_push("turn", kept_count % 2 ? "odd" : "even");

	keep(malloc(size_bytes));
	(void)cprof_label_pop(mark);
}

static void *churns(void *arg)
{
	unsigned seed = (unsigned)(uintptr_t)arg;

	for (;;) {
		char *ptr = malloc(16 + (unsigned)rand_r(&seed) % 2000);

		KEEP(ptr);
		free(ptr);
	}
	return arg;
}

static void free_all(void)
{
	while (kept_count)
		free(kept[--kept_count]);
}

static void start(int count)
{
	pthread_t thread;

	for (intptr_t i = 0; i < count; i++)
		if (pthread_create(&thread, NULL, churns, (void *)i))
			abort();
}

int main(void)
{
	static char input[4096], output[4096];
	cprof_profile *profile;
	char command[64];
	long count;
	size_t size_bytes;

	setvbuf(stdin, input, _IOLBF, sizeof(input));
	setvbuf(stdout, output, _IOLBF, sizeof(output));
	if (cprof_profile_new("javascript:alert", &profile) ||
		cprof_profile_new("../../escape", &profile))
		return 1;
	puts("ready");
	while (scanf("%63s %ld %zu", command, &count, &size_bytes) == 3) {
		if (!strcmp(command, "free"))
			free_all();
		else if (!strcmp(command, "churn"))
			start((int)count);
		else
			for (; count > 0; count--) {
				if (!strcmp(command, "grow"))
					watched_grow(size_bytes);
				else if (!strcmp(command, "markup"))
					watched_markup(size_bytes);
				else
					watched_labelled(size_bytes);
			}
		printf("%s done\n", command);
	}
	return 0;
}
