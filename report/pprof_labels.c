/* SPDX-License-Identifier: BSD-2-Clause */
/* The labels of a pprof sample. */
#include "report/pprof_labels.h"

#include "report/utf8.h"

#define THREAD_LABELS 3u

/* The index of the first string of a set's labels, each set's written once. 0 without memory. */
static int64_t put_set_strings(
	struct cpa_pprof_labels *labels, uint32_t set, const char *text, uint32_t count)
{
	int64_t first = 0;

	if (!labels->set_strings)
		labels->set_strings = cpa_arena_alloc(
			labels->arena, (CPA_LABELS_SETS_MAX + 1) * sizeof(*labels->set_strings));
	if (!labels->set_strings || labels->set_strings[set])
		return labels->set_strings ? labels->set_strings[set] : 0;
	for (uint32_t i = 0; i < 2 * count; i++) {
		int64_t index = cpa_pprof_out_string(labels->out, text);

		first = first ? first : index;
		text = cpa_labels_next(text);
	}
	labels->set_strings[set] = first;
	return first;
}

/* How many labels the set has; -1 without memory. */
static int collect_set(
	struct cpa_pprof_labels *labels, uint32_t set, Perftools__Profiles__Label *ret_labels)
{
	const char *text;
	uint32_t count = cpa_labels_get(set, &text);
	int64_t first = count ? put_set_strings(labels, set, text, count) : 0;

	if (count && !first)
		return -1;
	for (uint32_t i = 0; i < count; i++) {
		perftools__profiles__label__init(&ret_labels[i]);
		ret_labels[i].key = first + 2 * i;
		ret_labels[i].str = first + 2 * i + 1;
	}
	return (int)count;
}

/* Of the thread that the row is of. Returns how many. */
static size_t collect_thread(struct cpa_pprof_labels *labels, const struct cpa_pprof_row *row,
	Perftools__Profiles__Label ret_labels[THREAD_LABELS])
{
	if (!row->tid)
		return 0;
	for (uint32_t i = 0; i < THREAD_LABELS; i++)
		perftools__profiles__label__init(&ret_labels[i]);
	if (!labels->thread_key) {
		labels->tid_key = cpa_pprof_out_string(labels->out, "tid");
		labels->thread_key = cpa_pprof_out_string(labels->out, "thread");
		labels->state_key = cpa_pprof_out_string(labels->out, "state");
	}
	ret_labels[0].key = labels->tid_key;
	ret_labels[0].num = row->tid;
	ret_labels[1].key = labels->state_key;
	ret_labels[1].str = cpa_pprof_out_string(labels->out, row->thread_state);
	if (!*row->thread_name)
		return 2;
	cpa_utf8_clean(row->thread_name, labels->clean_name, sizeof(labels->clean_name));
	ret_labels[2].key = labels->thread_key;
	ret_labels[2].str = cpa_pprof_out_string(labels->out, labels->clean_name);
	return THREAD_LABELS;
}

int cpa_pprof_labels_collect(struct cpa_pprof_labels *labels, const struct cpa_pprof_row *row,
	Perftools__Profiles__Label ret_labels[CPA_PPROF_LABELS_MAX])
{
	int count = collect_set(labels, row->label_set, ret_labels);

	return count < 0 ? count : count + (int)collect_thread(labels, row, ret_labels + count);
}
