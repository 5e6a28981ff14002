/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads that wait for each other in known ways. The word says which; each part prints what the C
 * library answered, never how long it took. Not here: C++ (locks_cxx.cc).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/wait.h>
#include <threads.h>

#include "watch.h"

#define NOINLINE __attribute__((noinline))
#define WAITERS  5

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static volatile int guarded;

/* truth: one holds for a second, five wait. */

static struct watch watches[WAITERS];

static NOINLINE void *wait_for_holder(void *arg)
{
	struct watch *watch = arg;

	watch_me(watch);
	watch->begin_ns = now_ns();
	watch->about = true;
	pthread_mutex_lock(&mutex);
	watch->end_ns = now_ns();
	guarded++;
	pthread_mutex_unlock(&mutex);
	return NULL;
}

static NOINLINE void release(void)
{
	pthread_mutex_unlock(&mutex);
	guarded = guarded;
}

static void truth(void)
{
	long long before_ns, written_ns, given_ns, gave_ns;
	pthread_t threads[WAITERS];

	pthread_mutex_lock(&mutex);
	for (int i = 0; i < WAITERS; i++)
		pthread_create(&threads[i], NULL, wait_for_holder, &watches[i]);
	for (int i = 0; i < WAITERS; i++)
		watch_until_asleep(&watches[i]);
	pause_ms(1000);
	before_ns = now_ns();
	write_profile("block", "unfinished.pb.gz", 0);
	written_ns = given_ns = now_ns();
	release();
	gave_ns = now_ns();
	for (int i = 0; i < WAITERS; i++) {
		struct watch *watch = &watches[i];

		pthread_join(threads[i], NULL);
		watch_say("unfinished", "wait_for_holder", before_ns - watch->asleep_ns,
			written_ns - watch->begin_ns);
		watch_say("unlock", "release", given_ns - watch->asleep_ns,
			gave_ns - watch->begin_ns);
		watch_say("wait", "wait_for_holder", given_ns - watch->asleep_ns,
			watch->end_ns - watch->begin_ns);
	}
	printf("guarded %d\n", guarded);
}

/* kinds: what every kind of mutex answers. */

static void say(const char *what, int result)
{
	printf("%s: %s\n", what, result ? strerrorname_np(result) : "0");
}

static void *lock_and_die(void *arg)
{
	pthread_mutex_lock(arg);
	return NULL;
}

static void *try_timed(void *arg)
{
	struct timespec until = from_now(CLOCK_REALTIME, 20);
	struct timespec bad = {0, -1};

	say("  other timedlock", pthread_mutex_timedlock(arg, &until));
	say("  other timedlock bad", pthread_mutex_timedlock(arg, &bad));
	until = from_now(CLOCK_MONOTONIC, 20);
	say("  other clocklock", pthread_mutex_clocklock(arg, CLOCK_MONOTONIC, &until));
	say("  other clocklock bad", pthread_mutex_clocklock(arg, 77, &until));
	say("  other unlock", 0);
	return NULL;
}

static void kind(const char *name, int type, int robust, int protocol, int shared)
{
	pthread_mutexattr_t attr;
	pthread_mutex_t lock;
	pthread_t thread;
	struct timespec until = from_now(CLOCK_MONOTONIC, 20);

	printf("%s\n", name);
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, type);
	pthread_mutexattr_setrobust(&attr, robust);
	pthread_mutexattr_setprotocol(&attr, protocol);
	pthread_mutexattr_setpshared(&attr, shared);
	say("  init", pthread_mutex_init(&lock, &attr));
	say("  lock", pthread_mutex_lock(&lock));
	if (type == PTHREAD_MUTEX_RECURSIVE || type == PTHREAD_MUTEX_ERRORCHECK) {
		int again = pthread_mutex_lock(&lock);

		say("  again", again);
		if (!again)
			say("  unlock", pthread_mutex_unlock(&lock));
	}
	pthread_create(&thread, NULL, try_timed, &lock);
	pthread_join(thread, NULL);
	say("  unlock", pthread_mutex_unlock(&lock));
	say("  clocklock bad", pthread_mutex_clocklock(&lock, 77, &until));
	if (type != PTHREAD_MUTEX_NORMAL && type != PTHREAD_MUTEX_ADAPTIVE_NP)
		say("  unlock twice", pthread_mutex_unlock(&lock));
	if (robust == PTHREAD_MUTEX_ROBUST) {
		pthread_create(&thread, NULL, lock_and_die, &lock);
		pthread_join(thread, NULL);
		say("  dead owner", pthread_mutex_lock(&lock));
		say("  unlock", pthread_mutex_unlock(&lock));
		say("  lost", pthread_mutex_lock(&lock));
	}
	pthread_mutex_destroy(&lock);
}

static void other_kinds(void)
{
	struct timespec soon = from_now(CLOCK_REALTIME, 20), bad = {0, 1000000000};
	pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
	pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
	pthread_barrier_t barrier;
	pthread_spinlock_t spin;
	mtx_t c11;
	sem_t semaphore;

	say("rdlock", pthread_rwlock_rdlock(&rwlock));
	say("timedwrlock", pthread_rwlock_timedwrlock(&rwlock, &soon));
	say("timedrdlock bad", pthread_rwlock_timedrdlock(&rwlock, &bad));
	say("unlock", pthread_rwlock_unlock(&rwlock));
	say("wrlock", pthread_rwlock_wrlock(&rwlock));
	say("wrlock own", pthread_rwlock_wrlock(&rwlock));
	say("rdlock own", pthread_rwlock_rdlock(&rwlock));
	say("unlock", pthread_rwlock_unlock(&rwlock));
	pthread_mutex_lock(&mutex);
	say("cond_timedwait", pthread_cond_timedwait(&cond, &mutex, &soon));
	say("cond_timedwait bad", pthread_cond_timedwait(&cond, &mutex, &bad));
	soon = from_now(CLOCK_MONOTONIC, 20);
	say("cond_clockwait", pthread_cond_clockwait(&cond, &mutex, CLOCK_MONOTONIC, &soon));
	say("unlock", pthread_mutex_unlock(&mutex));
	sem_init(&semaphore, 0, 1);
	errno = 77;
	printf("sem_wait %d errno %d\n", sem_wait(&semaphore), errno);
	soon = from_now(CLOCK_REALTIME, 20);
	printf("sem_timedwait %d %d\n", sem_timedwait(&semaphore, &soon), errno == ETIMEDOUT);
	printf("sem_timedwait bad %d %d\n", sem_timedwait(&semaphore, &bad), errno == EINVAL);
	pthread_barrier_init(&barrier, NULL, 1);
	printf("barrier %d\n", pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD);
	pthread_spin_init(&spin, 0);
	say("spin", pthread_spin_lock(&spin));
	say("spin unlock", pthread_spin_unlock(&spin));
	mtx_init(&c11, mtx_timed | mtx_recursive);
	printf("mtx %d", mtx_lock(&c11));
	printf(" %d", mtx_timedlock(&c11, &soon));
	printf(" %d", mtx_unlock(&c11));
	printf(" %d\n", mtx_unlock(&c11));
	say("join self", pthread_join(pthread_self(), NULL));
}

static void kinds(void)
{
	const int plain = PTHREAD_MUTEX_STALLED, robust = PTHREAD_MUTEX_ROBUST;
	const int none = PTHREAD_PRIO_NONE, inherit = PTHREAD_PRIO_INHERIT;
	const int own = PTHREAD_PROCESS_PRIVATE, shared = PTHREAD_PROCESS_SHARED;

	kind("normal", PTHREAD_MUTEX_NORMAL, plain, none, own);
	kind("adaptive", PTHREAD_MUTEX_ADAPTIVE_NP, plain, none, own);
	kind("recursive", PTHREAD_MUTEX_RECURSIVE, plain, none, own);
	kind("errorcheck", PTHREAD_MUTEX_ERRORCHECK, plain, none, own);
	kind("shared", PTHREAD_MUTEX_NORMAL, plain, none, shared);
	kind("inheriting", PTHREAD_MUTEX_NORMAL, plain, inherit, own);
	kind("inheriting errorcheck", PTHREAD_MUTEX_ERRORCHECK, plain, inherit, own);
	kind("robust", PTHREAD_MUTEX_ERRORCHECK, robust, none, own);
	kind("robust inheriting", PTHREAD_MUTEX_RECURSIVE, robust, inherit, shared);
	other_kinds();
}

/* cancel: in each function that waits. */

static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static sem_t no_token;
static pthread_t sleeper;
static _Atomic int cleaned;

static void clean(void *arg)
{
	cleaned++;
	if (arg)
		pthread_mutex_unlock(arg);
}

static void *cancelled(void *arg)
{
	struct timespec late = from_now(CLOCK_REALTIME, 100000);
	struct timespec later = from_now(CLOCK_MONOTONIC, 100000);
	int which = *(int *)arg;
	bool locks = which < 2 || which == 5;

	if (locks)
		pthread_mutex_lock(&mutex);
	pthread_cleanup_push(clean, locks ? &mutex : NULL);
	if (which == 0)
		pthread_cond_wait(&never, &mutex);
	else if (which == 1)
		pthread_cond_timedwait(&never, &mutex, &late);
	else if (which == 2)
		sem_wait(&no_token);
	else if (which == 3)
		sem_timedwait(&no_token, &late);
	else if (which == 4)
		pthread_join(sleeper, NULL);
	else if (which == 5)
		pthread_cond_clockwait(&never, &mutex, CLOCK_MONOTONIC, &later);
	else if (which == 6)
		sem_clockwait(&no_token, CLOCK_MONOTONIC, &later);
	else if (which == 7)
		pthread_timedjoin_np(sleeper, NULL, &late);
	else
		pthread_clockjoin_np(sleeper, NULL, CLOCK_MONOTONIC, &later);
	pthread_cleanup_pop(0);
	return NULL;
}

static void *sleep_long(void *arg)
{
	pause();
	return arg;
}

static void cancel(void)
{
	sem_init(&no_token, 0, 0);
	pthread_create(&sleeper, NULL, sleep_long, NULL);
	for (int which = 0; which < 9; which++) {
		/* Once before it waits, once while it probably does. */
		for (int late = 0; late < 2; late++) {
			pthread_t thread;
			void *value;

			pthread_create(&thread, NULL, cancelled, &which);
			if (late)
				pause_ms(20);
			pthread_cancel(thread);
			pthread_join(thread, &value);
			printf("%d: %d\n", which, value == PTHREAD_CANCELED);
			/* What the wait held or was in is free again. */
			pthread_mutex_lock(&mutex);
			pthread_mutex_unlock(&mutex);
		}
	}
	pthread_cancel(sleeper);
	pthread_join(sleeper, NULL);
	write_profile("block", "cancel.pb.gz", 0);
}

/* many: short contentions. */

static NOINLINE void hold_shortly(void)
{
	pthread_mutex_lock(&mutex);
	for (int i = 0; i < 3000; i++)
		guarded++;
	pthread_mutex_unlock(&mutex);
}

static void *hold_often(void *arg)
{
	for (int i = 0; i < *(int *)arg; i++)
		hold_shortly();
	return NULL;
}

static void many(int rounds)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, hold_often, &rounds);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
}

/* forks: a child in which nobody waits, while others contend. */

static void forks(void)
{
	pthread_t threads[2];
	int rounds = 20000, failed = 0;

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, hold_often, &rounds);
	for (int i = 0; i < 50; i++) {
		pid_t child = fork();
		int status;

		if (child == 0) {
			static pthread_mutex_t fresh = PTHREAD_MUTEX_INITIALIZER;
			pthread_t thread;

			pthread_mutex_lock(&fresh);
			pthread_create(&thread, NULL, sleep_long, NULL);
			pthread_cancel(thread);
			pthread_join(thread, NULL);
			_exit(pthread_mutex_unlock(&fresh));
		}
		waitpid(child, &status, 0);
		failed += status != 0;
	}
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	printf("failed %d\n", failed);
}

int main(int argc, char **argv)
{
	const char *part = argc > 1 ? argv[1] : "";

	if (!strcmp(part, "truth"))
		truth();
	else if (!strcmp(part, "kinds"))
		kinds();
	else if (!strcmp(part, "cancel"))
		cancel();
	else if (!strcmp(part, "many"))
		many(atoi(argv[2]));
	else if (!strcmp(part, "forks"))
		forks();
	else
		return 2;
	write_profile("mutex", "mutex.pb.gz", 0);
	write_profile("block", "block.pb.gz", 0);
	write_profile("mutex", "mutex.txt", 1);
	write_profile("block", "block.txt", 1);
	return 0;
}
