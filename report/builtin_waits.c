/* SPDX-License-Identifier: BSD-2-Clause */
/* The built-in profiles mutex and block: who held up others, and who waited. */
#include "report/builtin.h"

#include <errno.h>

#include "base/arena.h"
#include "report/tallyrows.h"
#include "sampling/block.h"
#include "sampling/mutex.h"
#include "sampling/tally.h"
#include "sampling/waits.h"

#define LATE_WAITS 256u /* room for waits that begin while we count */

static int write_tally(const struct cpa_builtin_order *order, struct cpa_tallyrows *rows)
{
	if (order->debug) {
		struct cpa_text_content text = cpa_tallyrows_text(rows);

		return cpa_builtin_text(order, &text);
	} else {
		struct cpa_pprof_content pprof = cpa_tallyrows_pprof(rows, 0, 0);

		return cpa_builtin_pprof(order, &pprof);
	}
}

static int write_mutex(const struct cpa_builtin_order *order)
{
	struct cpa_tallyrows rows = {.walk.kind = CPA_TALLY_MUTEX};

	return write_tally(order, &rows);
}

static uint64_t count_mutex(void)
{
	return cpa_tally_rows(CPA_TALLY_MUTEX);
}

static void describe_waits(struct cpa_line *line)
{
	struct cpa_waits_counters counters = cpa_waits_count();

	cpa_line_add_pair(line, "waits_unfinished", counters.unfinished);
	cpa_line_add_pair(line, "waits_displaced", counters.displaced);
	cpa_line_add_pair(line, "waits_lost", counters.lost);
}

static void describe_mutex(struct cpa_line *line)
{
	cpa_line_add(line, "mutex:");
	cpa_line_add_pair(line, "fraction", (uint64_t)cpa_mutex_fraction(-1));
	describe_waits(line);
	cpa_line_add_pair(line, "unlocks_refused", cpa_waits_count().refused);
}

/* Also after it was switched off: what it had found is worth keeping. */
static bool mutex_wanted(const struct cpa_conf *conf)
{
	return conf->mutex_fraction || cpa_mutex_fraction(-1) || count_mutex();
}

/* Waits are known for the sake of mutex too: then those that have not ended are not of block. */
static int write_block(const struct cpa_builtin_order *order)
{
	struct cpa_tallyrows rows = {.walk.kind = CPA_TALLY_BLOCK};
	size_t room = cpa_block_rate(-1) ? cpa_waits_copy(NULL, 0) + LATE_WAITS : 0;
	struct cpa_tally_row *more;
	struct cpa_arena arena;
	int error = -ENOMEM;

	cpa_arena_init(&arena, 0);
	more = cpa_arena_alloc(&arena, (room + 1) * sizeof(*more));
	if (more) {
		size_t count = room ? cpa_waits_copy(more, room) : 0;

		rows.more = more;
		rows.more_count = count < room ? count : room;
		error = write_tally(order, &rows);
	}
	cpa_arena_done(&arena);
	return error;
}

static uint64_t count_block(void)
{
	return cpa_tally_rows(CPA_TALLY_BLOCK);
}

static void describe_block(struct cpa_line *line)
{
	cpa_line_add(line, "block:");
	cpa_line_add_pair(line, "rate_ns", (uint64_t)cpa_block_rate(-1));
	describe_waits(line);
}

static bool block_wanted(const struct cpa_conf *conf)
{
	return conf->block_rate_ns || cpa_block_rate(-1) || count_block();
}

const struct cpa_builtin cpa_builtin_mutex = {
	"mutex", write_mutex, count_mutex, describe_mutex, mutex_wanted};
const struct cpa_builtin cpa_builtin_block = {
	"block", write_block, count_block, describe_block, block_wanted};
