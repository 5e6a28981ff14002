/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SIGPROF while it is ours: who gets which of these signals, and what the program wants of it.
 * Not here: what is done with ours (cputicks.c, stackask.c), the program's calls (alloc/signals.c).
 *
 * Two parts of the library send it: timers of CPU time, and those who ask a thread for its stack.
 * As long as one of them needs it our handler is there. Signals that neither has sent go where the
 * program wants them. What the program sets meanwhile is remembered and answered: were its wish
 * carried out, the next tick would end the program, or reach a handler that does not expect it.
 */
#ifndef CPA_SAMPLING_PROFSIGNAL_H
#define CPA_SAMPLING_PROFSIGNAL_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

enum cpa_profsignal_kind { CPA_PROFSIGNAL_TICK, CPA_PROFSIGNAL_ASK, CPA_PROFSIGNAL_KINDS };

/* In the handler: the number that was sent with the signal, and what the thread was at. */
typedef void cpa_profsignal_take(uint32_t value, const siginfo_t *info, const void *context);

typedef int cpa_profsignal_function(
	int number, const struct sigaction *action, struct sigaction *ret_old);

/*
 * The C library's sigaction, where ours stands in front of it. Before anything else.
 *
 * Thread: owner, once at start
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_profsignal_init(cpa_profsignal_function *next_sigaction);

/*
 * From now on signals of this kind go to take; until release. 0 or -errno.
 *
 * Thread: any. Takes a lock.
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_profsignal_hold(enum cpa_profsignal_kind kind, cpa_profsignal_take *take);

/*
 * No more signals of this kind: none is sent from now on. What is still on its way is taken back,
 * and when nobody else holds the signal it is again what the program wants it to be.
 *
 * Thread: any. Takes a lock.
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_profsignal_release(enum cpa_profsignal_kind kind);

/*
 * What a signal of this kind must carry, with a number of the sender's.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
union sigval cpa_profsignal_value(enum cpa_profsignal_kind kind, uint32_t value);

/*
 * The program asks for the action of SIGPROF, or sets it (either may be NULL). False: it is not
 * ours now, let the C library answer.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_profsignal_wish(const struct sigaction *action, struct sigaction *ret_old);

/*
 * In the child of a fork: nobody sends any, and the signal is what the program wants it to be.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_profsignal_postfork_child(void);

#endif
