/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One wait of each kind, each in a function of its own that says in nanoseconds on standard output
 * how long its call took. Not here: what the calls answer (locks.c).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include "cprofalloc.h"

#define NOINLINE __attribute__((noinline))
#define HOLD_MS  100

#pragma weak cprof_write
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

static void write_profile(const char *name, const char *path)
{
	int fd;

	if (!cprof_write)
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || cprof_write(name, fd, 0) != 0)
		exit(1);
	close(fd);
}

static void pause_ms(long ms)
{
	struct timespec left = {ms / 1000, ms % 1000 * 1000000};

	while (nanosleep(&left, &left) != 0)
		;
}

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static struct timespec soon(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	now.tv_nsec += HOLD_MS * 1000000L;
	now.tv_sec += now.tv_nsec / 1000000000;
	now.tv_nsec %= 1000000000;
	return now;
}

/* A function that makes one call and says how long it took. */
#define WAITER(name, call)                                                                         \
	static NOINLINE void name(void)                                                            \
	{                                                                                          \
		struct timespec real = soon(CLOCK_REALTIME), mono = soon(CLOCK_MONOTONIC);         \
		long long begin_ns = now_ns();                                                     \
		call;                                                                              \
		printf("%s %lld\n", #name, now_ns() - begin_ns);                                   \
		(void)real;                                                                        \
		(void)mono;                                                                        \
	}

/* A thread that holds a lock for a while and gives it back in a function of its own. */
#define HOLDER(name, lock, unlock)                                                                 \
	static NOINLINE void name##_gives(void)                                                    \
	{                                                                                          \
		unlock;                                                                            \
		__asm__ volatile("");                                                              \
	}                                                                                          \
	static void *name(void *arg)                                                               \
	{                                                                                          \
		lock;                                                                              \
		pthread_barrier_wait(&held);                                                       \
		pause_ms(HOLD_MS);                                                                 \
		name##_gives();                                                                    \
		return arg;                                                                        \
	}

HOLDER(reader, pthread_rwlock_rdlock(&rwlock), pthread_rwlock_unlock(&rwlock))
HOLDER(writer, pthread_rwlock_wrlock(&rwlock), pthread_rwlock_unlock(&rwlock))
HOLDER(spinner, pthread_spin_lock(&spin), pthread_spin_unlock(&spin))
HOLDER(c11_owner, mtx_lock(&c11), mtx_unlock(&c11))
HOLDER(meeter, , pthread_barrier_wait(&barrier))
HOLDER(ender, , )

WAITER(wait_write, pthread_rwlock_wrlock(&rwlock); pthread_rwlock_unlock(&rwlock))
WAITER(wait_read, pthread_rwlock_rdlock(&rwlock); pthread_rwlock_unlock(&rwlock))
WAITER(wait_spin, pthread_spin_lock(&spin); pthread_spin_unlock(&spin))
WAITER(wait_mtx, mtx_lock(&c11); mtx_unlock(&c11))
WAITER(wait_barrier, pthread_barrier_wait(&barrier))
WAITER(wait_sem_timed, sem_timedwait(&semaphore, &real))
WAITER(wait_sem_clock, sem_clockwait(&semaphore, CLOCK_MONOTONIC, &mono))
WAITER(wait_cond_clock, pthread_cond_clockwait(&cond, &mutex, CLOCK_MONOTONIC, &mono))
WAITER(wait_cnd, cnd_timedwait(&c11_cond, &c11, &real))

static pthread_t joined;
WAITER(wait_join, pthread_join(joined, NULL))

static void contend(void *(*holder)(void *), void (*waiter)(void))
{
	pthread_create(&joined, NULL, holder, NULL);
	pthread_barrier_wait(&held);
	waiter();
	if (waiter != wait_join)
		pthread_join(joined, NULL);
}

static void kinds(void)
{
	contend(reader, wait_write);
	contend(writer, wait_read);
	contend(spinner, wait_spin);
	contend(c11_owner, wait_mtx);
	contend(meeter, wait_barrier);
	contend(ender, wait_join);
	wait_sem_timed();
	wait_sem_clock();
	pthread_mutex_lock(&mutex);
	wait_cond_clock();
	pthread_mutex_unlock(&mutex);
	mtx_lock(&c11);
	wait_cnd();
	mtx_unlock(&c11);
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
	struct timespec real = soon(CLOCK_REALTIME);

	(void)signal;
	sem_timedwait(&semaphore, &real);
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
	contend(writer, wait_read);
}

int main(int argc, char **argv)
{
	const char *part = argc > 1 ? argv[1] : "";

	pthread_spin_init(&spin, 0);
	pthread_barrier_init(&barrier, NULL, 2);
	pthread_barrier_init(&held, NULL, 2);
	mtx_init(&c11, mtx_plain);
	cnd_init(&c11_cond);
	sem_init(&semaphore, 0, 0);
	if (!strcmp(part, "kinds"))
		kinds();
	else if (!strcmp(part, "jump"))
		jump();
	else if (!strcmp(part, "off"))
		off();
	else
		return 2;
	write_profile("mutex", "mutex.pb.gz");
	write_profile("block", "block.pb.gz");
	return 0;
}
