/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is known of the threads that are there.
 *
 *   slot.tid   0 free -> CPA_SLOTS_TAKEN being filled -> the thread's number -> 0
 *
 * A slot is changed by its thread alone, and given back by it, or by whoever finds that there is
 * no such thread any more.
 */
#include "sampling/roster.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compiler.h"
#include "base/lock.h"
#include "sampling/cpuclock.h"
#include "sampling/gate.h"
#include "sampling/labels.h"
#include "sampling/slots.h"

#define AWAIT_NS 1000000000u

enum kind { PROGRAM, INTERNAL, INTERNAL_LEAVING };

struct slot {
	_Atomic uint32_t tid; /* first, for slots.h */
	_Atomic uint32_t label_set;
	_Atomic cpa_threadcreate_place place;
	_Atomic uint32_t kind;
};

static struct slot first_slots[CPA_SLOTS_PER_CHUNK];
static struct cpa_slots slots = CPA_SLOTS_INIT(first_slots);
static _Atomic uint64_t lost_count;
static _Atomic uint64_t ended_cpu_ns;   /* of threads of ours that have left */
static _Atomic uint32_t expected_count; /* threads of ours that have not entered yet; futex */
static CPA_TLS_IE struct slot *own;     /* NULL: none */

static void fill(
	struct slot *slot, uint32_t label_set, cpa_threadcreate_place place, enum kind kind)
{
	if (!slot) {
		atomic_fetch_add(&lost_count, 1);
		return;
	}
	atomic_store(&slot->label_set, label_set);
	atomic_store(&slot->place, place);
	atomic_store(&slot->kind, kind);
	atomic_store(&slot->tid, cpa_gate_thread_id()); /* now others see it */
	own = slot;
}

void cpa_roster_enter(uint32_t label_set, cpa_threadcreate_place place)
{
	fill(own ? own : cpa_slots_take(&slots), label_set, place, PROGRAM);
}

/* Slots of our own threads that have meanwhile ended. */
static void sweep_internal(void)
{
	int kept_errno = errno;
	uint32_t end = cpa_slots_count(&slots);

	for (uint32_t i = 0; i < end; i++) {
		struct slot *slot = cpa_slots_at(&slots, i);
		uint32_t tid = atomic_load_explicit(&slot->tid, memory_order_relaxed);

		if (tid && atomic_load(&slot->kind) == INTERNAL_LEAVING &&
			syscall(SYS_tgkill, getpid(), (int)tid, 0) < 0)
			(void)atomic_compare_exchange_strong(&slot->tid, &tid, 0);
	}
	errno = kept_errno;
}

void cpa_roster_enter_internal(void)
{
	sweep_internal();
	fill(own ? own : cpa_slots_take(&slots), 0, 0, INTERNAL);
	cpa_roster_expect_no_longer();
}

void cpa_roster_expect_internal(void)
{
	atomic_fetch_add(&expected_count, 1);
}

void cpa_roster_expect_no_longer(void)
{
	uint32_t count = atomic_load(&expected_count);

	/* 0 in the child of a fork, and of a thread that somebody else made. */
	while (count && !atomic_compare_exchange_weak(&expected_count, &count, count - 1))
		continue;
	cpa_lock_wake(&expected_count);
}

void cpa_roster_await_internal(void)
{
	uint64_t end_ns = cpa_clock_mono_ns() + AWAIT_NS, now_ns;
	uint32_t count;

	while ((count = atomic_load(&expected_count)) != 0 &&
		(now_ns = cpa_clock_mono_ns()) < end_ns)
		cpa_lock_wait(&expected_count, count, end_ns - now_ns);
}

static uint64_t cpu_ns_of(uint32_t tid)
{
	int kept_errno = errno;
	uint64_t cpu_ns;

	if (!cpa_cpuclock_read(tid, &cpu_ns))
		cpu_ns = 0;
	errno = kept_errno;
	return cpu_ns;
}

void cpa_roster_leave(void)
{
	struct slot *slot = own;

	if (!slot)
		return;
	own = NULL;
	/* Ours is still to be seen for a moment, and must not be taken for the program's then. */
	if (atomic_load(&slot->kind) == INTERNAL) {
		atomic_store(&slot->kind, INTERNAL_LEAVING);
		atomic_fetch_add(&ended_cpu_ns, cpu_ns_of(cpa_gate_thread_id()));
	} else {
		atomic_store(&slot->tid, 0);
	}
}

uint64_t cpa_roster_internal_cpu_ns(void)
{
	uint64_t sum_ns = atomic_load(&ended_cpu_ns);
	struct cpa_roster_walk walk = {0};
	struct cpa_roster_entry entry;

	while (cpa_roster_next(&walk, &entry))
		if (entry.internal && !entry.leaving)
			sum_ns += cpu_ns_of(entry.tid);
	return sum_ns;
}

void cpa_roster_set_labels(uint32_t label_set)
{
	cpa_labels_current = label_set;
	if (cpa_likely(own != NULL))
		atomic_store_explicit(&own->label_set, label_set, memory_order_relaxed);
	else /* no new slots: the lock may be held by the code that a handler interrupted */
		fill(cpa_slots_find(&slots), label_set, 0, PROGRAM);
}

bool cpa_roster_next(struct cpa_roster_walk *walk, struct cpa_roster_entry *ret_entry)
{
	uint32_t end = cpa_slots_count(&slots);

	while (walk->index < end) {
		struct slot *slot = cpa_slots_at(&slots, walk->index++);
		uint32_t tid = atomic_load(&slot->tid);
		uint32_t kind = atomic_load(&slot->kind);

		if (!tid || tid == CPA_SLOTS_TAKEN)
			continue;
		*ret_entry = (struct cpa_roster_entry){
			.tid = tid,
			.label_set = atomic_load(&slot->label_set),
			.place = atomic_load(&slot->place),
			.internal = kind != PROGRAM,
			.leaving = kind == INTERNAL_LEAVING,
		};
		if (atomic_load(&slot->tid) == tid)
			return true;
	}
	return false;
}

void cpa_roster_forget(const struct cpa_roster_walk *walk, uint32_t tid)
{
	struct slot *slot = cpa_slots_at(&slots, walk->index - 1);

	(void)atomic_compare_exchange_strong(&slot->tid, &tid, 0);
}

uint64_t cpa_roster_lost_count(void)
{
	return atomic_load(&lost_count);
}

void cpa_roster_postfork_child(void)
{
	atomic_store(&expected_count, 0);
	atomic_store(&ended_cpu_ns, 0);
	cpa_slots_postfork_child(&slots, own);
	if (own)
		atomic_store(&own->tid, cpa_gate_thread_id());
}
