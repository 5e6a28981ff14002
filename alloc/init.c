/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The library's life: settings, start in the right order, fork, exit.
 * Not here: what is set up (the modules named below).
 *
 * Before the constructor every allocation is served and none is sampled: the first ones come from
 * the loader, when neither dlopen nor unwinding is possible. cpa_sample_ready is set last.
 */
#include "alloc/init.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <unistd.h>

#include "alloc/fork.h"
#include "alloc/next.h"
#include "alloc/region.h"
#include "alloc/sample.h"
#include "alloc/signals.h"
#include "alloc/thread.h"
#include "alloc/totals.h"
#include "alloc/waiting.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/log.h"
#include "report/collector.h"
#include "report/server.h"
#include "report/snapshot.h"
#include "report/tracer.h"
#include "sampling/custom.h"
#include "sampling/gate.h"
#include "sampling/labels.h"
#include "sampling/roster.h"
#include "sampling/stacks.h"
#include "sampling/store.h"
#include "sampling/tally.h"
#include "sampling/unwind.h"
#include "sampling/unwind_far.h"

#define LIMIT_SHARE 16u /* of a limit on address space, for the store */

static struct cpa_conf conf;
static bool can_sample;

static void complain(const char *text)
{
	cpa_log("%s", text);
}

static void thread_is_internal(void)
{
	cpa_gate_set_internal();
	cpa_roster_enter_internal();
}

/* As a program does it. */
static void purge(void)
{
	(void)malloc_trim(0);
}

static const struct cpa_snapshot_source snapshot_source = {
	.totals = cpa_totals_read,
	.rate_bytes = cpa_gate_rate_bytes,
	.thread_is_internal = thread_is_internal,
	.purge = purge,
	.mutex_fraction = cpa_waiting_mutex_fraction,
	.block_rate = cpa_waiting_block_rate,
};

static uint64_t heap_bytes(void)
{
	struct cpa_snapshot_totals totals;

	cpa_totals_read(&totals);
	return totals.allocated_bytes;
}

/* 16 random bytes that the kernel gave this program: no system call, and no descriptor. */
static uint64_t random_seed(void)
{
	const uint64_t *words = (const uint64_t *)getauxval(AT_RANDOM);

	return cpa_clock_wall_ns() ^ ((uint64_t)getpid() << 40) ^ (words ? words[0] ^ words[1] : 0);
}

static size_t store_bytes(void)
{
	struct rlimit limit;
	size_t size_bytes = conf.store_max_bytes;

	if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
		size_bytes > limit.rlim_cur / LIMIT_SHARE)
		size_bytes = limit.rlim_cur / LIMIT_SHARE;
	return size_bytes;
}

/*
 * Everything a sample needs. False, and one line said, when the program must go on without
 * sampling.
 */
static bool start_sampling(void)
{
	if (cpa_store_init(store_bytes(), conf.depth) < 0 || cpa_stacks_init() < 0 ||
		cpa_labels_init() < 0 || cpa_custom_init() < 0 || cpa_tally_init() < 0) {
		cpa_log("sampling is off: no memory for the store of samples, not even 1 MiB; "
			"raise ulimit -v, or leave it unlimited");
		return false;
	}
	if (cpa_region_init() < 0) {
		cpa_log("sampling is off: no address range of at least 64 MiB could be reserved; "
			"raise ulimit -v, or leave it unlimited");
		return false;
	}
	if (cpa_unwind_init() < 0) {
		cpa_log("sampling is off: libunwind.so.8 could not be loaded; install the package "
			"libunwind8");
		return false;
	}
	/* Without it dumps of threads say so in each stack. */
	(void)!cpa_unwind_far_init();
	return true;
}

static int64_t block_rate_ns(void)
{
	return conf.block_rate_ns < INT64_MAX ? (int64_t)conf.block_rate_ns : INT64_MAX;
}

/* Samples are taken by now, and what this allocates is ours. */
static void start_cpu(void)
{
	uint64_t left_bytes;
	int error;

	if (!cpa_gate_begin(&left_bytes))
		return;
	error = cpa_collector_start(conf.cpu_hz);
	cpa_gate_end(left_bytes);
	if (error)
		cpa_log("no CPU profile: %s", strerrordesc_np(-error));
}

__attribute__((constructor)) static void start(void)
{
	int kept_errno = errno;

	cpa_signals_init();
	cpa_conf_defaults(&conf);
	/*
	 * NULL in a program that runs with more rights than its caller: the caller's settings do
	 * not count there.
	 */
	cpa_conf_parse(&conf, secure_getenv("CPROFALLOC"), complain);
	cpa_next_find();
	can_sample = start_sampling();
	cpa_gate_seed(random_seed());
	if (can_sample) {
		cpa_fork_init();
		cpa_thread_init();
		cpa_waiting_init();
		cpa_gate_set_rate(conf.rate_bytes);
		(void)cpa_waiting_mutex_fraction((int)conf.mutex_fraction);
		(void)cpa_waiting_block_rate(block_rate_ns());
		cpa_snapshot_init(&conf, &snapshot_source);
		cpa_tracer_init(heap_bytes, cpa_waiting_follow_trace, conf.names);
		cpa_server_init(&conf, &snapshot_source);
	}
	cpa_sample_ready = true;
	if (can_sample && conf.cpu_hz)
		start_cpu();
	errno = kept_errno;
}

__attribute__((destructor)) static void stop(void)
{
	uint64_t left_bytes;
	int kept_errno = errno;

	if (can_sample && cpa_gate_begin(&left_bytes)) {
		(void)!cpa_tracer_stop();
		cpa_server_final();
		cpa_snapshot_final();
		cpa_gate_end(left_bytes);
	}
	errno = kept_errno;
}

bool cpa_init_can_sample(void)
{
	return can_sample;
}
