/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does a handler get the registers and the bytes of the stack that it interrupted, all of them
 * where the stack is short, no more than there is memory, and the same with and without a known
 * top?
 * Not here: what is unwound of it (test_unwind_far.c).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/far_memory.h"
#include "sampling/stackcopy.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define NOINLINE    __attribute__((noinline, noclone))
#define PAGE_BYTES  ((size_t)4096)
#define STACK_BYTES ((size_t)256 * 1024)
#define MARK        0x5aa5c33c12345678u

static struct cpa_unwind_far_start start;
static unsigned char copy[CPA_STACKCOPY_BYTES];
static bool is_equal; /* to the stack, while that stood still */

static void on_signal(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)info;
	memset(&start, 0xff, sizeof(start));
	memset(copy, 0xff, sizeof(copy));
	cpa_stackcopy_take(context, copy, &start);
	is_equal = memcmp(copy, (const void *)start.stack_addr, start.stack_bytes) == 0;
}

static int make(void **state)
{
	struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};

	(void)state;
	return sigaction(SIGUSR1, &action, NULL);
}

/* Of the C library's raise, called by this with a mark in its frame. */
NOINLINE static void interrupt(void)
{
	volatile uint64_t marks[32];
	const unsigned char *here = (const unsigned char *)marks;

	for (int i = 0; i < 32; i++)
		marks[i] = MARK + (uint64_t)i;
	assert_int_equal(raise(SIGUSR1), 0);
	assert_int_equal(marks[31], MARK + 31);
	assert_true(is_equal);
	assert_ptr_equal(start.stack, copy);
	assert_false(start.pc_is_call);
	assert_int_equal(start.known_mask, (1u << CPA_UNWIND_FAR_REGS) - 1);
	assert_int_equal(start.stack_addr, start.regs[CPA_UNWIND_FAR_RSP]);
	assert_true(cpa_far_memory_is_module(start.regs[CPA_UNWIND_FAR_RIP]));
	/* Below this frame, and not far. */
	assert_true(start.stack_addr < (uint64_t)here);
	assert_true((uint64_t)here - start.stack_addr < PAGE_BYTES);
	assert_memory_equal(copy + ((uint64_t)here - start.stack_addr), here, sizeof(marks));
}

static void test_unknown_top(void **state)
{
	(void)state;
	cpa_stackcopy_set_top(NULL, 0);
	interrupt();
	assert_in_range(start.stack_bytes, 1, CPA_STACKCOPY_BYTES);
}

NOINLINE static void deep(void)
{
	volatile unsigned char room[2 * CPA_STACKCOPY_BYTES];

	room[0] = room[sizeof(room) - 1] = 1;
	interrupt();
	assert_int_equal(room[0] + room[sizeof(room) - 1], 2);
}

/* More than fits, with the top far above: cut. */
static void test_deep(void **state)
{
	(void)state;
	cpa_stackcopy_set_top(NULL, 0);
	deep();
	assert_int_equal(start.stack_bytes, CPA_STACKCOPY_BYTES);
	cpa_stackcopy_set_top(__builtin_frame_address(0), STACK_BYTES);
	deep();
	assert_int_equal(start.stack_bytes, CPA_STACKCOPY_BYTES);
	cpa_stackcopy_set_top(NULL, 0);
}

struct run {
	unsigned char *top; /* of the thread's stack */
	bool known;
	size_t want_bytes_min;
};

static void *run(void *arg)
{
	struct run *to = arg;

	cpa_stackcopy_set_top(to->known ? to->top : NULL, to->known ? STACK_BYTES : 0);
	interrupt();
	/* All there is, to the last byte: what lies above the top is no memory. */
	assert_int_equal(start.stack_addr + start.stack_bytes, (uint64_t)to->top);
	return NULL;
}

/* On a stack with nothing above. */
static void on_own_stack(bool known)
{
	unsigned char *memory = mmap(NULL, STACK_BYTES + PAGE_BYTES, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	struct run to = {.top = memory + STACK_BYTES, .known = known};
	pthread_attr_t attributes;
	pthread_t thread;

	assert_ptr_not_equal(memory, MAP_FAILED);
	assert_int_equal(mprotect(memory, STACK_BYTES, PROT_READ | PROT_WRITE), 0);
	assert_int_equal(pthread_attr_init(&attributes), 0);
	assert_int_equal(pthread_attr_setstack(&attributes, memory, STACK_BYTES), 0);
	assert_int_equal(pthread_create(&thread, &attributes, run, &to), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(pthread_attr_destroy(&attributes), 0);
	assert_int_equal(munmap(memory, STACK_BYTES + PAGE_BYTES), 0);
}

static void test_end_of_memory(void **state)
{
	(void)state;
	on_own_stack(false);
}

static void test_known_top(void **state)
{
	(void)state;
	on_own_stack(true);
}

/* In another stack than the one whose top is known: what is there is copied all the same. */
static void test_other_stack(void **state)
{
	uint64_t here = (uint64_t)__builtin_frame_address(0);

	(void)state;
	cpa_stackcopy_set_top((const void *)(here - 4 * STACK_BYTES), 2 * PAGE_BYTES);
	interrupt();
	assert_true(start.stack_bytes > 0);
	cpa_stackcopy_set_top(NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unknown_top),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_known_top),
		cmocka_unit_test(test_end_of_memory),
		cmocka_unit_test(test_other_stack),
	};

#ifdef __SANITIZE_ADDRESS__
	return 77; /* all of a stack is copied, what lies between variables too */
#endif
	return cmocka_run_group_tests(tests, make, NULL);
}
