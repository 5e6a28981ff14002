/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls a program makes about profiles of its own: include/cprofalloc.h, where they are
 * documented.
 * Not here: what they do (sampling/custom.h, sampling/entries.h).
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "alloc/fork.h"
#include "alloc/init.h"
#include "base/compiler.h"
#include "cprofalloc.h"
#include "report/profiles.h"
#include "report/snapshot.h"
#include "sampling/capture.h"
#include "sampling/custom.h"
#include "sampling/entries.h"
#include "sampling/gate.h"
#include "sampling/labels.h"

/* The two types are one: the public one says nothing. */
static struct cpa_custom_profile *inner(const cprof_profile *profile)
{
	return (struct cpa_custom_profile *)(uintptr_t)profile;
}

/* 0 and the profile may be used until end; else why not. */
static int begin(const cprof_profile *profile, uint64_t *ret_left_bytes)
{
	if (!cpa_init_can_sample())
		return -ENOTSUP;
	if (!cpa_custom_is_profile(inner(profile)))
		return -EINVAL;
	cpa_fork_repair();
	return cpa_gate_begin(ret_left_bytes) ? 0 : -EBUSY;
}

CPA_EXPORT int cprof_profile_new(const char *name, cprof_profile **ret_profile)
{
	struct cpa_custom_profile *profile;
	uint64_t left_bytes;
	int result;

	if (ret_profile)
		*ret_profile = NULL;
	if (!name || !ret_profile)
		return -EINVAL;
	if (!cpa_init_can_sample())
		return -ENOTSUP;
	cpa_fork_repair();
	if (!cpa_gate_begin(&left_bytes))
		return -EBUSY;
	result = cpa_custom_new(name, &profile);
	cpa_gate_end(left_bytes);
	*ret_profile = (cprof_profile *)profile;
	return result;
}

CPA_EXPORT cprof_profile *cprof_profile_lookup(const char *name)
{
	if (!name || !cpa_init_can_sample())
		return NULL;
	return (cprof_profile *)cpa_custom_lookup(name);
}

CPA_EXPORT int cprof_profile_add(cprof_profile *profile, const void *value, int skip)
{
	uint64_t left_bytes;
	int result = begin(profile, &left_bytes);

	if (result)
		return result;
	if (!value || skip < 0)
		result = -EINVAL;
	else if (cpa_custom_is_builtin(inner(profile)))
		result = -EPERM;
	else
		result = cpa_entries_add(inner(profile), value, cpa_capture_stack((uint32_t)skip),
			cpa_labels_current);
	cpa_gate_end(left_bytes);
	return result;
}

CPA_EXPORT int cprof_profile_remove(cprof_profile *profile, const void *value)
{
	uint64_t left_bytes;
	int result = begin(profile, &left_bytes);

	if (result)
		return result;
	if (!value)
		result = -EINVAL;
	else if (cpa_custom_is_builtin(inner(profile)))
		result = -EPERM;
	else
		result = cpa_entries_remove(inner(profile), value);
	cpa_gate_end(left_bytes);
	return result;
}

CPA_EXPORT int64_t cprof_profile_count(const cprof_profile *profile)
{
	uint64_t left_bytes;
	int64_t result = begin(profile, &left_bytes);

	if (result)
		return result;
	result = (int64_t)cpa_profiles_count(inner(profile));
	cpa_gate_end(left_bytes);
	return result;
}

CPA_EXPORT int cprof_profile_write(const cprof_profile *profile, int fd, int debug)
{
	uint64_t left_bytes;
	int result = begin(profile, &left_bytes);

	if (result)
		return result;
	result = cpa_snapshot_write_fd(cpa_custom_name(inner(profile)), fd, debug);
	cpa_gate_end(left_bytes);
	return result;
}
