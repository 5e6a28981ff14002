/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the samples with each label hold.
 * Not here: labels of the nodes of a drawing (report/graph/nodelets.c), picking samples by label
 * (tags.c).
 */
#include "report/analysis/labels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/profile/scale.h"

/* A value of a key, while summing. */
struct slot {
	uint32_t key, index;
};

struct work {
	const struct cpa_profile *profile;
	struct cpa_labels *labels;
	struct slot *slots; /* by number in value_names */
	size_t slot_capacity;
	uint32_t *units; /* by number in key_names: a string of the profile, 0 none */
	size_t unit_capacity;
	const char *unit;
};

static const char *keep_text(struct cpa_labels *labels, const char *text)
{
	char *copy = cpa_memory_text(text, strlen(text));

	labels->texts = cpa_memory_grow(labels->texts, &labels->text_capacity,
		labels->text_count + 1, sizeof(*labels->texts));
	labels->texts[labels->text_count++] = copy;
	return copy;
}

static uint32_t find_key(struct work *work, const char *name)
{
	struct cpa_labels *labels = work->labels;
	bool is_new;
	uint32_t number = cpa_intern_add(&labels->key_names, name, strlen(name), &is_new);

	if (is_new) {
		labels->keys = cpa_memory_grow(
			labels->keys, &labels->key_capacity, number + 1, sizeof(*labels->keys));
		work->units = cpa_memory_grow(
			work->units, &work->unit_capacity, number + 1, sizeof(*work->units));
		labels->keys[number].name = keep_text(labels, name);
		labels->key_count++;
	}
	return number;
}

static struct cpa_labels_value *find_value(struct work *work, uint32_t key, const char *text)
{
	struct cpa_labels *labels = work->labels;
	size_t text_bytes = strlen(text);
	char *name = cpa_memory_new(sizeof(key) + text_bytes, 1);
	struct cpa_labels_key *owner = &labels->keys[key];
	uint32_t number;
	bool is_new;

	memcpy(name, &key, sizeof(key));
	memcpy(name + sizeof(key), text, text_bytes);
	number = cpa_intern_add(&labels->value_names, name, sizeof(key) + text_bytes, &is_new);
	free(name);
	if (is_new) {
		owner->values = cpa_memory_grow(owner->values, &owner->value_capacity,
			owner->value_count + 1, sizeof(*owner->values));
		work->slots = cpa_memory_grow(
			work->slots, &work->slot_capacity, number + 1, sizeof(*work->slots));
		work->slots[number] = (struct slot){key, (uint32_t)owner->value_count};
		owner->values[owner->value_count++].text = keep_text(labels, text);
	}
	return &owner->values[work->slots[number].index];
}

static bool is_number(const struct cpa_profile_label *label)
{
	return label->str == 0 && (label->num != 0 || label->unit != 0);
}

/* The first unit that a key comes with is the unit of all its numbers, as for Go's client. */
static void find_units(struct work *work)
{
	size_t i;

	for (i = 0; i < work->profile->labels.count; i++) {
		const struct cpa_profile_label *label = &work->profile->labels.items[i];
		uint32_t key;

		if (!is_number(label) || label->unit == 0)
			continue;
		key = find_key(work, cpa_profile_string(work->profile, label->key));
		if (work->units[key] == 0)
			work->units[key] = label->unit;
	}
}

static const char *unit_of(const struct work *work, uint32_t key)
{
	const char *name = work->labels->keys[key].name;

	if (work->units[key] != 0)
		return cpa_profile_string(work->profile, work->units[key]);
	return cpa_scale_label_unit(name);
}

static void add_sample(struct work *work, size_t index, size_t type)
{
	const struct cpa_profile *profile = work->profile;
	const struct cpa_profile_sample *sample = &profile->samples.items[index];
	char number[64];
	uint32_t i;

	for (i = 0; i < sample->label_count; i++) {
		const struct cpa_profile_label *label =
			&profile->labels.items[sample->label_begin + i];
		const char *text = cpa_profile_string(profile, label->str);
		uint32_t key;

		if (label->str == 0 && !is_number(label))
			continue;
		key = find_key(work, cpa_profile_string(profile, label->key));
		if (label->str == 0)
			text = cpa_scale_text(number, sizeof(number), (double)label->num,
				unit_of(work, key), work->unit);
		cpa_stats_add_sample(&find_value(work, key, text)->sum, &work->labels->view,
			profile, index, type);
		cpa_stats_add_sample(
			&work->labels->keys[key].sum, &work->labels->view, profile, index, type);
	}
}

static int compare_values(const void *left, const void *right)
{
	const struct cpa_labels_value *l = left, *r = right;
	double left_value = fabs(l->sum.value), right_value = fabs(r->sum.value);
	int order = (left_value < right_value) - (left_value > right_value);

	return order != 0 ? order : strcmp(l->text, r->text);
}

static int compare_keys(const void *left, const void *right)
{
	const struct cpa_labels_key *l = left, *r = right;

	return strcmp(l->name, r->name);
}

static void sort_all(struct cpa_labels *labels)
{
	size_t i, j, kept;

	for (i = 0; i < labels->key_count; i++) {
		struct cpa_labels_key *key = &labels->keys[i];

		for (j = 0, kept = 0; j < key->value_count; j++)
			if (key->values[j].sum.value != 0)
				key->values[kept++] = key->values[j];
		key->value_count = kept;
		if (kept > 0)
			qsort(key->values, kept, sizeof(*key->values), compare_values);
	}
	if (labels->key_count > 0)
		qsort(labels->keys, labels->key_count, sizeof(*labels->keys), compare_keys);
}

void cpa_labels_init(struct cpa_labels *ret_labels, const struct cpa_profile *profile, size_t type,
	const char *unit)
{
	struct work work = {.profile = profile, .labels = ret_labels, .unit = unit};
	size_t i;

	memset(ret_labels, 0, sizeof(*ret_labels));
	ret_labels->view = cpa_stats_view(profile, type);
	find_units(&work);
	for (i = 0; i < profile->samples.count; i++)
		if (cpa_profile_value(profile, i, type) != 0)
			add_sample(&work, i, type);
	sort_all(ret_labels);
	free(work.slots);
	free(work.units);
}

void cpa_labels_done(struct cpa_labels *labels)
{
	size_t i;

	for (i = 0; i < labels->key_count; i++)
		free(labels->keys[i].values);
	for (i = 0; i < labels->text_count; i++)
		free(labels->texts[i]);
	free(labels->keys);
	free(labels->texts);
	cpa_intern_done(&labels->key_names);
	cpa_intern_done(&labels->value_names);
	memset(labels, 0, sizeof(*labels));
}
