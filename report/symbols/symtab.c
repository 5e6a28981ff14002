/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of functions from the symbol tables of an ELF file. All symbols stream past the wanted
 * addresses: nothing is sorted, however large the table is.
 * Not here: DWARF (dwarf.c).
 */
#include "report/symbols/symtab.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>

/* The best symbol for an address so far. */
struct best {
	uint64_t vaddr, limit;
	uint64_t size_bytes;
	size_t name; /* in the string table */
	int rank;
	bool found;
};

struct search {
	const uint64_t *vaddrs;
	size_t count;
	struct best *sized; /* [count] symbols that hold the address */
	/* [count] The nearest symbol between this address and the one before. */
	struct best *below;
	uint64_t budget; /* in a hostile file all symbols may hold all addresses */
};

/* The first wanted address that is not below vaddr. */
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

/* Of several names of one function: a global one is the one people use, a weak one an alias. */
static int rank_symbol(const GElf_Sym *symbol)
{
	switch (GELF_ST_BIND(symbol->st_info)) {
	case STB_GLOBAL:
		return 3;
	case STB_WEAK:
		return 2;
	default:
		return 1;
	}
}

/* The nearest beginning wins, then the smaller symbol, then the better name. */
static bool is_better(const struct best *one, const struct best *other)
{
	if (!other->found)
		return true;
	if (one->vaddr != other->vaddr)
		return one->vaddr > other->vaddr;
	if (one->size_bytes != other->size_bytes)
		return one->size_bytes < other->size_bytes;
	return one->rank > other->rank;
}

static void offer(struct search *search, const struct best *best)
{
	size_t i = lower_bound(search, best->vaddr);

	if (i < search->count && is_better(best, &search->below[i]))
		search->below[i] = *best;
	if (best->size_bytes == 0)
		return;
	for (; i < search->count && search->vaddrs[i] < best->limit && search->budget > 0; i++) {
		search->budget--;
		if (is_better(best, &search->sized[i]))
			search->sized[i] = *best;
	}
}

/*
 * Functions only; of symbols without a type, as assembly has, those in code. A symbol without a
 * size reaches to the end of its section at most.
 */
static bool read_symbol(Elf *elf, const GElf_Sym *symbol, struct best *ret_best)
{
	int type = GELF_ST_TYPE(symbol->st_info);
	bool is_function = type == STT_FUNC || type == STT_GNU_IFUNC;
	GElf_Shdr header = {.sh_flags = 0};
	Elf_Scn *section;

	if (symbol->st_shndx == SHN_UNDEF || symbol->st_name == 0 ||
		(!is_function && type != STT_NOTYPE))
		return false;
	if (!is_function || symbol->st_size == 0) {
		section =
			symbol->st_shndx < SHN_LORESERVE ? elf_getscn(elf, symbol->st_shndx) : NULL;
		if (section == NULL || gelf_getshdr(section, &header) == NULL ||
			(header.sh_flags & SHF_EXECINSTR) == 0)
			return false;
	}
	*ret_best = (struct best){.vaddr = symbol->st_value,
		.limit = symbol->st_size != 0 ? symbol->st_value + symbol->st_size
					      : header.sh_addr + header.sh_size,
		.size_bytes = symbol->st_size,
		.name = symbol->st_name,
		.rank = rank_symbol(symbol),
		.found = true};
	return ret_best->limit > ret_best->vaddr;
}

static void offer_all(struct search *search, Elf *elf, Elf_Data *data, size_t symbol_count)
{
	/* libelf takes a lock for each symbol; our own kind needs no conversion. */
	bool is_native = gelf_getclass(elf) == ELFCLASS64;
	struct best best;
	GElf_Sym symbol;
	size_t i;

	for (i = 0; i < symbol_count; i++) {
		if (is_native)
			memcpy(&symbol, (const char *)data->d_buf + i * sizeof(symbol),
				sizeof(symbol));
		else if (gelf_getsym(data, (int)i, &symbol) == NULL)
			return;
		if (read_symbol(elf, &symbol, &best))
			offer(search, &best);
	}
}

/* The symbol for each address: one that holds it, else the nearest one, if that has no size. */
static void settle(const struct search *search, Elf *elf, size_t strings, const char **ret_names)
{
	struct best nearest = {.found = false};
	size_t i;

	for (i = 0; i < search->count; i++) {
		const struct best *best = &search->sized[i];

		if (search->below[i].found)
			nearest = search->below[i];
		if (!best->found && nearest.size_bytes == 0 && search->vaddrs[i] < nearest.limit)
			best = &nearest;
		if (best->found && ret_names[i] == NULL)
			ret_names[i] = elf_strptr(elf, strings, best->name);
	}
}

/* The section of this type, its symbols and the number of its string table. */
static Elf_Data *find_table(Elf *elf, GElf_Word type, size_t *ret_symbol_count, size_t *ret_strings)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(elf, section)) != NULL) {
		Elf_Data *data;

		if (gelf_getshdr(section, &header) == NULL || header.sh_type != type ||
			header.sh_entsize != gelf_fsize(elf, ELF_T_SYM, 1, EV_CURRENT))
			continue;
		data = elf_getdata(section, NULL);
		if (data == NULL || data->d_size / header.sh_entsize > INT32_MAX)
			continue;
		*ret_symbol_count = data->d_size / header.sh_entsize;
		*ret_strings = header.sh_link;
		return data;
	}
	return NULL;
}

void cpa_symtab_find(const struct cpa_elffile *file, const uint64_t *vaddrs, size_t count,
	const char **ret_names)
{
	static const GElf_Word types[] = {SHT_SYMTAB, SHT_DYNSYM};
	size_t type;

	memset(ret_names, 0, count * sizeof(*ret_names));
	for (type = 0; type < CPA_ARRAY_LEN(types) && count > 0; type++) {
		struct search search = {.vaddrs = vaddrs, .count = count};
		size_t symbol_count, strings;
		Elf_Data *data = find_table(file->elf, types[type], &symbol_count, &strings);

		if (data == NULL)
			continue;
		search.sized = cpa_memory_new(count, sizeof(*search.sized));
		search.below = cpa_memory_new(count, sizeof(*search.below));
		search.budget = 64 * ((uint64_t)symbol_count + count);
		offer_all(&search, file->elf, data, symbol_count);
		settle(&search, file->elf, strings, ret_names);
		free(search.sized);
		free(search.below);
	}
}
