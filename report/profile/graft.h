/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The strings, functions, mappings and locations of several profiles in one, each once.
 * Not here: samples and what a profile says of itself (merge.h).
 */
#ifndef CPA_PROFILE_GRAFT_H
#define CPA_PROFILE_GRAFT_H

#include "report/profile/intern.h"
#include "report/profile/profile.h"

/*
 * What counts as the same: a mapping by build id (else file), offset and size in pages, wherever it
 * lies; a location by its place in its mapping and its lines; a function by its names, file and
 * first line.
 */
struct cpa_graft {
	struct cpa_profile *to;
	const struct cpa_profile *from;
	struct cpa_intern strings, functions, mappings, locations; /* numbers: indexes in to */
	/* Indexes in to of what has an index in from; CPA_PROFILE_NONE: not asked for yet. */
	uint32_t *string_map, *function_map, *mapping_map, *location_map;
	unsigned char *key; /* being built */
	size_t key_capacity;
};

/*
 * Begin with an empty (zeroed) profile; then say which profile the following questions are about.
 * Freed with cpa_graft_done, which leaves to as it is.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_graft_init(struct cpa_graft *ret_graft, struct cpa_profile *to);
void cpa_graft_from(struct cpa_graft *graft, const struct cpa_profile *from);
void cpa_graft_done(struct cpa_graft *graft);

/*
 * The index in to of something that has this index in from; made there if need be.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
uint32_t cpa_graft_string(struct cpa_graft *graft, uint32_t string);
uint32_t cpa_graft_mapping(struct cpa_graft *graft, uint32_t mapping);
uint32_t cpa_graft_location(struct cpa_graft *graft, uint32_t location);

/*
 * The index in to of a string of our own.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
uint32_t cpa_graft_text(struct cpa_graft *graft, const char *text);

#endif
