/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The small boxes under the nodes of a call graph: which labels their samples have.
 * Not here: which of them are drawn, and together with which (boxes.c).
 */
#include "report/graph/nodelets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/profile/merge.h"
#include "report/profile/scale.h"

#define NONE CPA_PROFILE_NONE

struct work {
	const struct cpa_profile *profile;
	struct cpa_nodelets *nodelets;
	struct cpa_stats_view view;
	struct cpa_nodes_map map;
	struct cpa_intern names; /* texts of nodelets: one number for each */
	char *text;              /* of one sample's labels */
	size_t text_capacity;
	const char **parts;
	size_t part_capacity;
	uint8_t *is_wanted; /* of each node */
	size_t *seen;       /* of each node, in sample - 1 */
	const char *label_unit;
	size_t type;
};

/* What a nodelet is the same by. */
struct key {
	uint32_t node, under, name, is_numeric;
};

void cpa_nodelets_size_name(char *to, size_t to_bytes, int64_t bytes, const char *wanted_unit)
{
	cpa_scale_text(to, to_bytes, (double)bytes, "bytes",
		wanted_unit != NULL ? wanted_unit : "minimum");
}

static int compare_texts(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static const char *label_text(const struct cpa_profile *profile,
	const struct cpa_profile_sample *sample, uint32_t index, const char **ret_value)
{
	const struct cpa_profile_label *label = &profile->labels.items[sample->label_begin + index];
	const char *key = cpa_profile_string(profile, label->key);

	*ret_value = cpa_profile_string(profile, label->str);
	/* Marks the samples of -diff_base; no label of the program. */
	return label->str == 0 || strcmp(key, CPA_MERGE_BASE_KEY) == 0 ? NULL : key;
}

/* The number of "key:value\nkey:value" of a sample's text labels, sorted; NONE without any. */
static uint32_t text_labels(struct work *work, const struct cpa_profile_sample *sample)
{
	size_t count = 0, used = 0, room = 0, i;
	const char *key, *value;
	char *copies;
	uint32_t number, j;

	for (j = 0; j < sample->label_count; j++)
		if ((key = label_text(work->profile, sample, j, &value)) != NULL)
			room += strlen(key) + strlen(value) + 2;
	if (room == 0)
		return NONE;
	copies = cpa_memory_new(room, 1);
	for (j = 0; j < sample->label_count; j++) {
		if ((key = label_text(work->profile, sample, j, &value)) == NULL)
			continue;
		work->parts = cpa_memory_grow(
			work->parts, &work->part_capacity, count + 1, sizeof(*work->parts));
		work->parts[count++] = copies + used;
		used += (size_t)sprintf(copies + used, "%s:%s", key, value) + 1;
	}
	qsort(work->parts, count, sizeof(*work->parts), compare_texts);
	work->text = cpa_memory_grow(work->text, &work->text_capacity, room, 1);
	for (used = 0, i = 0; i < count; i++)
		used += (size_t)sprintf(
			work->text + used, "%s%s", i > 0 ? "\n" : "", work->parts[i]);
	number = cpa_intern_add(&work->names, work->text, used, NULL);
	free(copies);
	return number;
}

static struct cpa_nodelet *find_nodelet(struct work *work, struct key key, uint32_t *ret_number)
{
	struct cpa_nodelets *nodelets = work->nodelets;
	struct cpa_nodelet *nodelet;
	size_t length;
	const char *text;
	bool is_new;

	*ret_number = cpa_intern_add(&nodelets->keys, &key, sizeof(key), &is_new);
	if (is_new) {
		nodelets->items = cpa_memory_grow(nodelets->items, &nodelets->capacity,
			*ret_number + 1, sizeof(*nodelets->items));
		nodelet = &nodelets->items[*ret_number];
		text = cpa_intern_get(&work->names, key.name, &length);
		nodelet->name = cpa_memory_text(text, length);
		nodelet->is_numeric = key.is_numeric;
		nodelet->under = key.under;
		nodelet->next = nodelets->first[key.node];
		nodelets->first[key.node] = *ret_number;
	}
	return &nodelets->items[*ret_number];
}

static void add_value(struct work *work, struct cpa_nodelet *nodelet, size_t sample, bool is_flat)
{
	cpa_stats_add_sample(is_flat ? &nodelet->flat : &nodelet->cum, &work->view, work->profile,
		sample, work->type);
}

static void add_to_node(
	struct work *work, uint32_t node, size_t index, uint32_t labels, bool is_flat)
{
	const struct cpa_profile *profile = work->profile;
	const struct cpa_profile_sample *sample = &profile->samples.items[index];
	uint32_t under = NONE, number, i;
	struct cpa_nodelet *nodelet;
	char name[64];

	if (labels != NONE)
		add_value(work, find_nodelet(work, (struct key){node, NONE, labels, 0}, &under),
			index, is_flat);
	for (i = 0; i < sample->label_count; i++) {
		const struct cpa_profile_label *label =
			&profile->labels.items[sample->label_begin + i];

		if (label->str != 0 || (label->num == 0 && label->unit == 0) ||
			strcmp(cpa_profile_string(profile, label->key), "bytes") != 0)
			continue;
		cpa_nodelets_size_name(name, sizeof(name), label->num, work->label_unit);
		number = cpa_intern_add(&work->names, name, strlen(name), NULL);
		nodelet = find_nodelet(work, (struct key){node, under, number, 1}, &number);
		if (nodelet->cum.value == 0 && nodelet->flat.value == 0)
			nodelet->bytes = label->num;
		add_value(work, nodelet, index, is_flat);
	}
}

static void add_stack(struct work *work, size_t index)
{
	const struct cpa_profile_sample *sample = &work->profile->samples.items[index];
	uint32_t labels = text_labels(work, sample), node;
	struct cpa_nodes_walk walk;
	bool is_leaf = true;
	int64_t line;

	cpa_nodes_begin(&walk, &work->map, sample);
	for (; cpa_nodes_next(&walk, &node, &line); is_leaf = false) {
		if (!work->is_wanted[node])
			continue;
		if (is_leaf)
			add_to_node(work, node, index, labels, true);
		if (work->seen[node] != index + 1)
			add_to_node(work, node, index, labels, false);
		work->seen[node] = index + 1;
	}
}

void cpa_nodelets_init(struct cpa_nodelets *ret_nodelets, struct cpa_graph *graph,
	size_t node_count, const struct cpa_profile *profile, size_t type)
{
	struct work work = {.profile = profile,
		.nodelets = ret_nodelets,
		.view = graph->view,
		.label_unit = graph->label_unit,
		.type = type};
	size_t i;

	memset(ret_nodelets, 0, sizeof(*ret_nodelets));
	cpa_nodes_map_init(&work.map, &graph->nodes, profile);
	ret_nodelets->cutoff = graph->node_cutoff;
	ret_nodelets->first = cpa_memory_new(graph->nodes.keys.count, sizeof(*ret_nodelets->first));
	work.is_wanted = cpa_memory_new(graph->nodes.keys.count, 1);
	work.seen = cpa_memory_new(graph->nodes.keys.count, sizeof(*work.seen));
	for (i = 0; i < graph->nodes.keys.count; i++)
		ret_nodelets->first[i] = NONE;
	for (i = 0; i < node_count; i++)
		work.is_wanted[graph->order[i]] = 1;
	for (i = 0; i < profile->samples.count; i++)
		if (profile->samples.items[i].label_count > 0 &&
			cpa_profile_value(profile, i, type) != 0)
			add_stack(&work, i);
	cpa_nodes_map_done(&work.map);
	cpa_intern_done(&work.names);
	free(work.text);
	free(work.parts);
	free(work.is_wanted);
	free(work.seen);
}

void cpa_nodelets_done(struct cpa_nodelets *nodelets)
{
	size_t i;

	for (i = 0; i < nodelets->keys.count; i++)
		free(nodelets->items[i].name);
	free(nodelets->items);
	free(nodelets->first);
	cpa_intern_done(&nodelets->keys);
	memset(nodelets, 0, sizeof(*nodelets));
}
