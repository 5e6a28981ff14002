/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Locks in trouble, and shared by processes. The word says which; each part prints what the C
 * library answered, and writes down between which bounds the waits are.
 * Not here: each kind of wait (lockwaits.c), answers without waiting (locks.c).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <threads.h>

#include "watch.h"

#define NOINLINE __attribute__((noinline))
#define HOLD_MS  20

#pragma weak cprof_label_push
#pragma weak cprof_label_pop

/* All that two processes share. */
struct shared {
	pthread_mutex_t lock;
	pthread_cond_t cond;
	pthread_barrier_t held;
	struct watch watch;
};

static struct shared *shared;

static void say(const char *what, int result)
{
	printf("%s: %s\n", what, result ? strerrorname_np(result) : "0");
	fflush(stdout);
}

static void make(int type, int robust)
{
	pthread_mutexattr_t of_mutex;
	pthread_condattr_t of_cond;
	pthread_barrierattr_t of_barrier;

	shared = mmap(
		NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		exit(1);
	pthread_mutexattr_init(&of_mutex);
	pthread_mutexattr_settype(&of_mutex, type);
	pthread_mutexattr_setrobust(&of_mutex, robust);
	pthread_mutexattr_setpshared(&of_mutex, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&shared->lock, &of_mutex);
	pthread_condattr_init(&of_cond);
	pthread_condattr_setpshared(&of_cond, PTHREAD_PROCESS_SHARED);
	pthread_cond_init(&shared->cond, &of_cond);
	pthread_barrierattr_init(&of_barrier);
	pthread_barrierattr_setpshared(&of_barrier, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&shared->held, &of_barrier, 2);
}

static void begin(void)
{
	shared->watch.begin_ns = now_ns();
	shared->watch.about = true;
}

static int end(int result)
{
	shared->watch.end_ns = now_ns();
	return result;
}

/* A function that waits. */
#define WAITER(name, call)                                                                         \
	static NOINLINE int name(void)                                                             \
	{                                                                                          \
		begin();                                                                           \
		return end(call);                                                                  \
	}

/* A function that ends a wait. */
#define GIVER(name, call)                                                                          \
	static NOINLINE int name(void)                                                             \
	{                                                                                          \
		int result = call;                                                                 \
		__asm__ volatile("");                                                              \
		return result;                                                                     \
	}

WAITER(waits, pthread_mutex_lock(&shared->lock))
WAITER(child_waits, pthread_mutex_lock(&shared->lock))
WAITER(waits_for_cond, pthread_cond_wait(&shared->cond, &shared->lock))
GIVER(gives, pthread_mutex_unlock(&shared->lock))
GIVER(child_gives, pthread_mutex_unlock(&shared->lock))
GIVER(drops, pthread_mutex_unlock(&shared->lock))
GIVER(refused, pthread_mutex_unlock(&shared->lock))

/* The waiter is in its wait, and has been for a while. */
static void let_wait(void)
{
	watch_until_asleep(&shared->watch);
	pause_ms(HOLD_MS);
	shared->watch.given_ns = now_ns();
}

static void say_wait(const char *what, const char *name)
{
	const struct watch *watch = &shared->watch;

	watch_say(what, name, watch->given_ns - watch->asleep_ns, watch->end_ns - watch->begin_ns);
}

static void say_unlock(const char *what, const char *name)
{
	const struct watch *watch = &shared->watch;

	watch_say(what, name, watch->given_ns - watch->asleep_ns, watch->gave_ns - watch->begin_ns);
}

/* labels: both sides have some. */

static int label(const char *key, const char *value)
{
	return cprof_label_push ? cprof_label_push(key, value) : 0;
}

static void *hold_labelled(void *arg)
{
	label("holder", arg);
	pthread_mutex_lock(&shared->lock);
	pthread_barrier_wait(&shared->held);
	let_wait();
	gives();
	shared->watch.gave_ns = now_ns();
	return NULL;
}

static void contend_labelled(const char *value, const char *wait_name, const char *unlock_name)
{
	pthread_t thread;
	int mark;

	watch_me(&shared->watch);
	pthread_create(&thread, NULL, hold_labelled, (void *)value);
	pthread_barrier_wait(&shared->held);
	mark = label("request", value);
	say("lock", waits());
	say("unlock", drops());
	if (cprof_label_pop)
		cprof_label_pop(mark);
	pthread_join(thread, NULL);
	say_wait(wait_name, "waits");
	say_unlock(unlock_name, "gives");
}

static void labels(void)
{
	make(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_STALLED);
	contend_labelled("login", "wait_login", "unlock_login");
	contend_labelled("logout", "wait_logout", "unlock_logout");
}

/* dying: a robust mutex whose owner ends without unlocking, while another waits. */

static void *hold_and_end(void *arg)
{
	pthread_mutex_lock(&shared->lock);
	pthread_barrier_wait(&shared->held);
	let_wait();
	return arg;
}

static void wait_for_the_dying(void)
{
	say("lock", waits());
	say("consistent", pthread_mutex_consistent(&shared->lock));
	say("unlock", drops());
	say("lock again", pthread_mutex_lock(&shared->lock));
	say("unlock again", drops());
	say_wait("wait", "waits");
}

static void dying(void)
{
	pthread_t thread;
	pid_t child;

	make(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST);
	watch_me(&shared->watch);
	pthread_create(&thread, NULL, hold_and_end, NULL);
	pthread_barrier_wait(&shared->held);
	wait_for_the_dying();
	pthread_join(thread, NULL);
	watch_me(&shared->watch);
	child = fork();
	if (child == 0) {
		hold_and_end(NULL);
		raise(SIGKILL);
	}
	pthread_barrier_wait(&shared->held);
	wait_for_the_dying();
	waitpid(child, NULL, 0);
}

/* shared: two processes wait for each other. */

static void in_child(void)
{
	/* 1. It holds, the parent waits. */
	say("child lock", pthread_mutex_lock(&shared->lock));
	pthread_barrier_wait(&shared->held);
	let_wait();
	say("child unlock", child_gives());
	/* 2. It waits, the parent holds. */
	pthread_barrier_wait(&shared->held);
	watch_me(&shared->watch);
	pthread_barrier_wait(&shared->held);
	say("child lock", child_waits());
	say("child unlock", drops());
	/* 3. The parent waits for a condition. */
	pthread_barrier_wait(&shared->held);
	pthread_barrier_wait(&shared->held);
	let_wait();
	say("child signal", pthread_cond_signal(&shared->cond));
	write_profile("mutex", "child.mutex.pb.gz", 0);
	write_profile("block", "child.block.pb.gz", 0);
	_exit(0);
}

static void share(void)
{
	pid_t child;
	int status;

	make(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_STALLED);
	watch_me(&shared->watch);
	child = fork();
	if (child == 0)
		in_child();
	/* 1. */
	pthread_barrier_wait(&shared->held);
	say("lock", waits());
	say_wait("wait", "waits");
	/* 2. */
	pthread_barrier_wait(&shared->held);
	pthread_barrier_wait(&shared->held);
	let_wait();
	say("unlock", gives());
	/* 3. */
	pthread_barrier_wait(&shared->held);
	say_wait("child_wait", "child_waits");
	watch_me(&shared->watch);
	pthread_mutex_lock(&shared->lock);
	pthread_barrier_wait(&shared->held);
	say("wait", waits_for_cond());
	say_wait("wait", "waits_for_cond");
	say("unlock", drops());
	waitpid(child, &status, 0);
	printf("child's status %d\n", status);
}

/* refused: an unlock by a thread that does not own the mutex, while another waits for it. */

static void *own_for_long(void *arg)
{
	say("owner's lock", pthread_mutex_lock(&shared->lock));
	pthread_barrier_wait(&shared->held);
	pthread_barrier_wait(&shared->held);
	pause_ms(HOLD_MS);
	shared->watch.given_ns = now_ns();
	say("owner's unlock", gives());
	shared->watch.gave_ns = now_ns();
	return arg;
}

static void *wait_long(void *arg)
{
	watch_me(&shared->watch);
	say("waiter's lock", waits());
	say("waiter's unlock", drops());
	return arg;
}

static void refuse(void)
{
	const struct watch *watch;
	long long before_ns, after_ns;
	pthread_t owner, waiter;

	make(PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_STALLED);
	watch = &shared->watch;
	pthread_create(&owner, NULL, own_for_long, NULL);
	pthread_barrier_wait(&shared->held);
	pthread_create(&waiter, NULL, wait_long, NULL);
	let_wait();
	before_ns = now_ns();
	say("other's unlock", refused());
	after_ns = now_ns();
	pthread_barrier_wait(&shared->held);
	pthread_join(owner, NULL);
	pthread_join(waiter, NULL);
	say_wait("wait", "waits");
	/* What was waited before the refused one is nobody's. */
	watch_say("unlock", "gives", watch->given_ns - after_ns, watch->gave_ns - before_ns);
}

/* timeouts: waits that end without what they were for, while it stays locked. */

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
static mtx_t c11, own_c11;
static cnd_t c11_cond;
static sem_t semaphore;
static _Atomic bool enough;

static void *hold_all(void *arg)
{
	pthread_mutex_lock(&shared->lock);
	pthread_rwlock_wrlock(&rwlock);
	mtx_lock(&c11);
	pthread_barrier_wait(&shared->held);
	while (!enough)
		pause_ms(1);
	mtx_unlock(&c11);
	pthread_rwlock_unlock(&rwlock);
	gives();
	return arg;
}

static void time_out_of_all(pthread_t holder)
{
	struct timespec real = from_now(CLOCK_REALTIME, 1), mono = from_now(CLOCK_MONOTONIC, 1);
	const clockid_t clock = CLOCK_MONOTONIC;

	say("timedlock", pthread_mutex_timedlock(&shared->lock, &real));
	say("clocklock", pthread_mutex_clocklock(&shared->lock, clock, &mono));
	say("timedrdlock", pthread_rwlock_timedrdlock(&rwlock, &real));
	say("clockrdlock", pthread_rwlock_clockrdlock(&rwlock, clock, &mono));
	say("timedwrlock", pthread_rwlock_timedwrlock(&rwlock, &real));
	say("clockwrlock", pthread_rwlock_clockwrlock(&rwlock, clock, &mono));
	say("mtx_timedlock", mtx_timedlock(&c11, &real) == thrd_timedout ? ETIMEDOUT : 0);
	say("sem_timedwait", sem_timedwait(&semaphore, &real) ? errno : 0);
	say("sem_clockwait", sem_clockwait(&semaphore, clock, &mono) ? errno : 0);
	pthread_mutex_lock(&own);
	say("cond_timedwait", pthread_cond_timedwait(&shared->cond, &own, &real));
	say("cond_clockwait", pthread_cond_clockwait(&shared->cond, &own, clock, &mono));
	mtx_lock(&own_c11);
	say("cnd_timedwait",
		cnd_timedwait(&c11_cond, &own_c11, &real) == thrd_timedout ? ETIMEDOUT : 0);
	say("timedjoin", pthread_timedjoin_np(holder, NULL, &real));
	say("clockjoin", pthread_clockjoin_np(holder, NULL, clock, &mono));
}

static void time_out(void)
{
	pthread_t holder;

	make(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_STALLED);
	mtx_init(&c11, mtx_timed);
	mtx_init(&own_c11, mtx_plain);
	cnd_init(&c11_cond);
	sem_init(&semaphore, 0, 0);
	pthread_create(&holder, NULL, hold_all, NULL);
	pthread_barrier_wait(&shared->held);
	time_out_of_all(holder);
	write_profile("block", "timeouts.pb.gz", 0);
	enough = true;
	pthread_join(holder, NULL);
}

/* left: by siglongjmp out of a handler; then the thread waits for something else. */

static sigjmp_buf back;

static void jump_back(int signal)
{
	siglongjmp(back, signal);
}

static void *hold_and_jolt(void *arg)
{
	pthread_mutex_lock(&shared->lock);
	pthread_barrier_wait(&shared->held);
	let_wait();
	pthread_kill(*(pthread_t *)arg, SIGUSR1);
	while (!enough)
		pause_ms(1);
	gives();
	return NULL;
}

static void leave(void)
{
	struct timespec soon;
	pthread_t holder, self = pthread_self();

	make(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_STALLED);
	sem_init(&semaphore, 0, 0);
	watch_me(&shared->watch);
	signal(SIGUSR1, jump_back);
	pthread_create(&holder, NULL, hold_and_jolt, &self);
	pthread_barrier_wait(&shared->held);
	if (sigsetjmp(back, 1) == 0)
		waits();
	soon = from_now(CLOCK_REALTIME, 1);
	say("sem_timedwait", sem_timedwait(&semaphore, &soon) ? errno : 0);
	enough = true;
	pthread_join(holder, NULL);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} parts[] = {
		{"labels", labels},
		{"dying", dying},
		{"shared", share},
		{"refused", refuse},
		{"timeouts", time_out},
		{"left", leave},
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (argc < 2 || strcmp(argv[1], parts[i].name))
			continue;
		parts[i].run();
		write_profile("mutex", "mutex.pb.gz", 0);
		write_profile("block", "block.pb.gz", 0);
		return 0;
	}
	return 2;
}
