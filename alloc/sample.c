/* SPDX-License-Identifier: BSD-2-Clause */
/* One sample's life: drawn, put into the region and entered, forgotten before it is freed. */
#include "alloc/sample.h"

#include <errno.h>
#include <stdint.h>

#include "alloc/backend.h"
#include "alloc/fork.h"
#include "alloc/region.h"
#include "base/clock.h"
#include "report/snapshot.h"
#include "sampling/capture.h"
#include "sampling/gate.h"
#include "sampling/heap.h"
#include "sampling/labels.h"

#define TIMED_ONE_IN 16u /* samples whose cost is measured */

bool cpa_sample_ready;

bool cpa_sample_drawn(size_t req_bytes, double *ret_probability)
{
	if (!cpa_sample_ready) {
		cpa_gate.left_bytes = 0;
		return false;
	}
	cpa_fork_repair();
	return cpa_gate_decide(req_bytes, ret_probability);
}

static void enter_sample(void *ptr, const struct cpa_heap_sample *sample)
{
	struct cpa_live_record record = {
		.addr = (uintptr_t)ptr,
		.req_bytes = sample->req_bytes,
		.probability = (float)sample->probability,
		.birth_s = (uint32_t)(cpa_clock_coarse_ns() / 1000000000u),
		.thread_id = cpa_gate_thread_id(),
	};

	record.bucket = cpa_heap_birth(cpa_capture_stack(0), cpa_labels_current, sample);
	if (!record.bucket)
		return;
	if (cpa_live_insert(&record) < 0) {
		cpa_heap_unbirth(record.bucket, sample);
		cpa_heap_count(&cpa_heap_counters.dropped_store_full, 1);
		return;
	}
	cpa_snapshot_notice(cpa_heap_inuse_bytes());
}

/*
 * Reading the clock costs a twentieth of a sample, so one in sixteen stands for all: at random,
 * because a thread's first sample takes a hundred times as long as its later ones.
 */
static void enter_timed_sample(void *ptr, const struct cpa_heap_sample *sample)
{
	uint64_t start_ns = cpa_clock_mono_ns();

	enter_sample(ptr, sample);
	cpa_heap_count(
		&cpa_heap_counters.sampling_ns, (cpa_clock_mono_ns() - start_ns) * TIMED_ONE_IN);
}

void cpa_sample_enter(void *ptr, size_t req_bytes, double probability)
{
	/*
	 * As exact as its record: what is added at birth is taken away at death, to the last bit.
	 */
	struct cpa_heap_sample sample = {
		.req_bytes = req_bytes, .probability = (double)(float)probability};
	int kept_errno = errno;
	uint64_t left_bytes;

	if (cpa_gate_begin(&left_bytes)) {
		if (cpa_gate_one_in(TIMED_ONE_IN))
			enter_timed_sample(ptr, &sample);
		else
			enter_sample(ptr, &sample);
		cpa_gate_end(left_bytes);
	}
	errno = kept_errno;
}

void *cpa_sample_alloc(size_t req_bytes, int flags, double probability)
{
	int kept_errno = errno;
	void *ptr = je_mallocx(req_bytes ? req_bytes : 1, flags | cpa_region_flags());

	if (ptr) {
		cpa_sample_enter(ptr, req_bytes, probability);
		return ptr;
	}
	errno = kept_errno;
	return NULL;
}

void *cpa_sample_untracked(void *ptr)
{
	if (ptr)
		cpa_heap_count(&cpa_heap_counters.untracked_region, 1);
	return ptr;
}

bool cpa_sample_forget(void *ptr, struct cpa_live_record *ret_record)
{
	cpa_fork_repair();
	return cpa_live_remove((uintptr_t)ptr, ret_record);
}

void cpa_sample_forgotten(const struct cpa_live_record *record)
{
	struct cpa_heap_sample sample = {
		.req_bytes = record->req_bytes, .probability = record->probability};

	cpa_heap_death(record->bucket, &sample);
}

void cpa_sample_kept(const struct cpa_live_record *record)
{
	/*
	 * The shard has the slot and the record that were just given back, unless others took them
	 * and the store is full.
	 */
	if (cpa_live_insert(record) < 0) {
		cpa_sample_forgotten(record);
		cpa_heap_count(&cpa_heap_counters.dropped_store_full, 1);
	}
}
