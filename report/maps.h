/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which file an address belongs to, also when the file was closed since.
 * Not here: names of functions (elf.c), the distinct addresses of a profile (frames.c).
 *
 * From the loader's own list, not from /proc/self/maps: the kernel rounds to pages, and readers
 * then compute wrong addresses for files whose code segment does not begin on a page.
 */
#ifndef CPA_REPORT_MAPS_H
#define CPA_REPORT_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"

#define CPA_MAPS_BUILD_ID_MAX 32 /* bytes; SHA-1 has 20 */

/* One executable segment of one loaded file. */
struct cpa_maps_module {
	uint64_t start; /* runtime addresses [start, limit) */
	uint64_t limit;
	uint64_t file_offset; /* of start */
	uint64_t bias;        /* runtime address - address in the file's own headers and symbols */
	const char *path;     /* absolute, or "[vdso]"; never empty */
	uint32_t build_id_bytes;
	uint8_t build_id[CPA_MAPS_BUILD_ID_MAX];
	bool is_main; /* of the program itself */
	bool is_live; /* still loaded */
};

/* All modules at one moment: modules[0] is the main program's. */
struct cpa_maps {
	const struct cpa_maps_module *modules;
	uint32_t count;
};

/*
 * Look at the loader's list and remember what is new. Before a dlclose it is the last chance to
 * know a file's name. Takes the loader's lock for lists first, then its own.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
void cpa_maps_refresh(void);

/*
 * A copy of everything remembered, newest first but for the main program. Refresh first. 0 or
 * -ENOMEM.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_maps_copy(struct cpa_arena *arena, struct cpa_maps *ret_maps);

/*
 * The module that holds a runtime address, or NULL: a loaded one wins over one that was closed,
 * among those the newest.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
const struct cpa_maps_module *cpa_maps_find(const struct cpa_maps *maps, uint64_t address);

/*
 * Around fork: no thread is inside the loader's walk when the child is made, because the child
 * would find the loader's lock held for ever. Waits a tenth of a second at most: a fork must not
 * hang on a thread that waits for the loader.
 *
 * Thread: the forking one
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_maps_prefork(void);
void cpa_maps_postfork_parent(void);
void cpa_maps_postfork_child(void);

#endif
