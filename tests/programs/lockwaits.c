/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One wait of each kind, each in a function of its own, and each end of a wait too. Writes down
 * between which bounds each is.
 * Not here: what the calls answer (locks.c), locks in trouble (locktroubles.c).
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <threads.h>

#include "watch.h"

#define NOINLINE __attribute__((noinline))
#define HOLD_MS  20
#define LATE_MS  100000 /* longer than any test */

#pragma weak cprof_block_rate
#pragma weak cprof_mutex_fraction

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_spinlock_t spin;
static pthread_barrier_t barrier, held;
static mtx_t c11;
static cnd_t c11_cond;
static sem_t semaphore;
static sigjmp_buf back;
static pthread_t waiter;
static pthread_t joined;
static thrd_t c11_joined;
static bool has_joined;
static struct timespec real, mono; /* late */
static struct watch watch;

/* A function that makes a call which waits. */
#define WAITER(name, call)                                                                         \
	static NOINLINE void name(void)                                                            \
	{                                                                                          \
		watch.begin_ns = now_ns();                                                         \
		watch.about = true;                                                                \
		call;                                                                              \
		watch.end_ns = now_ns();                                                           \
	}

/* A function that makes a call which ends a wait, or takes what it is for. */
#define FUNCTION(name, call)                                                                       \
	static NOINLINE void name(void)                                                            \
	{                                                                                          \
		call;                                                                              \
		__asm__ volatile("");                                                              \
	}

WAITER(wait_lock, pthread_mutex_lock(&mutex))
WAITER(wait_timedlock, pthread_mutex_timedlock(&mutex, &real))
WAITER(wait_clocklock, pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &mono))
WAITER(wait_spin, pthread_spin_lock(&spin))
WAITER(wait_mtx, mtx_lock(&c11))
WAITER(wait_mtx_timed, mtx_timedlock(&c11, &real))
WAITER(wait_read, pthread_rwlock_rdlock(&rwlock))
WAITER(wait_read_timed, pthread_rwlock_timedrdlock(&rwlock, &real))
WAITER(wait_read_clock, pthread_rwlock_clockrdlock(&rwlock, CLOCK_MONOTONIC, &mono))
WAITER(wait_write, pthread_rwlock_wrlock(&rwlock))
WAITER(wait_write_timed, pthread_rwlock_timedwrlock(&rwlock, &real))
WAITER(wait_write_clock, pthread_rwlock_clockwrlock(&rwlock, CLOCK_MONOTONIC, &mono))
WAITER(wait_cond, pthread_cond_wait(&cond, &mutex))
WAITER(wait_cond_timed, pthread_cond_timedwait(&cond, &mutex, &real))
WAITER(wait_cond_clock, pthread_cond_clockwait(&cond, &mutex, CLOCK_MONOTONIC, &mono))
WAITER(wait_cnd, cnd_wait(&c11_cond, &c11))
WAITER(wait_cnd_timed, cnd_timedwait(&c11_cond, &c11, &real))
WAITER(wait_sem, sem_wait(&semaphore))
WAITER(wait_sem_timed, sem_timedwait(&semaphore, &real))
WAITER(wait_sem_clock, sem_clockwait(&semaphore, CLOCK_MONOTONIC, &mono))
WAITER(wait_barrier, pthread_barrier_wait(&barrier))
WAITER(wait_join, has_joined = pthread_join(joined, NULL) == 0)
WAITER(wait_join_timed, has_joined = pthread_timedjoin_np(joined, NULL, &real) == 0)
WAITER(wait_join_clock,
	has_joined = pthread_clockjoin_np(joined, NULL, CLOCK_MONOTONIC, &mono) == 0)
WAITER(wait_thrd, has_joined = thrd_join(c11_joined, NULL) == thrd_success)

FUNCTION(nothing, )
FUNCTION(take_mutex, pthread_mutex_lock(&mutex))
FUNCTION(take_spin, pthread_spin_lock(&spin))
FUNCTION(take_mtx, mtx_lock(&c11))
FUNCTION(take_read, pthread_rwlock_rdlock(&rwlock))
FUNCTION(take_write, pthread_rwlock_wrlock(&rwlock))
/* These end a wait, and are charged with it. */
FUNCTION(mutex_gives, pthread_mutex_unlock(&mutex))
FUNCTION(spin_gives, pthread_spin_unlock(&spin))
FUNCTION(mtx_gives, mtx_unlock(&c11))
FUNCTION(reader_gives, pthread_rwlock_unlock(&rwlock))
FUNCTION(writer_gives, pthread_rwlock_unlock(&rwlock))
FUNCTION(cond_gives, pthread_cond_wait(&cond, &mutex))
FUNCTION(cond_timed_gives, pthread_cond_timedwait(&cond, &mutex, &real))
FUNCTION(cond_clock_gives, pthread_cond_clockwait(&cond, &mutex, CLOCK_MONOTONIC, &mono))
FUNCTION(cnd_gives, cnd_wait(&c11_cond, &c11))
FUNCTION(cnd_timed_gives, cnd_timedwait(&c11_cond, &c11, &real))
/* These end a wait that nobody is charged with. */
FUNCTION(cond_wakes, pthread_cond_signal(&cond))
FUNCTION(cnd_wakes, cnd_signal(&c11_cond))
FUNCTION(sem_wakes, sem_post(&semaphore))
FUNCTION(barrier_wakes, pthread_barrier_wait(&barrier))
/* Nobody waits for these. */
FUNCTION(drop_mutex, pthread_mutex_unlock(&mutex))
FUNCTION(drop_spin, pthread_spin_unlock(&spin))
FUNCTION(drop_mtx, mtx_unlock(&c11))
FUNCTION(drop_rwlock, pthread_rwlock_unlock(&rwlock))
FUNCTION(wake_and_drop_mutex, cond_wakes(); drop_mutex())
FUNCTION(wake_and_drop_mtx, cnd_wakes(); drop_mtx())

/* In this order. */
struct kind {
	void (*take)(void);  /* by the other */
	void (*have)(void);  /* by the waiter */
	void (*wait)(void);  /* by the waiter */
	void (*give)(void);  /* by the other, when the waiter sleeps */
	void (*leave)(void); /* by the waiter */
	void (*done)(void);  /* by the other */
	const char *waits, *charged;
};

#define CHARGED(take, have, wait, give, leave, done)                                               \
	{                                                                                          \
		take, have, wait, give, leave, done, #wait, #give                                  \
	}
#define FREE(take, have, wait, give, leave, done)                                                  \
	{                                                                                          \
		take, have, wait, give, leave, done, #wait, NULL                                   \
	}

static const struct kind kinds[] = {
	CHARGED(take_write, nothing, wait_read, writer_gives, drop_rwlock, nothing),
	CHARGED(take_write, nothing, wait_read_timed, writer_gives, drop_rwlock, nothing),
	CHARGED(take_write, nothing, wait_read_clock, writer_gives, drop_rwlock, nothing),
	CHARGED(take_read, nothing, wait_write, reader_gives, drop_rwlock, nothing),
	CHARGED(take_read, nothing, wait_write_timed, reader_gives, drop_rwlock, nothing),
	CHARGED(take_write, nothing, wait_write_clock, writer_gives, drop_rwlock, nothing),
	CHARGED(take_mutex, nothing, wait_lock, mutex_gives, drop_mutex, nothing),
	CHARGED(take_mutex, nothing, wait_timedlock, mutex_gives, drop_mutex, nothing),
	CHARGED(take_mutex, nothing, wait_clocklock, mutex_gives, drop_mutex, nothing),
	CHARGED(take_spin, nothing, wait_spin, spin_gives, drop_spin, nothing),
	CHARGED(take_mtx, nothing, wait_mtx, mtx_gives, drop_mtx, nothing),
	CHARGED(take_mtx, nothing, wait_mtx_timed, mtx_gives, drop_mtx, nothing),
	/* Waiting for a condition unlocks, and locks again. */
	CHARGED(take_mutex, nothing, wait_lock, cond_gives, wake_and_drop_mutex, drop_mutex),
	CHARGED(take_mutex, nothing, wait_lock, cond_timed_gives, wake_and_drop_mutex, drop_mutex),
	CHARGED(take_mutex, nothing, wait_lock, cond_clock_gives, wake_and_drop_mutex, drop_mutex),
	CHARGED(take_mtx, nothing, wait_mtx, cnd_gives, wake_and_drop_mtx, drop_mtx),
	CHARGED(take_mtx, nothing, wait_mtx, cnd_timed_gives, wake_and_drop_mtx, drop_mtx),
	FREE(nothing, take_mutex, wait_cond, cond_wakes, drop_mutex, nothing),
	FREE(nothing, take_mutex, wait_cond_timed, cond_wakes, drop_mutex, nothing),
	FREE(nothing, take_mutex, wait_cond_clock, cond_wakes, drop_mutex, nothing),
	FREE(nothing, take_mtx, wait_cnd, cnd_wakes, drop_mtx, nothing),
	FREE(nothing, take_mtx, wait_cnd_timed, cnd_wakes, drop_mtx, nothing),
	FREE(nothing, nothing, wait_sem, sem_wakes, nothing, nothing),
	FREE(nothing, nothing, wait_sem_timed, sem_wakes, nothing, nothing),
	FREE(nothing, nothing, wait_sem_clock, sem_wakes, nothing, nothing),
	FREE(nothing, nothing, wait_barrier, barrier_wakes, nothing, nothing),
	FREE(nothing, nothing, wait_join, nothing, nothing, nothing),
	FREE(nothing, nothing, wait_join_timed, nothing, nothing, nothing),
	FREE(nothing, nothing, wait_join_clock, nothing, nothing, nothing),
	FREE(nothing, nothing, wait_thrd, nothing, nothing, nothing),
};

/* One that spins never sleeps: until it has spun for longer than all that comes before takes. */
static void until_spinning(void)
{
	struct timespec spent = {0, 0};
	clockid_t clock;
	long long enough_ns;

	while (!watch.about)
		sched_yield();
	pthread_getcpuclockid(waiter, &clock);
	clock_gettime(clock, &spent);
	enough_ns = spent.tv_sec * 1000000000LL + spent.tv_nsec + 10000000;
	do
		clock_gettime(clock, &spent);
	while (spent.tv_sec * 1000000000LL + spent.tv_nsec < enough_ns);
	watch.asleep_ns = now_ns();
}

static void *other(void *arg)
{
	const struct kind *kind = arg;

	kind->take();
	pthread_barrier_wait(&held);
	if (kind->wait == wait_spin)
		until_spinning();
	else
		watch_until_asleep(&watch);
	pause_ms(HOLD_MS);
	watch.given_ns = now_ns();
	kind->give();
	watch.gave_ns = now_ns();
	kind->done();
	return NULL;
}

static int c11_other(void *arg)
{
	other(arg);
	return 0;
}

static void contend(const struct kind *kind)
{
	watch.about = has_joined = false;
	if (kind->wait == wait_thrd)
		thrd_create(&c11_joined, c11_other, (void *)kind);
	else
		pthread_create(&joined, NULL, other, (void *)kind);
	pthread_barrier_wait(&held);
	kind->have();
	kind->wait();
	kind->leave();
	if (!has_joined)
		pthread_join(joined, NULL);
	watch_say("wait", kind->waits, watch.given_ns - watch.asleep_ns,
		watch.end_ns - watch.begin_ns);
	if (kind->charged)
		watch_say("unlock", kind->charged, watch.given_ns - watch.asleep_ns,
			watch.gave_ns - watch.begin_ns);
}

static void every_kind(void)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		contend(&kinds[i]);
}

/* jump: a handler leaves a wait; the thread waits again, or ends. */

static void jump_back(int signal)
{
	siglongjmp(back, signal);
}

static NOINLINE void *jump_out(void *arg)
{
	signal(SIGALRM, jump_back);
	if (sigsetjmp(back, 1) == 0) {
		ualarm(50000, 0);
		if (arg)
			pthread_mutex_lock(arg);
		else
			sem_wait(&semaphore);
	}
	return NULL;
}

static void in_handler(int signal)
{
	struct timespec soon = from_now(CLOCK_REALTIME, 100);

	(void)signal;
	sem_timedwait(&semaphore, &soon);
}

static void jump(void)
{
	static pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;

	pthread_mutex_lock(&own);
	jump_out(NULL);
	jump_out(&own);
	/* In a handler that interrupts a wait. */
	signal(SIGALRM, in_handler);
	ualarm(20000, 0);
	mono = from_now(CLOCK_MONOTONIC, 100);
	wait_sem_clock();
	pthread_mutex_unlock(&own);
	puts("jumped");
}

/* off: in the middle of waits, which end later. */

static void *hold_nothing(void *arg)
{
	pthread_mutex_lock(&mutex);
	pthread_mutex_unlock(&mutex);
	return arg;
}

static void off(void)
{
	pthread_t thread;

	pthread_mutex_lock(&mutex);
	pthread_create(&thread, NULL, hold_nothing, NULL);
	pause_ms(50);
	if (cprof_block_rate) {
		cprof_block_rate(0);
		cprof_mutex_fraction(0);
	}
	pthread_mutex_unlock(&mutex);
	pthread_join(thread, NULL);
	if (cprof_block_rate) {
		cprof_block_rate(1);
		cprof_mutex_fraction(1);
	}
	contend(&kinds[0]);
}

int main(int argc, char **argv)
{
	const char *part = argc > 1 ? argv[1] : "";

	pthread_spin_init(&spin, 0);
	pthread_barrier_init(&barrier, NULL, 2);
	pthread_barrier_init(&held, NULL, 2);
	mtx_init(&c11, mtx_timed);
	cnd_init(&c11_cond);
	sem_init(&semaphore, 0, 0);
	real = from_now(CLOCK_REALTIME, LATE_MS);
	mono = from_now(CLOCK_MONOTONIC, LATE_MS);
	waiter = pthread_self();
	watch_me(&watch);
	if (!strcmp(part, "kinds"))
		every_kind();
	else if (!strcmp(part, "jump"))
		jump();
	else if (!strcmp(part, "off"))
		off();
	else
		return 2;
	write_profile("mutex", "mutex.pb.gz", 0);
	write_profile("block", "block.pb.gz", 0);
	return 0;
}
