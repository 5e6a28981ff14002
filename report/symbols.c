/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of functions from a file's symbol tables. */
#include "report/symbols.h"

#include <string.h>

#include "report/fd.h"

#define CHUNK_SYMBOLS 4096u

/* .symtab, then .dynsym, which has fewer. */
static const uint32_t table_types[] = {SHT_SYMTAB, SHT_DYNSYM};

#define TABLES CPA_ARRAY_LEN(table_types)

struct symbol {
	uint64_t start;
	uint64_t limit;       /* 0: no symbol */
	uint32_t name_offset; /* in strings[table] */
	uint16_t rank;        /* more is better */
	uint16_t table;
};

/* What begins at a wanted address, or between it and the wanted address before it. */
struct slot {
	uint64_t sized_start;  /* last symbol with a size */
	struct symbol unsized; /* last one without: it reaches to the next, or its section's end */
};

struct cpa_symbols {
	struct cpa_elf *elf;
	const uint64_t *addresses; /* [count], ascending */
	const uint64_t *starts;    /* [count], 0: not known */
	size_t count;
	struct symbol *found; /* [count] */
	struct slot *slots;   /* [count], of this pass */
	uint64_t budget;      /* comparisons left in this pass */
	uint16_t table;       /* of this pass */
	ElfW(Shdr) strings[TABLES];
	char names[2][CPA_ELF_NAME_MAX];
};

static const char *name_of(struct cpa_symbols *symbols, const struct symbol *symbol, int buffer)
{
	cpa_elf_copy_name(symbols->elf, &symbols->strings[symbol->table], symbol->name_offset,
		symbols->names[buffer]);
	return symbols->names[buffer];
}

/* Functions before bare labels; what other files may call before what only this one may; strong
 * before weak. */
static uint16_t rank_of(const ElfW(Sym) * entry)
{
	unsigned int type = ELF64_ST_TYPE(entry->st_info);
	unsigned int bind = ELF64_ST_BIND(entry->st_info);

	return (uint16_t)((type == STT_NOTYPE ? 0 : 4) + (bind == STB_LOCAL ? 0 : 2) +
			  (bind == STB_WEAK ? 0 : 1));
}

/* Of two names for one function the plainer: read beats __read, though it is the weak alias. */
static bool is_better(
	struct cpa_symbols *symbols, const struct symbol *one, const struct symbol *other)
{
	const char *name, *other_name;
	size_t dashes, other_dashes, name_bytes, other_bytes;

	if (!other->limit || one->start != other->start)
		return !other->limit || one->start > other->start;
	if (one->rank / 2 != other->rank / 2)
		return one->rank > other->rank;
	name = name_of(symbols, one, 0);
	other_name = name_of(symbols, other, 1);
	if (!*name || !*other_name)
		return *name;
	dashes = strspn(name, "_");
	other_dashes = strspn(other_name, "_");
	if (dashes != other_dashes)
		return dashes < other_dashes;
	if (one->rank != other->rank)
		return one->rank > other->rank;
	name_bytes = strlen(name);
	other_bytes = strlen(other_name);
	return name_bytes != other_bytes ? name_bytes < other_bytes : strcmp(name, other_name) < 0;
}

/* The first wanted address that is not below value. */
static size_t find_first(const struct cpa_symbols *symbols, uint64_t value)
{
	size_t low = 0, high = symbols->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (symbols->addresses[middle] < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* $x, $d and .L mark places in the code, they name no function. */
static bool is_mark(struct cpa_symbols *symbols, const struct symbol *symbol)
{
	const char *name = name_of(symbols, symbol, 0);

	return !*name || *name == '$' || !strncmp(name, ".L", 2);
}

static void offer_sized(struct cpa_symbols *symbols, size_t first, const struct symbol *symbol)
{
	if (symbol->start > symbols->slots[first].sized_start)
		symbols->slots[first].sized_start = symbol->start;
	for (size_t i = first; i < symbols->count && symbols->addresses[i] < symbol->limit; i++) {
		if (!symbols->budget)
			return;
		symbols->budget--;
		if (is_better(symbols, symbol, &symbols->found[i]))
			symbols->found[i] = *symbol;
	}
}

static void offer(struct cpa_symbols *symbols, const ElfW(Sym) * entry)
{
	unsigned int type = ELF64_ST_TYPE(entry->st_info);
	struct symbol symbol = {
		.start = entry->st_value,
		.name_offset = entry->st_name,
		.rank = rank_of(entry),
		.table = symbols->table,
	};
	size_t first;

	if ((type != STT_FUNC && type != STT_GNU_IFUNC && type != STT_NOTYPE) ||
		entry->st_shndx == SHN_UNDEF || !entry->st_name ||
		symbol.start < symbols->elf->start || symbol.start >= symbols->elf->limit)
		return;
	first = find_first(symbols, symbol.start);
	if (first == symbols->count || !symbols->budget ||
		(type == STT_NOTYPE && is_mark(symbols, &symbol)))
		return;
	if (entry->st_size) {
		symbol.limit = entry->st_size < symbols->elf->limit - symbol.start
				       ? symbol.start + entry->st_size
				       : symbols->elf->limit;
		offer_sized(symbols, first, &symbol);
	} else if (entry->st_shndx < symbols->elf->section_count) {
		const ElfW(Shdr) *section = &symbols->elf->sections[entry->st_shndx];

		if (symbol.start - section->sh_addr >= section->sh_size)
			return;
		symbol.limit = section->sh_addr + section->sh_size;
		symbols->budget--;
		if (is_better(symbols, &symbol, &symbols->slots[first].unsized))
			symbols->slots[first].unsized = symbol;
	}
}

/* Where no sized symbol covers an address, the last one without a size before it does, unless a
 * sized one, or a function without any name, begins between. */
static void fill_unsized(struct cpa_symbols *symbols)
{
	struct symbol last = {0};
	uint64_t sized_start = 0;

	for (size_t i = 0; i < symbols->count; i++) {
		const struct slot *slot = &symbols->slots[i];

		if (slot->unsized.limit)
			last = slot->unsized;
		if (slot->sized_start > sized_start)
			sized_start = slot->sized_start;
		if (!symbols->found[i].limit && last.limit > symbols->addresses[i] &&
			last.start >= sized_start && last.start >= symbols->starts[i])
			symbols->found[i] = last;
	}
}

static void run_pass(struct cpa_symbols *symbols, const ElfW(Shdr) * section)
{
	struct cpa_elf *elf = symbols->elf;
	ElfW(Sym) *chunk = cpa_arena_alloc(elf->arena, CHUNK_SYMBOLS * sizeof(*chunk));
	uint64_t left = section->sh_size / sizeof(*chunk);
	uint64_t offset = section->sh_offset;

	symbols->slots = cpa_arena_alloc(elf->arena, symbols->count * sizeof(*symbols->slots));
	if (!chunk || !symbols->slots || section->sh_link >= elf->section_count)
		return;
	symbols->strings[symbols->table] = elf->sections[section->sh_link];
	/* Functions hardly ever overlap: in a good file a name or two for each address. */
	symbols->budget = (uint64_t)symbols->count * 64 + 1000000;
	while (left && offset <= INT64_MAX) {
		uint64_t want = left < CHUNK_SYMBOLS ? left : CHUNK_SYMBOLS;
		long got_bytes = cpa_fd_read_at(elf->fd, chunk, want * sizeof(*chunk), offset);
		uint64_t got = got_bytes > 0 ? (uint64_t)got_bytes / sizeof(*chunk) : 0;

		for (uint64_t i = 0; i < got; i++)
			offer(symbols, &chunk[i]);
		if (got < want)
			break; /* the file ends here */
		offset += got * sizeof(*chunk);
		left -= got;
	}
	fill_unsized(symbols);
}

static bool is_complete(const struct cpa_symbols *symbols)
{
	for (size_t i = 0; i < symbols->count; i++)
		if (!symbols->found[i].limit)
			return false;
	return true;
}

/* One table of each type, as the format says. */
static void run_table(struct cpa_symbols *symbols, uint16_t table)
{
	const struct cpa_elf *elf = symbols->elf;

	symbols->table = table;
	for (uint32_t i = 0; i < elf->section_count; i++) {
		if (elf->sections[i].sh_type == table_types[table] &&
			elf->sections[i].sh_entsize == sizeof(ElfW(Sym))) {
			run_pass(symbols, &elf->sections[i]);
			return;
		}
	}
}

struct cpa_symbols *cpa_symbols_find(
	struct cpa_elf *elf, const uint64_t *addresses, const uint64_t *starts, size_t count)
{
	struct cpa_symbols *symbols = cpa_arena_alloc(elf->arena, sizeof(*symbols));

	if (!symbols)
		return NULL;
	symbols->elf = elf;
	symbols->addresses = addresses;
	symbols->starts = starts;
	symbols->count = count;
	symbols->found = cpa_arena_alloc(elf->arena, count * sizeof(*symbols->found));
	if (!symbols->found)
		return NULL;
	for (uint16_t table = 0; table < TABLES && !is_complete(symbols); table++)
		run_table(symbols, table);
	return symbols;
}

bool cpa_symbols_start(const struct cpa_symbols *symbols, size_t index, uint64_t *ret_start)
{
	*ret_start = symbols->found[index].start;
	return symbols->found[index].limit != 0;
}

const char *cpa_symbols_name(struct cpa_symbols *symbols, size_t index)
{
	return symbols->found[index].limit ? name_of(symbols, &symbols->found[index], 0) : "";
}
