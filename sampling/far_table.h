/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where is the table that finds the unwind information of an address: a module's .eh_frame_hdr.
 * Not here: what is looked up in it (unwind_far.c).
 */
#ifndef CPA_SAMPLING_FAR_TABLE_H
#define CPA_SAMPLING_FAR_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "sampling/far_memory.h"

struct cpa_far_table {
	uint64_t start_ip; /* of the module */
	uint64_t end_ip;
	uint64_t addr; /* what the entries are relative to */
	uint64_t entries_addr;
	uint64_t entries_bytes;
};

/*
 * Find it by glibc's lock-free _dl_find_object; false: the address is in no module, or its table is
 * of no kind that linkers make.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
bool cpa_far_table_find(
	struct cpa_far_memory *memory, uint64_t ip, struct cpa_far_table *ret_table);

#endif
