/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looking up the C library's functions for locks and waits; and jemalloc's way to them, past ours.
 * Not here: standing in front of them (locks.c and others).
 *
 * jemalloc locks inside malloc: before constructors, in handlers of fork, and while the loader
 * itself asks for memory. alloc/jemalloc.syms turns its calls to the cpa_next_* at the end of this
 * file, which measure nothing. It first does so in the program's first malloc, when there is one
 * thread, and what it needs is in every C library: looking it up asks for no memory.
 */
#include "alloc/next.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>

static int first_lock(pthread_mutex_t *mutex);
static int first_trylock(pthread_mutex_t *mutex);
static int first_unlock(pthread_mutex_t *mutex);

struct cpa_next cpa_next = {
	.mode = CPA_NEXT_UNKNOWN,
	.mutex_lock = first_lock,
	.mutex_trylock = first_trylock,
	.mutex_unlock = first_unlock,
};

struct place {
	const char *name;
	size_t offset; /* in struct cpa_next */
};

#define PLACE(name, field)                                                                         \
	{                                                                                          \
		name, offsetof(struct cpa_next, field)                                             \
	}

static const struct place of_mutexes[] = {
	PLACE("pthread_mutex_lock", mutex_lock),
	PLACE("pthread_mutex_trylock", mutex_trylock),
	PLACE("pthread_mutex_unlock", mutex_unlock),
};

static const struct place of_others[] = {
	PLACE("pthread_cond_wait", cond_wait),
	PLACE("pthread_cond_timedwait", cond_timedwait),
	PLACE("pthread_cond_clockwait", cond_clockwait),
	PLACE("pthread_mutex_timedlock", mutex_timedlock),
	PLACE("pthread_mutex_clocklock", mutex_clocklock),
	PLACE("pthread_rwlock_rdlock", rwlock_rdlock),
	PLACE("pthread_rwlock_tryrdlock", rwlock_tryrdlock),
	PLACE("pthread_rwlock_timedrdlock", rwlock_timedrdlock),
	PLACE("pthread_rwlock_clockrdlock", rwlock_clockrdlock),
	PLACE("pthread_rwlock_wrlock", rwlock_wrlock),
	PLACE("pthread_rwlock_trywrlock", rwlock_trywrlock),
	PLACE("pthread_rwlock_timedwrlock", rwlock_timedwrlock),
	PLACE("pthread_rwlock_clockwrlock", rwlock_clockwrlock),
	PLACE("pthread_rwlock_unlock", rwlock_unlock),
	PLACE("pthread_spin_lock", spin_lock),
	PLACE("pthread_spin_trylock", spin_trylock),
	PLACE("pthread_spin_unlock", spin_unlock),
	PLACE("sem_wait", sem_wait),
	PLACE("sem_trywait", sem_trywait),
	PLACE("sem_timedwait", sem_timedwait),
	PLACE("sem_clockwait", sem_clockwait),
	PLACE("pthread_barrier_wait", barrier_wait),
	PLACE("pthread_join", join),
	PLACE("pthread_tryjoin_np", tryjoin),
	PLACE("pthread_timedjoin_np", timedjoin),
	PLACE("pthread_clockjoin_np", clockjoin),
	PLACE("mtx_lock", mtx_lock),
	PLACE("mtx_trylock", mtx_trylock),
	PLACE("mtx_timedlock", mtx_timedlock),
	PLACE("mtx_unlock", mtx_unlock),
	PLACE("cnd_wait", cnd_wait),
	PLACE("cnd_timedwait", cnd_timedwait),
	PLACE("thrd_join", thrd_join),
};

/*
 * Where the C library has two functions of this name, the one that programs have bound to for
 * twenty years: dlsym may give the older one, of another pthread_cond_t.
 */
static void *find_newer(const char *name)
{
#if defined(__x86_64__) || defined(__i386__)
	if (name[0] == 'p' && name[8] == 'c')
		return dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");
#endif
	(void)name;
	return NULL;
}

static void find(const struct place *places, size_t count)
{
	int kept_errno = errno;

	for (size_t i = 0; i < count; i++) {
		void *found = find_newer(places[i].name);

		if (!found)
			found = dlsym(RTLD_NEXT, places[i].name);
		/* A C library without it: then no program could call it. */
		if (found)
			__atomic_store_n((void **)((char *)&cpa_next + places[i].offset), found,
				__ATOMIC_RELAXED);
	}
	errno = kept_errno;
}

static int first_lock(pthread_mutex_t *mutex)
{
	find(of_mutexes, CPA_ARRAY_LEN(of_mutexes));
	return cpa_next.mutex_lock(mutex);
}

static int first_trylock(pthread_mutex_t *mutex)
{
	find(of_mutexes, CPA_ARRAY_LEN(of_mutexes));
	return cpa_next.mutex_trylock(mutex);
}

static int first_unlock(pthread_mutex_t *mutex)
{
	find(of_mutexes, CPA_ARRAY_LEN(of_mutexes));
	return cpa_next.mutex_unlock(mutex);
}

void cpa_next_find(void)
{
	if (!(atomic_load_explicit(&cpa_next.mode, memory_order_relaxed) & CPA_NEXT_UNKNOWN))
		return;
	find(of_mutexes, CPA_ARRAY_LEN(of_mutexes));
	find(of_others, CPA_ARRAY_LEN(of_others));
	/* release: pairs with the acquire in cpa_next_alone. */
	atomic_fetch_and_explicit(&cpa_next.mode, ~CPA_NEXT_UNKNOWN, memory_order_release);
}

void cpa_next_set_mode(uint32_t mode)
{
	cpa_next_find();
	atomic_store_explicit(&cpa_next.mode, mode, memory_order_release);
	atomic_store_explicit(&cpa_next.unlock_mode, mode & CPA_NEXT_MUTEX, memory_order_release);
}

void *cpa_next_function(void *_Atomic *found, const char *name)
{
	int kept_errno = errno;

	if (!*found)
		*found = dlsym(RTLD_NEXT, name);
	errno = kept_errno;
	return *found;
}

/* jemalloc's. */

CPA_HIDDEN int cpa_next_mutex_lock(pthread_mutex_t *mutex);
CPA_HIDDEN int cpa_next_mutex_trylock(pthread_mutex_t *mutex);
CPA_HIDDEN int cpa_next_mutex_unlock(pthread_mutex_t *mutex);
CPA_HIDDEN int cpa_next_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex);
CPA_HIDDEN int cpa_next_cond_timedwait(
	pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *until);
CPA_HIDDEN int cpa_next_join(pthread_t thread, void **ret_value);

int cpa_next_mutex_lock(pthread_mutex_t *mutex)
{
	return cpa_next.mutex_lock(mutex);
}

int cpa_next_mutex_trylock(pthread_mutex_t *mutex)
{
	return cpa_next.mutex_trylock(mutex);
}

int cpa_next_mutex_unlock(pthread_mutex_t *mutex)
{
	return cpa_next.mutex_unlock(mutex);
}

int cpa_next_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
	cpa_next_need();
	return cpa_next.cond_wait(cond, mutex);
}

int cpa_next_cond_timedwait(
	pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *until)
{
	cpa_next_need();
	return cpa_next.cond_timedwait(cond, mutex, until);
}

int cpa_next_join(pthread_t thread, void **ret_value)
{
	cpa_next_need();
	return cpa_next.join(thread, ret_value);
}
