/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ask a thread of this process for its registers and its stack.
 *
 *   slot.word   FREE -> (turn << 2 | ASKED) -> COPYING -> ANSWERED -> FREE
 *                              `-> FREE, when nobody waits any longer
 *
 * The signal's value says slot and turn, so that one that comes late finds another word there, and
 * does nothing.
 */
#include "sampling/stackask.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/lock.h"
#include "sampling/gate.h"
#include "sampling/labels.h"

enum { FREE, ASKED, COPYING, ANSWERED };

#define VALUE_MAGIC 0x43504151u /* "CPAQ": no program sends a value with this in its high half */

#define PAGE_BYTES ((size_t)4096) /* the smallest there is */

struct slot {
	_Atomic uint32_t word;
	struct cpa_stackask_answer answer;
	unsigned char stack[CPA_STACKASK_STACK_BYTES];
};

static struct slot *slots; /* [CPA_STACKASK_SLOTS]; NULL until the first time */
static uint32_t turn;      /* changed by the one that asks */
static _Atomic uint32_t answers;
static struct sigaction old_action;
static bool installed;
static uint64_t sent;              /* signals, ever */
static _Atomic uint64_t delivered; /* of these */

static uint32_t asked_word(uint32_t of_turn)
{
	return of_turn << 2 | ASKED;
}

static void copy_registers(const ucontext_t *context, struct cpa_unwind_far_start *ret_start)
{
	/* By DWARF number. */
	static const int places[CPA_UNWIND_FAR_REGS] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI,
		REG_RDI, REG_RBP, REG_RSP, REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13,
		REG_R14, REG_R15, REG_RIP};

	for (uint32_t i = 0; i < CPA_UNWIND_FAR_REGS; i++)
		ret_start->regs[i] = (uint64_t)context->uc_mcontext.gregs[places[i]];
	ret_start->known_mask = (1u << CPA_UNWIND_FAR_REGS) - 1;
	ret_start->pc_is_call = false;
}

/* By the kernel, which stops where the stack ends. As of this thread: the first may have left. */
static size_t copy_stack(uint64_t addr, void *ret_stack)
{
	struct iovec to = {.iov_base = ret_stack, .iov_len = CPA_STACKASK_STACK_BYTES};
	struct iovec from = {.iov_base = (void *)addr, .iov_len = CPA_STACKASK_STACK_BYTES};
	long got_bytes =
		syscall(SYS_process_vm_readv, cpa_gate_thread_id(), &to, 1ul, &from, 1ul, 0ul);

	return got_bytes > 0 ? (size_t)got_bytes : 0;
}

static void answer(uint32_t index, uint32_t of_turn, const ucontext_t *context)
{
	struct slot *slot = &slots[index];
	struct cpa_stackask_answer *to = &slot->answer;
	uint64_t start_ns = cpa_clock_mono_ns();
	uint32_t expected = asked_word(of_turn);

	if (!atomic_compare_exchange_strong(&slot->word, &expected, COPYING))
		return;
	copy_registers(context, &to->start);
	to->start.stack = slot->stack;
	to->start.stack_addr = to->start.regs[CPA_UNWIND_FAR_RSP];
	to->start.stack_bytes = copy_stack(to->start.stack_addr, slot->stack);
	to->label_set = cpa_labels_current;
	to->pause_ns = cpa_clock_mono_ns() - start_ns;
	atomic_store(&slot->word, ANSWERED);
	atomic_fetch_add(&answers, 1);
	cpa_lock_wake(&answers);
}

/* A signal that is not ours, to whoever had it before us. */
static void forward(int number, siginfo_t *info, void *context)
{
	if (old_action.sa_flags & SA_SIGINFO)
		old_action.sa_sigaction(number, info, context);
	else if (old_action.sa_handler != SIG_DFL && old_action.sa_handler != SIG_IGN)
		old_action.sa_handler(number);
}

static void on_signal(int number, siginfo_t *info, void *context)
{
	int kept_errno = errno;
	uint64_t value = (uint64_t)info->si_value.sival_ptr;

	if (info->si_code == SI_QUEUE && value >> 32 == VALUE_MAGIC) {
		answer((uint32_t)value % CPA_STACKASK_SLOTS, (uint32_t)value / CPA_STACKASK_SLOTS,
			context);
		atomic_fetch_add(&delivered, 1);
	} else {
		forward(number, info, context);
	}
	errno = kept_errno;
}

int cpa_stackask_begin(void)
{
	struct sigaction action = {
		.sa_sigaction = on_signal,
		.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK,
	};
	struct sigaction now;
	int kept_errno = errno;
	int error = 0;

	if (!slots) {
		void *memory = mmap(NULL, CPA_STACKASK_SLOTS * sizeof(*slots),
			PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

		if (memory == MAP_FAILED)
			error = -ENOMEM;
		else
			slots = memory;
	}
	(void)sigfillset(&action.sa_mask);
	if (!error && sigaction(SIGPROF, NULL, &now) < 0)
		error = -errno;
	if (!error && now.sa_sigaction != on_signal) {
		old_action = now;
		if (sigaction(SIGPROF, &action, NULL) < 0)
			error = -errno;
		else
			installed = true;
	}
	errno = kept_errno;
	return error;
}

/*
 * A signal may still be on its way to a thread that did not answer: with the default action it
 * would end the program. Then, and only then, the handler stays.
 */
void cpa_stackask_end(void)
{
	struct sigaction now;
	int kept_errno = errno;

	for (uint32_t i = 0; i < CPA_STACKASK_SLOTS; i++)
		(void)cpa_stackask_free(i);
	if (installed && atomic_load(&delivered) == sent) {
		/* Unless the program has put one of its own in the place of ours. */
		if (sigaction(SIGPROF, NULL, &now) == 0 && now.sa_sigaction == on_signal)
			(void)sigaction(SIGPROF, &old_action, NULL);
		installed = false;
	}
	errno = kept_errno;
}

bool cpa_stackask_send(uint32_t index, uint32_t tid)
{
	int kept_errno = errno;
	siginfo_t info;
	bool is_sent;

	/* The pages are got ready by us, not while the thread is held up. */
	for (size_t at = 0; at < CPA_STACKASK_STACK_BYTES; at += PAGE_BYTES)
		*(volatile unsigned char *)&slots[index].stack[at] = 0;
	turn++;
	turn %= UINT32_MAX / CPA_STACKASK_SLOTS / 4;
	memset(&info, 0, sizeof(info));
	info.si_signo = SIGPROF;
	info.si_code = SI_QUEUE;
	info.si_pid = getpid();
	info.si_uid = getuid();
	info.si_value.sival_ptr = (void *)((uint64_t)VALUE_MAGIC << 32 |
					   (uint64_t)(turn * CPA_STACKASK_SLOTS + index));
	atomic_store(&slots[index].word, asked_word(turn));
	is_sent = syscall(SYS_rt_tgsigqueueinfo, getpid(), (int)tid, SIGPROF, &info) == 0;
	if (is_sent)
		sent++;
	else
		atomic_store(&slots[index].word, FREE);
	errno = kept_errno;
	return is_sent;
}

uint32_t cpa_stackask_answers(void)
{
	return atomic_load(&answers);
}

void cpa_stackask_wait(uint32_t seen, uint64_t timeout_ns)
{
	if (atomic_load(&answers) == seen)
		cpa_lock_wait(&answers, seen, timeout_ns);
}

const struct cpa_stackask_answer *cpa_stackask_answer(uint32_t index)
{
	return atomic_load(&slots[index].word) == ANSWERED ? &slots[index].answer : NULL;
}

bool cpa_stackask_free(uint32_t index)
{
	uint32_t word = slots ? atomic_load(&slots[index].word) : FREE;

	return word == FREE ||
	       (word != COPYING && atomic_compare_exchange_strong(&slots[index].word, &word, FREE));
}

void cpa_stackask_postfork_child(void)
{
	sent = atomic_load(&delivered);
	for (uint32_t i = 0; slots && i < CPA_STACKASK_SLOTS; i++)
		/* Asked first: a write would copy a page. */
		if (atomic_load(&slots[i].word) != FREE)
			atomic_store(&slots[i].word, FREE);
}
