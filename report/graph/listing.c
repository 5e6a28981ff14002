/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the source lines of some functions hold.
 * Not here: the source itself (sourcefile.c), printing (cli/list.c).
 */
#include "report/graph/listing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NOT_WANTED UINT32_MAX

/* While summing: what each node (a line of a function in a file) belongs to. */
struct work {
	const struct cpa_profile *profile;
	struct cpa_listing *listing;
	struct cpa_nodes_map map;
	struct cpa_intern keys; /* "name\0file": functions */
	size_t capacity;
	uint32_t *function_of;             /* of each node */
	struct cpa_listing_line *sums;     /* of each node */
	size_t *node_seen, *function_seen; /* in sample - 1 */
	size_t type;
};

static uint32_t add_function(struct work *work, const struct cpa_node *node)
{
	struct cpa_listing *listing = work->listing;
	size_t name_bytes = strlen(node->name) + 1, file_bytes = strlen(node->file);
	char *key = cpa_memory_new(name_bytes + file_bytes, 1);
	uint32_t number;
	bool is_new;

	memcpy(key, node->name, name_bytes);
	memcpy(key + name_bytes, node->file, file_bytes);
	number = cpa_intern_add(&work->keys, key, name_bytes + file_bytes, &is_new);
	free(key);
	if (is_new) {
		struct cpa_listing_function *function;

		listing->functions = cpa_memory_grow(listing->functions, &work->capacity,
			number + 1, sizeof(*listing->functions));
		function = &listing->functions[number];
		function->name = node->name;
		function->file = node->file;
		function->mapping = CPA_PROFILE_NONE;
		listing->function_count++;
	}
	return number;
}

/* Where the function's code is and where it begins, from one location that has a line of it. */
static void note_place(struct work *work, const struct cpa_profile_location *location, size_t line)
{
	const struct cpa_profile *profile = work->profile;
	uint32_t index = profile->lines.items[line].function, number;
	struct cpa_listing_function *function;
	int64_t start_line;

	/* Frames that count for another have no node of their own. */
	if (index == CPA_PROFILE_NONE ||
		(work->map.no_inlines &&
			line + 1 != (size_t)location->line_begin + location->line_count))
		return;
	number = work->function_of[work->map.of[line]];
	if (number == NOT_WANTED)
		return;
	function = &work->listing->functions[number];
	start_line = profile->functions.items[index].start_line;
	if (start_line > 0 && (function->start_line == 0 || start_line < function->start_line))
		function->start_line = start_line;
	if (function->mapping == CPA_PROFILE_NONE)
		function->mapping = location->mapping;
}

static void find_functions(struct work *work, const struct cpa_pattern *wanted)
{
	const struct cpa_nodes *nodes = &work->listing->nodes;
	const struct cpa_profile *profile = work->profile;
	size_t i, j;

	work->function_of = cpa_memory_new(nodes->keys.count, sizeof(*work->function_of));
	for (i = 0; i < nodes->keys.count; i++)
		work->function_of[i] = nodes->items[i].is_named && cpa_pattern_matches(wanted,
									   nodes->items[i].name)
					       ? add_function(work, &nodes->items[i])
					       : NOT_WANTED;
	for (i = 0; i < profile->locations.count; i++)
		for (j = 0; j < profile->locations.items[i].line_count; j++)
			note_place(work, &profile->locations.items[i],
				profile->locations.items[i].line_begin + j);
}

static void add_stack(struct work *work, size_t sample)
{
	struct cpa_listing *listing = work->listing;
	struct cpa_nodes_walk walk;
	uint32_t node, number;
	int64_t line;
	bool is_leaf = true;

	cpa_nodes_begin(&walk, &work->map, &work->profile->samples.items[sample]);
	for (; cpa_nodes_next(&walk, &node, &line); is_leaf = false) {
		number = work->function_of[node];
		if (number == NOT_WANTED)
			continue;
		if (is_leaf) {
			cpa_stats_add_sample(&work->sums[node].flat, &listing->view, work->profile,
				sample, work->type);
			cpa_stats_add_sample(&listing->functions[number].flat, &listing->view,
				work->profile, sample, work->type);
		}
		if (work->node_seen[node] != sample + 1)
			cpa_stats_add_sample(&work->sums[node].cum, &listing->view, work->profile,
				sample, work->type);
		work->node_seen[node] = sample + 1;
		if (work->function_seen[number] != sample + 1)
			cpa_stats_add_sample(&listing->functions[number].cum, &listing->view,
				work->profile, sample, work->type);
		work->function_seen[number] = sample + 1;
	}
}

static int compare_lines(const void *left, const void *right)
{
	const struct cpa_listing_line *l = left, *r = right;

	return (l->line > r->line) - (l->line < r->line);
}

/* Hand the nodes that hold something to their functions. */
static void collect_lines(struct work *work)
{
	struct cpa_listing *listing = work->listing;
	size_t *capacities = cpa_memory_new(listing->function_count, sizeof(*capacities)), i;

	for (i = 0; i < listing->nodes.keys.count; i++) {
		struct cpa_listing_function *function;

		/* What a base took away whole is not there, as in Go's client. */
		if (work->function_of[i] == NOT_WANTED ||
			(work->sums[i].flat.value == 0 && work->sums[i].cum.value == 0))
			continue;
		function = &listing->functions[work->function_of[i]];
		function->lines =
			cpa_memory_grow(function->lines, &capacities[work->function_of[i]],
				function->line_count + 1, sizeof(*function->lines));
		work->sums[i].line = listing->nodes.items[i].line;
		function->lines[function->line_count++] = work->sums[i];
	}
	free(capacities);
}

static int compare_functions(const void *left, const void *right)
{
	const struct cpa_listing_function *l = left, *r = right;
	double left_cum = fabs(l->cum.value), right_cum = fabs(r->cum.value);
	int order = (left_cum < right_cum) - (left_cum > right_cum);

	if (order == 0)
		order = strcmp(l->name, r->name);
	return order != 0 ? order : strcmp(l->file, r->file);
}

/* Functions without a sample go. */
static void sort_functions(struct cpa_listing *listing)
{
	size_t i, kept = 0;

	for (i = 0; i < listing->function_count; i++) {
		struct cpa_listing_function *function = &listing->functions[i];

		if (function->line_count == 0)
			continue;
		qsort(function->lines, function->line_count, sizeof(*function->lines),
			compare_lines);
		listing->functions[kept++] = *function;
	}
	listing->function_count = kept;
	if (kept > 0)
		qsort(listing->functions, kept, sizeof(*listing->functions), compare_functions);
}

void cpa_listing_init(struct cpa_listing *ret_listing, const struct cpa_profile *profile,
	size_t type, bool no_inlines, const struct cpa_pattern *wanted)
{
	struct work work = {.profile = profile, .listing = ret_listing, .type = type};
	size_t node_count, i;

	memset(ret_listing, 0, sizeof(*ret_listing));
	ret_listing->nodes.by = CPA_NODES_BY_LINE;
	ret_listing->nodes.no_inlines = no_inlines;
	ret_listing->view = cpa_stats_view(profile, type);
	cpa_nodes_map_init(&work.map, &ret_listing->nodes, profile);
	node_count = ret_listing->nodes.keys.count;
	find_functions(&work, wanted);
	work.sums = cpa_memory_new(node_count, sizeof(*work.sums));
	work.node_seen = cpa_memory_new(node_count, sizeof(*work.node_seen));
	work.function_seen =
		cpa_memory_new(ret_listing->function_count, sizeof(*work.function_seen));
	for (i = 0; i < profile->samples.count; i++)
		if (cpa_profile_value(profile, i, type) != 0)
			add_stack(&work, i);
	collect_lines(&work);
	sort_functions(ret_listing);
	free(work.function_of);
	free(work.sums);
	free(work.node_seen);
	free(work.function_seen);
	cpa_intern_done(&work.keys);
	cpa_nodes_map_done(&work.map);
}

void cpa_listing_done(struct cpa_listing *listing)
{
	size_t i;

	for (i = 0; i < listing->function_count; i++)
		free(listing->functions[i].lines);
	free(listing->functions);
	cpa_nodes_done(&listing->nodes);
	memset(listing, 0, sizeof(*listing));
}

bool cpa_listing_is_near(const struct cpa_listing_function *function, int64_t line, int64_t context)
{
	size_t low = 0, high = function->line_count;

	if (line == function->start_line)
		return true;
	/* The first line that is not too far above. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (function->lines[middle].line < line - context)
			low = middle + 1;
		else
			high = middle;
	}
	return low < function->line_count && function->lines[low].line <= line + context;
}

int64_t cpa_listing_begin(const struct cpa_listing_function *function, int64_t context)
{
	int64_t first = 0;
	size_t i;

	for (i = 0; i < function->line_count && first <= 0; i++)
		first = function->lines[i].line;
	if (function->start_line > 0 && function->start_line <= first)
		return function->start_line;
	return first > context ? first - context : 1;
}

double cpa_listing_lines_cum(const struct cpa_listing_function *function)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < function->line_count; i++)
		sum += function->lines[i].cum.value;
	return sum;
}

int64_t cpa_listing_end(
	const struct cpa_listing_function *function, size_t line_count, int64_t context)
{
	int64_t last = function->lines[function->line_count - 1].line, count = (int64_t)line_count;

	return last < count - context ? last + context : count;
}
