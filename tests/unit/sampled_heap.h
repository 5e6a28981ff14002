/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A heap with a known truth, sampled by the law (p = 1 - exp(-s / R), objects independent), as the
 * profile that the library writes of it: rows per site and size class, estimates in whole numbers,
 * the mean size as a label. Not here: what is done with it (test_coverage.c, test_promises.c).
 */
#ifndef CPA_TESTS_UNIT_SAMPLED_HEAP_H
#define CPA_TESTS_UNIT_SAMPLED_HEAP_H

#include <stdint.h>

#include "report/profile/profile.h"

enum { ALLOC_OBJECTS, ALLOC_SPACE, INUSE_OBJECTS, INUSE_SPACE };

/* Sums of one size class of a site while its objects are drawn. */
struct heap_row {
	double alloc_objects, alloc_bytes, inuse_objects, inuse_bytes;
};

struct heap {
	struct cpa_profile profile;
	double rate_bytes;
	struct heap_row rows[1024]; /* by size class, of the site at hand */
};

/* Seeded, the same everywhere: in [0, 1); in [low, high) evenly by logarithm; a binomial number. */
void heap_seed(uint64_t seed);
double heap_uniform(void);
double heap_between(double low, double high);
uint64_t heap_binomial(uint64_t objects, double p);

/* Freed with cpa_profile_done(&heap->profile). */
void heap_begin(struct heap *heap, double rate_bytes);

double heap_p(const struct heap *heap, double size_bytes);

/* So many samples of this size, ever and still alive, for the site at hand. */
void heap_add(struct heap *heap, uint64_t size_bytes, uint64_t ever, uint64_t alive);

/* Write the rows of the site at hand and clear them; false: it left no sample. */
bool heap_end_site(struct heap *heap, uint32_t number);

#endif
