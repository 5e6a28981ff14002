/* SPDX-License-Identifier: BSD-2-Clause */
/* The built-in profiles heap and allocs: the same samples, another view first. */
#include "report/builtin.h"

#include <string.h>

#include "report/heaprows.h"

static int write_heap(const struct cpa_builtin_order *order)
{
	struct cpa_heaprows rows;

	if (order->debug) {
		struct cpa_text_content text = cpa_heaprows_text(&rows, order->facts);

		return cpa_builtin_text(order, &text);
	} else {
		bool allocs = !strcmp(cpa_custom_name(order->profile), "allocs");
		struct cpa_pprof_content pprof = cpa_heaprows_pprof(&rows, order->facts, allocs);

		return cpa_builtin_pprof(order, &pprof);
	}
}

static uint64_t count_heap(void)
{
	return cpa_heaprows_count();
}

static bool heap_wanted(const struct cpa_conf *conf)
{
	(void)conf;
	return true;
}

const struct cpa_builtin cpa_builtin_heap = {"heap", write_heap, count_heap, NULL, heap_wanted};
const struct cpa_builtin cpa_builtin_allocs = {"allocs", write_heap, count_heap, NULL, NULL};
