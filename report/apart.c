/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads of ours whose descriptors are their own. */
#include "report/apart.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/lock.h"
#include "base/log.h"
#include "sampling/roster.h"

#ifndef CLOSE_RANGE_UNSHARE
#define CLOSE_RANGE_UNSHARE 2u
#endif

static void (*prepare)(void);
static _Atomic unsigned *thread_count; /* glibc's; also read by its libthread_db */
static CPA_TLS_IE bool apart;
static _Atomic bool stay;

void cpa_apart_init(void (*new_prepare)(void))
{
	prepare = new_prepare;
	thread_count = dlvsym(RTLD_DEFAULT, "__nptl_nthreads", "GLIBC_PRIVATE");
}

void cpa_apart_enter(int kept_fd)
{
	int kept_errno = errno;
	unsigned first = kept_fd < 0 ? 0 : (unsigned)kept_fd + 1;

	if (prepare)
		prepare();
	/*
	 * The kernel copies only what is not closed: nothing of the program's is held open by us.
	 */
	if (syscall(SYS_close_range, first, UINT_MAX, CLOSE_RANGE_UNSHARE) == 0) {
		if (kept_fd > 0)
			(void)syscall(SYS_close_range, 0u, (unsigned)kept_fd - 1, 0u);
		apart = true;
		cpa_log_from_apart();
	}
	errno = kept_errno;
}

/*
 * A main thread may leave by pthread_exit; then the C library calls exit() when the last thread
 * ends. Ours is not the program's, so it must not be counted: a program would never end for it.
 */
void cpa_apart_leave_count(void)
{
	/* All threads of the program ended since ours was made: what they would have done. */
	if (thread_count && atomic_fetch_sub(thread_count, 1) == 1)
		exit(0);
}

static int create(void *(*run)(void *arg), void *arg, size_t stack_bytes)
{
	pthread_attr_t attr;
	pthread_t thread;
	int error = pthread_attr_init(&attr);

	if (error)
		return -error;
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	(void)pthread_attr_setstacksize(&attr, stack_bytes);
	error = pthread_create(&thread, &attr, run, arg);
	(void)pthread_attr_destroy(&attr);
	return -error;
}

int cpa_apart_start(void *(*run)(void *arg), void *arg)
{
	/*
	 * The thread-local variables of all libraries take part of a stack: a program with many
	 * needs the larger one.
	 */
	static const size_t stack_sizes[] = {(size_t)256 << 10, (size_t)8 << 20};
	int kept_errno = errno;
	int error = -EINVAL;
	sigset_t all, kept_mask;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &kept_mask);
	cpa_roster_expect_internal();
	for (size_t i = 0; i < CPA_ARRAY_LEN(stack_sizes) && error == -EINVAL; i++)
		error = create(run, arg, stack_sizes[i]);
	if (error)
		cpa_roster_expect_no_longer();
	(void)pthread_sigmask(SIG_SETMASK, &kept_mask, NULL);
	errno = kept_errno;
	return error;
}

void cpa_apart_stay(void)
{
	atomic_store(&stay, true);
}

/* On the waiting thread's stack: the worker's last touch is the wake-up. */
struct job {
	void (*work)(void *arg);
	void *arg;
	int kept_fd;
	_Atomic uint32_t done;
};

static void *run_job(void *arg)
{
	struct job *job = arg;
	bool stays = atomic_load(&stay);

	cpa_apart_enter(job->kept_fd);
	job->work(job->arg);
	atomic_store(&job->done, 1);
	cpa_lock_wake(&job->done);
	while (stays)
		(void)pause();
	cpa_roster_leave();
	return NULL;
}

void cpa_apart_do(void (*work)(void *arg), void *arg, int kept_fd)
{
	struct job job = {.work = work, .arg = arg, .kept_fd = kept_fd};

	if (apart || cpa_apart_start(run_job, &job) < 0) {
		work(arg);
		return;
	}
	while (!atomic_load(&job.done))
		cpa_lock_wait(&job.done, 0, UINT64_MAX);
}
