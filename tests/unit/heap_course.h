/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Call sites whose true course is known, sampled as the library samples: each object of s bytes
 * with p = 1 - exp(-s / rate), from its birth to its death.
 * Not here: judging them (report/trend/verdict.h), profiles (profile_maker.h).
 */
#ifndef CPA_TESTS_UNIT_HEAP_COURSE_H
#define CPA_TESTS_UNIT_HEAP_COURSE_H

#include <stdint.h>

#include "report/trend/site.h"

#define HEAP_COURSE_RATE 65536. /* bytes; a unit below is so many bytes: one sample on average */

/* What happens at a site between two snapshots. Sizes in units. */
struct heap_course_step {
	double born;    /* objects that live until something removes them */
	double removed; /* of those alive, chosen at random */
	bool drops_all; /* first, all alive are freed */
	double passing; /* objects born and dead within the step: seen in no snapshot */
};

/* A law by steps; step 0 is before the first snapshot. */
typedef struct heap_course_step heap_course_law(
	void *context, uint64_t *random, size_t step, double alive);

/*
 * Fill a site of as many snapshots as it has room for.
 *
 * @object_bytes  size of the objects; 0: from 16 bytes to 1 MiB, evenly in the logarithm
 */
void heap_course_fill(struct cpa_site *site, heap_course_law *law, void *context,
	double object_bytes, uint64_t *random);

/* A number in [0, 1), and one of the standard normal law. */
double heap_course_uniform(uint64_t *random);
double heap_course_normal(uint64_t *random);

#endif
