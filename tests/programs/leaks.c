/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A heap whose course is known: a leak, a slower leak, a cache that fills and then is full, a batch
 * that is thrown away now and then, and churn that comes to nothing. One snapshot per step.
 *
 *   leaks RATE STEPS STEP_SECONDS [KIND [LEAK_UNITS SLOW_UNITS]]
 *
 * RATE       bytes between samples. A unit is RATE bytes: one sample, on average.
 * KIND       "all"; "sound": without the two leaks; "pause": ten steps' time passes in the middle
 *
 * The clock is the program's own: each step takes STEP_SECONDS of it, and the library asks it for
 * the time of each snapshot. Not here: what cprof leaks says of it (integration/leaks.bats).
 */
#define _GNU_SOURCE
#include <cprofalloc.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NOINLINE      __attribute__((noinline, noclone))
#define KEEP(ptr)     __asm__ volatile("" : "+r"(ptr) : : "memory")
#define START_SECONDS 1700000000
#define LEAK_UNITS    40 /* over all steps */
#define SLOW_UNITS    20
#define CACHE_UNITS   60
#define BATCH_UNITS   10 /* per step; freed every BATCH_STEPS */
#define BATCH_STEPS   6
#define CHURN_UNITS   30 /* alive at any time, renewed in two steps */
#define CHURN_SLOTS   2
#define BLOCK_BYTES   499

static int64_t elapsed_ns;

/* In the place of libc's, for the library as well. */
int clock_gettime(clockid_t clock, struct timespec *ret_time)
{
	if (clock != CLOCK_REALTIME)
		return (int)syscall(SYS_clock_gettime, clock, ret_time);
	ret_time->tv_sec = START_SECONDS + elapsed_ns / 1000000000;
	ret_time->tv_nsec = elapsed_ns % 1000000000;
	return 0;
}

/* Blocks in a list through their first word, so that the list costs nothing. */
struct block {
	struct block *next;
};

#define SITE(name)                                                                                 \
	NOINLINE struct block *name(struct block *list);                                           \
	NOINLINE struct block *name(struct block *list)                                            \
	{                                                                                          \
		struct block *block = malloc(BLOCK_BYTES);                                         \
		if (!block)                                                                        \
			abort();                                                                   \
		block->next = list;                                                                \
		KEEP(block);                                                                       \
		return block;                                                                      \
	}

SITE(session_new)
SITE(slow_leak)
SITE(cache_put)
SITE(batch_run)
SITE(churn)

static uint64_t rate_bytes;

static struct block *grow(struct block *(*site)(struct block *), struct block *list, double units)
{
	uint64_t count = (uint64_t)(units * (double)rate_bytes / BLOCK_BYTES + 0.5);

	while (count-- > 0)
		list = site(list);
	return list;
}

static struct block *drop(struct block *list)
{
	while (list) {
		struct block *next = list->next;

		free(list);
		list = next;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	struct block *leak = NULL, *slow = NULL, *cache = NULL, *batch = NULL;
	struct block *churned[CHURN_SLOTS] = {NULL};
	const char *kind = argc > 4 ? argv[4] : "all";
	int steps, step, failed = 0;
	double step_seconds, leak_units, slow_units;

	if (argc < 4)
		return 2;
	leak_units = argc > 6 ? strtod(argv[5], NULL) : LEAK_UNITS;
	slow_units = argc > 6 ? strtod(argv[6], NULL) : SLOW_UNITS;
	rate_bytes = strtoull(argv[1], NULL, 10);
	steps = atoi(argv[2]);
	step_seconds = strtod(argv[3], NULL);
	churned[1] = grow(churn, NULL, (double)CHURN_UNITS / CHURN_SLOTS);
	for (step = 0; step < steps; step++) {
		int is_sound = strcmp(kind, "sound") == 0;

		if (!is_sound && step > 0) {
			leak = grow(session_new, leak, leak_units / (steps - 1));
			slow = grow(slow_leak, slow, slow_units / (steps - 1));
		}
		if (step < steps * 2 / 5)
			cache = grow(cache_put, cache, (double)CACHE_UNITS / (steps * 2 / 5));
		if (step % BATCH_STEPS == 0)
			batch = drop(batch);
		batch = grow(batch_run, batch, BATCH_UNITS);
		churned[step % CHURN_SLOTS] = drop(churned[step % CHURN_SLOTS]);
		churned[step % CHURN_SLOTS] =
			grow(churn, churned[step % CHURN_SLOTS], (double)CHURN_UNITS / CHURN_SLOTS);
		failed |= cprof_snapshot();
		elapsed_ns += (int64_t)(step_seconds * 1e9);
		if (strcmp(kind, "pause") == 0 && step == steps / 2)
			elapsed_ns += (int64_t)(step_seconds * 10e9);
	}
	KEEP(leak);
	KEEP(slow);
	KEEP(cache);
	return failed ? 1 : 0;
}
