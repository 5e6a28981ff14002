/* SPDX-License-Identifier: BSD-2-Clause */
/* A mutex, a gate and a wake-up word on bare futexes. */
#include "base/lock.h"

#include "base/compiler.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* A holder only copies a few words: a short spin avoids most system calls. */
#define SPIN_COUNT 100

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

void cpa_lock_wait(_Atomic uint32_t *word, uint32_t expected, uint64_t timeout_ns)
{
	int kept_errno = errno;
	struct timespec limit = {
		.tv_sec = (time_t)(timeout_ns / 1000000000u),
		.tv_nsec = (long)(timeout_ns % 1000000000u),
	};

	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected,
		timeout_ns == UINT64_MAX ? NULL : &limit, NULL, 0);
	errno = kept_errno;
}

void cpa_lock_wake(_Atomic uint32_t *word)
{
	int kept_errno = errno;

	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
	errno = kept_errno;
}

bool cpa_lock_try(struct cpa_lock *lock)
{
	uint32_t want_free = 0;

	return atomic_compare_exchange_strong_explicit(
		&lock->word, &want_free, 1, memory_order_acquire, memory_order_relaxed);
}

void cpa_lock_acquire(struct cpa_lock *lock)
{
	for (int i = 0; i < SPIN_COUNT; i++) {
		if (cpa_lock_try(lock))
			return;
		relax();
	}
	/* From here on the word stays 2, so that the holder's release wakes us. */
	while (atomic_exchange_explicit(&lock->word, 2, memory_order_acquire) != 0)
		cpa_lock_wait(&lock->word, 2, UINT64_MAX);
}

void cpa_lock_release(struct cpa_lock *lock)
{
	/* release: pairs with the acquire in cpa_lock_try and cpa_lock_acquire. */
	if (atomic_exchange_explicit(&lock->word, 0, memory_order_release) == 2)
		cpa_lock_wake(&lock->word);
}

void cpa_lock_reset(struct cpa_lock *lock)
{
	atomic_store_explicit(&lock->word, 0, memory_order_relaxed);
}

void cpa_lock_gate_enter(struct cpa_lock_gate *gate)
{
	for (;;) {
		/* Sequential consistency: either we see `closed`, or the closer sees us inside. */
		atomic_fetch_add(&gate->inside_count, 1);
		if (cpa_likely(atomic_load(&gate->closed) == 0))
			return;
		cpa_lock_gate_leave(gate);
		cpa_lock_wait(&gate->closed, 1, UINT64_MAX);
	}
}

void cpa_lock_gate_leave(struct cpa_lock_gate *gate)
{
	if (atomic_fetch_sub(&gate->inside_count, 1) == 1 && atomic_load(&gate->closed))
		cpa_lock_wake(&gate->inside_count);
}

void cpa_lock_gate_close(struct cpa_lock_gate *gate)
{
	uint32_t inside_count;

	atomic_store(&gate->closed, 1);
	while ((inside_count = atomic_load(&gate->inside_count)) != 0)
		cpa_lock_wait(&gate->inside_count, inside_count, UINT64_MAX);
}

void cpa_lock_gate_open(struct cpa_lock_gate *gate)
{
	atomic_store(&gate->closed, 0);
	cpa_lock_wake(&gate->closed);
}

void cpa_lock_gate_reset(struct cpa_lock_gate *gate)
{
	atomic_store(&gate->inside_count, 0);
	atomic_store(&gate->closed, 0);
}
