/* SPDX-License-Identifier: BSD-2-Clause */
/* Which allocations are samples: the countdown's slow half. */
#include "sampling/gate.h"

#include <math.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

CPA_TLS_IE struct cpa_gate cpa_gate;

static _Atomic uint64_t rate_bytes_now;
static _Atomic uint64_t rate_bytes_max;
static _Atomic uint64_t seed_now;

/* SplitMix64 (Steele, Lea, Flood 2014): one word of state, passes BigCrush. */
static uint64_t mix(uint64_t word)
{
	word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;
	word = (word ^ (word >> 27)) * 0x94d049bb133111ebu;
	return word ^ (word >> 31);
}

static uint64_t random_word(struct cpa_gate *gate)
{
	if (cpa_unlikely(gate->random_state == 0))
		gate->random_state = mix(atomic_fetch_add(&seed_now, 0x9e3779b97f4a7c15u)) | 1;
	gate->random_state += 0x9e3779b97f4a7c15u;
	return mix(gate->random_state);
}

/* Uniform on the open interval (0, 1): never 0, so that its logarithm is finite, and never 1. */
static double random_unit(struct cpa_gate *gate)
{
	return ((double)(random_word(gate) >> 12) + 0.5) * 0x1p-52;
}

uint32_t cpa_gate_thread_id(void)
{
	if (cpa_gate.thread_id == 0)
		cpa_gate.thread_id = (uint32_t)syscall(SYS_gettid);
	return cpa_gate.thread_id;
}

uint64_t cpa_gate_below(uint64_t n)
{
	return random_word(&cpa_gate) % n;
}

bool cpa_gate_one_in(uint32_t n)
{
	return cpa_gate_below(n) == 0;
}

bool cpa_gate_chance(double probability)
{
	return random_unit(&cpa_gate) < probability;
}

double cpa_gate_draw(double mean)
{
	return -log(random_unit(&cpa_gate)) * mean;
}

/* Start a new gap at this rate. The request that ended the old one has been decided. */
static void gap_start(struct cpa_gate *gate, uint64_t rate_bytes)
{
	double gap_bytes;

	gate->started = true;
	gate->gap_rate_bytes = rate_bytes;
	gate->tail_bytes = 0;
	gate->ends_in_point = false;
	gate->left_bytes = CPA_GATE_CHECK_BYTES;
	if (rate_bytes == 0)
		return;
	if (rate_bytes == 1) {
		gate->left_bytes = 0; /* every request trips, even one of no bytes */
		return;
	}
	/* Rounded up: a request of s bytes trips when ceil(gap) <= s, which is when gap <= s. */
	gap_bytes = ceil(cpa_gate_draw((double)rate_bytes));
	if (gap_bytes > (double)CPA_GATE_CHECK_BYTES)
		return;
	gate->left_bytes = (uint64_t)gap_bytes;
	gate->ends_in_point = true;
	gate->tail_bytes = CPA_GATE_CHECK_BYTES - gate->left_bytes;
}

/* Expected points among so many bytes; with rate 1 certainly one among any. */
static double expected_points(uint64_t bytes, uint64_t rate_bytes)
{
	if (bytes == 0 || rate_bytes == 0)
		return 0;
	return rate_bytes == 1 ? INFINITY : (double)bytes / (double)rate_bytes;
}

bool cpa_gate_decide(size_t req_bytes, double *ret_probability)
{
	struct cpa_gate *gate = &cpa_gate;
	uint64_t rate_bytes = atomic_load_explicit(&rate_bytes_now, memory_order_relaxed);
	uint64_t left_bytes = gate->left_bytes + req_bytes; /* undo the hot path's subtraction */
	uint64_t old_bytes;
	double points;
	bool is_sample;

	if (gate->internal || gate->busy) {
		gate->left_bytes = CPA_GATE_NEVER;
		return false;
	}
	if (gate->gap_rate_bytes == 1 || (!gate->started && rate_bytes == 1)) {
		*ret_probability = 1;
		gap_start(gate, rate_bytes);
		return true;
	}
	/*
	 * The request's first old_bytes lie before the next check-in and are ruled by the rate of
	 * the gap, the rest by the rate of now. Its probability depends on where the check-in is,
	 * never on where the point was.
	 */
	old_bytes = left_bytes + gate->tail_bytes;
	if (old_bytes > req_bytes)
		old_bytes = req_bytes;
	points = expected_points(old_bytes, gate->gap_rate_bytes) +
		 expected_points(req_bytes - old_bytes, rate_bytes);
	is_sample = gate->ends_in_point;
	if (!is_sample) {
		double rest_points = expected_points(req_bytes - old_bytes, rate_bytes);

		is_sample = random_unit(gate) < -expm1(-rest_points);
	}
	gap_start(gate, rate_bytes);
	*ret_probability = -expm1(-points);
	return is_sample;
}

bool cpa_gate_begin(uint64_t *ret_left_bytes)
{
	if (cpa_gate.busy)
		return false;
	*ret_left_bytes = cpa_gate.left_bytes;
	cpa_gate.busy = true;
	cpa_gate.left_bytes = CPA_GATE_NEVER;
	return true;
}

void cpa_gate_end(uint64_t left_bytes)
{
	cpa_gate.left_bytes = left_bytes;
	cpa_gate.busy = false;
}

uint64_t cpa_gate_rate_bytes(void)
{
	return atomic_load_explicit(&rate_bytes_now, memory_order_relaxed);
}

uint64_t cpa_gate_rate_max_bytes(void)
{
	return atomic_load_explicit(&rate_bytes_max, memory_order_relaxed);
}

uint64_t cpa_gate_set_rate(uint64_t rate_bytes)
{
	uint64_t max_bytes = cpa_gate_rate_max_bytes();
	uint64_t old_bytes =
		atomic_exchange_explicit(&rate_bytes_now, rate_bytes, memory_order_relaxed);

	while (max_bytes < rate_bytes &&
		!atomic_compare_exchange_weak_explicit(&rate_bytes_max, &max_bytes, rate_bytes,
			memory_order_relaxed, memory_order_relaxed))
		continue;

	/* An exponential gap has no memory: throwing away what is left of ours biases nothing. */
	if (!cpa_gate.internal && !cpa_gate.busy)
		gap_start(&cpa_gate, rate_bytes);
	return old_bytes;
}

void cpa_gate_set_internal(void)
{
	cpa_gate.internal = true;
	cpa_gate.left_bytes = CPA_GATE_NEVER;
}

void cpa_gate_seed(uint64_t seed)
{
	atomic_store(&seed_now, seed);
	cpa_gate.random_state = 0;
	cpa_gate.thread_id = 0;
}
