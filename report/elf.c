/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of functions from a file's symbol tables. */
#include "report/elf.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "report/fd.h"

#define SEGMENTS_MAX    4096u
#define SECTIONS_MAX    (1u << 20)
#define NOTES_MAX_BYTES ((size_t)64 * 1024)
#define CHUNK_SYMBOLS   4096u
#define NAME_MAX_BYTES                                                                             \
	((size_t)16 * 1024) /* the longest mangled names met in practice have about 4 KiB */
#define BLOCK_BYTES ((size_t)16 * 1024)
#define BLOCKS      64u
#define TABLES      2u

/* A part of a string table that was read: names lie close together, so few reads give many names.
 */
struct block {
	uint64_t file_offset;
	size_t size_bytes; /* 0: empty */
	char bytes[BLOCK_BYTES];
};

struct cpa_elf {
	struct cpa_arena *arena;
	int fd;
	uint64_t start; /* the file's own addresses of the code segment: [start, limit) */
	uint64_t limit;
	ElfW(Ehdr) header;
	ElfW(Shdr) * sections; /* [section_count] */
	uint32_t section_count;
	ElfW(Shdr) strings[TABLES];
	struct block *blocks; /* [BLOCKS], by file offset */
	char name[2][NAME_MAX_BYTES];
};

/* What is known at one wanted address from symbols that begin at it or between it and the wanted
 * address before. */
struct slot {
	uint64_t sized_start;          /* last symbol with a size */
	struct cpa_elf_symbol unsized; /* last one without: reaches to the next symbol or the end of
					  its section */
};

/* One pass of a symbol table over the wanted addresses. */
struct pass {
	const uint64_t *addresses;
	size_t count;
	struct cpa_elf_symbol *symbols; /* [count], the result */
	struct slot *slots;             /* [count] */
	uint64_t budget; /* comparisons left: overlapping symbols of a bad file must not take for
			    ever */
	uint32_t table;
};

uint32_t cpa_elf_build_id(
	const void *notes, size_t size_bytes, size_t align_bytes, uint8_t *ret_build_id)
{
	const unsigned char *at = notes;
	size_t mask = align_bytes == 8 ? 7 : 3;

	while (size_bytes >= sizeof(ElfW(Nhdr))) {
		ElfW(Nhdr) note;
		size_t name_bytes, desc_bytes;

		memcpy(&note, at, sizeof(note));
		at += sizeof(note);
		size_bytes -= sizeof(note);
		name_bytes = ((size_t)note.n_namesz + mask) & ~mask;
		desc_bytes = ((size_t)note.n_descsz + mask) & ~mask;
		if (name_bytes > size_bytes || note.n_descsz > size_bytes - name_bytes)
			return 0;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && !memcmp(at, "GNU", 4)) {
			if (note.n_descsz > CPA_MAPS_BUILD_ID_MAX)
				return 0;
			memcpy(ret_build_id, at + name_bytes, note.n_descsz);
			return note.n_descsz;
		}
		if (desc_bytes > size_bytes - name_bytes)
			return 0;
		at += name_bytes + desc_bytes;
		size_bytes -= name_bytes + desc_bytes;
	}
	return 0;
}

static bool read_exactly(const struct cpa_elf *elf, void *bytes, size_t size_bytes, uint64_t offset)
{
	return offset <= INT64_MAX - size_bytes &&
	       cpa_fd_read_at(elf->fd, bytes, size_bytes, offset) == (long)size_bytes;
}

/* Does the file have the segment and the build id that were loaded? */
static bool is_module(struct cpa_elf *elf, const struct cpa_maps_module *module)
{
	uint32_t count = elf->header.e_phnum;
	ElfW(Phdr) *segments = cpa_arena_alloc(elf->arena, count * sizeof(*segments));
	uint8_t *notes = cpa_arena_alloc(elf->arena, NOTES_MAX_BYTES);
	uint8_t build_id[CPA_MAPS_BUILD_ID_MAX];
	uint32_t build_id_bytes = 0;
	bool has_segment = false;

	if (!segments || !notes ||
		!read_exactly(elf, segments, count * sizeof(*segments), elf->header.e_phoff))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		const ElfW(Phdr) *segment = &segments[i];

		if (segment->p_type == PT_LOAD &&
			segment->p_vaddr == module->start - module->bias &&
			segment->p_memsz == module->limit - module->start &&
			segment->p_offset == module->file_offset)
			has_segment = true;
		if (segment->p_type == PT_NOTE && !build_id_bytes &&
			segment->p_filesz <= NOTES_MAX_BYTES &&
			read_exactly(elf, notes, segment->p_filesz, segment->p_offset))
			build_id_bytes = cpa_elf_build_id(
				notes, segment->p_filesz, segment->p_align, build_id);
	}
	return has_segment && build_id_bytes == module->build_id_bytes &&
	       !memcmp(build_id, module->build_id, build_id_bytes);
}

static bool read_header(struct cpa_elf *elf)
{
	const ElfW(Ehdr) *header = &elf->header;

	return read_exactly(elf, &elf->header, sizeof(elf->header), 0) &&
	       !memcmp(header->e_ident, ELFMAG, SELFMAG) &&
	       header->e_ident[EI_CLASS] == (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32) &&
	       header->e_phentsize == sizeof(ElfW(Phdr)) && header->e_phnum <= SEGMENTS_MAX;
}

/* A file without section headers is one without names, not a failure. */
static void read_sections(struct cpa_elf *elf)
{
	const ElfW(Ehdr) *header = &elf->header;
	uint64_t count = header->e_shnum;
	ElfW(Shdr) first;

	if (!header->e_shoff || header->e_shentsize != sizeof(ElfW(Shdr)) ||
		!read_exactly(elf, &first, sizeof(first), header->e_shoff))
		return;
	if (!count)
		count = first.sh_size; /* more than fit e_shnum */
	if (!count || count > SECTIONS_MAX)
		return;
	elf->sections = cpa_arena_alloc(elf->arena, count * sizeof(*elf->sections));
	if (elf->sections &&
		read_exactly(elf, elf->sections, count * sizeof(*elf->sections), header->e_shoff))
		elf->section_count = (uint32_t)count;
}

struct cpa_elf *cpa_elf_open(
	struct cpa_arena *arena, const char *path, const struct cpa_maps_module *module)
{
	struct cpa_elf *elf = cpa_arena_alloc(arena, sizeof(*elf));
	struct stat status;

	if (!elf)
		return NULL;
	elf->arena = arena;
	elf->start = module->start - module->bias;
	elf->limit = module->limit - module->bias;
	elf->fd = cpa_fd_open_read(path);
	if (elf->fd < 0)
		return NULL;
	elf->blocks = cpa_arena_alloc(arena, BLOCKS * sizeof(*elf->blocks));
	if (!elf->blocks || fstat(elf->fd, &status) < 0 || !S_ISREG(status.st_mode) ||
		!read_header(elf) || !is_module(elf, module)) {
		cpa_elf_close(elf);
		return NULL;
	}
	read_sections(elf);
	return elf;
}

void cpa_elf_close(struct cpa_elf *elf)
{
	if (elf)
		cpa_fd_close(elf->fd);
}

static const struct block *block_at(struct cpa_elf *elf, uint64_t file_offset)
{
	struct block *block = &elf->blocks[file_offset / BLOCK_BYTES % BLOCKS];
	long got_bytes;

	file_offset -= file_offset % BLOCK_BYTES;
	if (block->size_bytes && block->file_offset == file_offset)
		return block;
	got_bytes = cpa_fd_read_at(elf->fd, block->bytes, BLOCK_BYTES, file_offset);
	block->size_bytes = got_bytes > 0 ? (size_t)got_bytes : 0;
	block->file_offset = file_offset;
	return block;
}

/* Copy a name, cut at '@', which begins a version. "" when it is not in the table or too long to be
 * one. */
static const char *read_name(struct cpa_elf *elf, const struct cpa_elf_symbol *symbol, char *name)
{
	const ElfW(Shdr) *strings = &elf->strings[symbol->table];
	size_t used_bytes = 0;

	for (uint64_t offset = symbol->name_offset;
		offset < strings->sh_size && used_bytes < NAME_MAX_BYTES;) {
		uint64_t file_offset = strings->sh_offset + offset;
		const struct block *block = block_at(elf, file_offset);
		size_t at = file_offset % BLOCK_BYTES;

		if (at >= block->size_bytes)
			break;
		for (; at < block->size_bytes && used_bytes < NAME_MAX_BYTES; at++, offset++) {
			char letter = block->bytes[at];

			if (!letter || (letter == '@' && used_bytes)) {
				name[used_bytes] = '\0';
				return name;
			}
			name[used_bytes++] = letter;
		}
	}
	name[0] = '\0';
	return name;
}

const char *cpa_elf_name(struct cpa_elf *elf, const struct cpa_elf_symbol *symbol)
{
	return read_name(elf, symbol, elf->name[0]);
}

/* Code before marks without a type; what others may call before the file's own; strong before weak.
 */
static uint32_t rank_of(const ElfW(Sym) * symbol)
{
	unsigned int type = ELF64_ST_TYPE(symbol->st_info);
	unsigned int bind = ELF64_ST_BIND(symbol->st_info);

	return (type == STT_NOTYPE ? 0 : 4) + (bind == STB_LOCAL ? 0 : 2) +
	       (bind == STB_WEAK ? 0 : 1);
}

/* Of two names for one function: the plainer one. read beats __read, though read is the weak alias.
 */
static bool is_better(
	struct cpa_elf *elf, const struct cpa_elf_symbol *one, const struct cpa_elf_symbol *other)
{
	const char *name, *other_name;
	size_t dashes, other_dashes, name_bytes, other_bytes;

	if (!other->limit || one->start != other->start)
		return !other->limit || one->start > other->start;
	if (one->rank / 2 != other->rank / 2)
		return one->rank > other->rank;
	name = read_name(elf, one, elf->name[0]);
	other_name = read_name(elf, other, elf->name[1]);
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
static size_t find_first(const struct pass *pass, uint64_t value)
{
	size_t low = 0, high = pass->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (pass->addresses[middle] < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* $x, $d and .L mark places in the code, they name no function. */
static bool is_mark(struct cpa_elf *elf, const struct cpa_elf_symbol *symbol)
{
	const char *name = read_name(elf, symbol, elf->name[0]);

	return !*name || *name == '$' || !strncmp(name, ".L", 2);
}

static void offer_sized(
	struct cpa_elf *elf, struct pass *pass, size_t first, const struct cpa_elf_symbol *symbol)
{
	if (symbol->start > pass->slots[first].sized_start)
		pass->slots[first].sized_start = symbol->start;
	for (size_t i = first; i < pass->count && pass->addresses[i] < symbol->limit; i++) {
		if (!pass->budget)
			return;
		pass->budget--;
		if (is_better(elf, symbol, &pass->symbols[i]))
			pass->symbols[i] = *symbol;
	}
}

static void offer(struct cpa_elf *elf, struct pass *pass, const ElfW(Sym) * entry)
{
	unsigned int type = ELF64_ST_TYPE(entry->st_info);
	struct cpa_elf_symbol symbol = {
		.start = entry->st_value,
		.name_offset = entry->st_name,
		.rank = rank_of(entry),
		.table = pass->table,
	};
	size_t first;

	if ((type != STT_FUNC && type != STT_GNU_IFUNC && type != STT_NOTYPE) ||
		entry->st_shndx == SHN_UNDEF || !entry->st_name || symbol.start < elf->start ||
		symbol.start >= elf->limit)
		return;
	first = find_first(pass, symbol.start);
	if (first == pass->count || !pass->budget || (type == STT_NOTYPE && is_mark(elf, &symbol)))
		return;
	if (entry->st_size) {
		symbol.limit = entry->st_size < elf->limit - symbol.start
				       ? symbol.start + entry->st_size
				       : elf->limit;
		offer_sized(elf, pass, first, &symbol);
	} else if (entry->st_shndx < elf->section_count) {
		const ElfW(Shdr) *section = &elf->sections[entry->st_shndx];

		if (symbol.start - section->sh_addr >= section->sh_size)
			return;
		symbol.limit = section->sh_addr + section->sh_size;
		pass->budget--;
		if (is_better(elf, &symbol, &pass->slots[first].unsized))
			pass->slots[first].unsized = symbol;
	}
}

/* Where no sized symbol covers an address, the last one without a size before it does, unless a
 * sized one ended between. */
static void fill_unsized(struct pass *pass)
{
	struct cpa_elf_symbol last = {0};
	uint64_t sized_start = 0;

	for (size_t i = 0; i < pass->count; i++) {
		const struct slot *slot = &pass->slots[i];

		if (slot->unsized.limit)
			last = slot->unsized;
		if (slot->sized_start > sized_start)
			sized_start = slot->sized_start;
		if (!pass->symbols[i].limit && last.limit > pass->addresses[i] &&
			last.start >= sized_start)
			pass->symbols[i] = last;
	}
}

static void run_pass(struct cpa_elf *elf, struct pass *pass, const ElfW(Shdr) * section)
{
	ElfW(Sym) *chunk = cpa_arena_alloc(elf->arena, CHUNK_SYMBOLS * sizeof(*chunk));
	uint64_t left = section->sh_size / sizeof(*chunk);
	uint64_t offset = section->sh_offset;

	if (!chunk || section->sh_link >= elf->section_count)
		return;
	elf->strings[pass->table] = elf->sections[section->sh_link];
	while (left && offset <= INT64_MAX) {
		uint64_t want = left < CHUNK_SYMBOLS ? left : CHUNK_SYMBOLS;
		long got_bytes = cpa_fd_read_at(elf->fd, chunk, want * sizeof(*chunk), offset);
		uint64_t got = got_bytes > 0 ? (uint64_t)got_bytes / sizeof(*chunk) : 0;

		for (uint64_t i = 0; i < got; i++)
			offer(elf, pass, &chunk[i]);
		if (got < want)
			break; /* the file ends here */
		offset += got * sizeof(*chunk);
		left -= got;
	}
	fill_unsized(pass);
}

void cpa_elf_lookup(struct cpa_elf *elf, const uint64_t *addresses, size_t count,
	struct cpa_elf_symbol *ret_symbols)
{
	static const uint32_t kinds[TABLES] = {SHT_SYMTAB, SHT_DYNSYM};
	struct pass pass = {.addresses = addresses, .count = count, .symbols = ret_symbols};
	bool complete = false;

	memset(ret_symbols, 0, count * sizeof(*ret_symbols));
	for (uint32_t table = 0; table < TABLES && !complete; table++) {
		/* One table of each kind, as the format says. */
		for (uint32_t i = 0; i < elf->section_count; i++) {
			if (elf->sections[i].sh_type != kinds[table] ||
				elf->sections[i].sh_entsize != sizeof(ElfW(Sym)))
				continue;
			pass.slots = cpa_arena_alloc(elf->arena, count * sizeof(*pass.slots));
			pass.budget = (uint64_t)count * 64 + 1000000;
			pass.table = table;
			if (pass.slots)
				run_pass(elf, &pass, &elf->sections[i]);
			break;
		}
		complete = true;
		for (size_t i = 0; i < count && complete; i++)
			complete = ret_symbols[i].limit != 0;
	}
}
