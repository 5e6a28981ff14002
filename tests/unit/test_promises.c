/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a diff promises, on 1,000 sites sampled by the law: nothing changed, and so next to nothing
 * may be called changed; a leak of twice the size that the report calls invisible is found. For two
 * processes and for two snapshots of one, with small, large and mixed sizes. Seeds are fixed: the
 * test cannot fail by chance. With CPA_VERBOSE=1 it prints its figures. Not here: error bars
 * (test_coverage.c), real programs (integration/coverage.bats).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/analysis/diff.h"
#include "tests/unit/cmocka_all.h"
#include "tests/unit/sampled_heap.h"

#define SITES      1000
#define RUNS       100
#define SIZES      3
#define RATE       524288.
#define LEAK_BYTES 96

struct group {
	uint64_t size_bytes, alive, churned; /* of these died as many as were born */
};

static struct group plans[SITES][SIZES];

struct heaps {
	struct heap old, new;
	struct cpa_diff diff;
};

/* From a tenth of a sample to 300 at a site; a third of the sites has large objects only. */
static void plan(struct group groups[SIZES], uint32_t site)
{
	double samples = heap_between(0.1, 300) / SIZES;
	size_t i;

	for (i = 0; i < SIZES; i++) {
		double size = site % 3 == 0   ? heap_between(16, 256)
			      : site % 3 == 1 ? RATE * heap_between(1, 8)
					      : heap_between(16, 2 * RATE);

		groups[i].size_bytes = (uint64_t)size;
		groups[i].alive = (uint64_t)(samples / -expm1(-size / RATE) + heap_uniform());
		groups[i].churned = (uint64_t)((double)groups[i].alive * heap_uniform() * 0.5);
	}
}

static void plan_all(unsigned seed)
{
	uint32_t site;

	heap_seed(seed);
	for (site = 0; site < SITES; site++)
		plan(plans[site], site);
}

static void add_group(struct heaps *heaps, const struct group *group, bool is_one_process)
{
	double p = heap_p(&heaps->old, (double)group->size_bytes);
	uint64_t stayed, died, born, gone;

	if (!is_one_process) {
		uint64_t before = heap_binomial(group->alive, p),
			 now = heap_binomial(group->alive, p);

		heap_add(&heaps->old, group->size_bytes, before, before);
		heap_add(&heaps->new, group->size_bytes, now, now);
		return;
	}
	stayed = heap_binomial(group->alive - group->churned, p);
	died = heap_binomial(group->churned, p);
	born = heap_binomial(group->churned, p);
	gone = heap_binomial(group->alive, p); /* freed long ago */
	heap_add(&heaps->old, group->size_bytes, gone + stayed + died, stayed + died);
	heap_add(&heaps->new, group->size_bytes, gone + stayed + died + born, stayed + born);
}

/* The same heap twice, with a leak at one site more, or at site 0, which has a life of its own. */
static void compare(struct heaps *heaps, bool is_one_process, double leak_bytes, bool leaks_apart)
{
	uint32_t site, leaking = leaks_apart ? SITES : 0;
	struct cpa_diff_options options = {.type_name = "inuse_space",
		.relation = is_one_process ? CPA_DIFF_ONE_PROCESS : CPA_DIFF_TWO_PROCESSES};
	struct cpa_error error = {""};
	size_t i;

	heap_begin(&heaps->old, RATE);
	heap_begin(&heaps->new, RATE);
	for (site = 0; site <= SITES; site++) {
		for (i = 0; i < SIZES && site < SITES; i++)
			add_group(heaps, &plans[site][i], is_one_process);
		if (site == leaking && leak_bytes > 0) {
			uint64_t n = heap_binomial((uint64_t)(leak_bytes / LEAK_BYTES),
				heap_p(&heaps->new, LEAK_BYTES));

			heap_add(&heaps->new, LEAK_BYTES, n, n);
		}
		(void)heap_end_site(&heaps->old, site);
		(void)heap_end_site(&heaps->new, site);
	}
	if (cpa_diff_init(
		    &heaps->diff, &heaps->old.profile, &heaps->new.profile, &options, &error) != 0)
		fail_msg("%s", error.text);
}

static void done(struct heaps *heaps)
{
	cpa_diff_done(&heaps->diff);
	cpa_profile_done(&heaps->old.profile);
	cpa_profile_done(&heaps->new.profile);
}

static const struct cpa_diff_site *site_named(const struct cpa_diff *diff, const char *name)
{
	size_t i, length_bytes;

	for (i = 0; i < diff->site_count; i++) {
		const uint32_t *frames =
			cpa_intern_get(&diff->stacks, diff->sites[i].stack, &length_bytes);

		if (length_bytes > 0 && strcmp(diff->nodes.items[frames[0]].name, name) == 0)
			return &diff->sites[i];
	}
	return NULL;
}

static bool finds(const struct cpa_diff *diff, const char *name)
{
	const struct cpa_diff_site *site = site_named(diff, name);

	return site != NULL && site->verdict == CPA_DIFF_GREW;
}

/*
 * At 5% of false discoveries, where all are false, 5% of the runs may name a site at all. Also:
 * the interval of the whole change must hold 0, as a gate looks at it.
 */
static void nothing_changed(bool is_one_process)
{
	unsigned runs_flagged = 0, sites_flagged = 0, sites = 0, held = 0, site_held = 0, run;
	struct heaps heaps;
	size_t i;

	for (run = 0; run < RUNS; run++) {
		plan_all(1000 + run + is_one_process * 7919u);
		compare(&heaps, is_one_process, 0, true);
		sites += (unsigned)heaps.diff.tested_count;
		sites_flagged += (unsigned)(heaps.diff.grown_count + heaps.diff.shrunk_count);
		runs_flagged += heaps.diff.grown_count + heaps.diff.shrunk_count > 0;
		held += heaps.diff.low <= 0 && 0 <= heaps.diff.high;
		for (i = 0; i < heaps.diff.site_count; i++)
			site_held += heaps.diff.sites[i].low <= 0 &&
				     0 <= heaps.diff.sites[i].high &&
				     heaps.diff.sites[i].change.variance > 0;
		done(&heaps);
	}
	if (getenv("CPA_VERBOSE") != NULL)
		printf("%s, nothing changed: %u of %u sites flagged, in %u of %d runs; intervals "
		       "with 0: %.1f%% of sites, %u%% of runs\n",
			is_one_process ? "one process" : "two processes", sites_flagged, sites,
			runs_flagged, RUNS, site_held * 100. / sites, held * 100 / RUNS);
	assert_true(sites > RUNS * SITES / 2);
	assert_true(runs_flagged <= RUNS * 5 / 100);
	assert_true(sites_flagged <= sites / 1000);
	assert_true(held >= RUNS * 88 / 100);
	assert_true(site_held * 100. / sites >= 93);
}

static void nothing_changed_in_two_processes(void **state)
{
	nothing_changed(false);
}
static void nothing_changed_in_one_process(void **state)
{
	nothing_changed(true);
}

static void leak_is_found(bool is_one_process, bool leaks_apart)
{
	unsigned found = 0, run, wrong = 0;
	char name[16];

	snprintf(name, sizeof(name), "site_%d", leaks_apart ? SITES : 0);
	for (run = 0; run < RUNS; run++) {
		struct heaps heaps;
		double stated;

		plan_all(5000 + run + is_one_process * 7919u + leaks_apart * 104729u);
		compare(&heaps, is_one_process, 0, leaks_apart);
		stated = cpa_diff_invisible(
			&heaps.diff, leaks_apart ? NULL : site_named(&heaps.diff, name));
		done(&heaps);
		compare(&heaps, is_one_process, 2 * stated, leaks_apart);
		found += finds(&heaps.diff, name);
		wrong += heaps.diff.grown_count + heaps.diff.shrunk_count > 1;
		done(&heaps);
	}
	if (getenv("CPA_VERBOSE") != NULL)
		printf("%s, a leak at %s: found in %u of %d runs, others named in %u\n",
			is_one_process ? "one process" : "two processes",
			leaks_apart ? "a site of its own" : "a site that lives", found, RUNS,
			wrong);
	assert_true(found >= RUNS * 95 / 100);
	assert_true(wrong <= RUNS * 10 / 100);
}

static void leak_is_found_in_two_processes(void **state)
{
	leak_is_found(false, true);
}
static void leak_is_found_in_one_process(void **state)
{
	leak_is_found(true, true);
}
static void leak_at_a_busy_site_of_two(void **state)
{
	leak_is_found(false, false);
}
static void leak_at_a_busy_site_of_one(void **state)
{
	leak_is_found(true, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_changed_in_two_processes),
		cmocka_unit_test(nothing_changed_in_one_process),
		cmocka_unit_test(leak_is_found_in_two_processes),
		cmocka_unit_test(leak_is_found_in_one_process),
		cmocka_unit_test(leak_at_a_busy_site_of_two),
		cmocka_unit_test(leak_at_a_busy_site_of_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
