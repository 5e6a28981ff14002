/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Functions, lines and inlined frames from the DWARF of one file: the units are shared out to
 * threads, and their answers put together in the order of the units, as one thread would have them.
 * Not here: which units there are (units.c), what they know (share.c).
 */
#include "report/symbols/dwarf.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "report/symbols/parallel.h"
#include "report/symbols/share.h"

/* Opening a file once more is not worth it for fewer addresses. */
#define PART_ADDRESSES 1000

struct search {
	const struct cpa_dwarf_options *options;
	struct cpa_units units;
	struct cpa_share shares[CPA_PARALLEL_MAX];
	size_t ends[CPA_PARALLEL_MAX]; /* of the claims of each share */
	size_t part_count;
	atomic_size_t done_count; /* claims */
};

/* The claims behind the first one's that are of its unit too. */
static size_t end_of_unit(const struct cpa_units *units, size_t first)
{
	size_t last = first + 1;

	while (last < units->claim_count && units->claims[last].unit == units->claims[first].unit)
		last++;
	return last;
}

/* Only the calling thread draws the progress of all. */
static void search_part(void *context, size_t part)
{
	struct search *search = context;
	const struct cpa_dwarf_options *options = search->options;
	size_t first = part > 0 ? search->ends[part - 1] : 0, last, done;

	for (; first < search->ends[part]; first = last) {
		last = end_of_unit(&search->units, first);
		cpa_share_search(&search->shares[part], &search->units.claims[first], last - first);
		done = atomic_fetch_add(&search->done_count, last - first) + last - first;
		if (part == 0 && options->progress != NULL)
			options->progress(
				options->progress_context, done, search->units.claim_count);
	}
}

/*
 * Where in .debug_info a unit begins tells how much there is to read before it: all parts get
 * about the same to read.
 */
static void share_out(struct search *search)
{
	const struct cpa_units *units = &search->units;
	size_t part, at = 0;
	Dwarf_Off begin = 0, all = 0;

	if (units->claim_count > 0) {
		begin = units->claims[0].die_offset;
		all = units->claims[units->claim_count - 1].die_offset - begin;
		/* The last unit's size is not known: that of the average. */
		all += all / units->unit_count;
	}
	for (part = 0; part < search->part_count; part++) {
		while (at < units->claim_count &&
			(part + 1 == search->part_count ||
				units->claims[at].die_offset - begin <
					all / search->part_count * (part + 1)))
			at = end_of_unit(units, at);
		search->ends[part] = at;
	}
}

/* What DWARF has nothing of. */
static void answer_rest(struct cpa_answers *answers, const struct search *search,
	const uint64_t *vaddrs, size_t count)
{
	size_t i, part;

	for (i = 0; i < count; i++) {
		const char *name = search->options->symbol_names[i];
		bool is_answered = false;

		for (part = 0; part < search->part_count; part++)
			is_answered |= search->shares[part].is_answered[i];
		if (is_answered)
			continue;
		cpa_answers_begin(answers, vaddrs[i]);
		if (name != NULL && name[0] != '\0')
			cpa_answers_add(answers,
				cpa_answers_function(
					answers, cpa_answers_text(answers, name), 0, 0),
				0);
	}
}

/* Each thread has a handle of its own; the sections are in memory once. */
static void open_parts(
	struct search *search, const struct cpa_elffile *file, const uint64_t *vaddrs, size_t count)
{
	size_t wanted_count = cpa_parallel_parts(count, PART_ADDRESSES), part;

	for (part = 0; part < wanted_count; part++) {
		Dwarf *dwarf =
			file->has_dwarf ? dwarf_begin_elf(file->elf, DWARF_C_READ, NULL) : NULL;

		if (dwarf == NULL && part > 0)
			break;
		cpa_share_init(
			&search->shares[part], dwarf, vaddrs, search->options->symbol_names, count);
		search->part_count++;
		if (part == 0 && dwarf != NULL) {
			cpa_units_find(&search->units, dwarf, vaddrs, count);
			if (wanted_count > search->units.unit_count)
				wanted_count = search->units.unit_count;
		}
	}
	share_out(search);
}

bool cpa_dwarf_find(struct cpa_answers *answers, const struct cpa_elffile *file,
	const uint64_t *vaddrs, size_t count, const struct cpa_dwarf_options *options,
	size_t *ret_lined_count)
{
	struct search search = {.options = options};
	bool is_split_missing = false;
	size_t part;

	*ret_lined_count = 0;
	open_parts(&search, file, vaddrs, count);
	cpa_parallel_run(search.part_count, search_part, &search);
	if (options->progress != NULL && search.units.claim_count > 0)
		options->progress(options->progress_context, search.units.claim_count,
			search.units.claim_count);
	for (part = 0; part < search.part_count; part++) {
		cpa_answers_append(answers, &search.shares[part].answers);
		*ret_lined_count += search.shares[part].lined_count;
		is_split_missing |= search.shares[part].is_split_missing;
	}
	answer_rest(answers, &search, vaddrs, count);
	for (part = 0; part < search.part_count; part++) {
		Dwarf *dwarf = search.shares[part].dwarf;

		cpa_share_done(&search.shares[part]);
		if (dwarf != NULL)
			dwarf_end(dwarf);
	}
	cpa_units_done(&search.units);
	return !is_split_missing;
}
