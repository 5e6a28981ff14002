/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stacks as one tree, callers first: what each node holds, before and after, how sure that is; what
 * folding keeps.
 * Not here: the numbers of whole profiles, the page (integration/pages.bats).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/profile/read.h"
#include "report/graph/stacktree.h"
#include "tests/unit/cmocka_all.h"
#include "tests/unit/profile_maker.h"

#define HEAD                                                                                       \
	"type alloc_objects count\ntype alloc_space bytes\ntype inuse_objects count\n"             \
	"type inuse_space bytes\nperiod space bytes 1000\nmapping 1000 9000 1000 /bin/x ab\n"
#define SPACE 3 /* inuse_space */

static struct cpa_profile old, new;
static struct cpa_stacktree tree;
static const struct cpa_stacktree_options defaults = {.by = CPA_NODES_BY_FUNCTION};

static void read_text(struct cpa_profile *profile, const char *text)
{
	char path[] = "/tmp/cpa-test-stacktree-XXXXXX";
	int fd = mkstemp(path);
	struct cpa_error error = {""};
	size_t length_bytes;
	unsigned char *bytes = make_profile(text, &length_bytes);

	assert_true(fd >= 0);
	close(fd);
	write_profile(path, bytes, length_bytes, 0);
	free(bytes);
	if (cpa_read_profile(profile, path, &error) != 0)
		fail_msg("%s", error.text);
	unlink(path);
}

/* What ends at each node, in one sample type, as "caller<name old new, ...", in order. */
static void has_nodes(size_t type, const char *wanted)
{
	char text[1024] = "";
	size_t i, used = 0;

	for (i = 0; i < tree.count; i++) {
		struct cpa_stacktree_value flat = cpa_stacktree_value(&tree, i, type);
		uint32_t frame = tree.items[i].frame;

		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%u<%s:%d %.0f %.0f",
			i > 0 ? ", " : "", tree.items[i].parent,
			frame == CPA_STACKTREE_ROOT    ? "all"
			: frame == CPA_STACKTREE_SMALL ? "small"
						       : tree.nodes.items[frame].name,
			(int)tree.items[i].line, flat.value[0], flat.value[1]);
	}
	assert_string_equal(text, wanted);
}

static void done(void)
{
	cpa_stacktree_done(&tree);
	cpa_profile_done(&old);
	cpa_profile_done(&new);
}

static void callers_first(void **state)
{
	read_text(&new, HEAD "sample 1 10 1 10 | | f@a.c:1^g@a.c:2 main@a.c:9\n"
			     "sample 2 20 1 10 | | f@a.c:3^g@a.c:2 main@a.c:9\n"
			     "sample 4 40 0 0 | | g@a.c:2 main@a.c:8\n"
			     "sample 0 0 0 0 | | unseen main@a.c:9\n");
	cpa_stacktree_init(&tree, &new, NULL, &defaults);
	/* Of one function called from two lines the line is not known. */
	has_nodes(SPACE, "0<all:0 0 0, 0<main:-1 0 0, 1<g:2 0 0, 2<f:-1 0 20, 1<unseen:0 0 0");
	has_nodes(1, "0<all:0 0 0, 0<main:-1 0 0, 1<g:2 0 40, 2<f:-1 0 30, 1<unseen:0 0 0");
	assert_int_equal(tree.stack_count, 2);
	assert_false(tree.has_base);
	cpa_stacktree_done(&tree);
	cpa_stacktree_init(&tree, &new, NULL,
		&(struct cpa_stacktree_options){.by = CPA_NODES_BY_FUNCTION, .no_inlines = true});
	has_nodes(SPACE, "0<all:0 0 0, 0<main:-1 0 0, 1<g:2 0 20, 1<unseen:0 0 0");
	done();
}

/* The law for one size: variance of N objects of s bytes is N s^2 (1 - p) / p. */
static double variance_of(double objects, double bytes)
{
	double p = 1 - exp(-bytes / 1000);

	return objects * bytes * bytes * (1 - p) / p;
}

static double variance_at(size_t node)
{
	return cpa_stacktree_value(&tree, node, SPACE).variance;
}

static void a_change(void **state)
{
	struct cpa_stacktree_options options = defaults;

	read_text(&old, HEAD "sample 100 10000 100 10000 | bytes=100 | f main\n"
			     "sample 50 5000 50 5000 | bytes=100 | gone main\n"
			     "sample 30 3000 30 3000 | bytes=100 | stays main\n");
	read_text(&new, HEAD "sample 400 40000 400 40000 | bytes=100 | f main\n"
			     "sample 50 5000 0 0 | bytes=100 | gone main\n"
			     "sample 30 3000 30 3000 | bytes=100 | stays main\n"
			     "sample 7 700 7 700 | bytes=100 | born main\n");
	cpa_stacktree_init(&tree, &new, &old, &options);
	has_nodes(SPACE, "0<all:0 0 0, 0<main:0 0 0, 1<f:0 10000 40000, 1<gone:0 5000 0, "
			 "1<stays:0 3000 3000, 1<born:0 0 700");
	/* Two processes: both count. */
	assert_float_equal(variance_at(2) / variance_of(500, 100), 1, 1e-6);
	assert_float_equal(variance_at(4) / variance_of(60, 100), 1, 1e-6);
	cpa_stacktree_done(&tree);

	options.is_one_process = true;
	cpa_stacktree_init(&tree, &new, &old, &options);
	/* One process: what was born or freed since, and nothing of what is in both. */
	assert_float_equal(variance_at(2) / variance_of(300, 100), 1, 1e-6);
	assert_float_equal(variance_at(3) / variance_of(50, 100), 1, 1e-6);
	assert_true(variance_at(4) == 0);
	assert_float_equal(variance_at(5) / variance_of(7, 100), 1, 1e-6);
	cpa_stacktree_done(&tree);

	options.normalizes = true;
	cpa_stacktree_init(&tree, &new, &old, &options);
	assert_false(tree.is_one_process);
	assert_float_equal(
		cpa_stacktree_value(&tree, 3, SPACE).value[0], 5000. * (43700. / 18000.), 1e-6);
	done();
}

/* A sample type that the base lacks was 0 there. */
static void other_types(void **state)
{
	read_text(&old, "type inuse_space bytes\nsample 5 | | f main\n");
	read_text(&new, HEAD "sample 2 20 1 10 | | f main\n");
	cpa_stacktree_init(&tree, &new, &old, &defaults);
	has_nodes(SPACE, "0<all:0 0 0, 0<main:0 0 0, 1<f:0 5 10");
	has_nodes(1, "0<all:0 0 0, 0<main:0 0 0, 1<f:0 0 20");
	assert_false(tree.views[0][1].is_known);
	done();
}

#define FOLD_ME                                                                                    \
	"type a count\ntype b count\nmapping 1000 9000 1000 /bin/x ab\n"                           \
	"sample 900 10 | | big main\nsample 40 0 | | little more main\n"                           \
	"sample 30 0 | | tiny more main\nsample 30 90 | | other main\n"

static void fold_by_share(void **state)
{
	read_text(&new, FOLD_ME);
	cpa_stacktree_init(&tree, &new, NULL, &defaults);
	cpa_stacktree_prune(&tree, 0.05, 0);
	/* "other" is small in a and large in b. */
	has_nodes(0, "0<all:0 0 0, 0<main:0 0 0, 1<big:0 0 900, 1<more:0 0 0, 3<small:0 0 70, "
		     "1<other:0 0 30");
	has_nodes(1, "0<all:0 0 0, 0<main:0 0 0, 1<big:0 0 10, 1<more:0 0 0, 3<small:0 0 0, "
		     "1<other:0 0 90");
	assert_int_equal(tree.folded_count, 2);
	done();
}

static void fold_by_count(void **state)
{
	read_text(&new, FOLD_ME);
	cpa_stacktree_init(&tree, &new, NULL, &defaults);
	cpa_stacktree_prune(&tree, 0, 4);
	has_nodes(0, "0<all:0 0 0, 0<main:0 0 0, 1<big:0 0 900, 1<small:0 0 70, 1<other:0 0 30");
	assert_int_equal(tree.folded_count, 3);
	cpa_stacktree_done(&tree);
	/* Nothing to fold. */
	cpa_stacktree_init(&tree, &new, NULL, &defaults);
	cpa_stacktree_prune(&tree, 0, 7);
	assert_int_equal(tree.count, 7);
	assert_int_equal(tree.folded_count, 0);
	assert_true(tree.fraction == 0);
	done();
}

static void fold_what_is_deep(void **state)
{
	static char text[400000];
	size_t used =
		(size_t)sprintf(text, "type a count\nmapping 1000 9000 1000 /b ab\nsample 5 |");
	int i;

	used += (size_t)sprintf(text + used, " |");
	for (i = 0; i < 3000; i++)
		used += (size_t)sprintf(text + used, " f%d", i);
	read_text(&new, text);
	cpa_stacktree_init(&tree, &new, NULL, &defaults);
	assert_int_equal(tree.count, 3001);
	cpa_stacktree_prune(&tree, 0, 0);
	assert_int_equal(tree.count, 1 + CPA_STACKTREE_MAX_DEPTH + 1);
	assert_int_equal(tree.items[tree.count - 1].frame, CPA_STACKTREE_SMALL);
	assert_true(cpa_stacktree_value(&tree, tree.count - 1, 0).value[1] == 5);
	done();
}

static void no_samples(void **state)
{
	read_text(&new, HEAD);
	cpa_stacktree_init(&tree, &new, NULL, &defaults);
	cpa_stacktree_prune(&tree, 0.5, 1);
	has_nodes(SPACE, "0<all:0 0 0");
	done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(callers_first),
		cmocka_unit_test(a_change),
		cmocka_unit_test(other_types),
		cmocka_unit_test(fold_by_share),
		cmocka_unit_test(fold_by_count),
		cmocka_unit_test(fold_what_is_deep),
		cmocka_unit_test(no_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
