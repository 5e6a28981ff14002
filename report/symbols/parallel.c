/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Work in equal parts, each in a thread.
 * Not here: what the parts are (dwarf.c, apply.c).
 */
#include "report/symbols/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>

/* As the main thread has: demanglers and trees of DIEs go deep, whatever ulimit -s says. */
#define STACK_BYTES ((size_t)16 << 20)

struct part {
	void (*work)(void *context, size_t part);
	void *context;
	size_t number;
	pthread_t thread;
	bool has_thread;
};

size_t cpa_parallel_parts(size_t item_count, size_t part_items)
{
	cpu_set_t set;
	size_t parts = sched_getaffinity(0, sizeof(set), &set) == 0 ? (size_t)CPU_COUNT(&set) : 1;

	if (parts > CPA_PARALLEL_MAX)
		parts = CPA_PARALLEL_MAX;
	if (parts > item_count / part_items)
		parts = item_count / part_items;
	return parts > 0 ? parts : 1;
}

static void *run(void *context)
{
	struct part *part = context;

	part->work(part->context, part->number);
	return NULL;
}

void cpa_parallel_run(size_t part_count, void (*work)(void *context, size_t part), void *context)
{
	struct part parts[CPA_PARALLEL_MAX];
	pthread_attr_t attributes;
	size_t i;

	pthread_attr_init(&attributes);
	(void)pthread_attr_setstacksize(&attributes, STACK_BYTES);
	for (i = 1; i < part_count; i++) {
		parts[i] = (struct part){.work = work, .context = context, .number = i};
		parts[i].has_thread =
			pthread_create(&parts[i].thread, &attributes, run, &parts[i]) == 0;
	}
	pthread_attr_destroy(&attributes);
	work(context, 0);
	for (i = 1; i < part_count; i++) {
		if (parts[i].has_thread)
			pthread_join(parts[i].thread, NULL);
		else
			work(context, i);
	}
}
