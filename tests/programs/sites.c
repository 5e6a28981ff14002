/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 1,000 call sites with a known truth, ten under each of 100 callers: small sizes (16 to 256
 * bytes), large ones (R to 4 R) and mixed ones (16 bytes to 2 R) by turns, 3 to 30 samples expected
 * at each.
 *
 *   sites TABLE RATE PLAN              PLAN: the seed of sizes and numbers
 *   sites TABLE RATE PLAN leak BYTES   then one more site holds so much in blocks of 96 bytes
 *   sites TABLE RATE PLAN churn BYTES  a snapshot, half of everything is replaced, and the leak
 *
 * TABLE: SITE CALLER KIND OBJECTS BYTES, what is alive at the end. As much again has been freed.
 * Nothing is written to the blocks, so they take no memory. Not here: the judges
 * (helpers/coverage.py, integration/coverage.bats).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define KEEP(ptr) __asm__ volatile("" : "+r"(ptr) : : "memory")
#define NOINLINE  __attribute__((noinline, noclone))

#define SITE(h, t, o)                                                                              \
	NOINLINE void *site_##h##t##o(size_t size_bytes);                                          \
	NOINLINE void *site_##h##t##o(size_t size_bytes)                                           \
	{                                                                                          \
		void *ptr = malloc(size_bytes);                                                    \
		KEEP(ptr);                                                                         \
		return ptr;                                                                        \
	}
#define CALLER(h, t)                                                                               \
	SITE(h, t, 0)                                                                              \
	SITE(h, t, 1)                                                                              \
	SITE(h, t, 2) SITE(h, t, 3) SITE(h, t, 4) SITE(h, t, 5) SITE(h, t, 6) SITE(h, t, 7)        \
		SITE(h, t, 8) SITE(h, t, 9)                                                        \
			NOINLINE void *caller_##h##t(unsigned site, size_t size_bytes);            \
	NOINLINE void *caller_##h##t(unsigned site, size_t size_bytes)                             \
	{                                                                                          \
		static void *(*const makes[])(size_t) = {site_##h##t##0, site_##h##t##1,           \
			site_##h##t##2, site_##h##t##3, site_##h##t##4, site_##h##t##5,            \
			site_##h##t##6, site_##h##t##7, site_##h##t##8, site_##h##t##9};           \
		void *ptr = makes[site](size_bytes);                                               \
		KEEP(ptr);                                                                         \
		return ptr;                                                                        \
	}
#define HUNDRED(h)                                                                                 \
	CALLER(h, 0)                                                                               \
	CALLER(h, 1)                                                                               \
	CALLER(h, 2) CALLER(h, 3) CALLER(h, 4) CALLER(h, 5) CALLER(h, 6) CALLER(h, 7) CALLER(h, 8) \
		CALLER(h, 9)
#define NAMES(h)                                                                                   \
	caller_##h##0, caller_##h##1, caller_##h##2, caller_##h##3, caller_##h##4, caller_##h##5,  \
		caller_##h##6, caller_##h##7, caller_##h##8, caller_##h##9

HUNDRED(0)
HUNDRED(1)
HUNDRED(2)
HUNDRED(3)
HUNDRED(4)
HUNDRED(5)
HUNDRED(6)
HUNDRED(7)
HUNDRED(8)
HUNDRED(9)

static void *(*const callers[])(unsigned, size_t) = {NAMES(0), NAMES(1), NAMES(2), NAMES(3),
	NAMES(4), NAMES(5), NAMES(6), NAMES(7), NAMES(8), NAMES(9)};

enum kind { SMALL, LARGE, MIXED, KINDS };

static uint64_t seed;

static double uniform(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (double)(seed >> 11) / 9007199254740992.;
}

static double between(double low, double high)
{
	return low * exp(uniform() * log(high / low));
}

static struct kept {
	void *ptr;
	uint32_t size_bytes, site;
} * kept;
static size_t kept_count, kept_room;

static void *make(unsigned site, uint64_t size_bytes)
{
	void *ptr = callers[site / 10](site % 10, size_bytes);

	if (!ptr)
		abort();
	return ptr;
}

static void keep(struct kept block)
{
	if (kept_count == kept_room) {
		kept_room = kept_room * 2 + 65536;
		kept = realloc(kept, kept_room * sizeof(*kept));
		if (!kept)
			abort();
	}
	kept[kept_count++] = block;
}

static void fill(unsigned site, uint64_t size_bytes, uint64_t count, int is_kept)
{
	uint64_t i;

	for (i = 0; i < count; i++) {
		void *ptr = make(site, size_bytes);

		if (is_kept)
			keep((struct kept){ptr, (uint32_t)size_bytes, site});
	}
	for (i = 0; i < count; i++)
		free(make(site, size_bytes));
}

static void replace_half(void)
{
	size_t i;

	for (i = 0; i < kept_count; i += 2) {
		free(kept[i].ptr);
		kept[i].ptr = make(kept[i].site, kept[i].size_bytes);
	}
}

NOINLINE void *site_leak(size_t size_bytes);
NOINLINE void *site_leak(size_t size_bytes)
{
	void *ptr = malloc(size_bytes);
	KEEP(ptr);
	return ptr;
}

static void leak(uint64_t bytes)
{
	uint64_t i;

	for (i = 0; i < bytes / 96; i++)
		if (!site_leak(96))
			abort();
}

static void run_site(FILE *table, unsigned site, double rate_bytes, int is_kept)
{
	static const char *const names[KINDS] = {"small", "large", "mixed"};
	enum kind kind = (enum kind)(site % KINDS);
	unsigned size_count = kind == MIXED ? 8 : 3, i;
	double samples = between(3, 30) / size_count;
	uint64_t objects = 0, bytes = 0;

	for (i = 0; i < size_count; i++) {
		double size = kind == SMALL   ? between(16, 256)
			      : kind == LARGE ? rate_bytes * between(1, 4)
					      : between(16, 2 * rate_bytes);
		uint64_t size_bytes = (uint64_t)size;
		/* As many samples of each of the large sizes, as many bytes of each other one. */
		uint64_t count = (uint64_t)((kind == LARGE ? samples / -expm1(-size / rate_bytes)
							   : samples * rate_bytes / size) +
					    uniform());

		fill(site, size_bytes, count, is_kept);
		objects += count;
		bytes += count * size_bytes;
	}
	fprintf(table, "site_%03u caller_%02u %s %lu %lu\n", site, site / 10, names[kind], objects,
		bytes);
}

int main(int argc, char **argv)
{
	int is_churn = argc > 5 && argv[4][0] == 'c';
	int (*snapshot)(void);
	unsigned site;
	FILE *table;

	if (argc < 4)
		return 2;
	table = fopen(argv[1], "w");
	if (!table)
		return 1;
	seed = 88172645463325252u + strtoull(argv[3], NULL, 10) * 1000003;
	for (site = 0; site < 1000; site++)
		run_site(table, site, strtod(argv[2], NULL), is_churn);
	if (is_churn) {
		*(void **)&snapshot = dlsym(RTLD_DEFAULT, "cprof_snapshot");
		if (!snapshot || snapshot() != 0)
			return 1;
		replace_half();
	}
	if (argc > 5)
		leak(strtoull(argv[5], NULL, 10));
	return fclose(table) ? 1 : 0;
}
