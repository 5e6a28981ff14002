/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Profiles that the program keeps itself: their names, and how many entries each has.
 * Not here: the entries (entries.c), how a profile is written (report/countrows.c).
 *
 * The names of the built-in profiles are here too, so that they are found by the same lookup; their
 * contents are elsewhere.
 */
#ifndef CPA_SAMPLING_CUSTOM_H
#define CPA_SAMPLING_CUSTOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "sampling/store.h"

#define CPA_CUSTOM_NAME_MAX     64u /* bytes, without the NUL */
#define CPA_CUSTOM_PROFILES_MAX 256u

/* In the store, for ever. */
struct cpa_custom_profile;

/* Since the profile was made. */
struct cpa_custom_counters {
	uint64_t entries; /* there now */
	uint64_t added;
	uint64_t dropped_store_full; /* not added: the store had no room */
};

/*
 * Enter the built-in names. 0 or -ENOMEM. After cpa_store_init.
 *
 * Thread: owner, once at start
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_custom_init(void);

/*
 * A new, empty profile. 0; -EINVAL: not a name (letters, digits and "._-/:", 1 to 64 of them);
 * -EEXIST: the name is taken, by *ret_profile, or reserved (NULL); -ENOSPC: there are 256 already;
 * -ENOMEM: the store is full. On failure other than -EEXIST *ret_profile is NULL.
 *
 * Thread: any. Takes a lock.
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_custom_new(const char *name, struct cpa_custom_profile **ret_profile);

/*
 * The profile of this name, built-in ones too; NULL when there is none.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
struct cpa_custom_profile *cpa_custom_lookup(const char *name);

/*
 * Is this what cpa_custom_new or _lookup gave? Anything may be asked about.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_custom_is_profile(const struct cpa_custom_profile *profile);
bool cpa_custom_is_builtin(const struct cpa_custom_profile *profile);
const char *cpa_custom_name(const struct cpa_custom_profile *profile);

/*
 * The profile that was made after this one (NULL: the newest of all); NULL at the end. Built-in
 * ones are left out.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
struct cpa_custom_profile *cpa_custom_older(const struct cpa_custom_profile *profile);

/*
 * Read the counters.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
struct cpa_custom_counters cpa_custom_count(const struct cpa_custom_profile *profile);

/*
 * The profile as a reference into the store, and where its counters are kept: for entries.c.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
cpa_store_ref cpa_custom_ref(const struct cpa_custom_profile *profile);
struct cpa_custom_counters *cpa_custom_counters(struct cpa_custom_profile *profile);

/*
 * Around fork: hold the lock, give it back, or free it in the child.
 *
 * Thread: the forking one
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_custom_prefork(void);
void cpa_custom_postfork_parent(void);
void cpa_custom_postfork_child(void);

#endif
