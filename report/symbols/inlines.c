/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which functions, inlined ones included, hold each wanted address of one compilation unit: one
 * walk over its DIEs, in which each function looks for the wanted addresses in its ranges.
 * Not here: which units there are (dwarf.c), the lines (lines.c).
 */
#include "report/symbols/inlines.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

/* Compilers nest some dozens; a hostile file must not overflow our stack. */
/* Functions that may claim one address, on average: in a hostile file all claim all. */
#define BUDGET_PER_ADDRESS 2000
#define MAX_DEPTH          256
#define NONE               UINT32_MAX

void cpa_inlines_init(
	struct cpa_inlines *inlines, struct cpa_answers *answers, struct cpa_paths *paths)
{
	memset(inlines, 0, sizeof(*inlines));
	inlines->answers = answers;
	inlines->paths = paths;
}

void cpa_inlines_done(struct cpa_inlines *inlines)
{
	free(inlines->chains);
	free(inlines->owners);
	free(inlines->functions);
	free(inlines->steps);
	cpa_intern_done(&inlines->origins);
	free(inlines->origin_functions);
	memset(inlines, 0, sizeof(*inlines));
}

static const char *string_of(Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute attribute;

	return dwarf_attr_integrate(die, name, &attribute) != NULL ? dwarf_formstring(&attribute)
								   : NULL;
}

static uint32_t number_of(Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute attribute;
	Dwarf_Word value;

	return dwarf_attr(die, name, &attribute) != NULL &&
			       dwarf_formudata(&attribute, &value) == 0 && value <= INT32_MAX
		       ? (uint32_t)value
		       : 0;
}

static void read_names(
	struct cpa_inlines *inlines, Dwarf_Die *die, struct cpa_inlines_function *function)
{
	const char *linkage_name = string_of(die, DW_AT_linkage_name);
	const char *name = NULL;
	int line = 0;

	if (linkage_name == NULL)
		linkage_name = string_of(die, DW_AT_MIPS_linkage_name);
	function->has_linkage_name = linkage_name != NULL;
	/* A name that is not mangled is an alias, as glibc's __GI_setlocale for setlocale. */
	if (linkage_name == NULL || linkage_name[0] != '_' ||
		strchr("ZRD", linkage_name[1]) == NULL)
		name = string_of(die, DW_AT_name);
	if (name == NULL)
		name = linkage_name;
	function->name = cpa_answers_text(inlines->answers, name != NULL ? name : "");
	function->start_line = dwarf_decl_line(die, &line) == 0 && line > 0 ? (uint32_t)line : 0;
	function->file = cpa_paths_text(inlines->paths, dwarf_decl_file(die));
}

/* Inlined functions share their origin, which is read once. */
static void read_inlined(
	struct cpa_inlines *inlines, Dwarf_Die *die, struct cpa_inlines_function *function)
{
	Dwarf_Attribute attribute;
	Dwarf_Die origin;
	uint32_t number;
	bool is_new;

	if (dwarf_attr(die, DW_AT_abstract_origin, &attribute) == NULL ||
		dwarf_formref_die(&attribute, &origin) == NULL) {
		read_names(inlines, die, function);
		return;
	}
	number = cpa_intern_add(&inlines->origins, &origin.addr, sizeof(origin.addr), &is_new);
	if (is_new) {
		inlines->origin_functions =
			cpa_memory_grow(inlines->origin_functions, &inlines->origin_capacity,
				(size_t)number + 1, sizeof(*inlines->origin_functions));
		read_names(inlines, &origin, &inlines->origin_functions[number]);
	}
	*function = inlines->origin_functions[number];
}

static uint32_t add_function(struct cpa_inlines *inlines, Dwarf_Die *die, bool is_inlined)
{
	struct cpa_inlines_function function = {.name = 0};
	uint32_t call_file;

	if (is_inlined)
		read_inlined(inlines, die, &function);
	else
		read_names(inlines, die, &function);
	function.is_inlined = is_inlined;
	if (is_inlined) {
		call_file = number_of(die, DW_AT_call_file);
		function.call_line = number_of(die, DW_AT_call_line);
		if (call_file < inlines->file_count)
			function.call_file = cpa_paths_text(inlines->paths,
				dwarf_filesrc(inlines->files, call_file, NULL, NULL));
	}
	inlines->functions = cpa_memory_grow(inlines->functions, &inlines->function_capacity,
		inlines->function_count + 1, sizeof(*inlines->functions));
	inlines->functions[inlines->function_count] = function;
	return (uint32_t)inlines->function_count++;
}

/* The first wanted address that is not below vaddr. */
static size_t lower_bound(const struct cpa_inlines *inlines, uint64_t vaddr)
{
	size_t low = 0, high = inlines->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (inlines->vaddrs[middle] < vaddr)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * Put the function in front of the chains of all wanted addresses it holds. A function that was
 * not inlined begins a chain, and is its owner: of several that claim an address, as they do when
 * the linker folds equal ones, the first stays. Its number, or NONE when it holds no address.
 */
static uint32_t visit(struct cpa_inlines *inlines, Dwarf_Die *die, bool is_inlined, uint32_t owner)
{
	Dwarf_Addr base, start, end;
	ptrdiff_t offset = 0;
	uint32_t function = NONE;

	while ((offset = dwarf_ranges(die, offset, &base, &start, &end)) > 0) {
		size_t i = lower_bound(inlines, start);

		for (; i < inlines->count && inlines->vaddrs[i] < end; i++) {
			uint32_t *chain = &inlines->chains[i];

			if (inlines->budget == 0)
				return NONE;
			inlines->budget--;

			if (is_inlined ? inlines->owners[i] != owner : *chain != 0)
				continue;
			if (function == NONE)
				function = add_function(inlines, die, is_inlined);
			/* Ranges that overlap hold it twice. */
			if (*chain != 0 && inlines->steps[*chain].function == function)
				continue;
			if (!is_inlined)
				inlines->owners[i] = function;
			inlines->steps = cpa_memory_grow(inlines->steps, &inlines->step_capacity,
				inlines->step_count + 1, sizeof(*inlines->steps));
			inlines->steps[inlines->step_count] =
				(struct cpa_inlines_step){.function = function, .next = *chain};
			*chain = (uint32_t)inlines->step_count++;
		}
	}
	return function;
}

/*
 * C and C++ compilers put the code of member functions outside of the class, which has only their
 * declarations: most of a C++ unit. Others (rustc, for one) may not.
 */
static bool has_empty_types(Dwarf_Die *unit)
{
	switch (dwarf_srclang(unit)) {
	case DW_LANG_C:
	case DW_LANG_C89:
	case DW_LANG_C99:
	case DW_LANG_C11:
	case DW_LANG_C_plus_plus:
	case DW_LANG_C_plus_plus_03:
	case DW_LANG_C_plus_plus_11:
	case DW_LANG_C_plus_plus_14:
		return true;
	default:
		return false;
	}
}

/* What may hold functions with code somewhere below it. */
static bool holds_functions(const void *context, int tag)
{
	const struct cpa_inlines *inlines = context;

	switch (tag) {
	case DW_TAG_subprogram:
	case DW_TAG_inlined_subroutine:
	case DW_TAG_lexical_block:
	case DW_TAG_namespace:
	case DW_TAG_module:
	case DW_TAG_try_block:
	case DW_TAG_catch_block:
	case DW_TAG_with_stmt:
	case DW_TAG_common_block:
		return true;
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
	case DW_TAG_interface_type:
		return !inlines->has_empty_types;
	default:
		return false;
	}
}

/* owner: the function the DIE is in, when that holds a wanted address. */
static void walk(struct cpa_inlines *inlines, Dwarf_Die *parent, uint32_t owner, int depth)
{
	Dwarf_Die die;

	if (depth > MAX_DEPTH || dwarf_child(parent, &die) != 0 ||
		!cpa_skip_to_wanted(&inlines->skip, &die))
		return;
	do {
		int tag = dwarf_tag(&die);
		uint32_t inner_owner = owner;

		if (tag == DW_TAG_subprogram)
			inner_owner = visit(inlines, &die, false, NONE);
		else if (tag == DW_TAG_inlined_subroutine && owner != NONE &&
			 visit(inlines, &die, true, owner) == NONE)
			inner_owner = NONE;
		if (holds_functions(inlines, tag) && dwarf_haschildren(&die) == 1)
			walk(inlines, &die, inner_owner, depth + 1);
	} while (cpa_skip_to_next(&inlines->skip, &die));
}

void cpa_inlines_find(struct cpa_inlines *inlines, Dwarf_Die *unit, Dwarf_Die *lined,
	const uint64_t *vaddrs, size_t count)
{
	inlines->vaddrs = vaddrs;
	inlines->count = count;
	inlines->function_count = 0;
	inlines->step_count = 1;
	inlines->budget = BUDGET_PER_ADDRESS * (uint64_t)count;
	inlines->files = NULL;
	inlines->file_count = 0;
	if (dwarf_getsrcfiles(unit, &inlines->files, &inlines->file_count) != 0 &&
		dwarf_getsrcfiles(lined, &inlines->files, &inlines->file_count) != 0)
		inlines->file_count = 0;
	free(inlines->chains);
	free(inlines->owners);
	inlines->chains = cpa_memory_new(count, sizeof(*inlines->chains));
	inlines->owners = cpa_memory_new(count, sizeof(*inlines->owners));
	inlines->has_empty_types = has_empty_types(unit);
	cpa_skip_begin(&inlines->skip, unit, holds_functions, inlines);
	walk(inlines, unit, NONE, 0);
}
