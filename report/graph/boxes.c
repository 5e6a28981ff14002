/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which labels of a node are drawn as boxes under it, and which sizes share one.
 * Not here: the labels and their sums (nodelets.c), drawing (dot.c).
 */
#include "report/graph/boxes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Those of one node and kind, heaviest first. */
struct choice {
	uint32_t *numbers;
	size_t count, capacity;
};

static bool counts(const struct cpa_nodelets *nodelets, const struct cpa_nodelet *nodelet)
{
	return fabs(nodelet->flat.value) >= nodelets->cutoff ||
	       fabs(nodelet->cum.value) >= nodelets->cutoff;
}

size_t cpa_boxes_flat_count(const struct cpa_nodelets *nodelets, uint32_t node)
{
	size_t count = 0;
	uint32_t i;

	for (i = nodelets->first[node]; i != CPA_PROFILE_NONE; i = nodelets->items[i].next)
		count +=
			counts(nodelets, &nodelets->items[i]) && nodelets->items[i].flat.value != 0;
	return count;
}

static int compare_weights(const struct cpa_stats_sum *left, const struct cpa_stats_sum *right)
{
	double l = fabs(left->value), r = fabs(right->value);

	return (l < r) - (l > r);
}

struct sorting {
	const struct cpa_nodelets *nodelets;
	bool by_flat;
};

static int compare_nodelets(const void *left, const void *right, void *context)
{
	const struct sorting *sorting = context;
	const struct cpa_nodelet *l = &sorting->nodelets->items[*(const uint32_t *)left],
				 *r = &sorting->nodelets->items[*(const uint32_t *)right];
	int order = sorting->by_flat ? 0 : compare_weights(&l->cum, &r->cum);

	if (order == 0)
		order = compare_weights(&l->flat, &r->flat);
	return order != 0 ? order : strcmp(l->name, r->name);
}

static int compare_boxes(const void *left, const void *right, void *context)
{
	const struct sorting *sorting = context;
	const struct cpa_box *l = left, *r = right;
	int order = sorting->by_flat ? 0 : compare_weights(&l->cum, &r->cum);

	if (order == 0)
		order = compare_weights(&l->flat, &r->flat);
	return order != 0 ? order : strcmp(l->size, r->size);
}

static void choose(struct choice *choice, const struct cpa_nodelets *nodelets, uint32_t node,
	bool is_numeric, uint32_t under, bool by_flat)
{
	struct sorting sorting = {nodelets, by_flat};
	uint32_t i;

	memset(choice, 0, sizeof(*choice));
	for (i = nodelets->first[node]; i != CPA_PROFILE_NONE; i = nodelets->items[i].next) {
		const struct cpa_nodelet *nodelet = &nodelets->items[i];

		if (nodelet->is_numeric != is_numeric || nodelet->under != under ||
			!counts(nodelets, nodelet))
			continue;
		choice->numbers = cpa_memory_grow(choice->numbers, &choice->capacity,
			choice->count + 1, sizeof(*choice->numbers));
		choice->numbers[choice->count++] = i;
	}
	if (choice->count > 0)
		qsort_r(choice->numbers, choice->count, sizeof(*choice->numbers), compare_nodelets,
			&sorting);
}

size_t cpa_boxes_labels(const struct cpa_nodelets *nodelets, uint32_t node, bool by_flat,
	struct cpa_box ret_boxes[CPA_BOXES_MAX])
{
	struct choice choice;
	size_t count, i;

	choose(&choice, nodelets, node, false, CPA_PROFILE_NONE, by_flat);
	count = choice.count < CPA_BOXES_MAX ? choice.count : CPA_BOXES_MAX;
	for (i = 0; i < count; i++) {
		const struct cpa_nodelet *nodelet = &nodelets->items[choice.numbers[i]];

		ret_boxes[i] = (struct cpa_box){.name = nodelet->name,
			.nodelet = choice.numbers[i],
			.flat = nodelet->flat,
			.cum = nodelet->cum};
	}
	free(choice.numbers);
	return count;
}

size_t cpa_boxes_sizes(const struct cpa_nodelets *nodelets, uint32_t node, uint32_t under,
	bool by_flat, struct cpa_box ret_boxes[CPA_BOXES_MAX])
{
	int64_t centre[CPA_BOXES_MAX], least[CPA_BOXES_MAX], most[CPA_BOXES_MAX];
	struct sorting sorting = {nodelets, by_flat};
	struct choice choice;
	size_t count, i, j;

	choose(&choice, nodelets, node, true, under, by_flat);
	count = choice.count < CPA_BOXES_MAX ? choice.count : CPA_BOXES_MAX;
	memset(ret_boxes, 0, count * sizeof(*ret_boxes));
	for (i = 0; i < choice.count; i++) {
		const struct cpa_nodelet *nodelet = &nodelets->items[choice.numbers[i]];
		size_t nearest = i;

		if (i < count) {
			centre[i] = least[i] = most[i] = nodelet->bytes;
		} else {
			for (nearest = 0, j = 1; j < count; j++)
				if (fabs((double)nodelet->bytes - (double)centre[j]) <
					fabs((double)nodelet->bytes - (double)centre[nearest]))
					nearest = j;
		}
		if (nodelet->bytes < least[nearest])
			least[nearest] = nodelet->bytes;
		if (nodelet->bytes > most[nearest])
			most[nearest] = nodelet->bytes;
		cpa_stats_add_sum(&ret_boxes[nearest].flat, &nodelet->flat);
		cpa_stats_add_sum(&ret_boxes[nearest].cum, &nodelet->cum);
	}
	for (i = 0; i < count; i++) {
		char from[40], to[40];

		cpa_nodelets_size_name(from, sizeof(from), least[i], NULL);
		cpa_nodelets_size_name(to, sizeof(to), most[i], NULL);
		if (choice.count <= CPA_BOXES_MAX)
			snprintf(from, sizeof(from), "%.39s",
				nodelets->items[choice.numbers[i]].name);
		snprintf(ret_boxes[i].size, sizeof(ret_boxes[i].size), "%s%s%s", from,
			least[i] != most[i] ? ".." : "", least[i] != most[i] ? to : "");
	}
	free(choice.numbers);
	if (choice.count > count)
		qsort_r(ret_boxes, count, sizeof(*ret_boxes), compare_boxes, &sorting);
	return count;
}
