/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Samples of several profiles added up.
 * Not here: where samples point (graft.c), what profiles say of themselves (merge.c).
 */
#include "report/profile/sum.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "report/profile/merge.h"

#define LABEL_WORDS 5 /* of a sample's key, for each label */

void cpa_sum_init(struct cpa_sum *ret_sum, struct cpa_profile *to, size_t type_count)
{
	memset(ret_sum, 0, sizeof(*ret_sum));
	ret_sum->to = to;
	cpa_graft_init(&ret_sum->graft, to);
	ret_sum->values = cpa_memory_new(type_count, sizeof(*ret_sum->values));
}

void cpa_sum_done(struct cpa_sum *sum)
{
	cpa_graft_done(&sum->graft);
	free(sum->slots);
	free(sum->hashes);
	free(sum->values);
	free(sum->labels);
	free(sum->key);
	memset(sum, 0, sizeof(*sum));
}

int64_t cpa_sum_scale(int64_t value, double ratio)
{
	double scaled;

	if (ratio == 1)
		return value;
	scaled = round((double)value * ratio);
	if (scaled >= 0x1p63)
		return INT64_MAX;
	return scaled >= -0x1p63 ? (int64_t)scaled : INT64_MIN;
}

int64_t cpa_sum_value(const struct cpa_sum_part *part, size_t sample, size_t type)
{
	int64_t value =
		cpa_sum_scale(cpa_profile_value(part->profile, sample, part->columns[type].type),
			part->columns[type].ratio);

	if (part->factors != NULL)
		value = cpa_sum_scale(value, part->factors[type]);
	return part->is_negative ? (int64_t)(0 - (uint64_t)value) : value;
}

/* Texts first, then numbers, each by key; those of one key stay as they came. */
static int compare_labels(const void *left, const void *right, void *context)
{
	const struct cpa_sum_label *l = left, *r = right;
	const struct cpa_profile *profile = context;
	int order = (l->label.str == 0) - (r->label.str == 0);

	if (order == 0 && l->label.key != r->label.key)
		order = strcmp(cpa_profile_string(profile, l->label.key),
			cpa_profile_string(profile, r->label.key));
	return order != 0 ? order : (l->rank > r->rank) - (l->rank < r->rank);
}

static void add_label(struct cpa_sum *sum, const struct cpa_profile_label *label)
{
	sum->labels = cpa_memory_room(
		sum->labels, &sum->label_capacity, sum->label_count + 1, sizeof(*sum->labels));
	sum->labels[sum->label_count].label = *label;
	sum->labels[sum->label_count].rank = (uint32_t)sum->label_count;
	sum->label_count++;
}

/* The labels of a sample in one order, so that equal sets are equal. */
static void collect_labels(struct cpa_sum *sum, const struct cpa_sum_part *part,
	const struct cpa_profile_sample *sample)
{
	struct cpa_graft *graft = &sum->graft;
	uint32_t base_key = part->is_marked ? cpa_graft_text(graft, CPA_MERGE_BASE_KEY) : 0, i;

	sum->label_count = 0;
	for (i = 0; i < sample->label_count; i++) {
		struct cpa_profile_label label =
			part->profile->labels.items[sample->label_begin + i];

		/* A number 0 without unit says nothing: as the format writes no label at all. */
		if (label.str == 0 && label.num == 0 && label.unit == 0)
			continue;
		label.key = cpa_graft_string(graft, label.key);
		label.str = cpa_graft_string(graft, label.str);
		label.unit = label.str != 0 ? 0 : cpa_graft_string(graft, label.unit);
		label.num = label.str != 0 ? 0 : label.num;
		if (!part->is_marked || label.key != base_key || label.str == 0)
			add_label(sum, &label);
	}
	if (part->is_marked)
		add_label(sum, &(struct cpa_profile_label){
				       .key = base_key, .str = cpa_graft_text(graft, "true")});
	if (sum->label_count > 1)
		qsort_r(sum->labels, sum->label_count, sizeof(*sum->labels), compare_labels,
			sum->to);
}

/* Not the bytes of the struct: what is between its members may be anything. */
static void label_words(const struct cpa_profile_label *label, uint32_t to[LABEL_WORDS])
{
	to[0] = label->key;
	to[1] = label->str;
	to[2] = label->unit;
	to[3] = (uint32_t)(uint64_t)label->num;
	to[4] = (uint32_t)((uint64_t)label->num >> 32);
}

/* The key of a sample: its frames, then its labels. Its length in words. */
static size_t make_key(struct cpa_sum *sum, const struct cpa_sum_part *part,
	const struct cpa_profile_sample *sample)
{
	size_t words, i;
	uint32_t *to;

	collect_labels(sum, part, sample);
	words = 1 + sample->loc_count + sum->label_count * LABEL_WORDS;
	sum->key = cpa_memory_room(sum->key, &sum->key_capacity, words, sizeof(*sum->key));
	sum->key[0] = sample->loc_count;
	for (i = 0; i < sample->loc_count; i++)
		sum->key[1 + i] = cpa_graft_location(
			&sum->graft, part->profile->locs.items[sample->loc_begin + i]);
	to = sum->key + 1 + sample->loc_count;
	for (i = 0; i < sum->label_count; i++, to += LABEL_WORDS)
		label_words(&sum->labels[i].label, to);
	return words;
}

/* Half of the slots stay free, so a search ends soon. */
static void make_room(struct cpa_sum *sum)
{
	size_t count = sum->to->samples.count, i;

	sum->hashes =
		cpa_memory_room(sum->hashes, &sum->hash_capacity, count + 1, sizeof(*sum->hashes));
	if (count * 2 < sum->slot_count)
		return;
	free(sum->slots);
	sum->slot_count = sum->slot_count > 0 ? sum->slot_count * 2 : 1024;
	sum->slots = cpa_memory_new(sum->slot_count, sizeof(*sum->slots));
	for (i = 0; i < count; i++) {
		size_t slot = sum->hashes[i] & (sum->slot_count - 1);

		while (sum->slots[slot] != 0)
			slot = (slot + 1) & (sum->slot_count - 1);
		sum->slots[slot] = (uint32_t)i + 1;
	}
}

static bool is_label(const struct cpa_profile_label *left, const struct cpa_profile_label *right)
{
	return left->key == right->key && left->str == right->str && left->unit == right->unit &&
	       left->num == right->num;
}

/* Is the sample at hand, frames in key and labels in labels, this one? */
static bool is_sample(const struct cpa_sum *sum, const struct cpa_profile_sample *sample)
{
	const struct cpa_profile *to = sum->to;
	uint32_t i;

	if (sample->loc_count != sum->key[0] || sample->label_count != sum->label_count)
		return false;
	if (sample->loc_count > 0 && memcmp(to->locs.items + sample->loc_begin, sum->key + 1,
					     sample->loc_count * sizeof(*sum->key)) != 0)
		return false;
	for (i = 0; i < sample->label_count; i++)
		if (!is_label(&to->labels.items[sample->label_begin + i], &sum->labels[i].label))
			return false;
	return true;
}

/*
 * Where the sample at hand is in slots, or belongs. Looked up in the sum itself: stacks are most of
 * a profile, and a second copy of each as a key would be as large.
 */
static uint32_t *find_slot(struct cpa_sum *sum, uint32_t hash)
{
	size_t slot;

	make_room(sum);
	for (slot = hash & (sum->slot_count - 1); sum->slots[slot] != 0;
		slot = (slot + 1) & (sum->slot_count - 1)) {
		uint32_t number = sum->slots[slot] - 1;

		if (sum->hashes[number] == hash && is_sample(sum, &sum->to->samples.items[number]))
			break;
	}
	return &sum->slots[slot];
}

/* The key's sample as a new one of the sum, its values yet 0. */
static int append_sample(struct cpa_sum *sum, struct cpa_error *error)
{
	struct cpa_profile *to = sum->to;
	uint32_t loc_count = sum->key[0];
	struct cpa_profile_sample *sample;
	size_t i;

	if (to->locs.count + loc_count > UINT32_MAX ||
		to->labels.count + sum->label_count > UINT32_MAX)
		return cpa_error_set(error, "too many frames or labels in all");
	sample = CPA_PROFILE_ADD(&to->samples);
	sample->loc_begin = (uint32_t)to->locs.count;
	sample->loc_count = loc_count;
	sample->label_begin = (uint32_t)to->labels.count;
	sample->label_count = (uint32_t)sum->label_count;
	to->locs.items = cpa_memory_room(to->locs.items, &to->locs.capacity,
		to->locs.count + loc_count, sizeof(*to->locs.items));
	if (loc_count > 0)
		memcpy(to->locs.items + to->locs.count, sum->key + 1,
			loc_count * sizeof(*to->locs.items));
	to->locs.count += loc_count;
	for (i = 0; i < sum->label_count; i++)
		*CPA_PROFILE_ADD(&to->labels) = sum->labels[i].label;
	for (i = 0; i < to->types.count; i++)
		*CPA_PROFILE_ADD(&to->values) = 0;
	return 0;
}

int cpa_sum_add(
	struct cpa_sum *sum, const struct cpa_sum_part *part, size_t index, struct cpa_error *error)
{
	struct cpa_profile *to = sum->to;
	size_t type_count = to->types.count, type, words;
	bool is_zero = true;
	int64_t *values;
	uint32_t hash, *slot;

	for (type = 0; type < type_count; type++) {
		sum->values[type] = cpa_sum_value(part, index, type);
		is_zero = is_zero && sum->values[type] == 0;
	}
	if (is_zero)
		return 0;
	words = make_key(sum, part, &part->profile->samples.items[index]);
	hash = (uint32_t)cpa_intern_hash(sum->key, words * sizeof(*sum->key));
	slot = find_slot(sum, hash);
	if (*slot == 0) {
		if (append_sample(sum, error) != 0)
			return -EINVAL;
		*slot = (uint32_t)to->samples.count;
		sum->hashes[*slot - 1] = hash;
	}
	values = to->values.items + (*slot - 1) * type_count;
	is_zero = true;
	for (type = 0; type < type_count; type++) {
		/* Sums wrap as Go's do; no real profile comes near. */
		values[type] = (int64_t)((uint64_t)values[type] + (uint64_t)sum->values[type]);
		is_zero = is_zero && values[type] == 0;
	}
	sum->has_zeros = sum->has_zeros || is_zero;
	return 0;
}
