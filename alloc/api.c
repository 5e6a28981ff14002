/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls a program makes: include/cprofalloc.h, where they are documented.
 * Not here: those about profiles of its own (api_profile.c).
 */
#include "cprofalloc.h"

#include <errno.h>
#include <stddef.h>

#include "alloc/init.h"
#include "base/compiler.h"
#include "report/snapshot.h"
#include "sampling/gate.h"
#include "sampling/labels.h"
#include "sampling/roster.h"

CPA_EXPORT const char *cprof_version(void)
{
	return CPROF_VERSION;
}

CPA_EXPORT uint64_t cprof_heap_rate(uint64_t rate_bytes)
{
	return cpa_init_can_sample() ? cpa_gate_set_rate(rate_bytes) : 0;
}

CPA_EXPORT int cprof_snapshot(void)
{
	uint64_t left_bytes;
	int result;

	if (!cpa_init_can_sample())
		return -ENOENT;
	if (!cpa_gate_begin(&left_bytes))
		return -EBUSY; /* from inside an allocation: only a signal handler can be there */
	result = cpa_snapshot_write();
	cpa_gate_end(left_bytes);
	return result;
}

CPA_EXPORT int cprof_write(const char *profile, int fd, int debug)
{
	uint64_t left_bytes;
	int result;

	if (!profile)
		return -EINVAL;
	if (!cpa_init_can_sample())
		return -ENOENT;
	if (!cpa_gate_begin(&left_bytes))
		return -EBUSY;
	result = cpa_snapshot_write_fd(profile, fd, debug);
	cpa_gate_end(left_bytes);
	return result;
}

CPA_EXPORT int cprof_label_push(const char *key, const char *value)
{
	uint32_t mark = cpa_labels_current;
	uint32_t set;
	int result;

	if (!cpa_init_can_sample())
		return -ENOTSUP;
	result = cpa_labels_with(mark, key, value, &set);
	if (result)
		return result;
	cpa_roster_set_labels(set);
	return (int)mark;
}

CPA_EXPORT int cprof_label_pop(int mark)
{
	if (mark < 0 || (uint64_t)mark > cpa_labels_count().sets)
		return -EINVAL;
	cpa_roster_set_labels((uint32_t)mark);
	return 0;
}
