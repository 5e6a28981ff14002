/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The heap at this moment: totals and the largest sites.
 *
 * 1. Walk over the buckets: the totals, and how many there are.
 * 2. Walk again: a site for each stack. Those without labels come stack by stack, those with
 *    labels in any order, so that a table finds the site.
 * 3. Sort; look up the names of the largest.
 */
#include "report/gauges.h"

#include <errno.h>
#include <math.h>

#include "base/clock.h"
#include "base/missed.h"
#include "report/lookup.h"
#include "report/profiles.h"
#include "report/sort.h"
#include "sampling/cpu.h"
#include "sampling/custom.h"

#define Z95       1.959963984540054
#define LATE_ROWS 1024u /* room for buckets born between the walks */

struct sites {
	struct cpa_arena arena;
	struct cpa_gauges_site *items; /* [count], in order of arrival */
	uint32_t *slots;               /* [slot_count], open addressing: index + 1, 0: empty */
	uint32_t count;
	uint32_t slot_count; /* a power of 2, at least twice the items there can be */
};

/* As report/analysis/stats.h has it, with the largest rate that samples may be of. */
static double variance_of(const struct cpa_heap_row *row, uint64_t rate_max_bytes)
{
	double size_bytes = row->inuse_objects > 0 ? row->inuse_bytes / row->inuse_objects : 0;

	if (rate_max_bytes <= 1 || !(size_bytes > 0))
		return 0;
	return row->inuse_objects * size_bytes * size_bytes *
	       cpa_missed(size_bytes, (double)rate_max_bytes);
}

static void add(
	struct cpa_gauges_sums *sums, const struct cpa_heap_row *row, uint64_t rate_max_bytes)
{
	sums->alloc_objects += row->alloc_objects;
	sums->alloc_bytes += row->alloc_bytes;
	if (!row->inuse_samples)
		return;
	sums->inuse_objects += row->inuse_objects;
	sums->inuse_bytes += row->inuse_bytes;
	sums->inuse_variance += variance_of(row, rate_max_bytes);
}

static void find_half(struct cpa_gauges_sums *sums)
{
	sums->inuse_half_bytes = Z95 * sqrt(sums->inuse_variance);
}

/* How many buckets there are. */
static size_t sum_up(struct cpa_gauges *gauges)
{
	struct cpa_heap_walk walk = {0};
	struct cpa_heap_row row;
	size_t count = 0;

	for (; cpa_heap_next(&walk, &row); count++)
		add(&gauges->all, &row, gauges->facts.rate_max_bytes);
	find_half(&gauges->all);
	return count;
}

static int make_room(struct sites *sites, size_t row_room)
{
	sites->slot_count = 1024;
	while (sites->slot_count < 2 * row_room)
		sites->slot_count *= 2;
	sites->slots = cpa_arena_alloc(&sites->arena, sites->slot_count * sizeof(*sites->slots));
	sites->items = cpa_arena_alloc(&sites->arena, row_room * sizeof(*sites->items));
	return sites->slots && sites->items ? 0 : -ENOMEM;
}

static struct cpa_gauges_site *site_of(struct sites *sites, cpa_stack_id stack)
{
	uint32_t mask = sites->slot_count - 1;
	uint32_t at = (uint32_t)(stack * 0x9e3779b97f4a7c15u >> 32) & mask;

	while (sites->slots[at] && sites->items[sites->slots[at] - 1].stack != stack)
		at = (at + 1) & mask;
	if (!sites->slots[at]) {
		sites->items[sites->count].stack = stack;
		sites->slots[at] = ++sites->count;
	}
	return &sites->items[sites->slots[at] - 1];
}

/* Those that hold nothing, too: a stack's next bucket may. */
static void collect(struct sites *sites, size_t row_room, uint64_t rate_max_bytes)
{
	struct cpa_heap_walk walk = {0};
	struct cpa_heap_row row;

	for (size_t i = 0; i < row_room && cpa_heap_next(&walk, &row); i++)
		add(&site_of(sites, row.stack)->sums, &row, rate_max_bytes);
}

/* The sites that hold memory, the largest first; NULL without memory. */
static const struct cpa_sort_item *sort(struct sites *sites, uint64_t *ret_count)
{
	struct cpa_sort_item *items =
		cpa_arena_alloc(&sites->arena, (sites->count + 1) * sizeof(*items));
	size_t count = 0;

	for (uint32_t i = 0; items && i < sites->count; i++) {
		double bytes = sites->items[i].sums.inuse_bytes;

		if (bytes >= 0.5)
			items[count++] = (struct cpa_sort_item){
				.key = UINT64_MAX - (uint64_t)(bytes + 0.5), .value = i};
	}
	*ret_count = count;
	return items && !cpa_sort(&sites->arena, items, count) ? items : NULL;
}

/* The names as they come, in the order asked, but for those that are not known. */
struct naming {
	struct cpa_arena *arena;
	uint64_t *addresses; /* [count] */
	const char **names;  /* [count] */
	size_t count;
	size_t next;
};

static void take_name(void *context, uint64_t address, const char *name)
{
	struct naming *naming = context;

	while (naming->next < naming->count && naming->addresses[naming->next] != address)
		naming->next++;
	if (naming->next < naming->count)
		naming->names[naming->next++] = cpa_arena_strdup(naming->arena, name);
}

/* Names for the sites[0 .. count), of the innermost frames. */
static int name_sites(
	struct cpa_arena *arena, struct cpa_gauges_site *const *sites, size_t site_count)
{
	size_t room = site_count * CPA_GAUGES_FUNCTIONS_MAX + 1;
	struct naming naming = {
		.arena = arena,
		.addresses = cpa_arena_alloc(arena, room * sizeof(*naming.addresses)),
		.names = cpa_arena_alloc(arena, room * sizeof(*naming.names)),
	};
	const uint64_t *pcs;

	if (!naming.addresses || !naming.names)
		return -ENOMEM;
	for (size_t i = 0; i < site_count; i++) {
		struct cpa_gauges_site *site = sites[i];

		site->functions = &naming.names[naming.count];
		(void)cpa_stacks_get(site->stack, &pcs);
		for (uint32_t at = 0; at < site->function_count; at++)
			naming.addresses[naming.count++] = pcs[at] - 1;
	}
	if (cpa_lookup(naming.addresses, naming.count, take_name, &naming))
		return -ENOMEM;
	for (size_t i = 0; i < naming.count; i++) {
		if (!naming.names[i])
			naming.names[i] = cpa_stacks_pseudo_name(naming.addresses[i] + 1);
		if (!naming.names[i])
			naming.names[i] = "[anon]";
	}
	return 0;
}

static int give_sites(struct sites *sites, const struct cpa_gauges_order *order,
	const struct cpa_sort_item *sorted, size_t count)
{
	struct cpa_gauges_site **given =
		cpa_arena_alloc(&sites->arena, (count + 1) * sizeof(struct cpa_gauges_site *));
	const uint64_t *pcs;

	if (!given)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		given[i] = &sites->items[sorted[i].value];
		find_half(&given[i]->sums);
		given[i]->depth = cpa_stacks_get(given[i]->stack, &pcs);
		given[i]->function_count = given[i]->depth < CPA_GAUGES_FUNCTIONS_MAX
						   ? given[i]->depth
						   : CPA_GAUGES_FUNCTIONS_MAX;
	}
	if (order->names && name_sites(&sites->arena, given, count))
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		order->take(order->context, given[i]);
	return 0;
}

static int read_sites(
	const struct cpa_gauges_order *order, size_t row_room, struct cpa_gauges *gauges)
{
	struct sites sites = {0};
	const struct cpa_sort_item *sorted = NULL;
	int error;

	cpa_arena_init(&sites.arena, 0);
	error = make_room(&sites, row_room);
	if (!error) {
		collect(&sites, row_room, gauges->facts.rate_max_bytes);
		sorted = sort(&sites, &gauges->site_count);
		error = sorted ? 0 : -ENOMEM;
	}
	if (!error)
		error = give_sites(&sites, order, sorted,
			order->sites_max < gauges->site_count ? order->sites_max
							      : gauges->site_count);
	cpa_arena_done(&sites.arena);
	return error;
}

int cpa_gauges_read(const struct cpa_gauges_order *order, struct cpa_gauges *ret_gauges)
{
	const struct cpa_custom_profile *threads = cpa_custom_lookup("goroutine");
	size_t row_count;

	*ret_gauges = (struct cpa_gauges){0};
	cpa_snapshot_facts(&ret_gauges->facts);
	cpa_facts_measure(&ret_gauges->facts);
	ret_gauges->mono_ns = cpa_clock_mono_ns();
	ret_gauges->thread_count = threads ? cpa_profiles_count(threads) : 0;
	ret_gauges->cpu_is_on = cpa_cpu_read().is_on;
	row_count = sum_up(ret_gauges);
	return order->sites_max ? read_sites(order, row_count + LATE_ROWS, ret_gauges) : 0;
}
