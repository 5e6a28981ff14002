/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sampler across fork.
 *
 * jemalloc registered its own handlers at its first malloc, before us: so our prefork runs first,
 * while jemalloc still works, and our locks are never waited for by a thread that holds jemalloc's.
 */
#include "alloc/fork.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alloc/sample.h"
#include "base/clock.h"
#include "base/compiler.h"
#include "report/snapshot.h"
#include "sampling/gate.h"
#include "sampling/live.h"
#include "sampling/modules.h"
#include "sampling/unwind.h"

/* The word is 1 in this process, 0 in a child that no handler saw. */
static uint32_t always_one = 1;
static volatile uint32_t *fork_word = &always_one;

static void prefork(void)
{
	cpa_snapshot_prefork();
	cpa_unwind_prefork();
	cpa_live_prefork();
}

static void postfork_parent(void)
{
	cpa_live_postfork_parent();
	cpa_unwind_postfork_parent();
	cpa_snapshot_postfork_parent();
}

static void postfork_child(void)
{
	cpa_live_postfork_child();
	cpa_unwind_postfork_child();
	cpa_modules_postfork_child();
	cpa_sample_postfork_child();
	/* Else parent and child would draw the same gaps. */
	cpa_gate_seed(cpa_clock_wall_ns() ^ ((uint64_t)getpid() << 32));
	*fork_word = 1;
	cpa_snapshot_postfork_child();
}

void cpa_fork_repair(void)
{
	if (cpa_unlikely(*fork_word == 0))
		postfork_child();
}

/* A page that the kernel wipes in every child, whoever made it. */
static void watch(void)
{
	size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	uint32_t *page =
		mmap(NULL, page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return;
	if (madvise(page, page_bytes, MADV_WIPEONFORK) == 0) {
		*page = 1;
		fork_word = page;
	}
}

void cpa_fork_init(void)
{
	int kept_errno = errno;

	watch();
	(void)pthread_atfork(prefork, postfork_parent, postfork_child);
	errno = kept_errno;
}
