/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What does it cost to add a thing to a profile of the program's own, and to remove it?
 *
 *	handles OPEN COUNT
 *
 * with OPEN things in it all the time; prints "add_ns X" and "remove_ns X".
 * Not here: what a stack costs that is deeper (bench/sample).
 */
#include <cprofalloc.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BATCH 256u

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static const void *thing(uint64_t number)
{
	return (const void *)(uintptr_t)(number * 64 + 64);
}

int main(int argc, char **argv)
{
	uint64_t open_count = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
	uint64_t batches = (argc > 2 ? strtoull(argv[2], NULL, 10) : 100000) / BATCH + 1;
	double add_ns = 0, remove_ns = 0, begin_ns;
	cprof_profile *profile;
	int failed = cprof_profile_new("handles", &profile);

	for (uint64_t i = 0; i < open_count; i++)
		failed |= cprof_profile_add(profile, thing(i), 0);
	for (uint64_t batch = 0; batch < batches; batch++) {
		begin_ns = now_ns();
		for (uint64_t i = 0; i < BATCH; i++)
			failed |= cprof_profile_add(profile, thing(open_count + i), 0);
		add_ns += now_ns() - begin_ns;
		begin_ns = now_ns();
		for (uint64_t i = 0; i < BATCH; i++)
			failed |= cprof_profile_remove(profile, thing(open_count + i));
		remove_ns += now_ns() - begin_ns;
	}
	printf("add_ns %.1f\n", add_ns / (double)(batches * BATCH));
	printf("remove_ns %.1f\n", remove_ns / (double)(batches * BATCH));
	return failed != 0;
}
