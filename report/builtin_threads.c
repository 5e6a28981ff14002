/* SPDX-License-Identifier: BSD-2-Clause */
/* The built-in profiles of threads: goroutine, which are there; threadcreate, where they began. */
#include "report/builtin.h"

#include "report/countrows.h"
#include "report/labelmask.h"
#include "report/threadrows.h"
#include "report/threadtext.h"
#include "sampling/threadcreate.h"
#include "sampling/threads.h"

int cpa_builtin_counts(const struct cpa_builtin_order *order)
{
	struct cpa_countrows rows;
	int error = cpa_countrows_begin(&rows, order->profile);

	if (!error && order->debug) {
		struct cpa_text_content text = cpa_countrows_text(&rows);

		error = cpa_builtin_text(order, &text);
	} else if (!error) {
		struct cpa_pprof_content pprof = cpa_countrows_pprof(&rows);

		error = cpa_builtin_pprof(order, &pprof);
	}
	cpa_countrows_done(&rows);
	return error;
}

static uint64_t count_threadcreate(void)
{
	return cpa_threadcreate_count().live;
}

static void describe_threadcreate(struct cpa_line *line)
{
	struct cpa_threadcreate_counters counters = cpa_threadcreate_count();

	cpa_line_add(line, "threads:");
	cpa_line_add_pair(line, "threads_created", counters.created);
	cpa_line_add_pair(line, "threads_live", counters.live);
	cpa_line_add_pair(line, "threads_lost", counters.lost);
}

static bool threadcreate_wanted(const struct cpa_conf *conf)
{
	return conf->threadcreate;
}

/* For the form that has no rows which its writer could leave out. 0 or -ENOMEM. */
static int leave_out(struct cpa_threadrows *rows, const char *wanted_labels)
{
	struct cpa_threads_dump *dump = &rows->dump;
	struct cpa_labelmask *mask;
	size_t kept = 0;
	int error = cpa_labelmask_new(&rows->arena, wanted_labels, &mask);

	if (error)
		return error;
	for (size_t i = 0; i < dump->count; i++)
		if (cpa_labelmask_keeps(mask, dump->rows[i].label_set))
			dump->rows[kept++] = dump->rows[i];
	dump->count = kept;
	return 0;
}

static int write_threads(const struct cpa_builtin_order *order)
{
	struct cpa_threadrows rows;
	int error = cpa_threadrows_begin(&rows, order->facts->calling_tid);

	if (!error)
		cpa_threadrows_describe(&rows, &order->facts->own);
	if (!error && order->debug >= 2)
		error = leave_out(&rows, order->facts->wanted_labels);
	if (!error && order->debug >= 2) {
		error = cpa_threadtext_write(&rows.dump, order->names, order->sink);
	} else if (!error && order->debug) {
		struct cpa_text_content text = cpa_threadrows_text(&rows);

		error = cpa_builtin_text(order, &text);
	} else if (!error) {
		struct cpa_pprof_content pprof = cpa_threadrows_pprof(&rows);

		error = cpa_builtin_pprof(order, &pprof);
	}
	cpa_threadrows_done(&rows);
	return error;
}

static uint64_t count_threads(void)
{
	return cpa_threads_count();
}

static bool threads_wanted(const struct cpa_conf *conf)
{
	return conf->goroutine;
}

const struct cpa_builtin cpa_builtin_goroutine = {
	"goroutine", write_threads, count_threads, NULL, threads_wanted};
const struct cpa_builtin cpa_builtin_threadcreate = {"threadcreate", cpa_builtin_counts,
	count_threadcreate, describe_threadcreate, threadcreate_wanted};
