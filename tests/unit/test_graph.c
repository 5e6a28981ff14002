/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The call graph: what a node is, flat and cum, edges, what trimming leaves; each against figures
 * worked out by hand.
 * Not here: equality with Go's client on real profiles (integration/same_as_go.bats).
 */
#include <stdio.h>
#include <string.h>

#include "report/profile/clean.h"
#include "report/graph/graph.h"
#include "tests/unit/from_text.h"

#define HEAD "type count count\ntype space bytes\nmapping 1000 9000 1000 /bin/x ab\n"

static struct cpa_profile profile;

/* "name flat/cum" of the kept nodes in order, then the edges of each as ">callee value". */
static void has_graph(const struct cpa_graph_options *options, const char *wanted)
{
	struct cpa_graph graph;
	char text[4096] = "";
	size_t i, used = 0;
	uint32_t j;

	cpa_graph_init(&graph, &profile, 1, options);
	for (i = 0; i < graph.order_count; i++) {
		const struct cpa_graph_node *node = &graph.items[graph.order[i]];
		char *name = cpa_nodes_text(&graph.nodes, node->node);

		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %.0f/%.0f",
			i > 0 ? ", " : "", name, node->flat.value, node->cum.value);
		free(name);
		for (j = 0; j < node->out_count; j++) {
			const struct cpa_graph_edge *edge = &graph.edges[node->out[j]];

			name = cpa_nodes_text(&graph.nodes, edge->to);
			used += (size_t)snprintf(text + used, sizeof(text) - used, " >%s%s%s %.0f",
				edge->is_inline ? "^" : "", edge->is_residual ? "~" : "", name,
				edge->sum.value);
			free(name);
			assert_int_equal(edge->from, node->node);
		}
	}
	assert_string_equal(text, wanted);
	cpa_graph_done(&graph);
}

static void node_identity(void **state)
{
	struct cpa_graph_options options = {.no_edges = true};

	read_text(&profile, HEAD "sample 1 1 | | f@/a/./a.c:1\nsample 1 2 | | f@/a/a.c:2\n"
				 "sample 1 4 | | f@/b.c:2\nsample 1 8 | | 0x1100\n"
				 "sample 1 16 | | 0x1200\n");
	has_graph(&options, "[x] 24/24, f 7/7");
	options.by = CPA_NODES_BY_FILEFUNCTION;
	has_graph(&options, "[x] 24/24, f /b.c 4/4, f /a/a.c 3/3");
	options.by = CPA_NODES_BY_FILE;
	has_graph(&options, "[x] 24/24, /b.c 4/4, /a/a.c 3/3");
	options.by = CPA_NODES_BY_LINE;
	has_graph(&options, "[x] 24/24, f /b.c:2 4/4, f /a/a.c:2 2/2, f /a/a.c:1 1/1");
	options.by = CPA_NODES_BY_ADDRESS;
	has_graph(&options, "0000000000001200 [x] 16/16, 0000000000001100 [x] 8/8, "
			    "0000000000001020 f /b.c:2 4/4, 0000000000001010 f /a/a.c:2 2/2, "
			    "0000000000001000 f /a/a.c:1 1/1");
	cpa_profile_done(&profile);
}

static void edges_and_recursion(void **state)
{
	struct cpa_graph_options options = {.sort_by_cum = true};

	/* b calls itself through c: an edge counts once for a stack, and none is from b to b. */
	read_text(&profile, HEAD "sample 1 5 | | b@x.c:1 b@x.c:2 c@x.c:3 b@x.c:1 a@x.c:9\n"
				 "sample 1 2 | | c@x.c:3 b@x.c:1 a@x.c:9\nsample 0 0 | | z a\n");
	has_graph(&options, "a 0/7 >b 7, b 5/7 >c 7, c 2/7 >b 5");
	cpa_profile_done(&profile);
}

static void inlined_edges(void **state)
{
	struct cpa_graph_options options = {.sort_by_cum = true};

	/* g is inlined into f in one stack and called in the other: no inline edge then. */
	read_text(&profile, HEAD "sample 1 4 | | h@x.c:1^g@x.c:2^f@x.c:3 main@x.c:9\n"
				 "sample 1 1 | | g@x.c:7 f@x.c:8 main@x.c:9\n");
	has_graph(&options, "f 0/5 >g 5, g 1/5 >^h 4, main 0/5 >f 5, h 4/4");
	options.no_inlines = true;
	has_graph(&options, "f 4/5 >g 1, main 0/5 >f 5, g 1/1");
	cpa_profile_done(&profile);
}

static void trimming(void **state)
{
	struct cpa_graph_options options = {.node_count = 2};

	read_text(&profile, HEAD "sample 1 90 | | leaf mid main\nsample 1 9 | | main\n"
				 "sample 1 1 | | dust main\n");
	/* mid holds nothing itself, so it is the one that goes; the edge jumps over it. */
	has_graph(&options, "leaf 90/90, main 9/100 >~leaf 90");
	options.node_count = 0;
	options.node_fraction = 0.02;
	has_graph(&options, "leaf 90/90, main 9/100 >mid 90, mid 0/90 >leaf 90");
	options.node_fraction = 0;
	options.edge_fraction = 0.5;
	has_graph(&options, "leaf 90/90, main 9/100 >mid 90, dust 1/1, mid 0/90 >leaf 90");
	/* What a kept function called, but is left out, is not its own. */
	options = (struct cpa_graph_options){.node_count = 1, .sort_by_cum = true};
	has_graph(&options, "main 9/100");
	cpa_profile_done(&profile);
}

static void signs_and_means(void **state)
{
	struct cpa_graph_options options = {0};

	read_text(&profile, HEAD "sample 4 -40 | | a main\nsample 2 30 | | b main\n"
				 "sample 1 5 | | c main\nsample -1 -5 | | c main\n");
	has_graph(&options, "a -40/-40, b 30/30, main 0/-10 >a -40 >b 30 >c 0");
	/* Go's client spares the edge to what is not shown, however light. */
	options.edge_fraction = 0.5;
	has_graph(&options, "a -40/-40, b 30/30, main 0/-10 >a -40 >b 30 >c 0");
	options.drop_negative = true;
	has_graph(&options, "b 30/30");
	options.drop_negative = false;
	options.is_mean = true;
	options.no_edges = true;
	has_graph(&options, "a -10/-10, b 15/15, main 0/-1");
	cpa_profile_done(&profile);
}

static void equal_values(void **state)
{
	struct cpa_graph_options options = {.by = CPA_NODES_BY_LINE, .no_edges = true};

	/* By the text that Go prints: "f x.c:10" comes before "f x.c:9". */
	read_text(&profile, HEAD "sample 1 3 | | f@x.c:9\nsample 1 3 | | f@x.c:10\n"
				 "sample 1 -3 | | a@z.c:1\n");
	has_graph(&options, "a z.c:1 -3/-3, f x.c:10 3/3, f x.c:9 3/3");
	cpa_profile_done(&profile);
}

static void clean_paths(void **state)
{
	static const char *const paths[][2] = {{"", ""}, {"/", "/"}, {"a.c", "a.c"},
		{"/a//b/./c.c", "/a/b/c.c"}, {"/a/../b.c", "/b.c"}, {"/../b.c", "/b.c"},
		{"a/../../b.c", "../b.c"}, {"../../b.c", "../../b.c"}, {"a/..", "."},
		{"./a/b/", "a/b"}, {"/a/b/../../..", "/"}, {"/proc/self/cwd/./src/a.c", "src/a.c"},
		{"a/b/../..//c", "c"}};
	size_t i;

	for (i = 0; i < CPA_ARRAY_LEN(paths); i++) {
		char *path = cpa_clean_path(paths[i][0]);

		assert_string_equal(path, paths[i][1]);
		free(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(node_identity),
		cmocka_unit_test(edges_and_recursion),
		cmocka_unit_test(inlined_edges),
		cmocka_unit_test(trimming),
		cmocka_unit_test(signs_and_means),
		cmocka_unit_test(equal_values),
		cmocka_unit_test(clean_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
