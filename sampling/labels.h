/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the program says of its work, such as request=login: each distinct set of labels once, as a
 * small number.
 * Not here: counting by sets (heap.c, custom.c), writing them (report/).
 *
 * The number of distinct sets is bounded, because programs label with what they should not, such as
 * the number of a request. Beyond it every new set is the overflow set, and counted.
 */
#ifndef CPA_SAMPLING_LABELS_H
#define CPA_SAMPLING_LABELS_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

#define CPA_LABELS_SETS_MAX    8192u /* numbers 1..CPA_LABELS_SETS_MAX; 0: no labels */
#define CPA_LABELS_TEXT_BYTES  1024u /* of all keys and values of a set, each with its NUL */
#define CPA_LABELS_PER_SET_MAX 32u
#define CPA_LABELS_OVERFLOW    1u /* the set that stands for those beyond the bound */

/* Since start. */
struct cpa_labels_counters {
	uint64_t sets;      /* distinct ones, the overflow set among them */
	uint64_t overflows; /* pushes that got the overflow set */
};

extern CPA_HIDDEN CPA_TLS_IE uint32_t
	cpa_labels_current; /* set of this thread; its own to change */

/*
 * Make the overflow set. 0 or -ENOMEM. After cpa_store_init.
 *
 * Thread: owner, once at start
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_labels_init(void);

/*
 * The set that has one label more, or another value of one. Lock-free. 0; -EINVAL: key or value is
 * NULL, the key is empty, holds control characters, is "bytes" or begins with "pprof::", which
 * readers use themselves; -E2BIG: there would be more than 32, or more than 1024
 * bytes of them.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_labels_with(
	uint32_t set, const char *key, const char *value, uint32_t *ret_set);

/*
 * How many labels are in a set; *ret_text is "key\0value\0key\0value\0", sorted by key, valid for
 * ever. 0 for no labels and for what is no set.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
uint32_t cpa_labels_get(uint32_t set, const char **ret_text);

/*
 * The next string of such a text.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
const char *cpa_labels_next(const char *text);

/*
 * Read the counters.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
struct cpa_labels_counters cpa_labels_count(void);

#endif
