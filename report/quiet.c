/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing on a thread of the program's without its noticing. */
#include "report/quiet.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "base/compiler.h"

static const int raised_by_writes[] = {SIGPIPE, SIGXFSZ};

void cpa_quiet_begin(struct cpa_quiet *quiet)
{
	sigset_t mask;

	quiet->kept_errno = errno;
	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &quiet->kept_cancel);
	(void)sigemptyset(&mask);
	for (size_t i = 0; i < CPA_ARRAY_LEN(raised_by_writes); i++)
		(void)sigaddset(&mask, raised_by_writes[i]);
	(void)sigpending(&quiet->was_pending);
	(void)pthread_sigmask(SIG_BLOCK, &mask, &quiet->kept_mask);
}

void cpa_quiet_end(const struct cpa_quiet *quiet)
{
	static const struct timespec at_once = {0};
	sigset_t pending;

	(void)sigpending(&pending);
	for (size_t i = 0; i < CPA_ARRAY_LEN(raised_by_writes); i++) {
		int number = raised_by_writes[i];
		sigset_t one;

		if (!sigismember(&pending, number) || sigismember(&quiet->was_pending, number))
			continue;
		(void)sigemptyset(&one);
		(void)sigaddset(&one, number);
		(void)sigtimedwait(&one, NULL, &at_once);
	}
	(void)pthread_sigmask(SIG_SETMASK, &quiet->kept_mask, NULL);
	(void)pthread_setcancelstate(quiet->kept_cancel, NULL);
	errno = quiet->kept_errno;
}
