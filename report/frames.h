/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The distinct frames of a report: a small number for each pc, then where each one is and what it
 * is called. Not here: modules (maps.c), symbol tables (elf.c), the form of the report (pprof.c,
 * text.c).
 */
#ifndef CPA_REPORT_FRAMES_H
#define CPA_REPORT_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "report/maps.h"

/* Open addressing over an array in order of arrival. Grows by doubling, each time into an arena of
 * its own. */
struct cpa_frames {
	struct cpa_arena arena;
	uint64_t *pcs;   /* [count]; the frame with id n is pcs[n - 1] */
	uint32_t *slots; /* [slot_count], ids, 0: empty */
	uint32_t count;
	uint32_t slot_count;
};

/* One frame, resolved. */
struct cpa_frames_place {
	uint32_t id;
	uint64_t address; /* of the call, at run time: pc - 1; 0 for a pseudo frame */
	const struct cpa_maps_module *module; /* NULL: in no file */
	const char *function;  /* NULL: names were not wanted; valid during the visit */
	uint64_t offset_bytes; /* of the call from the function's first byte, where that is known */
	bool same_function;    /* as that of the place visited before */
};

/* Called for each frame in order of address. Not 0 ends the walk. */
typedef int cpa_frames_visit(void *context, const struct cpa_frames_place *place);

/*
 * An empty table; and give it back.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
void cpa_frames_init(struct cpa_frames *frames);
void cpa_frames_done(struct cpa_frames *frames);

/*
 * The id of a return address or pseudo frame, from 1 on in order of arrival; 0 without memory.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
uint32_t cpa_frames_intern(struct cpa_frames *frames, uint64_t pc);

/*
 * Visit every frame with its module and, when names are wanted, its function: from the file's
 * symbols, else "FILE+0xADDRESS" with the file's own address, else "[anon]" where no file is.
 * Pseudo frames always have their name. Each file is open only while its frames are visited. 0,
 * -ENOMEM, or what visit returned.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_frames_resolve(struct cpa_frames *frames, const struct cpa_maps *maps,
	bool names, cpa_frames_visit *visit, void *context);

#endif
