/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Profiles that the program keeps itself.
 *
 *   custom_profiles -> profile -> profile -> 0          newest first, never removed
 */
#include "sampling/custom.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "base/lock.h"
#include "sampling/entries.h"

#define MAGIC 0x46504343u /* "CCPF" */

struct cpa_custom_profile {
	uint32_t magic;
	cpa_store_ref next; /* older one */
	uint32_t is_builtin;
	uint32_t pad;
	struct cpa_custom_counters counters; /* changed by atomic adds alone */
	char name[CPA_CUSTOM_NAME_MAX + 1];
};

static struct cpa_lock registry; /* one makes a profile at a time */
/* Between prefork and postfork this thread holds the lock; others' handlers may call us. */
static CPA_TLS_IE bool holds;

static struct cpa_custom_profile *profile_at(cpa_store_ref ref)
{
	return ref ? cpa_store_at(ref) : NULL;
}

cpa_store_ref cpa_custom_ref(const struct cpa_custom_profile *profile)
{
	return (cpa_store_ref)(((const char *)profile - (const char *)cpa_store) /
			       CPA_STORE_UNIT_BYTES);
}

struct cpa_custom_counters *cpa_custom_counters(struct cpa_custom_profile *profile)
{
	return &profile->counters;
}

bool cpa_custom_is_profile(const struct cpa_custom_profile *profile)
{
	size_t offset = (size_t)((uintptr_t)profile - (uintptr_t)cpa_store);

	return cpa_store && offset >= sizeof(*cpa_store) && offset % CPA_STORE_UNIT_BYTES == 0 &&
	       offset + sizeof(*profile) <= cpa_store_used_bytes() && profile->magic == MAGIC;
}

bool cpa_custom_is_builtin(const struct cpa_custom_profile *profile)
{
	return profile->is_builtin;
}

const char *cpa_custom_name(const struct cpa_custom_profile *profile)
{
	return profile->name;
}

static cpa_store_ref newest(void)
{
	return cpa_store ? atomic_load_explicit(&cpa_store->custom_profiles, memory_order_acquire)
			 : 0;
}

struct cpa_custom_profile *cpa_custom_lookup(const char *name)
{
	for (cpa_store_ref ref = newest(); ref; ref = profile_at(ref)->next)
		if (!strcmp(profile_at(ref)->name, name))
			return profile_at(ref);
	return NULL;
}

struct cpa_custom_profile *cpa_custom_older(const struct cpa_custom_profile *profile)
{
	cpa_store_ref ref = profile ? profile->next : newest();

	while (ref && profile_at(ref)->is_builtin)
		ref = profile_at(ref)->next;
	return profile_at(ref);
}

static bool name_is_good(const char *name)
{
	size_t name_bytes = strnlen(name, CPA_CUSTOM_NAME_MAX + 1);

	return name_bytes && name_bytes <= CPA_CUSTOM_NAME_MAX &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			    "._-/:") == name_bytes;
}

/* Kinds of files and profiles that this or a later version has itself. */
static bool name_is_reserved(const char *name)
{
	static const char *const names[] = {"growth", "profile", "trace"};

	for (size_t i = 0; i < CPA_ARRAY_LEN(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static struct cpa_custom_profile *enter_locked(const char *name, bool is_builtin)
{
	cpa_store_ref ref = cpa_store_alloc(sizeof(struct cpa_custom_profile));
	struct cpa_custom_profile *profile = profile_at(ref);

	if (!profile)
		return NULL;
	profile->is_builtin = is_builtin;
	profile->next = newest();
	(void)strncpy(profile->name, name, CPA_CUSTOM_NAME_MAX);
	profile->magic = MAGIC;
	atomic_store_explicit(&cpa_store->custom_profiles, ref, memory_order_release);
	return profile;
}

int cpa_custom_init(void)
{
	static const char *const names[] = {
		"heap", "allocs", "block", "cpu", "mutex", "goroutine", "threadcreate"};

	for (size_t i = 0; i < CPA_ARRAY_LEN(names); i++)
		if (!enter_locked(names[i], true))
			return -ENOMEM;
	return 0;
}

static int new_locked(const char *name, struct cpa_custom_profile **ret_profile)
{
	const struct cpa_custom_profile *profile = NULL;
	uint32_t count = 0;

	*ret_profile = cpa_custom_lookup(name);
	if (*ret_profile || name_is_reserved(name))
		return -EEXIST;
	while ((profile = cpa_custom_older(profile)))
		count++;
	if (count >= CPA_CUSTOM_PROFILES_MAX)
		return -ENOSPC;
	if (cpa_entries_make_table() == 0)
		*ret_profile = enter_locked(name, false);
	return *ret_profile ? 0 : -ENOMEM;
}

int cpa_custom_new(const char *name, struct cpa_custom_profile **ret_profile)
{
	int result;

	*ret_profile = NULL;
	if (!name_is_good(name))
		return -EINVAL;
	if (!holds)
		cpa_lock_acquire(&registry);
	result = new_locked(name, ret_profile);
	if (!holds)
		cpa_lock_release(&registry);
	return result;
}

struct cpa_custom_counters cpa_custom_count(const struct cpa_custom_profile *profile)
{
	const struct cpa_custom_counters *counters = &profile->counters;

	return (struct cpa_custom_counters){
		.entries = __atomic_load_n(&counters->entries, __ATOMIC_RELAXED),
		.added = __atomic_load_n(&counters->added, __ATOMIC_RELAXED),
		.dropped_store_full =
			__atomic_load_n(&counters->dropped_store_full, __ATOMIC_RELAXED),
	};
}

void cpa_custom_prefork(void)
{
	cpa_lock_acquire(&registry);
	holds = true;
}

void cpa_custom_postfork_parent(void)
{
	holds = false;
	cpa_lock_release(&registry);
}

void cpa_custom_postfork_child(void)
{
	holds = false;
	cpa_lock_reset(&registry);
}
