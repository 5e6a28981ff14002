/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ticks of CPU time, from the signal handler to whoever unwinds them.
 *
 *   taken[i / 64] bit i % 64      set by the handler, cleared by the reader
 *   slots[i].ready                set by the handler when all is in it
 */
#include "sampling/cputicks.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "base/clock.h"
#include "base/lock.h"
#include "sampling/cputimers.h"
#include "sampling/gate.h"
#include "sampling/labels.h"
#include "sampling/stackcopy.h"

#define WORDS       (CPA_CPUTICKS_SLOTS / 64)
#define PRESS_SLOTS (CPA_CPUTICKS_SLOTS / 4)

struct slot {
	_Atomic bool ready;
	struct cpa_cputick tick;
	unsigned char stack[CPA_STACKCOPY_BYTES];
};

static struct slot *slots; /* NULL until the first time */
static _Atomic uint64_t taken[WORDS];
static _Atomic uint64_t lost_ticks;
static _Atomic uint32_t pressed;

int cpa_cputicks_init(void)
{
	int kept_errno = errno;
	void *memory;

	if (slots)
		return 0;
	memory = mmap(NULL, CPA_CPUTICKS_SLOTS * sizeof(*slots), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	errno = kept_errno;
	if (memory == MAP_FAILED)
		return -ENOMEM;
	slots = memory;
	return 0;
}

/* The first free slot; CPA_CPUTICKS_SLOTS: none. */
static uint32_t slot_take(void)
{
	for (uint32_t i = 0; i < WORDS; i++) {
		uint64_t word = atomic_load_explicit(&taken[i], memory_order_relaxed);

		while (~word) {
			uint32_t bit = (uint32_t)__builtin_ctzll(~word);

			if (atomic_compare_exchange_weak_explicit(&taken[i], &word,
				    word | (uint64_t)1 << bit, memory_order_acquire,
				    memory_order_relaxed))
				return i * 64 + bit;
		}
	}
	return CPA_CPUTICKS_SLOTS;
}

void cpa_cputicks_press(void)
{
	/* One system call for many ticks. */
	if (!atomic_exchange(&pressed, 1))
		cpa_lock_wake(&pressed);
}

void cpa_cputicks_wait(uint64_t timeout_ns)
{
	if (!atomic_load(&pressed))
		cpa_lock_wait(&pressed, 0, timeout_ns);
	atomic_store(&pressed, 0);
}

void cpa_cputicks_take(uint32_t value, const siginfo_t *info, const void *context)
{
	uint64_t ticks = 1 + (uint64_t)(info->si_overrun > 0 ? info->si_overrun : 0);
	uint32_t index;

	if (!cpa_cputimers_came(value, ticks))
		return;
	index = slot_take();
	if (index == CPA_CPUTICKS_SLOTS) {
		atomic_fetch_add_explicit(&lost_ticks, ticks, memory_order_relaxed);
		cpa_cputicks_press();
		return;
	}
	cpa_stackcopy_take(context, slots[index].stack, &slots[index].tick.start);
	slots[index].tick.label_set = cpa_labels_current;
	slots[index].tick.ticks = ticks;
	slots[index].tick.thread_id = cpa_gate_thread_id();
	slots[index].tick.time_ns = cpa_clock_mono_ns();
	atomic_store_explicit(&slots[index].ready, true, memory_order_release);
	if (index >= PRESS_SLOTS)
		cpa_cputicks_press();
}

static void slot_free(uint32_t index)
{
	atomic_store_explicit(&slots[index].ready, false, memory_order_relaxed);
	atomic_fetch_and_explicit(
		&taken[index / 64], ~((uint64_t)1 << index % 64), memory_order_release);
}

uint32_t cpa_cputicks_drain(
	void (*visit)(void *context, const struct cpa_cputick *tick), void *context)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < WORDS && slots; i++) {
		uint64_t word = atomic_load_explicit(&taken[i], memory_order_acquire);

		for (; word; word &= word - 1) {
			uint32_t index = i * 64 + (uint32_t)__builtin_ctzll(word);

			if (!atomic_load_explicit(&slots[index].ready, memory_order_acquire))
				continue;
			visit(context, &slots[index].tick);
			slot_free(index);
			count++;
		}
	}
	return count;
}

uint64_t cpa_cputicks_lost(void)
{
	return atomic_exchange(&lost_ticks, 0);
}

void cpa_cputicks_clear(void)
{
	for (uint32_t i = 0; i < WORDS && slots; i++) {
		uint64_t word = atomic_load(&taken[i]);

		for (; word; word &= word - 1)
			slot_free(i * 64 + (uint32_t)__builtin_ctzll(word));
	}
	atomic_store(&lost_ticks, 0);
	atomic_store(&pressed, 0);
}
