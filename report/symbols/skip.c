/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Past the DIEs that hold no code.
 * Not here: the DIEs that do hold code (inlines.c).
 */
#include "report/symbols/skip.h"

#include <dwarf.h>
#include <string.h>

#define NATIVE_DATA (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB)

/* In cpa_skip_kind.forms, above all sizes. */
enum {
	NUMBER = 200, /* LEB128 */
	TEXT,         /* with its NUL */
	SIZED,        /* a LEB128 and as many bytes */
	SIZED_1,      /* a byte and as many bytes */
	SIBLING,      /* four bytes: where the next one begins, from the beginning of the unit */
	UNKNOWN,
};

void cpa_skip_begin(struct cpa_skip *skip, Dwarf_Die *unit,
	bool (*is_wanted)(const void *context, int tag), const void *context)
{
	Dwarf *dwarf = dwarf_cu_getdwarf(unit->cu);
	Dwarf_Off offset = dwarf_dieoffset(unit) - dwarf_cuoffset(unit), next;
	const char *ident = elf_getident(dwarf_getelf(dwarf), NULL);
	size_t head_bytes;

	memset(skip, 0, sizeof(*skip));
	skip->is_wanted = is_wanted;
	skip->context = context;
	/* Numbers are read as this machine has them. */
	if (ident == NULL || ident[EI_DATA] != NATIVE_DATA)
		return;
	if (dwarf_next_unit(dwarf, offset, &next, &head_bytes, NULL, NULL, &skip->address_bytes,
		    &skip->offset_bytes, NULL, NULL) != 0)
		return;
	skip->unit = (const unsigned char *)unit->addr - dwarf_cuoffset(unit);
	skip->end = skip->unit + (next - offset);
}

static uint8_t form_bytes(const struct cpa_skip *skip, unsigned int form)
{
	switch (form) {
	case DW_FORM_flag_present:
	case DW_FORM_implicit_const:
		return 0;
	case DW_FORM_data1:
	case DW_FORM_ref1:
	case DW_FORM_flag:
	case DW_FORM_strx1:
	case DW_FORM_addrx1:
		return 1;
	case DW_FORM_data2:
	case DW_FORM_ref2:
		return 2;
	case DW_FORM_data4:
	case DW_FORM_ref4:
		return 4;
	case DW_FORM_data8:
	case DW_FORM_ref8:
	case DW_FORM_ref_sig8:
		return 8;
	case DW_FORM_data16:
		return 16;
	case DW_FORM_addr:
		return skip->address_bytes;
	case DW_FORM_strp:
	case DW_FORM_line_strp:
	case DW_FORM_sec_offset:
	case DW_FORM_GNU_strp_alt:
		return skip->offset_bytes;
	case DW_FORM_udata:
	case DW_FORM_sdata:
	case DW_FORM_strx:
	case DW_FORM_addrx:
	case DW_FORM_loclistx:
		return NUMBER;
	case DW_FORM_string:
		return TEXT;
	case DW_FORM_exprloc:
	case DW_FORM_block:
		return SIZED;
	case DW_FORM_block1:
		return SIZED_1;
	default:
		return UNKNOWN;
	}
}

/* die is the first of its kind. */
static void learn(const struct cpa_skip *skip, struct cpa_skip_kind *kind, Dwarf_Die *die)
{
	int tag = dwarf_tag(die);
	unsigned int name, form;
	size_t count, i;

	kind->is_known = true;
	kind->is_wanted = tag == DW_TAG_invalid || skip->is_wanted(skip->context, tag);
	if (tag == DW_TAG_invalid || dwarf_getattrcnt(die->abbrev, &count) != 0 ||
		count > CPA_SKIP_FORMS)
		return;
	kind->has_children = dwarf_haschildren(die) != 0;
	for (i = 0; i < count; i++) {
		if (dwarf_getabbrevattr(die->abbrev, i, &name, &form, NULL) != 0)
			return;
		kind->forms[kind->form_count] = form_bytes(skip, form);
		if (kind->forms[kind->form_count] == UNKNOWN)
			return;
		kind->form_count++;
		if (kind->has_children && name == DW_AT_sibling && form == DW_FORM_ref4) {
			kind->forms[kind->form_count - 1] = SIBLING;
			break;
		}
	}
	kind->is_passable = !kind->has_children || i < count;
}

/* A LEB128; false when it does not end where it should. */
static bool take_number(const unsigned char **at, const unsigned char *end, uint64_t *ret_value)
{
	unsigned int shift;

	*ret_value = 0;
	for (shift = 0; shift < 63 && *at < end; shift += 7) {
		unsigned char byte = *(*at)++;

		*ret_value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return true;
	}
	return false;
}

/* Behind a DIE, whose attributes begin at at; NULL when it does not end within the unit. */
static const unsigned char *behind(
	const struct cpa_skip *skip, const struct cpa_skip_kind *kind, const unsigned char *at)
{
	uint64_t size_bytes;
	const void *found;
	uint32_t sibling;
	uint8_t i;

	for (i = 0; i < kind->form_count; i++) {
		size_bytes = kind->forms[i];
		if (size_bytes == NUMBER || size_bytes == SIZED) {
			if (!take_number(&at, skip->end, &size_bytes))
				return NULL;
			if (kind->forms[i] == NUMBER)
				size_bytes = 0;
		} else if (size_bytes == SIZED_1) {
			size_bytes = at < skip->end ? (uint64_t)*at + 1 : 1;
		} else if (size_bytes == TEXT) {
			found = memchr(at, '\0', (size_t)(skip->end - at));
			if (found == NULL)
				return NULL;
			size_bytes = (size_t)((const unsigned char *)found - at) + 1;
		} else if (size_bytes == SIBLING) {
			if (skip->end - at < 4)
				return NULL;
			memcpy(&sibling, at, sizeof(sibling));
			return sibling <= skip->end - skip->unit && skip->unit + sibling > at
				       ? skip->unit + sibling
				       : NULL;
		}
		if (size_bytes > (uint64_t)(skip->end - at))
			return NULL;
		at += size_bytes;
	}
	return at;
}

/* The kind of a DIE; NULL when libdw has to tell, or when there is none: then *ret_is_end. */
static struct cpa_skip_kind *kind_of(struct cpa_skip *skip, Dwarf_Die *die,
	const unsigned char **ret_attributes, bool *ret_is_end)
{
	const unsigned char *at = die->addr;
	struct cpa_skip_kind *kind;
	uint64_t code;

	*ret_is_end = false;
	if (skip->end == NULL)
		return NULL;
	*ret_is_end = at >= skip->end || !take_number(&at, skip->end, &code) || code == 0;
	if (*ret_is_end || code >= CPA_SKIP_KINDS)
		return NULL;
	kind = &skip->kinds[code];
	if (!kind->is_known)
		learn(skip, kind, die);
	*ret_attributes = at;
	return kind;
}

/* True when die is the one behind it now. */
static bool pass(const struct cpa_skip *skip, const struct cpa_skip_kind *kind,
	const unsigned char *attributes, Dwarf_Die *die)
{
	const unsigned char *at = kind->is_passable ? behind(skip, kind, attributes) : NULL;

	if (at == NULL)
		return false;
	die->addr = (void *)(uintptr_t)at;
	die->abbrev = NULL;
	return true;
}

bool cpa_skip_to_wanted(struct cpa_skip *skip, Dwarf_Die *die)
{
	struct cpa_skip_kind *kind;
	const unsigned char *attributes;
	bool is_end;

	do {
		kind = kind_of(skip, die, &attributes, &is_end);
		if (kind == NULL)
			return !is_end;
	} while (!kind->is_wanted && pass(skip, kind, attributes, die));
	return true;
}

bool cpa_skip_to_next(struct cpa_skip *skip, Dwarf_Die *die)
{
	const unsigned char *attributes;
	bool is_end;
	const struct cpa_skip_kind *kind = kind_of(skip, die, &attributes, &is_end);

	if (kind == NULL || !pass(skip, kind, attributes, die))
		return dwarf_siblingof(die, die) == 0 && cpa_skip_to_wanted(skip, die);
	return cpa_skip_to_wanted(skip, die);
}
