/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Error bars against a known truth: of 2,000 sites sampled by the law, how many intervals hold it?
 * For small, large and mixed sizes, at 64k and 512k, for bytes and objects in use, for 3 to 1,000
 * expected samples. A site that left no sample counts too: its truth must be below what the report
 * calls invisible. Seeds are fixed: the test cannot fail by chance. With CPA_VERBOSE=1 it prints
 * its table.
 *
 * Objects of mixed sizes and few samples are the exception: the smallest objects are the most and
 * the least seen, and nothing in the profile tells of those that no sample fell on. From 30 samples
 * on (10 where sizes are within a factor of 16) that has passed.
 *
 * Not here: real programs (integration/coverage.bats), changes (test_promises.c).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/analysis/stats.h"
#include "tests/unit/cmocka_all.h"
#include "tests/unit/sampled_heap.h"

#define SITES     2000
#define SIZES_MAX 8
#define MEANS     5

static const double means[MEANS] = {3, 10, 30, 100, 1000};

enum kind { SMALL, LARGE, MIXED, KINDS };
static const char *const kind_names[KINDS] = {"small", "large", "mixed"};

struct site {
	uint64_t sizes[SIZES_MAX], objects[SIZES_MAX];
	size_t count;
	double bytes, number; /* the truth */
};

/*
 * Small: three sizes of 16 to 256 bytes. Large: up to three of R to 4 R. Mixed: eight of 16 bytes
 * to 2 R, each with as many bytes. About so many samples in all.
 */
static void plan_site(struct site *site, enum kind kind, double rate_bytes, double mean)
{
	static const size_t counts[KINDS] = {3, 3, 8};
	double wanted = mean * heap_between(0.75, 1.33), samples = 0, base;
	size_t i;

	*site = (struct site){.count = counts[kind]};
	if (kind == LARGE)
		site->count = 1 + (size_t)(3 * heap_uniform());
	for (i = 0; i < site->count; i++) {
		double size = kind == SMALL   ? heap_between(16, 256)
			      : kind == LARGE ? rate_bytes * heap_between(1, 4)
					      : heap_between(16, 2 * rate_bytes);

		site->sizes[i] = (uint64_t)size;
		samples += kind == LARGE ? -expm1(-size / rate_bytes)
					 : -expm1(-size / rate_bytes) / size;
	}
	base = wanted / samples; /* objects of each size, or bytes of each */
	for (i = 0; i < site->count; i++) {
		double objects = kind == LARGE ? base : base / (double)site->sizes[i];

		/* To a whole number at random, so that few objects are not none. */
		site->objects[i] = (uint64_t)(objects + heap_uniform());
		site->number += (double)site->objects[i];
		site->bytes += (double)(site->objects[i] * site->sizes[i]);
	}
}

struct tally {
	unsigned held, plain, below, above, absent;
};

static void judge_site(struct tally *tally, const struct heap *heap, size_t first, size_t type,
	double truth, double bytes)
{
	struct cpa_stats_view view = cpa_stats_view(&heap->profile, type);
	struct cpa_stats_sum sum = {0};
	double low, high;
	size_t i;

	assert_true(view.is_known);
	for (i = first; i < heap->profile.samples.count; i++)
		cpa_stats_add_sample(&sum, &view, &heap->profile, i, type);
	if (first == heap->profile.samples.count) {
		tally->absent++;
		tally->held += bytes <= cpa_stats_visible(&view);
		return;
	}
	cpa_stats_interval(&view, &sum, &low, &high);
	tally->held += low <= truth && truth <= high;
	tally->above += low > truth;
	tally->below += high < truth;
	tally->plain += fabs(sum.value - truth) <= cpa_stats_half_width(&view, &sum);
}

static void run(
	struct tally tally[2], enum kind kind, double rate_bytes, double mean, unsigned runs)
{
	struct heap heap;
	struct site site;
	unsigned run;
	size_t i, first;

	heap_begin(&heap, rate_bytes);
	for (run = 0; run < runs; run++) {
		plan_site(&site, kind, rate_bytes, mean);
		for (i = 0; i < site.count; i++) {
			uint64_t n = heap_binomial(
				site.objects[i], heap_p(&heap, (double)site.sizes[i]));

			heap_add(&heap, site.sizes[i], n, n);
		}
		first = heap.profile.samples.count;
		(void)heap_end_site(&heap, run);
		judge_site(&tally[0], &heap, first, INUSE_SPACE, site.bytes, site.bytes);
		judge_site(&tally[1], &heap, first, INUSE_OBJECTS, site.number, site.bytes);
	}
	cpa_profile_done(&heap.profile);
}

static void print(const char *what, double mean, const struct tally *tally)
{
	if (getenv("CPA_VERBOSE") != NULL)
		printf("%-24s %6g samples: %5.1f%% (above %.1f, below %.1f, absent %.1f); "
		       "value +- half width %.1f%%\n",
			what, mean, tally->held * 100. / SITES, tally->above * 100. / SITES,
			tally->below * 100. / SITES, tally->absent * 100. / SITES,
			tally->plain * 100. / SITES);
}

/* From how many expected samples on the promise holds for the number of objects. */
static const double objects_from[KINDS] = {[SMALL] = 10, [LARGE] = 3, [MIXED] = 30};

static void check(enum kind kind, double rate_bytes)
{
	static const char *const views[] = {"bytes", "objects"};
	unsigned held[2] = {0, 0}, all[2] = {0, 0};
	size_t i, v;

	for (i = 0; i < MEANS; i++) {
		struct tally tally[2] = {{0}};

		heap_seed(i + 1 + 10 * kind + (uint64_t)rate_bytes);
		run(tally, kind, rate_bytes, means[i], SITES);
		for (v = 0; v < 2; v++) {
			char what[64];

			snprintf(what, sizeof(what), "%s %gk %s", kind_names[kind],
				rate_bytes / 1024, views[v]);
			print(what, means[i], &tally[v]);
			if (v == 1 && means[i] < objects_from[kind])
				continue;
			held[v] += tally[v].held;
			all[v] += SITES;
			if (tally[v].held < SITES * 93 / 100 || tally[v].held > SITES * 97 / 100)
				fail_msg("%s %g samples: %u of %d", what, means[i], tally[v].held,
					SITES);
		}
	}
	/* All together, to half a percent: 95% and 4 standard deviations are 94.1 to 95.9%. */
	for (v = 0; v < 2; v++)
		if (held[v] * 1000ull < all[v] * 941ull || held[v] * 1000ull > all[v] * 962ull)
			fail_msg("%s at %g, %s: %u of %u", kind_names[kind], rate_bytes, views[v],
				held[v], all[v]);
}

static void small_at_64k(void **state)
{
	check(SMALL, 65536);
}
static void small_at_512k(void **state)
{
	check(SMALL, 524288);
}
static void large_at_64k(void **state)
{
	check(LARGE, 65536);
}
static void large_at_512k(void **state)
{
	check(LARGE, 524288);
}
static void mixed_at_64k(void **state)
{
	check(MIXED, 65536);
}
static void mixed_at_512k(void **state)
{
	check(MIXED, 524288);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_at_64k),
		cmocka_unit_test(small_at_512k),
		cmocka_unit_test(large_at_64k),
		cmocka_unit_test(large_at_512k),
		cmocka_unit_test(mixed_at_64k),
		cmocka_unit_test(mixed_at_512k),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
