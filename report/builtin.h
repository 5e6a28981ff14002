/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The built-in profiles: what each is made of.
 * Not here: finding one by its name (profiles.h), the rows (heaprows.h, tallyrows.h, threadrows.h,
 * countrows.h).
 */
#ifndef CPA_REPORT_BUILTIN_H
#define CPA_REPORT_BUILTIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/conf.h"
#include "base/line.h"
#include "report/facts.h"
#include "report/fd.h"
#include "report/pprof.h"
#include "report/profiles.h"
#include "report/text.h"
#include "sampling/custom.h"

/* What is written, and how. */
struct cpa_builtin_order {
	const struct cpa_custom_profile *profile;
	struct cpa_facts *facts;
	int debug; /* 0: protobuf, 1: text, 2: the other text of goroutine */
	bool names;
	struct cpa_fd_sink sink;
	cpa_profiles_take *take; /* NULL: write to the sink */
	void *take_context;
};

struct cpa_builtin {
	const char *name;
	int (*write)(const struct cpa_builtin_order *order);
	uint64_t (*count)(void);
	/* Its own line of the comments; NULL: the lines of the heap, or one that write makes. */
	void (*describe)(struct cpa_line *line);
	/* Has a snapshot a file of it? NULL: never. */
	bool (*wanted)(const struct cpa_conf *conf);
};

extern CPA_HIDDEN const struct cpa_builtin cpa_builtin_heap,
	cpa_builtin_allocs;                                 /* builtin_heap.c */
extern CPA_HIDDEN const struct cpa_builtin cpa_builtin_cpu; /* builtin_cpu.c */
extern CPA_HIDDEN const struct cpa_builtin cpa_builtin_mutex,
	cpa_builtin_block; /* builtin_waits.c */
extern CPA_HIDDEN const struct cpa_builtin cpa_builtin_goroutine,
	cpa_builtin_threadcreate; /* builtin_threads.c */

/*
 * Write an order in one of the two forms. 0, -ENOMEM, or the sink's error.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
static inline int cpa_builtin_pprof(
	const struct cpa_builtin_order *order, const struct cpa_pprof_content *content)
{
	if (order->take)
		return order->take(order->take_context, content);
	return cpa_pprof_write(order->facts, content, order->names, order->sink);
}

static inline int cpa_builtin_text(
	const struct cpa_builtin_order *order, const struct cpa_text_content *content)
{
	return cpa_text_write(order->facts, content, order->names, order->sink);
}

/*
 * Write a profile that counts things: threadcreate, or one of the program's own.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
int cpa_builtin_counts(const struct cpa_builtin_order *order);

#endif
