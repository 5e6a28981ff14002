/* SPDX-License-Identifier: BSD-2-Clause */
/* The allocator's own totals, always from jemalloc's mallctl. */
#include "alloc/totals.h"

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

#include "alloc/backend.h"

static uint64_t read_number(const char *name)
{
	size_t value = 0;
	size_t value_bytes = sizeof(value);

	return je_mallctl(name, &value, &value_bytes, NULL, 0) == 0 ? value : 0;
}

void cpa_totals_read(struct cpa_snapshot_totals *ret_totals)
{
	int kept_errno = errno;
	uint64_t epoch = 1;

	/* jemalloc's totals are those of the last time this was written. */
	(void)je_mallctl("epoch", NULL, NULL, &epoch, sizeof(epoch));
	*ret_totals = (struct cpa_snapshot_totals){
		.allocated_bytes = read_number("stats.allocated"),
		.active_bytes = read_number("stats.active"),
		.resident_bytes = read_number("stats.resident"),
		.retained_bytes = read_number("stats.retained"),
		.mapped_bytes = read_number("stats.mapped"),
		.metadata_bytes = read_number("stats.metadata"),
		.dirty_bytes = read_number("stats.arenas." CPA_BACKEND_ARENAS_ALL ".pdirty") *
			       (uint64_t)sysconf(_SC_PAGESIZE),
	};
	errno = kept_errno;
}
