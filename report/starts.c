/* SPDX-License-Identifier: BSD-2-Clause */
/* Where functions without a name begin, from .eh_frame_hdr and .eh_frame. */
#include "report/starts.h"

#include <string.h>

#include "report/fd.h"

#define CHUNK_ENTRIES 4096u
#define ENTRIES_MAX   (1u << 24)

/* The encodings (DW_EH_PE) that linkers write; a file with others has no starts. */
#define POINTER_SDATA4_PCREL 0x1b
#define COUNT_UDATA4         0x03
#define TABLE_SDATA4_DATAREL 0x3b

/* .eh_frame_hdr, followed by entries[count], ascending by address. */
struct header {
	uint8_t version;
	uint8_t pointer_encoding;
	uint8_t count_encoding;
	uint8_t table_encoding;
	int32_t frames;
	uint32_t count;
};

/* Both relative to the header's address. */
struct entry {
	int32_t function;
	int32_t description;
};

/* The begin of a function's description in .eh_frame. */
struct description {
	uint32_t length;
	int32_t common;
	int32_t function; /* relative to this field */
	uint32_t function_bytes;
};

struct table {
	const struct cpa_elf *elf;
	uint64_t address; /* of the header */
	uint64_t offset;  /* of its entries, in the file */
	uint32_t count;
};

static bool find_table(const struct cpa_elf *elf, struct table *ret_table)
{
	struct header header;

	for (uint32_t i = 0; i < elf->header.e_phnum; i++) {
		const ElfW(Phdr) *segment = &elf->segments[i];

		if (segment->p_type != PT_GNU_EH_FRAME)
			continue;
		*ret_table = (struct table){
			.elf = elf,
			.address = segment->p_vaddr,
			.offset = segment->p_offset + sizeof(header),
		};
		if (!cpa_elf_read(elf, &header, sizeof(header), segment->p_offset) ||
			header.version != 1 || header.pointer_encoding != POINTER_SDATA4_PCREL ||
			header.count_encoding != COUNT_UDATA4 ||
			header.table_encoding != TABLE_SDATA4_DATAREL)
			return false;
		ret_table->count = header.count < ENTRIES_MAX ? header.count : 0;
		return ret_table->count != 0;
	}
	return false;
}

/* The file's place of an address in a loaded segment; UINT64_MAX: none. */
static uint64_t offset_of(const struct cpa_elf *elf, uint64_t address)
{
	for (uint32_t i = 0; i < elf->header.e_phnum; i++) {
		const ElfW(Phdr) *segment = &elf->segments[i];

		if (segment->p_type == PT_LOAD && address >= segment->p_vaddr &&
			address - segment->p_vaddr < segment->p_filesz)
			return segment->p_offset + (address - segment->p_vaddr);
	}
	return UINT64_MAX;
}

/* How far the function reaches; 0 when its description does not read as expected. */
static uint64_t function_bytes(const struct table *table, const struct entry *entry)
{
	uint64_t address = table->address + (uint64_t)(int64_t)entry->description;
	uint64_t offset = offset_of(table->elf, address);
	struct description description;
	uint64_t function;

	if (offset == UINT64_MAX ||
		!cpa_elf_read(table->elf, &description, sizeof(description), offset))
		return 0;
	function = address + offsetof(struct description, function) +
		   (uint64_t)(int64_t)description.function;
	if (function != table->address + (uint64_t)(int64_t)entry->function)
		return 0;
	return description.function_bytes;
}

/* All wanted addresses from first on that are below limit lie in this function or in none. */
static size_t settle(const struct table *table, const struct entry *entry, uint64_t limit,
	const uint64_t *addresses, size_t count, size_t first, uint64_t *ret_starts)
{
	uint64_t start = table->address + (uint64_t)(int64_t)entry->function;
	uint64_t size_bytes = 0;

	for (; first < count && addresses[first] < limit; first++) {
		if (!size_bytes)
			size_bytes = function_bytes(table, entry);
		if (addresses[first] >= start && addresses[first] - start < size_bytes)
			ret_starts[first] = start;
	}
	return first;
}

void cpa_starts_find(
	struct cpa_elf *elf, const uint64_t *addresses, size_t count, uint64_t *ret_starts)
{
	struct entry *chunk = cpa_arena_alloc(elf->arena, CHUNK_ENTRIES * sizeof(*chunk));
	struct entry last = {0};
	size_t settled = 0;
	struct table table;

	memset(ret_starts, 0, count * sizeof(*ret_starts));
	if (!chunk || !find_table(elf, &table))
		return;
	for (uint32_t at = 0; at < table.count && settled < count;) {
		uint32_t left = table.count - at;
		uint32_t want = left < CHUNK_ENTRIES ? left : CHUNK_ENTRIES;

		if (!cpa_elf_read(elf, chunk, want * sizeof(*chunk),
			    table.offset + (uint64_t)at * sizeof(*chunk)))
			return;
		for (uint32_t i = 0; i < want; i++) {
			settled = settle(&table, &last,
				table.address + (uint64_t)(int64_t)chunk[i].function, addresses,
				count, settled, ret_starts);
			last = chunk[i];
		}
		at += want;
	}
	(void)settle(&table, &last, UINT64_MAX, addresses, count, settled, ret_starts);
}
