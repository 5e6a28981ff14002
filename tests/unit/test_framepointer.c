/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is the stack of a thread that sleeps in code with frame pointers the one that it knows itself;
 * and is nothing said where it cannot be known? What it knows is backtrace(3), just before it
 * sleeps.
 * Not here: dumps (goroutine.bats), other ends of a walk (test_unwind_far.c).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/framepointer.h"
#include "sampling/proctask.h"

#include <alloca.h>
#include <errno.h>
#include <execinfo.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DEPTH_MAX 200

/* With -fno-omit-frame-pointer, see local.mk. */
#if defined(__clang__)
#define FRAMED __attribute__((noinline, optnone, no_sanitize("address", "undefined")))
#else
#define FRAMED __attribute__((noinline, noclone, optimize("O0"), no_sanitize("address,undefined")))
#endif

static int pipe_fds[2];
static struct cpa_arena arena;
static struct cpa_unwind_far *far;
static void *truth[DEPTH_MAX]; /* from where it sleeps on */
static int truth_depth;
static void *look_return; /* into the function that sleeps next */
static _Atomic uint32_t sleeper_tid;
static bool sleeps; /* else all is run through without it, to leave frames behind */

FRAMED static void look(void)
{
	truth_depth = backtrace(truth, DEPTH_MAX);
	look_return = __builtin_return_address(0);
}

FRAMED static long sleep_here(int seed)
{
	char byte = (char)seed;

	if (!sleeps)
		return seed;
	look();
	atomic_store(&sleeper_tid, (uint32_t)gettid());
	return syscall(SYS_read, pipe_fds[0], &byte, 1);
}

FRAMED static long call_from_two_places(int which)
{
	if (which)
		return sleep_here(1) + 1;
	return sleep_here(2) + 2;
}

FRAMED static long descend(int levels)
{
	volatile char room[40];

	room[0] = (char)levels;
	return levels ? descend(levels - 1) + room[0] : sleep_here(room[0]);
}

/* What is in its room are the frames of earlier calls. */
FRAMED static long sleep_below_old_frames(int seed)
{
	volatile char room[16 * 1024];

	room[seed] = 1;
	return sleep_here(seed) + room[seed];
}

/* As above, but it sleeps itself: what is found hangs on its own frame alone. */
FRAMED static long sleep_over_old_frames(int seed)
{
	volatile char room[16 * 1024];
	char byte;

	room[seed] = 1;
	if (!sleeps)
		return seed;
	look();
	atomic_store(&sleeper_tid, (uint32_t)gettid());
	return syscall(SYS_read, pipe_fds[0], &byte, 1) + room[seed];
}

FRAMED static long leave_frames(int levels)
{
	volatile char room[24];

	sleeps = false;
	room[0] = (char)sleep_over_old_frames(levels);
	room[1] = (char)sleep_here(levels);
	return levels ? leave_frames(levels - 1) + room[0] : descend(20);
}

static uint64_t old_return; /* where another call of it returned to */

/* All that it has taken looks like its frame, called from elsewhere. */
FRAMED static long sleep_with_alloca(size_t count)
{
	uint64_t *frame = __builtin_frame_address(0);
	uint64_t *room = alloca(count * sizeof(*room));
	char byte;

	if (!sleeps) {
		old_return = frame[1];
		return 0;
	}
	for (size_t i = 0; i < count; i++)
		room[i] = (uintptr_t)&room[i] % 16 ? old_return : frame[0];
	look();
	atomic_store(&sleeper_tid, (uint32_t)gettid());
	return syscall(SYS_read, pipe_fds[0], &byte, 1) + (long)room[0];
}

/* The seventh argument is on the stack. */
FRAMED static long sleep_with_argument(void)
{
	char byte;

	look();
	atomic_store(&sleeper_tid, (uint32_t)gettid());
	return syscall(SYS_read, pipe_fds[0], &byte, 1, 0, 0, 0);
}

static long (*volatile by_pointer)(int) = sleep_here;

static int compare(const void *left, const void *right)
{
	(void)left;
	(void)right;
	if (truth_depth)
		return 0;
	return (int)by_pointer(0);
}

FRAMED static long way_first(void)
{
	return call_from_two_places(0);
}

FRAMED static long way_second(void)
{
	return call_from_two_places(1);
}

FRAMED static long way_recursion(void)
{
	return descend(30);
}

FRAMED static long way_pointer(void)
{
	return by_pointer(1) + 1;
}

FRAMED static long way_library(void)
{
	int pair[2] = {2, 1};

	qsort(pair, 2, sizeof(int), compare);
	return 1;
}

FRAMED static long way_below(void)
{
	long left = leave_frames(30);

	sleeps = true;
	return sleep_below_old_frames(3) + left;
}

FRAMED static long way_over(void)
{
	long left = leave_frames(30);

	sleeps = true;
	return sleep_over_old_frames(3) + left;
}

/* The frames that were left are of direct calls, this is none. */
FRAMED static long way_over_by_pointer(void)
{
	long left = leave_frames(30);

	sleeps = true;
	by_pointer = sleep_over_old_frames;
	left += by_pointer(3);
	by_pointer = sleep_here;
	return left;
}

FRAMED static long way_alloca(void)
{
	long result;

	sleeps = false;
	result = sleep_with_alloca(8);
	sleeps = true;
	return result + sleep_with_alloca(1000);
}

FRAMED static long way_argument(void)
{
	return sleep_with_argument() + 1;
}

static void *run(void *way)
{
	long (*const *call)(void) = way;
	long result = (*call)();

	__asm__ volatile("" : "+r"(result)::"memory");
	return way;
}

static uint64_t pcs[DEPTH_MAX];
static uint32_t depth;

/* Unwind the thread in its sleep, with what the kernel says. */
static enum cpa_unwind_far_end unwind(long (*way)(void))
{
	enum cpa_unwind_far_end end = CPA_UNWIND_FAR_BROKEN, plain_end;
	struct cpa_unwind_far_start start = {
		.known_mask = 1u << CPA_UNWIND_FAR_RSP | 1u << CPA_UNWIND_FAR_RIP,
		.pc_is_call = true};
	struct cpa_unwind_far_start plain;
	struct cpa_proctask_sleep sleep;
	pthread_t thread;

	sleeper_tid = 0;
	truth_depth = 0;
	sleeps = true;
	assert_int_equal(pthread_create(&thread, NULL, run, &way), 0);
	while (!atomic_load(&sleeper_tid) || !cpa_proctask_sleep(sleeper_tid, &sleep) ||
		sleep.call_number != SYS_read)
		(void)sched_yield();
	start.regs[CPA_UNWIND_FAR_RSP] = sleep.sp;
	start.regs[CPA_UNWIND_FAR_RIP] = sleep.pc;
	plain = start;
	errno = 4711;
	depth = cpa_framepointer_unwind(far, &start, pcs, DEPTH_MAX, &end);
	assert_int_equal(errno, 4711);
	(void)cpa_unwind_far(far, &plain, (uint64_t[DEPTH_MAX]){0}, DEPTH_MAX, &plain_end);
	assert_int_equal(plain_end, CPA_UNWIND_FAR_UNKNOWN);
	assert_int_equal(write(pipe_fds[1], "", 1), 1);
	assert_int_equal(pthread_join(thread, NULL), 0);
	return end;
}

/* Ours begins with syscall(), theirs with look(), or what stands before backtrace(). */
static void check_true(void)
{
	void *const *theirs;

	assert_in_range(depth, 3, truth_depth);
	theirs = truth + truth_depth - depth;
	assert_ptr_equal(theirs[1], look_return);
	for (uint32_t i = 2; i < depth; i++)
		assert_ptr_equal((void *)pcs[i], theirs[i]);
}

static void check_whole(long (*way)(void))
{
	assert_int_equal(unwind(way), CPA_UNWIND_FAR_ROOT);
	check_true();
}

static void check_unknown(long (*way)(void))
{
	assert_int_equal(unwind(way), CPA_UNWIND_FAR_UNKNOWN);
	assert_int_equal(depth, 2);
}

static void test_places(void **state)
{
	(void)state;
	check_whole(way_first);
	check_whole(way_second);
}

static void test_recursion(void **state)
{
	(void)state;
	check_whole(way_recursion);
}

static void test_pointers(void **state)
{
	(void)state;
	check_whole(way_pointer);
	check_whole(way_library);
}

static void test_old_frames(void **state)
{
	(void)state;
	check_whole(way_below);
	check_whole(way_over);
	check_whole(way_over_by_pointer);
}

/* How far the stack pointer went is not known. */
static void test_moved(void **state)
{
	(void)state;
	check_unknown(way_alloca);
	/* Whether that moves the stack pointer is up to the compiler. */
	if (unwind(way_argument) != CPA_UNWIND_FAR_UNKNOWN)
		check_true();
}

static int make(void **state)
{
	(void)state;
	cpa_arena_init(&arena, 0);
	if (cpa_unwind_far_init() != 0 || pipe(pipe_fds) != 0)
		return -1;
	far = cpa_unwind_far_new(&arena);
	return far ? 0 : -1;
}

static int done(void **state)
{
	(void)state;
	cpa_unwind_far_free(far);
	cpa_arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_recursion),
		cmocka_unit_test(test_pointers),
		cmocka_unit_test(test_old_frames),
		cmocka_unit_test(test_moved),
	};

	return cmocka_run_group_tests(tests, make, done);
}
