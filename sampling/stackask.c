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
#include <unistd.h>

#include "base/clock.h"
#include "base/lock.h"
#include "sampling/labels.h"
#include "sampling/profsignal.h"
#include "sampling/stackcopy.h"

enum { FREE, ASKED, COPYING, ANSWERED };

#define PAGE_BYTES ((size_t)4096) /* the smallest there is */

struct slot {
	_Atomic uint32_t word;
	struct cpa_stackask_answer answer;
	unsigned char stack[CPA_STACKCOPY_BYTES];
};

static struct slot *slots; /* [CPA_STACKASK_SLOTS]; NULL until the first time */
static uint32_t turn;      /* changed by the one that asks */
static _Atomic uint32_t answers;

static uint32_t asked_word(uint32_t of_turn)
{
	return of_turn << 2 | ASKED;
}

static void answer(uint32_t value, const siginfo_t *info, const void *context)
{
	uint32_t index = value % CPA_STACKASK_SLOTS, of_turn = value / CPA_STACKASK_SLOTS;
	struct slot *slot = &slots[index];
	struct cpa_stackask_answer *to = &slot->answer;
	uint64_t start_ns = cpa_clock_mono_ns();
	uint32_t expected = asked_word(of_turn);

	(void)info;
	if (!atomic_compare_exchange_strong(&slot->word, &expected, COPYING))
		return;
	cpa_stackcopy_take(context, slot->stack, &to->start);
	to->label_set = cpa_labels_current;
	to->pause_ns = cpa_clock_mono_ns() - start_ns;
	atomic_store(&slot->word, ANSWERED);
	atomic_fetch_add(&answers, 1);
	cpa_lock_wake(&answers);
}

int cpa_stackask_begin(void)
{
	int kept_errno = errno;

	if (!slots) {
		void *memory = mmap(NULL, CPA_STACKASK_SLOTS * sizeof(*slots),
			PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

		errno = kept_errno;
		if (memory == MAP_FAILED)
			return -ENOMEM;
		slots = memory;
	}
	return cpa_profsignal_hold(CPA_PROFSIGNAL_ASK, answer);
}

void cpa_stackask_end(void)
{
	for (uint32_t i = 0; i < CPA_STACKASK_SLOTS; i++)
		(void)cpa_stackask_free(i);
	cpa_profsignal_release(CPA_PROFSIGNAL_ASK);
}

bool cpa_stackask_send(uint32_t index, uint32_t tid)
{
	int kept_errno = errno;
	siginfo_t info;
	bool is_sent;

	/* The pages are got ready by us, not while the thread is held up. */
	for (size_t at = 0; at < CPA_STACKCOPY_BYTES; at += PAGE_BYTES)
		*(volatile unsigned char *)&slots[index].stack[at] = 0;
	turn++;
	turn %= UINT32_MAX / CPA_STACKASK_SLOTS / 4;
	memset(&info, 0, sizeof(info));
	info.si_signo = SIGPROF;
	info.si_code = SI_QUEUE;
	info.si_pid = getpid();
	info.si_uid = getuid();
	info.si_value = cpa_profsignal_value(CPA_PROFSIGNAL_ASK, turn * CPA_STACKASK_SLOTS + index);
	atomic_store(&slots[index].word, asked_word(turn));
	is_sent = syscall(SYS_rt_tgsigqueueinfo, getpid(), (int)tid, SIGPROF, &info) == 0;
	if (!is_sent)
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
	for (uint32_t i = 0; slots && i < CPA_STACKASK_SLOTS; i++)
		/* Asked first: a write would copy a page. */
		if (atomic_load(&slots[i].word) != FREE)
			atomic_store(&slots[i].word, FREE);
}
