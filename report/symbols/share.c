/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What some compilation units know of the addresses they claim.
 * Not here: which units those are (units.c), the functions of one unit (inlines.c), its lines
 * (lines.c).
 */
#include "report/symbols/share.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "report/symbols/lines.h"

void cpa_share_init(struct cpa_share *ret_share, Dwarf *dwarf, const uint64_t *vaddrs,
	const char *const *symbol_names, size_t count)
{
	*ret_share =
		(struct cpa_share){.dwarf = dwarf, .vaddrs = vaddrs, .symbol_names = symbol_names};
	cpa_answers_init(&ret_share->answers);
	ret_share->is_answered = cpa_memory_new(count, sizeof(*ret_share->is_answered));
	ret_share->paths.answers = &ret_share->answers;
	cpa_inlines_init(&ret_share->inlines, &ret_share->answers, &ret_share->paths);
}

void cpa_share_done(struct cpa_share *share)
{
	cpa_inlines_done(&share->inlines);
	cpa_paths_done(&share->paths);
	cpa_answers_done(&share->answers);
	free(share->is_answered);
	memset(share, 0, sizeof(*share));
}

static bool is_mangled(const char *name)
{
	return name != NULL && name[0] == '_' && (name[1] == 'Z' || name[1] == 'R');
}

/*
 * The frames of one address. A C++ function whose linkage name DWARF leaves out is called by its
 * last part only: the symbol table knows more.
 */
static bool answer(struct cpa_share *share, const struct cpa_lines *lines, size_t i, uint32_t chain)
{
	struct cpa_answers *to = &share->answers;
	const char *symbol_name = share->symbol_names[i];
	uint32_t file = 0, line = 0;
	bool has_line = cpa_lines_find(lines, share->vaddrs[i], &file, &line);

	if (chain == 0 && !has_line)
		return false;
	cpa_answers_begin(to, share->vaddrs[i]);
	share->is_answered[i] = true;
	share->lined_count += line > 0;
	if (chain == 0)
		cpa_answers_add(to,
			cpa_answers_function(to,
				cpa_answers_text(to, symbol_name != NULL ? symbol_name : ""), file,
				0),
			line);
	while (chain != 0) {
		const struct cpa_inlines_step *step = &share->inlines.steps[chain];
		const struct cpa_inlines_function *function =
			&share->inlines.functions[step->function];
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

/* The unit with the line table and the one with the functions: others only for split DWARF. */
static bool open_unit(
	struct cpa_share *share, Dwarf_Off die_offset, Dwarf_Die *ret_lined, Dwarf_Die *ret_unit)
{
	Dwarf_Die split;
	uint8_t type;

	if (dwarf_offdie(share->dwarf, die_offset, ret_lined) == NULL ||
		dwarf_cu_info(ret_lined->cu, NULL, &type, NULL, &split, NULL, NULL, NULL) != 0)
		return false;
	*ret_unit = *ret_lined;
	if (type != DW_UT_skeleton)
		return true;
	if (dwarf_tag(&split) == DW_TAG_compile_unit)
		*ret_unit = split;
	else
		share->is_split_missing = true;
	return true;
}

/* The addresses of the claims that are not answered yet: numbers and values, both ascending. */
static size_t collect(const struct cpa_share *share, const struct cpa_units_claim *claims,
	size_t claim_count, size_t **ret_wanted, uint64_t **ret_vaddrs)
{
	size_t count = 0, claim, i;

	for (claim = 0; claim < claim_count; claim++)
		count += claims[claim].count;
	*ret_wanted = cpa_memory_new(count, sizeof(**ret_wanted));
	*ret_vaddrs = cpa_memory_new(count, sizeof(**ret_vaddrs));
	count = 0;
	for (claim = 0; claim < claim_count; claim++)
		for (i = 0; i < claims[claim].count; i++)
			if (!share->is_answered[claims[claim].first + i])
				(*ret_wanted)[count++] = claims[claim].first + i;
	qsort(*ret_wanted, count, sizeof(**ret_wanted), compare_numbers);
	for (i = 0; i < count; i++)
		(*ret_vaddrs)[i] = share->vaddrs[(*ret_wanted)[i]];
	return count;
}

void cpa_share_search(
	struct cpa_share *share, const struct cpa_units_claim *claims, size_t claim_count)
{
	size_t *wanted, count, i;
	uint64_t *vaddrs;
	Dwarf_Die lined, unit;
	struct cpa_lines lines;
	Dwarf_Attribute directory;

	if (!open_unit(share, claims[0].die_offset, &lined, &unit))
		return;
	count = collect(share, claims, claim_count, &wanted, &vaddrs);
	if (count > 0) {
		share->paths.directory =
			dwarf_formstring(dwarf_attr(&lined, DW_AT_comp_dir, &directory));
		cpa_inlines_find(&share->inlines, &unit, &lined, vaddrs, count);
		cpa_lines_init(&lines, &lined, &share->paths);
	}
	for (i = 0; i < count; i++)
		if (!share->is_answered[wanted[i]])
			(void)answer(share, &lines, wanted[i], share->inlines.chains[i]);
	free(wanted);
	free(vaddrs);
}
