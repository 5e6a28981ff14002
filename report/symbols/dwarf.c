/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Functions, lines and inlined frames from the DWARF of one file.
 * Not here: the functions of one unit (inlines.c), its lines (lines.c).
 */
#include "report/symbols/dwarf.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>
#include <string.h>

#include "report/symbols/inlines.h"
#include "report/symbols/lines.h"

/* What a unit may have of the wanted addresses: vaddrs[first .. first + count). */
struct claim {
	size_t unit;
	size_t first, count;
};

struct unit {
	Dwarf_Die lined; /* the unit, or the skeleton of a split one */
	Dwarf_Die die;   /* with the functions */
};

struct search {
	struct cpa_answers *answers;
	const uint64_t *vaddrs;
	size_t count;
	const struct cpa_dwarf_options *options;
	struct cpa_paths paths;
	struct cpa_inlines inlines;
	struct unit *units;
	size_t unit_count, unit_capacity;
	struct claim *claims; /* in order of units */
	size_t claim_count, claim_capacity;
	bool *is_answered; /* [count] */
	size_t answered_count, lined_count;
	bool is_split_missing;
};

static size_t lower_bound(const struct search *search, uint64_t vaddr)
{
	size_t low = 0, high = search->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (search->vaddrs[middle] < vaddr)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void add_claim(struct search *search, size_t unit, uint64_t start, uint64_t end)
{
	size_t first = lower_bound(search, start), last = lower_bound(search, end);

	if (last <= first)
		return;
	search->claims = cpa_memory_grow(search->claims, &search->claim_capacity,
		search->claim_count + 1, sizeof(*search->claims));
	search->claims[search->claim_count++] =
		(struct claim){.unit = unit, .first = first, .count = last - first};
}

/*
 * The ranges of a unit's code. What the linker threw away begins at 0, which no code does; and a
 * hostile file may repeat a range without end.
 */
static void claim_ranges(struct search *search, const struct unit *unit)
{
	size_t number = search->unit_count, before = search->claim_count;
	Dwarf_Addr base, start, end;
	ptrdiff_t offset = 0;
	Dwarf_Die lined = unit->lined;

	while ((offset = dwarf_ranges(&lined, offset, &base, &start, &end)) > 0)
		if (start != 0 && search->claim_count - before < search->count * 4 + 64)
			add_claim(search, number, start, end);
	if (search->claim_count == before)
		return;
	search->units = cpa_memory_grow(search->units, &search->unit_capacity,
		search->unit_count + 1, sizeof(*search->units));
	search->units[search->unit_count++] = *unit;
}

static void find_units(struct search *search, Dwarf *dwarf)
{
	Dwarf_CU *cu = NULL;
	struct unit unit;
	Dwarf_Die split;
	uint8_t type;

	while (dwarf_get_units(dwarf, cu, &cu, NULL, &type, &unit.lined, &split) == 0) {
		unit.die = unit.lined;
		if (type == DW_UT_skeleton) {
			size_t before = search->unit_count;

			if (dwarf_tag(&split) == DW_TAG_compile_unit)
				unit.die = split;
			claim_ranges(search, &unit);
			search->is_split_missing |=
				search->unit_count > before && unit.die.addr == unit.lined.addr;
		} else if (type == DW_UT_compile) {
			claim_ranges(search, &unit);
		}
	}
}

static bool is_mangled(const char *name)
{
	return name != NULL && name[0] == '_' && (name[1] == 'Z' || name[1] == 'R');
}

/*
 * The frames of one address. A C++ function whose linkage name DWARF leaves out is called by its
 * last part only: the symbol table knows more.
 */
static bool answer(struct search *search, const struct cpa_lines *lines, size_t i, uint32_t chain)
{
	struct cpa_answers *to = search->answers;
	const char *symbol_name = search->options->symbol_names[i];
	uint32_t file = 0, line = 0;
	bool has_line = cpa_lines_find(lines, search->vaddrs[i], &file, &line);

	if (chain == 0 && !has_line)
		return false;
	cpa_answers_begin(to, search->vaddrs[i]);
	search->is_answered[i] = true;
	search->answered_count++;
	search->lined_count += line > 0;
	if (chain == 0)
		cpa_answers_add(to,
			cpa_answers_function(to,
				cpa_answers_text(to, symbol_name != NULL ? symbol_name : ""), file,
				0),
			line);
	while (chain != 0) {
		const struct cpa_inlines_step *step = &search->inlines.steps[chain];
		const struct cpa_inlines_function *function =
			&search->inlines.functions[step->function];
		uint32_t name = function->name;

		if (step->next == 0 && ((!function->has_linkage_name && is_mangled(symbol_name)) ||
					       (name == 0 && symbol_name != NULL)))
			name = cpa_answers_text(to, symbol_name);
		cpa_answers_add(to,
			cpa_answers_function(
				to, name, file != 0 ? file : function->file, function->start_line),
			line);
		file = function->call_file;
		line = function->call_line;
		chain = step->next;
	}
	return true;
}

static int compare_numbers(const void *left, const void *right)
{
	const size_t *l = left, *r = right;

	return (*l > *r) - (*l < *r);
}

/* All claims of one unit: claims[first .. last). */
static void search_unit(struct search *search, size_t first, size_t last)
{
	struct unit *unit = &search->units[search->claims[first].unit];
	size_t wanted_count = 0, claim, i, *wanted;
	uint64_t *vaddrs;
	struct cpa_lines lines;
	Dwarf_Attribute directory;

	for (claim = first; claim < last; claim++)
		wanted_count += search->claims[claim].count;
	wanted = cpa_memory_new(wanted_count, sizeof(*wanted));
	vaddrs = cpa_memory_new(wanted_count, sizeof(*vaddrs));
	wanted_count = 0;
	for (claim = first; claim < last; claim++)
		for (i = 0; i < search->claims[claim].count; i++)
			if (!search->is_answered[search->claims[claim].first + i])
				wanted[wanted_count++] = search->claims[claim].first + i;
	qsort(wanted, wanted_count, sizeof(*wanted), compare_numbers);
	for (i = 0; i < wanted_count; i++)
		vaddrs[i] = search->vaddrs[wanted[i]];
	if (wanted_count > 0) {
		search->paths.directory =
			dwarf_formstring(dwarf_attr(&unit->lined, DW_AT_comp_dir, &directory));
		cpa_inlines_find(&search->inlines, &unit->die, &unit->lined, vaddrs, wanted_count);
		cpa_lines_init(&lines, &unit->lined, &search->paths);
	}
	for (i = 0; i < wanted_count; i++)
		if (!search->is_answered[wanted[i]])
			(void)answer(search, &lines, wanted[i], search->inlines.chains[i]);
	free(wanted);
	free(vaddrs);
}

/* What DWARF has nothing of. */
static void answer_rest(struct search *search)
{
	size_t i;

	for (i = 0; i < search->count; i++) {
		const char *name = search->options->symbol_names[i];

		if (search->is_answered[i])
			continue;
		cpa_answers_begin(search->answers, search->vaddrs[i]);
		if (name != NULL && name[0] != '\0')
			cpa_answers_add(search->answers,
				cpa_answers_function(search->answers,
					cpa_answers_text(search->answers, name), 0, 0),
				0);
	}
}

bool cpa_dwarf_find(struct cpa_answers *answers, const struct cpa_elffile *file,
	const uint64_t *vaddrs, size_t count, const struct cpa_dwarf_options *options,
	size_t *ret_lined_count)
{
	struct search search = {.answers = answers,
		.vaddrs = vaddrs,
		.count = count,
		.options = options,
		.paths = {.answers = answers}};
	Dwarf *dwarf = file->has_dwarf ? dwarf_begin_elf(file->elf, DWARF_C_READ, NULL) : NULL;
	size_t first, last;

	search.is_answered = cpa_memory_new(count, sizeof(*search.is_answered));
	cpa_inlines_init(&search.inlines, answers, &search.paths);
	if (dwarf != NULL)
		find_units(&search, dwarf);
	for (first = 0; first < search.claim_count; first = last) {
		last = first + 1;
		while (last < search.claim_count &&
			search.claims[last].unit == search.claims[first].unit)
			last++;
		search_unit(&search, first, last);
		if (options->progress != NULL)
			options->progress(options->progress_context, last, search.claim_count);
	}
	answer_rest(&search);
	cpa_inlines_done(&search.inlines);
	cpa_paths_done(&search.paths);
	free(search.units);
	free(search.claims);
	free(search.is_answered);
	if (dwarf != NULL)
		dwarf_end(dwarf);
	*ret_lined_count = search.lined_count;
	return !search.is_split_missing;
}
