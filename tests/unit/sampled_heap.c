/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A heap with a known truth, sampled by the law, as a profile in memory.
 * Not here: profiles as bytes of a file (profile_maker.c).
 */
#include "tests/unit/sampled_heap.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/sizeclass.h"

static uint64_t state = 88172645463325252u;

void heap_seed(uint64_t seed)
{
	int i;

	state = seed * UINT64_C(0x9e3779b97f4a7c15) + 88172645463325252u;
	for (i = 0; i < 8; i++)
		(void)heap_uniform();
}

double heap_uniform(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (double)(state >> 11) / 9007199254740992.;
}

double heap_between(double low, double high)
{
	return low * exp(heap_uniform() * log(high / low));
}

uint64_t heap_binomial(uint64_t objects, double p)
{
	uint64_t found = 0;
	double at = 0;

	if (p > 0.5)
		return objects - heap_binomial(objects, 1 - p);
	if (!(p > 0))
		return 0;
	/* From success to success. */
	for (;;) {
		at += floor(log1p(-heap_uniform()) / log1p(-p)) + 1;
		if (at > (double)objects)
			return found;
		found++;
	}
}

static uint32_t add_string(struct cpa_profile *profile, const char *text)
{
	size_t length_bytes = strlen(text) + 1, i;

	*CPA_PROFILE_ADD(&profile->strings) = profile->text.count;
	for (i = 0; i < length_bytes; i++)
		*CPA_PROFILE_ADD(&profile->text) = text[i];
	return (uint32_t)profile->strings.count - 1;
}

/* String 0 is "", 1 the key of the label. */
void heap_begin(struct heap *heap, double rate_bytes)
{
	static const char *const names[][2] = {{"alloc_objects", "count"}, {"alloc_space", "bytes"},
		{"inuse_objects", "count"}, {"inuse_space", "bytes"}};
	struct cpa_profile *profile = &heap->profile;
	size_t i;

	memset(heap, 0, sizeof(*heap));
	heap->rate_bytes = rate_bytes;
	profile->path = cpa_memory_text("heap", 4);
	add_string(profile, "");
	add_string(profile, "bytes");
	for (i = 0; i < 4; i++) {
		struct cpa_profile_type *type = CPA_PROFILE_ADD(&profile->types);

		type->type = add_string(profile, names[i][0]);
		type->unit = add_string(profile, names[i][1]);
	}
	profile->period_type.type = add_string(profile, "space");
	profile->period_type.unit = add_string(profile, "bytes");
	profile->period = (int64_t)rate_bytes;
}

double heap_p(const struct heap *heap, double size_bytes)
{
	return -expm1(-size_bytes / heap->rate_bytes);
}

void heap_add(struct heap *heap, uint64_t size_bytes, uint64_t ever, uint64_t alive)
{
	struct heap_row *row = &heap->rows[cpa_sizeclass_of(size_bytes)];
	double size = (double)size_bytes, p = heap_p(heap, size);

	row->alloc_objects += (double)ever / p;
	row->alloc_bytes += (double)ever / p * size;
	row->inuse_objects += (double)alive / p;
	row->inuse_bytes += (double)alive / p * size;
}

static uint32_t add_location(struct cpa_profile *profile, uint32_t number)
{
	char name[32];
	struct cpa_profile_function *function;
	struct cpa_profile_line *line;
	struct cpa_profile_location *location;

	snprintf(name, sizeof(name), "site_%u", number);
	function = CPA_PROFILE_ADD(&profile->functions);
	function->name = add_string(profile, name);
	function->display = cpa_memory_text(name, strlen(name));
	line = CPA_PROFILE_ADD(&profile->lines);
	line->function = (uint32_t)profile->functions.count - 1;
	line->line = 1;
	location = CPA_PROFILE_ADD(&profile->locations);
	location->mapping = CPA_PROFILE_NONE;
	location->line_begin = (uint32_t)profile->lines.count - 1;
	location->line_count = 1;
	return (uint32_t)profile->locations.count - 1;
}

static void add_row(struct cpa_profile *profile, uint32_t location, const struct heap_row *row)
{
	struct cpa_profile_sample *sample = CPA_PROFILE_ADD(&profile->samples);
	struct cpa_profile_label *label = CPA_PROFILE_ADD(&profile->labels);

	sample->loc_begin = (uint32_t)profile->locs.count;
	sample->loc_count = 1;
	*CPA_PROFILE_ADD(&profile->locs) = location;
	sample->label_begin = (uint32_t)profile->labels.count - 1;
	sample->label_count = 1;
	label->key = 1;
	label->num = llround(row->alloc_bytes / row->alloc_objects);
	*CPA_PROFILE_ADD(&profile->values) = llround(row->alloc_objects);
	*CPA_PROFILE_ADD(&profile->values) = llround(row->alloc_bytes);
	*CPA_PROFILE_ADD(&profile->values) = llround(row->inuse_objects);
	*CPA_PROFILE_ADD(&profile->values) = llround(row->inuse_bytes);
}

bool heap_end_site(struct heap *heap, uint32_t number)
{
	uint32_t location = CPA_PROFILE_NONE;
	size_t i;

	for (i = 0; i < CPA_ARRAY_LEN(heap->rows); i++) {
		if (!(heap->rows[i].alloc_objects > 0))
			continue;
		if (location == CPA_PROFILE_NONE)
			location = add_location(&heap->profile, number);
		add_row(&heap->profile, location, &heap->rows[i]);
	}
	memset(heap->rows, 0, sizeof(heap->rows));
	return location != CPA_PROFILE_NONE;
}
