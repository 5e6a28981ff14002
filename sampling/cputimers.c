/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A timer on the CPU time of each thread.
 *
 *   timers[number]      number: what the signal carries
 *   by_thread[hash]     -> number + 1, open addressing; 0: empty
 *
 * All but the handler's counting is done under one lock, which is held for three system calls.
 */
#include "sampling/cputimers.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "base/arena.h"
#include "base/lock.h"
#include "sampling/cpuclock.h"
#include "sampling/gate.h"
#include "sampling/proctask.h"
#include "sampling/roster.h"

#define SLOTS (2 * CPA_CPUTIMERS_MAX) /* power of two */
#define GRAVE UINT32_MAX              /* in by_thread: was used, search on */

struct cpa_cputimer {
	_Atomic uint32_t thread_id; /* 0: free */
	int kernel_id;
	uint32_t next_free; /* number + 1 */
	uint32_t seen;      /* in this sweep */
	uint64_t first_ns;  /* CPU time of the thread at which its first tick is due */
	uint64_t function;
	_Atomic uint64_t came; /* ticks */
};

struct table {
	uint32_t by_thread[SLOTS]; /* first: whole pages */
	struct cpa_cputimer timers[CPA_CPUTIMERS_MAX];
};

bool cpa_cputimers_on;

static struct cpa_lock lock; /* guards all below, and the table but for came */
static struct table *table;  /* NULL until the first time */
static uint64_t period_ns;
static uint32_t used_count; /* timers ever used */
static uint32_t free_first; /* number + 1, of those given back */
static uint32_t grave_count;
static uint32_t sweep_number;
static struct cpa_cputimers_counters counters;

/* Where the thread is, or would be. */
static uint32_t *slot_of(uint32_t thread_id)
{
	uint32_t at = (uint32_t)((thread_id * 0x9e3779b97f4a7c15u) >> 32) % SLOTS;
	uint32_t *grave = NULL;

	for (;; at = (at + 1) % SLOTS) {
		uint32_t entry = table->by_thread[at];

		if (entry == 0)
			return grave ? grave : &table->by_thread[at];
		if (entry == GRAVE)
			grave = grave ? grave : &table->by_thread[at];
		else if (table->timers[entry - 1].thread_id == thread_id)
			return &table->by_thread[at];
	}
}

static bool is_used(const uint32_t *slot)
{
	return *slot != 0 && *slot != GRAVE;
}

/* So many graves that searches get long: enter those that are there anew. */
static void clear_graves(void)
{
	/* Zero pages, which take no memory until they are used. */
	if (madvise(table->by_thread, sizeof(table->by_thread), MADV_DONTNEED) != 0)
		memset(table->by_thread, 0, sizeof(table->by_thread));
	grave_count = 0;
	for (uint32_t i = 0; i < used_count; i++)
		if (table->timers[i].thread_id)
			*slot_of(table->timers[i].thread_id) = i + 1;
}

static struct cpa_cputimer *timer_take(void)
{
	struct cpa_cputimer *timer;

	if (free_first) {
		timer = &table->timers[free_first - 1];
		free_first = timer->next_free;
		return timer;
	}
	return used_count < CPA_CPUTIMERS_MAX ? &table->timers[used_count++] : NULL;
}

static void timer_give_back(struct cpa_cputimer *timer)
{
	timer->next_free = free_first;
	free_first = (uint32_t)(timer - table->timers) + 1;
}

static void arm_locked(uint32_t thread_id, uint64_t function)
{
	uint64_t now_ns, first_in_ns = 1 + cpa_gate_below(period_ns);
	struct cpa_cputimer *timer;
	uint32_t *slot = slot_of(thread_id);

	if (is_used(slot)) {
		table->timers[*slot - 1].seen = sweep_number;
		return;
	}
	if (!cpa_cpuclock_read(thread_id, &now_ns))
		return;
	timer = timer_take();
	if (!timer) {
		counters.failed++;
		return;
	}
	timer->first_ns = now_ns + first_in_ns;
	timer->function = function;
	timer->seen = sweep_number;
	timer->came = 0;
	/* Before the first tick can come. */
	timer->thread_id = thread_id;
	if (cpa_cpuclock_start(thread_id, (uint32_t)(timer - table->timers), first_in_ns, period_ns,
		    &timer->kernel_id) < 0) {
		timer->thread_id = 0;
		timer_give_back(timer);
		counters.failed++;
		return;
	}
	grave_count -= *slot == GRAVE;
	*slot = (uint32_t)(timer - table->timers) + 1;
	counters.armed++;
}

/* Ticks that were due by this CPU time and did not come. */
static uint64_t missing(const struct cpa_cputimer *timer, uint64_t now_ns)
{
	uint64_t due = now_ns < timer->first_ns ? 0 : 1 + (now_ns - timer->first_ns) / period_ns;
	uint64_t came = atomic_load_explicit(&timer->came, memory_order_relaxed);

	return due > came ? due - came : 0;
}

/* known: now_ns is the thread's CPU time. */
static void disarm_locked(
	struct cpa_cputimer *timer, bool known, uint64_t now_ns, cpa_cputimers_missed *missed)
{
	uint64_t ticks;

	cpa_cpuclock_stop(timer->kernel_id);
	ticks = known ? missing(timer, now_ns) : 0;
	timer->thread_id = 0;
	counters.armed--;
	counters.missed += ticks;
	if (ticks && missed)
		missed(ticks, timer->function);
	timer_give_back(timer);
}

static void bury(uint32_t *slot)
{
	*slot = GRAVE;
	grave_count++;
	if (grave_count > SLOTS / 4)
		clear_graves();
}

int cpa_cputimers_begin(uint64_t new_period_ns)
{
	int kept_errno = errno;
	void *memory;

	if (!table) {
		memory = mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		errno = kept_errno;
		if (memory == MAP_FAILED)
			return -ENOMEM;
		table = memory;
	}
	cpa_lock_acquire(&lock);
	period_ns = new_period_ns;
	counters = (struct cpa_cputimers_counters){.period_ns = new_period_ns};
	/* release: who sees them on sees the table. */
	__atomic_store_n(&cpa_cputimers_on, true, __ATOMIC_RELEASE);
	cpa_lock_release(&lock);
	return 0;
}

void cpa_cputimers_end(cpa_cputimers_missed *missed)
{
	int kept_errno = errno;

	cpa_lock_acquire(&lock);
	__atomic_store_n(&cpa_cputimers_on, false, __ATOMIC_RELEASE);
	for (uint32_t i = 0; i < used_count; i++) {
		struct cpa_cputimer *timer = &table->timers[i];
		uint64_t now_ns = 0;
		bool known = timer->thread_id && cpa_cpuclock_read(timer->thread_id, &now_ns);

		if (timer->thread_id)
			disarm_locked(timer, known, now_ns, missed);
	}
	clear_graves();
	cpa_lock_release(&lock);
	errno = kept_errno;
}

void cpa_cputimers_arm(uint32_t thread_id, uint64_t function)
{
	int kept_errno = errno;

	cpa_lock_acquire(&lock);
	if (cpa_cputimers_on)
		arm_locked(thread_id, function);
	cpa_lock_release(&lock);
	errno = kept_errno;
}

void cpa_cputimers_disarm(cpa_cputimers_missed *missed)
{
	uint32_t thread_id = cpa_gate_thread_id();
	int kept_errno = errno;
	uint64_t now_ns = 0;
	bool known = cpa_cpuclock_read(thread_id, &now_ns);
	uint32_t *slot;

	cpa_lock_acquire(&lock);
	slot = cpa_cputimers_on ? slot_of(thread_id) : NULL;
	if (slot && is_used(slot)) {
		disarm_locked(&table->timers[*slot - 1], known, now_ns, missed);
		bury(slot);
	}
	cpa_lock_release(&lock);
	errno = kept_errno;
}

/* Those that were not there when this sweep looked. */
static void give_back_unseen(void)
{
	for (uint32_t i = 0; i < used_count; i++) {
		struct cpa_cputimer *timer = &table->timers[i];
		uint32_t *slot;

		if (!timer->thread_id || timer->seen == sweep_number)
			continue;
		slot = slot_of(timer->thread_id);
		disarm_locked(timer, false, 0, NULL);
		bury(slot);
	}
}

/* Our own threads, of which there are a few. */
static uint32_t list_internal(struct cpa_arena *arena, uint32_t **ret_ids)
{
	struct cpa_roster_walk walk = {0};
	struct cpa_roster_entry entry;
	uint32_t count = 0, room = 64;

	*ret_ids = cpa_arena_alloc(arena, room * sizeof(**ret_ids));
	while (*ret_ids && count < room && cpa_roster_next(&walk, &entry))
		if (entry.internal)
			(*ret_ids)[count++] = entry.tid;
	return *ret_ids ? count : 0;
}

static bool is_in(const uint32_t *ids, uint32_t count, uint32_t id)
{
	for (uint32_t i = 0; i < count; i++)
		if (ids[i] == id)
			return true;
	return false;
}

void cpa_cputimers_sweep(void)
{
	uint32_t *thread_ids, *internal_ids;
	struct cpa_arena arena;
	uint32_t internal_count;
	size_t count;

	cpa_arena_init(&arena, 0);
	internal_count = list_internal(&arena, &internal_ids);
	cpa_lock_acquire(&lock);
	sweep_number++;
	cpa_lock_release(&lock);
	if (cpa_proctask_list(&arena, &thread_ids, &count) == 0) {
		for (size_t i = 0; i < count; i++)
			if (!is_in(internal_ids, internal_count, thread_ids[i]))
				cpa_cputimers_arm(thread_ids[i], 0);
		cpa_lock_acquire(&lock);
		if (cpa_cputimers_on)
			give_back_unseen();
		cpa_lock_release(&lock);
	}
	cpa_arena_done(&arena);
}

bool cpa_cputimers_came(uint32_t number, uint64_t ticks)
{
	struct cpa_cputimer *timer;

	/* acquire: pairs with the release in begin. */
	if (!__atomic_load_n(&cpa_cputimers_on, __ATOMIC_ACQUIRE) || number >= CPA_CPUTIMERS_MAX)
		return false;
	timer = &table->timers[number];
	if (timer->thread_id != cpa_gate_thread_id())
		return false;
	atomic_fetch_add_explicit(&timer->came, ticks, memory_order_relaxed);
	return true;
}

struct cpa_cputimers_counters cpa_cputimers_count(void)
{
	struct cpa_cputimers_counters copy;

	cpa_lock_acquire(&lock);
	copy = counters;
	cpa_lock_release(&lock);
	return copy;
}

void cpa_cputimers_postfork_child(void)
{
	cpa_lock_reset(&lock);
	cpa_cputimers_on = false;
	for (uint32_t i = 0; i < used_count; i++)
		table->timers[i].thread_id = 0;
	used_count = 0;
	free_first = 0;
	if (table)
		clear_graves();
	counters.armed = 0;
}
