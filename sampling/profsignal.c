/* SPDX-License-Identifier: BSD-2-Clause */
/* SIGPROF while it is ours. */
#include "sampling/profsignal.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "base/lock.h"

/* No program sends a value with this in its high half. */
#define VALUE_MAGIC ((uint64_t)0x43504153u << 32) /* "CPAS", and the kind in the low bits */

static cpa_profsignal_function *next_sigaction = sigaction;
static struct cpa_lock turn; /* one holds or releases at a time */
static cpa_profsignal_take *_Atomic takes[CPA_PROFSIGNAL_KINDS];
static _Atomic bool ours; /* our handler is there */

/*
 * What the program wants: two places and which of them counts, so that a handler reads a whole one
 * while the program sets the next. Its own threads that set it at the same time are in a race
 * without us, too.
 */
static struct sigaction wishes[2];
static _Atomic uint32_t wish_now;

void cpa_profsignal_init(cpa_profsignal_function *new_next_sigaction)
{
	next_sigaction = new_next_sigaction;
}

union sigval cpa_profsignal_value(enum cpa_profsignal_kind kind, uint32_t value)
{
	/* One kind more than the last would spoil the magic. */
	_Static_assert(CPA_PROFSIGNAL_KINDS <= 4, "kinds fit into the free bits of the magic");
	return (union sigval){.sival_ptr = (void *)(VALUE_MAGIC + ((uint64_t)kind << 32) + value)};
}

static const struct sigaction *wish(void)
{
	return &wishes[atomic_load_explicit(&wish_now, memory_order_acquire) & 1];
}

static void set_wish(const struct sigaction *action)
{
	uint32_t next = atomic_load_explicit(&wish_now, memory_order_relaxed) + 1;

	wishes[next & 1] = *action;
	atomic_store_explicit(&wish_now, next, memory_order_release);
}

/*
 * A signal of somebody else's, as it would have been without us. To end the program, when that is
 * the wish, the wish is carried out and the signal sent once more.
 */
static void forward(int number, siginfo_t *info, void *context)
{
	struct sigaction action = *wish();

	if (action.sa_flags & SA_RESETHAND)
		set_wish(&(struct sigaction){.sa_handler = SIG_DFL});
	if (action.sa_flags & SA_SIGINFO) {
		action.sa_sigaction(number, info, context);
	} else if (action.sa_handler == SIG_DFL) {
		(void)next_sigaction(number, &action, NULL);
		(void)raise(number);
	} else if (action.sa_handler != SIG_IGN) {
		action.sa_handler(number);
	}
}

static bool is_ours(const siginfo_t *info, enum cpa_profsignal_kind *ret_kind)
{
	uint64_t value = (uint64_t)(uintptr_t)info->si_value.sival_ptr;
	uint64_t kind = (value >> 32) - (VALUE_MAGIC >> 32);

	if ((info->si_code != SI_TIMER && info->si_code != SI_QUEUE) ||
		kind >= CPA_PROFSIGNAL_KINDS)
		return false;
	*ret_kind = (enum cpa_profsignal_kind)kind;
	return true;
}

static void on_signal(int number, siginfo_t *info, void *context)
{
	int kept_errno = errno;
	enum cpa_profsignal_kind kind;
	cpa_profsignal_take *take;

	if (is_ours(info, &kind)) {
		take = atomic_load_explicit(&takes[kind], memory_order_acquire);
		if (take)
			take((uint32_t)(uintptr_t)info->si_value.sival_ptr, info, context);
	} else {
		forward(number, info, context);
	}
	errno = kept_errno;
}

static int install(void)
{
	struct sigaction action = {
		.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK};
	struct sigaction old;

	(void)sigfillset(&action.sa_mask);
	if (next_sigaction(SIGPROF, NULL, &old) < 0)
		return -errno;
	set_wish(&old);
	atomic_store(&ours, true);
	if (next_sigaction(SIGPROF, &action, NULL) < 0) {
		atomic_store(&ours, false);
		return -errno;
	}
	return 0;
}

int cpa_profsignal_hold(enum cpa_profsignal_kind kind, cpa_profsignal_take *take)
{
	int kept_errno = errno;
	int error = 0;

	cpa_lock_acquire(&turn);
	atomic_store_explicit(&takes[kind], take, memory_order_release);
	if (!atomic_load(&ours))
		error = install();
	if (error)
		atomic_store(&takes[kind], NULL);
	cpa_lock_release(&turn);
	errno = kept_errno;
	return error;
}

static bool anybody_holds(void)
{
	for (uint32_t i = 0; i < CPA_PROFSIGNAL_KINDS; i++)
		if (atomic_load(&takes[i]))
			return true;
	return false;
}

/*
 * To ignore a signal makes the kernel forget those that wait, in every thread; then the program's
 * wish is carried out, and none of ours can reach it. A wish that is set just now is seen after.
 */
static void give_back(void)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct sigaction action;
	uint32_t seen;

	(void)next_sigaction(SIGPROF, &ignore, NULL);
	do {
		seen = atomic_load(&wish_now);
		action = wishes[seen & 1];
		(void)next_sigaction(SIGPROF, &action, NULL);
	} while (atomic_load(&wish_now) != seen);
	atomic_store(&ours, false);
}

void cpa_profsignal_release(enum cpa_profsignal_kind kind)
{
	int kept_errno = errno;

	cpa_lock_acquire(&turn);
	atomic_store_explicit(&takes[kind], NULL, memory_order_release);
	if (atomic_load(&ours) && !anybody_holds())
		give_back();
	cpa_lock_release(&turn);
	errno = kept_errno;
}

bool cpa_profsignal_wish(const struct sigaction *action, struct sigaction *ret_old)
{
	struct sigaction wanted = {0};

	if (cpa_likely(!atomic_load_explicit(&ours, memory_order_acquire)))
		return false;
	if (action)
		wanted = *action; /* the two may be one */
	if (ret_old)
		*ret_old = *wish();
	if (action)
		set_wish(&wanted);
	return true;
}

void cpa_profsignal_postfork_child(void)
{
	int kept_errno = errno;

	cpa_lock_reset(&turn);
	for (uint32_t i = 0; i < CPA_PROFSIGNAL_KINDS; i++)
		atomic_store(&takes[i], NULL);
	if (atomic_load(&ours))
		give_back();
	errno = kept_errno;
}
