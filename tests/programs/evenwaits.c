/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many waits of nearly the same, known length, for the laws of sampling. Two threads: one holds a
 * mutex until the other has slept for a while in waiting for it.
 *
 *   evenwaits ROUNDS           such waits
 *   evenwaits ROUNDS change    the fraction and the rate fall to a fifth in the middle
 *   evenwaits ROUNDS short     instead: waits that are over at once, since their time is past
 *
 * A round that the machine has made much longer is unlocked in a function of its own, so that no
 * wait that `gives_even` is charged with is more than twice another. Says the sums of the bounds;
 * and, as about_wait and about_unlock, closer ones, which a call may pass by the few hundred
 * nanoseconds between its clock and ours, each time.
 * Not here: each kind of wait (lockwaits.c).
 */
#define _GNU_SOURCE
#include <pthread.h>

#include "watch.h"

#pragma weak cprof_block_rate
#pragma weak cprof_mutex_fraction

#define NOINLINE __attribute__((noinline))
#define HOLD_NS  100000
#define EVEN_NS  (HOLD_NS * 2)

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct watch watch;
static _Atomic long asked, answered; /* rounds */

/* Sums over all waits, and over the unlocks of the even ones. */
static struct {
	long long wait_lower_ns, wait_about_ns, wait_upper_ns;
	long long unlock_lower_ns, unlock_about_ns, unlock_upper_ns;
} sum;

static NOINLINE void waits(void)
{
	watch.begin_ns = now_ns();
	watch.about = true;
	pthread_mutex_lock(&mutex);
	watch.end_ns = now_ns();
}

static void *waiter(void *arg)
{
	long rounds = 0;

	watch_me(&watch);
	for (;;) {
		while (asked == rounds)
			sched_yield();
		rounds = asked;
		if (rounds < 0)
			return arg;
		waits();
		watch.about = false;
		pthread_mutex_unlock(&mutex);
		answered = rounds;
	}
}

static NOINLINE void gives_even(void)
{
	pthread_mutex_unlock(&mutex);
	__asm__ volatile("");
}

static NOINLINE void gives_late(void)
{
	pthread_mutex_unlock(&mutex);
	__asm__ volatile("" ::: "memory");
}

/* One round; false: it was no even one. */
static bool hold_once(long round)
{
	bool even;

	pthread_mutex_lock(&mutex);
	asked = round;
	watch_until_asleep(&watch);
	do
		watch.given_ns = now_ns();
	while (watch.given_ns - watch.begin_ns < HOLD_NS);
	even = watch.given_ns - watch.begin_ns < EVEN_NS;
	if (even)
		gives_even();
	else
		gives_late();
	watch.gave_ns = now_ns();
	while (answered != round)
		sched_yield();
	sum.wait_lower_ns += watch.given_ns - watch.asleep_ns;
	sum.wait_about_ns += watch.end_ns - watch.asleep_ns;
	sum.wait_upper_ns += watch.end_ns - watch.begin_ns;
	if (even) {
		sum.unlock_lower_ns += watch.given_ns - watch.asleep_ns;
		sum.unlock_about_ns += watch.given_ns - watch.begin_ns;
		sum.unlock_upper_ns += watch.gave_ns - watch.begin_ns;
	}
	return even;
}

static void change(void)
{
	if (!cprof_block_rate)
		return;
	cprof_mutex_fraction(cprof_mutex_fraction(-1) / 5);
	cprof_block_rate(cprof_block_rate(-1) / 5);
}

static void many_even(long rounds, bool changes)
{
	long round = 0, even = 0;
	pthread_t thread;

	pthread_create(&thread, NULL, waiter, NULL);
	while (even < rounds) {
		if (changes && even == rounds / 2) {
			change();
			changes = false;
		}
		even += hold_once(++round);
	}
	asked = -1;
	pthread_join(thread, NULL);
	watch_say("wait", "waits", sum.wait_lower_ns, sum.wait_upper_ns);
	watch_say("unlock", "gives_even", sum.unlock_lower_ns, sum.unlock_upper_ns);
	watch_say("about_wait", "waits", sum.wait_about_ns, sum.wait_upper_ns);
	watch_say("about_unlock", "gives_even", sum.unlock_lower_ns, sum.unlock_about_ns);
	printf("rounds %ld\n", round);
}

static NOINLINE void gives_up(void)
{
	struct timespec past = {-1, 0}; /* known without a system call */

	if (pthread_mutex_timedlock(&mutex, &past) == 0)
		exit(1);
}

static void *give_up_often(void *arg)
{
	for (long left = *(long *)arg; left > 0; left--)
		gives_up();
	return NULL;
}

static void many_short(long rounds)
{
	pthread_t thread;

	pthread_mutex_lock(&mutex);
	pthread_create(&thread, NULL, give_up_often, &rounds);
	pthread_join(thread, NULL);
	pthread_mutex_unlock(&mutex);
}

int main(int argc, char **argv)
{
	long rounds = argc > 1 ? atol(argv[1]) : 1000;
	const char *how = argc > 2 ? argv[2] : "";

	if (!strcmp(how, "short"))
		many_short(rounds);
	else
		many_even(rounds, !strcmp(how, "change"));
	write_profile("mutex", "mutex.pb.gz", 0);
	write_profile("block", "block.pb.gz", 0);
	return 0;
}
