/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The functions that set what a signal does, which we stand in front of: while SIGPROF is ours,
 * what the program wants of it is remembered and answered (sampling/profsignal.h). All else goes to
 * the C library.
 * Not here: signals of our own (report/snapshot.c sets a handler once, at start).
 */
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

#include "alloc/signals.h"

#include "alloc/next.h"
#include "base/compiler.h"
#include "sampling/profsignal.h"

typedef int action_function(int number, const struct sigaction *action, struct sigaction *ret_old);
typedef sighandler_t handler_function(int number, sighandler_t handler);

/* Some of these are older than this system's headers. */
action_function __sigaction;
handler_function bsd_signal;

static void *_Atomic found_sigaction, *_Atomic found_signal, *_Atomic found_sysv_signal;

static int next_sigaction(int number, const struct sigaction *action, struct sigaction *ret_old)
{
	return ((action_function *)cpa_next_function(&found_sigaction, "sigaction"))(
		number, action, ret_old);
}

CPA_EXPORT int sigaction(int number, const struct sigaction *action, struct sigaction *ret_old)
{
	if (number == SIGPROF && cpa_profsignal_wish(action, ret_old))
		return 0;
	return next_sigaction(number, action, ret_old);
}

CPA_EXPORT int __sigaction(int number, const struct sigaction *action, struct sigaction *ret_old)
{
	return sigaction(number, action, ret_old);
}

/* As signal() does it, with these flags. False: SIGPROF is not ours now. */
static bool wish(int number, sighandler_t handler, int flags, sighandler_t *ret_old)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = flags}, old;

	if (number != SIGPROF || handler == SIG_ERR)
		return false;
	(void)sigemptyset(&action.sa_mask);
	if (!(flags & SA_NODEFER))
		(void)sigaddset(&action.sa_mask, number);
	if (!cpa_profsignal_wish(&action, &old))
		return false;
	*ret_old = old.sa_handler;
	return true;
}

CPA_EXPORT sighandler_t signal(int number, sighandler_t handler)
{
	sighandler_t old;

	if (wish(number, handler, SA_RESTART, &old))
		return old;
	return ((handler_function *)cpa_next_function(&found_signal, "signal"))(number, handler);
}

CPA_EXPORT sighandler_t bsd_signal(int number, sighandler_t handler)
{
	return signal(number, handler);
}

CPA_EXPORT sighandler_t sysv_signal(int number, sighandler_t handler)
{
	sighandler_t old;

	if (wish(number, handler, (int)(SA_RESETHAND | SA_NODEFER), &old))
		return old;
	return ((handler_function *)cpa_next_function(&found_sysv_signal, "sysv_signal"))(
		number, handler);
}

CPA_EXPORT sighandler_t __sysv_signal(int number, sighandler_t handler)
{
	return sysv_signal(number, handler);
}

void cpa_signals_init(void)
{
	/* Now, because a handler may call these first, and must not wait for the loader. */
	(void)cpa_next_function(&found_sigaction, "sigaction");
	(void)cpa_next_function(&found_signal, "signal");
	(void)cpa_next_function(&found_sysv_signal, "sysv_signal");
	cpa_profsignal_init(next_sigaction);
}
