/* SPDX-License-Identifier: BSD-2-Clause */
/* Where is the table that finds the unwind information of an address? */
#include "sampling/far_table.h"

#include <dlfcn.h>
#include <string.h>

/* What begins the section .eh_frame_hdr. */
struct header {
	uint8_t version;
	uint8_t frame_pointer_encoding;
	uint8_t count_encoding;
	uint8_t table_encoding;
};

#define ENCODING_PCREL_SDATA4   0x1b
#define ENCODING_UDATA4         0x03
#define ENCODING_DATAREL_SDATA4 0x3b
#define ENTRY_BYTES             8u

bool cpa_far_table_find(struct cpa_far_memory *memory, uint64_t ip, struct cpa_far_table *ret_table)
{
	struct dl_find_object found;
	struct header header;
	uint64_t head, count, addr;

	if (_dl_find_object((void *)ip, &found) != 0 || !found.dlfo_eh_frame)
		return false;
	addr = (uint64_t)found.dlfo_eh_frame;
	if (!cpa_far_memory_word(memory, addr, &head) ||
		!cpa_far_memory_word(memory, addr + 8, &count))
		return false;
	memcpy(&header, &head, sizeof(header));
	if (header.version != 1 || header.frame_pointer_encoding != ENCODING_PCREL_SDATA4 ||
		header.count_encoding != ENCODING_UDATA4 ||
		header.table_encoding != ENCODING_DATAREL_SDATA4)
		return false;
	*ret_table = (struct cpa_far_table){
		.start_ip = (uint64_t)found.dlfo_map_start,
		.end_ip = (uint64_t)found.dlfo_map_end,
		.addr = addr,
		.entries_addr = addr + 12,
		.entries_bytes = (uint64_t)(uint32_t)count * ENTRY_BYTES,
	};
	return true;
}
