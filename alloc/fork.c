/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sampler across fork.
 *
 * fork calls the handlers that were registered first last. jemalloc must be first, then we, then
 * all libraries: a library's handler may wait for a lock whose holder is inside malloc, so malloc
 * must still work then; and while we wait, jemalloc must. So we stand in front of the function that
 * registers, because constructors of libraries run before ours and need not call malloc.
 */
#include "alloc/fork.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alloc/backend.h"
#include "alloc/thread.h"
#include "alloc/waiting.h"
#include "base/clock.h"
#include "base/compiler.h"
#include "base/lock.h"
#include "report/server.h"
#include "report/snapshot.h"
#include "report/tracer.h"
#include "sampling/cpu.h"
#include "sampling/custom.h"
#include "sampling/entries.h"
#include "sampling/gate.h"
#include "sampling/live.h"
#include "sampling/modules.h"
#include "sampling/profsignal.h"
#include "sampling/threads.h"
#include "sampling/trace.h"
#include "sampling/unwind.h"
#include "sampling/unwind_far.h"

/* The word is 1 in this process, 0 in a child that no handler saw. */
static uint32_t always_one = 1;
static volatile uint32_t *fork_word = &always_one;

static bool on;                /* the sampler is there */
static struct cpa_lock turn;   /* glibc lets two threads run their handlers at the same time */
static CPA_TLS_IE bool locked; /* by this thread, for the fork that is under way */

static void prefork(void)
{
	/*
	 * A signal handler that forks (to start a debugger) may have interrupted this very thread
	 * while it holds one of the locks. The child then gets them as a raw clone's child does.
	 */
	if (!on || cpa_gate.busy)
		return;
	cpa_lock_acquire(&turn);
	locked = true;
	cpa_snapshot_prefork();
	cpa_cpu_prefork(); /* its holder may wait to enter what is closed next */
	cpa_unwind_prefork();
	cpa_unwind_far_prefork();
	cpa_live_prefork();
	cpa_custom_prefork();
	cpa_entries_prefork();
}

static void postfork_parent(void)
{
	if (!locked)
		return;
	cpa_entries_postfork_parent();
	cpa_custom_postfork_parent();
	cpa_live_postfork_parent();
	cpa_unwind_far_postfork_parent();
	cpa_unwind_postfork_parent();
	cpa_cpu_postfork_parent();
	cpa_snapshot_postfork_parent();
	locked = false;
	cpa_lock_release(&turn);
}

static void postfork_child(void)
{
	if (!on)
		return;
	cpa_lock_reset(&turn);
	locked = false;
	cpa_entries_postfork_child();
	cpa_custom_postfork_child();
	cpa_live_postfork_child();
	cpa_unwind_far_postfork_child();
	cpa_unwind_postfork_child();
	cpa_modules_postfork_child();
	/* Else parent and child would draw the same gaps, and the thread's number is another. */
	cpa_gate_seed(cpa_clock_wall_ns() ^ ((uint64_t)getpid() << 32));
	cpa_thread_postfork_child();
	cpa_waiting_postfork_child();
	cpa_cpu_postfork_child();
	cpa_trace_postfork_child();
	cpa_tracer_postfork_child();
	cpa_threads_postfork_child();
	cpa_profsignal_postfork_child();
	*fork_word = 1;
	cpa_snapshot_postfork_child();
	cpa_server_postfork_child();
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

typedef void handler_function(void);
typedef int register_function(
	handler_function *prepare, handler_function *parent, handler_function *child, void *dso);

/* What pthread_atfork is made of in every program and library (glibc). */
register_function __register_atfork;
extern CPA_HIDDEN void *__dso_handle; /* "this library", from the compiler's start files */

static register_function *next_register(void)
{
	static void *_Atomic found;

	if (!found)
		found = dlsym(RTLD_NEXT, "__register_atfork");
	return (register_function *)found;
}

CPA_EXPORT int __register_atfork(
	handler_function *prepare, handler_function *parent, handler_function *child, void *dso)
{
	register_function *next = next_register();
	int result;

	if (dso != &__dso_handle)
		cpa_fork_register();
	result = next ? next(prepare, parent, child, dso) : ENOMEM;
	cpa_fork_register(); /* at the latest now: this was jemalloc, at its first malloc */
	return result;
}

void cpa_fork_register(void)
{
	static _Atomic bool registered;
	int kept_errno = errno;

	if (atomic_exchange(&registered, true))
		return;
	(void)next_register(); /* looked up before jemalloc needs it with a lock held */
	je_free(je_malloc(1)); /* jemalloc's handlers come first */
	(void)pthread_atfork(prefork, postfork_parent, postfork_child);
	errno = kept_errno;
}

void cpa_fork_init(void)
{
	int kept_errno = errno;

	cpa_fork_register();
	watch();
	on = true;
	errno = kept_errno;
}
