/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A scripted plan over every entry point: each call site is a function of its own with prime sizes
 * of its own. Writes what an exact profile must say, one line a site: NAME ALLOC_OBJECTS
 * ALLOC_BYTES INUSE_OBJECTS INUSE_BYTES HOW.
 *
 *   plan TABLE     run under rate=1, final=1
 *
 * Not here: the C++ call sites (plan_cxx.cc), the comparison (helpers/exact.py).
 */
#define _GNU_SOURCE
#include "plan.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WEAK __attribute__((weak))

/* C23's, which glibc 2.36 lacks, and jemalloc's own: there only under the library. */
void free_sized(void *ptr, size_t size_bytes) WEAK;
void free_aligned_sized(void *ptr, size_t alignment, size_t size_bytes) WEAK;
void *mallocx(size_t size_bytes, int flags) WEAK;
void *rallocx(void *ptr, size_t size_bytes, int flags) WEAK;
size_t xallocx(void *ptr, size_t size_bytes, size_t extra_bytes, int flags) WEAK;
size_t sallocx(const void *ptr, int flags) WEAK;
void dallocx(void *ptr, int flags) WEAK;
void sdallocx(void *ptr, size_t size_bytes, int flags) WEAK;
int mallctl(const char *name, void *old, size_t *old_bytes, void *new, size_t new_bytes) WEAK;

#define MALLOCX_LG_ALIGN(log) (log)
#define MALLOCX_ZERO          0x40
#define MALLOCX_TCACHE_NONE   ((-1 + 2) << 8)
#define MALLOCX_ARENA(index)  (((index) + 1) << 20)

#define SITES_MAX 128

/* What the profile must say of a function. */
struct account {
	const char *name;
	int flags;
	uint64_t alloc_objects, alloc_bytes, inuse_objects, inuse_bytes;
};

static struct account accounts[SITES_MAX];
static int account_count;

static struct account *account_of(const char *name, int flags)
{
	for (int i = 0; i < account_count; i++) {
		if (strcmp(accounts[i].name, name) == 0)
			return &accounts[i];
	}
	if (account_count == SITES_MAX)
		abort();
	accounts[account_count] = (struct account){.name = name, .flags = flags};
	return &accounts[account_count++];
}

static void born(struct account *account, size_t req_bytes)
{
	account->alloc_objects++;
	account->alloc_bytes += req_bytes;
	account->inuse_objects++;
	account->inuse_bytes += req_bytes;
}

static void died(struct account *account, size_t req_bytes)
{
	account->inuse_objects--;
	account->inuse_bytes -= req_bytes;
}

/* A bug of the allocator, not of the profile. */
static void must(bool truth, const char *what)
{
	if (!truth) {
		fprintf(stderr, "plan: %s\n", what);
		abort();
	}
}

/* --- call sites ----------------------------------------------------------------------------- */

#define SITE(name, expression)                                                                     \
	NOINLINE void *site_##name(size_t size_bytes, size_t *req_bytes);                          \
	NOINLINE void *site_##name(size_t size_bytes, size_t *req_bytes)                           \
	{                                                                                          \
		void *ptr;                                                                         \
		*req_bytes = size_bytes;                                                           \
		ptr = expression;                                                                  \
		KEEP(ptr);                                                                         \
		return ptr;                                                                        \
	}

SITE(malloc, malloc(size_bytes))
SITE(malloc_sized, malloc(size_bytes))
SITE(malloc_zero, malloc(*req_bytes = 0))
SITE(calloc_zero, calloc(*req_bytes = 0, 7))
SITE(calloc, (*req_bytes = 3 * size_bytes, calloc(3, size_bytes)))
SITE(calloc_one, calloc(1, size_bytes))
SITE(realloc_null, realloc(NULL, size_bytes))
SITE(reallocarray_null, (*req_bytes = 5 * size_bytes, reallocarray(NULL, size_bytes, 5)))
SITE(aligned_alloc, aligned_alloc(64, size_bytes))
SITE(aligned_alloc_page, aligned_alloc(4096, size_bytes))
SITE(memalign, memalign(512, size_bytes))
SITE(valloc, valloc(size_bytes))
SITE(pvalloc, pvalloc(size_bytes))
SITE(malloc_huge, malloc(SIZE_MAX / 2 + size_bytes))
SITE(calloc_overflow, calloc(SIZE_MAX / 2, size_bytes))
SITE(reallocarray_overflow, reallocarray(NULL, SIZE_MAX / 2, size_bytes))
SITE(aligned_alloc_huge, aligned_alloc(4096, SIZE_MAX - 4095))
SITE(mallocx, mallocx(size_bytes, 0))
SITE(mallocx_zero, mallocx(size_bytes, MALLOCX_ZERO))
SITE(mallocx_align, mallocx(size_bytes, MALLOCX_LG_ALIGN(10)))
SITE(mallocx_tcache, mallocx(size_bytes, MALLOCX_TCACHE_NONE))
SITE(mallocx_arena, mallocx(size_bytes, MALLOCX_ARENA(0) | MALLOCX_TCACHE_NONE))

NOINLINE void *site_posix_memalign(size_t size_bytes, size_t *req_bytes);
NOINLINE void *site_posix_memalign(size_t size_bytes, size_t *req_bytes)
{
	void *ptr = NULL;

	*req_bytes = size_bytes;
	if (posix_memalign(&ptr, 128, size_bytes))
		ptr = NULL;
	KEEP(ptr);
	return ptr;
}

NOINLINE void *site_strdup(size_t size_bytes, size_t *req_bytes);
NOINLINE void *site_strdup(size_t size_bytes, size_t *req_bytes)
{
	static char text[1 << 16];
	void *ptr;

	size_bytes %= sizeof(text) - 1;
	*req_bytes = size_bytes + 1;
	memset(text, 'x', size_bytes);
	text[size_bytes] = '\0';
	ptr = strdup(text);
	KEEP(ptr);
	return ptr;
}

static void by_free(void *ptr, size_t req_bytes)
{
	free(ptr);
}

static void by_realloc_zero(void *ptr, size_t req_bytes)
{
	KEEP(req_bytes);
	ptr = realloc(ptr, 0);
	must(!ptr, "realloc(ptr, 0) gave an object");
}

static void by_free_sized(void *ptr, size_t req_bytes)
{
	if (free_sized)
		free_sized(ptr, req_bytes);
	else
		free(ptr);
}

static void by_free_aligned_sized(void *ptr, size_t req_bytes)
{
	if (free_aligned_sized)
		free_aligned_sized(ptr, 64, req_bytes);
	else
		free(ptr);
}

static void by_dallocx(void *ptr, size_t req_bytes)
{
	dallocx(ptr, 0);
}

static void by_sdallocx(void *ptr, size_t req_bytes)
{
	sdallocx(ptr, req_bytes, 0);
}

static void by_sdallocx_align(void *ptr, size_t req_bytes)
{
	sdallocx(ptr, req_bytes, MALLOCX_LG_ALIGN(10));
}

static void by_dallocx_tcache(void *ptr, size_t req_bytes)
{
	dallocx(ptr, MALLOCX_TCACHE_NONE);
}

static const struct plan_site c_sites[] = {
	{"site_malloc", site_malloc, by_free, 0},
	{"site_malloc_sized", site_malloc_sized, by_free_sized, 0},
	{"site_malloc_zero", site_malloc_zero, by_free, 0},
	{"site_calloc_zero", site_calloc_zero, by_free, 0},
	{"site_calloc", site_calloc, by_free, 0},
	{"site_calloc_one", site_calloc_one, by_realloc_zero, 0},
	{"site_realloc_null", site_realloc_null, by_free, 0},
	{"site_reallocarray_null", site_reallocarray_null, by_free, 0},
	{"site_aligned_alloc", site_aligned_alloc, by_free_aligned_sized, 0},
	{"site_aligned_alloc_page", site_aligned_alloc_page, by_free, 0},
	{"site_posix_memalign", site_posix_memalign, by_free, 0},
	{"site_memalign", site_memalign, by_free, 0},
	{"site_valloc", site_valloc, by_free, 0},
	{"site_pvalloc", site_pvalloc, by_free, 0},
	{"site_strdup", site_strdup, by_free, PLAN_THROUGH_LIBC},
	{"site_malloc_huge", site_malloc_huge, by_free, 0},
	{"site_calloc_overflow", site_calloc_overflow, by_free, 0},
	{"site_reallocarray_overflow", site_reallocarray_overflow, by_free, 0},
	{"site_aligned_alloc_huge", site_aligned_alloc_huge, by_free, 0},
	{"site_mallocx", site_mallocx, by_dallocx, PLAN_OPTIONAL},
	{"site_mallocx_zero", site_mallocx_zero, by_sdallocx, PLAN_OPTIONAL},
	{"site_mallocx_align", site_mallocx_align, by_sdallocx_align, PLAN_OPTIONAL},
	{"site_mallocx_tcache", site_mallocx_tcache, by_dallocx_tcache,
		PLAN_OPTIONAL | PLAN_UNTRACKED},
	{"site_mallocx_arena", site_mallocx_arena, by_dallocx, PLAN_OPTIONAL | PLAN_UNTRACKED},
};

/* --- running the sites ---------------------------------------------------------------------- */

static size_t next_prime(size_t from)
{
	for (;; from++) {
		size_t divisor = 2;

		while (divisor * divisor <= from && from % divisor)
			divisor++;
		if (divisor * divisor > from)
			return from;
	}
}

/* An object and whose it is. */
struct object {
	struct account *account;
	const struct plan_site *site;
	void *ptr;
	size_t req_bytes;
};

static struct object objects[8192];
static int object_count;

static struct object *make(const struct plan_site *site, size_t size_bytes)
{
	struct object *object = &objects[object_count];

	object->site = site;
	object->account = account_of(site->name, site->flags);
	object->ptr = site->alloc(size_bytes, &object->req_bytes);
	if (!object->ptr)
		return NULL;
	if (!(site->flags & PLAN_UNTRACKED))
		born(object->account, object->req_bytes);
	if (object->req_bytes) {
		/* The first and the last byte are the program's. */
		((volatile char *)object->ptr)[0] = 1;
		((volatile char *)object->ptr)[object->req_bytes - 1] = 2;
	}
	must(malloc_usable_size(object->ptr) >= object->req_bytes, "an object is too small");
	object_count++;
	return object;
}

static void unmake(struct object *object)
{
	if (!object->ptr)
		return;
	if (!(object->site->flags & PLAN_UNTRACKED))
		died(object->account, object->req_bytes);
	object->site->release(object->ptr, object->req_bytes);
	object->ptr = NULL;
}

/*
 * Small ones that share slabs, middling ones, and large ones; a different prime for each site
 * and round.
 */
static void run_site(const struct plan_site *site, int index)
{
	static const size_t rounds[] = {1, 97, 1009, 17011, 500009, 5000011};

	if ((site->flags & PLAN_OPTIONAL) && !mallocx)
		return;
	for (size_t round = 0; round < sizeof(rounds) / sizeof(rounds[0]); round++) {
		size_t size_bytes = next_prime(rounds[round] + (size_t)index * 31);
		int count = round < 4 ? 5 + index % 7 : 2, first = object_count;

		for (int i = 0; i < count; i++)
			make(site, size_bytes);
		for (int i = first; i < object_count; i++) {
			if ((i + index) % 3 == 0)
				unmake(&objects[i]);
		}
	}
}

static void run_sites(const struct plan_site *sites, size_t count, int first_index)
{
	for (size_t i = 0; i < count; i++)
		run_site(&sites[i], first_index + (int)i);
}

/*
 * --- realloc: the old object dies, one of the new size is born
 * ----------------------------------
 */

#define RESIZE(name, expression)                                                                   \
	NOINLINE void *site_##name(void *ptr, size_t size_bytes);                                  \
	NOINLINE void *site_##name(void *ptr, size_t size_bytes)                                   \
	{                                                                                          \
		ptr = expression;                                                                  \
		KEEP(ptr);                                                                         \
		return ptr;                                                                        \
	}

RESIZE(realloc_up, realloc(ptr, size_bytes))
RESIZE(realloc_down, realloc(ptr, size_bytes))
RESIZE(realloc_steps, realloc(ptr, size_bytes))
RESIZE(realloc_same, realloc(ptr, size_bytes))
RESIZE(realloc_huge, realloc(ptr, SIZE_MAX / 2 + size_bytes))
RESIZE(reallocarray, reallocarray(ptr, size_bytes, 1))
RESIZE(xallocx, xallocx(ptr, size_bytes, 0, 0) >= size_bytes ? ptr : NULL)
RESIZE(rallocx, rallocx(ptr, size_bytes, 0))
RESIZE(rallocx_align, rallocx(ptr, size_bytes, MALLOCX_LG_ALIGN(12)))

static void resize(
	struct object *object, const char *name, void *(*change)(void *, size_t), size_t size_bytes)
{
	size_t kept_bytes = size_bytes < object->req_bytes ? size_bytes : object->req_bytes;
	unsigned char *bytes = object->ptr;
	void *ptr;

	for (size_t i = 0; i < kept_bytes; i++)
		bytes[i] = (unsigned char)(i * 7 + 3);
	ptr = change(object->ptr, size_bytes);
	if (!ptr) {
		must(bytes[kept_bytes - 1] == (unsigned char)((kept_bytes - 1) * 7 + 3),
			"a failed realloc spoilt the object");
		return;
	}
	bytes = ptr;
	for (size_t i = 0; i < kept_bytes; i++)
		must(bytes[i] == (unsigned char)(i * 7 + 3), "realloc lost bytes");
	if (!(object->site->flags & PLAN_UNTRACKED))
		died(object->account, object->req_bytes);
	object->account = account_of(name, 0);
	object->ptr = ptr;
	object->req_bytes = size_bytes;
	born(object->account, size_bytes);
}

static const struct plan_site resized = {"site_malloc", site_malloc, by_free, 0};

static void run_resizes(void)
{
	static const size_t bases[] = {11, 331, 5003, 40009, 700001, 3000017};
	struct object *object;

	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		size_t base = bases[i];

		resize(make(&resized, base), "site_realloc_up", site_realloc_up,
			next_prime(base * 3));
		resize(make(&resized, base), "site_realloc_up", site_realloc_up,
			next_prime(base + 1));
		resize(make(&resized, base), "site_realloc_down", site_realloc_down,
			next_prime(base / 3));
		resize(make(&resized, base), "site_realloc_down", site_realloc_down, base - 1);
		resize(make(&resized, base), "site_realloc_same", site_realloc_same, base);
		resize(make(&resized, base), "site_realloc_huge", site_realloc_huge, base);
		resize(make(&resized, base), "site_reallocarray", site_reallocarray,
			next_prime(base * 2));
		if (rallocx) {
			resize(make(&resized, base), "site_xallocx", site_xallocx, base - 1);
			resize(make(&resized, base), "site_xallocx", site_xallocx, base * 2);
			resize(make(&resized, base), "site_rallocx", site_rallocx,
				next_prime(base * 2));
			resize(make(&resized, base), "site_rallocx_align", site_rallocx_align,
				next_prime(base / 2));
		}
		/* A buffer grown in small steps, then shrunk in small steps, then freed. */
		object = make(&resized, base);
		for (int step = 0; step < 40; step++)
			resize(object, "site_realloc_steps", site_realloc_steps,
				object->req_bytes + base / 8 + 1);
		for (int step = 0; step < 20; step++)
			resize(object, "site_realloc_steps", site_realloc_steps,
				object->req_bytes - base / 8);
		unmake(object);
		/* Freed after a change. */
		object = make(&resized, base);
		resize(object, "site_realloc_up", site_realloc_up, next_prime(base * 2));
		unmake(object);
	}
}

/* --- threads -------------------------------------------------------------------------------- */

SITE(thread_left, malloc(size_bytes))
SITE(thread_given, malloc(size_bytes))
SITE(thread_key, malloc(size_bytes))
SITE(main_given, malloc(size_bytes))

static const struct plan_site thread_left = {"site_thread_left", site_thread_left, by_free, 0};
static const struct plan_site thread_given = {"site_thread_given", site_thread_given, by_free, 0};
static const struct plan_site thread_key = {"site_thread_key", site_thread_key, by_free, 0};
static const struct plan_site main_given = {"site_main_given", site_main_given, by_free, 0};
static pthread_key_t key;

static void key_dies(void *object)
{
	unmake(object);
}

/* One thread at a time, so that the accounts need no lock. */
static void *thread_main(void *arg)
{
	int first_given = *(int *)arg;

	for (int i = 0; i < 10; i++) {
		make(&thread_left, next_prime(211 + (size_t)i * 1000));
		make(&thread_given, next_prime(223 + (size_t)i * 1000));
	}
	for (int i = 0; i < 10; i++)
		unmake(&objects[first_given + i]);
	pthread_setspecific(key, make(&thread_key, 2003));
	return NULL;
}

static void run_threads(void)
{
	pthread_key_create(&key, key_dies);
	for (int round = 0; round < 4; round++) {
		pthread_t thread;
		int first_given = object_count, first_thread;

		for (int i = 0; i < 12; i++)
			make(&main_given, next_prime(227 + (size_t)i * 3000));
		first_thread = object_count;
		must(pthread_create(&thread, NULL, thread_main, &first_given) == 0, "no thread");
		pthread_join(thread, NULL);
		/* The thread is gone; half of what it gave us dies here. */
		for (int i = first_thread; i < object_count; i++) {
			if (objects[i].site == &thread_given && i % 2)
				unmake(&objects[i]);
		}
	}
}

/* --- the table ------------------------------------------------------------------------------ */

static void write_table(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	must(fd >= 0, "cannot write the table");
	for (int i = 0; i < account_count; i++) {
		struct account *account = &accounts[i];

		dprintf(fd, "%s %lu %lu %lu %lu %s\n", account->name, account->alloc_objects,
			account->alloc_bytes, account->inuse_objects, account->inuse_bytes,
			account->flags & PLAN_THROUGH_LIBC ? "through-libc" : "leaf");
	}
	close(fd);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: plan TABLE\n");
		return 2;
	}
	run_sites(c_sites, sizeof(c_sites) / sizeof(c_sites[0]), 0);
	run_sites(plan_cxx_sites, plan_cxx_site_count, (int)(sizeof(c_sites) / sizeof(c_sites[0])));
	run_resizes();
	run_threads();
	write_table(argv[1]);
	return 0;
}
