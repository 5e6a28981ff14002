/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Drawings: texts in Graphviz' language, colours, label boxes, redundant edges.
 * Not here: equality with Go's client (integration/svg.bats).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/graph/boxes.h"
#include "report/graph/dottext.h"
#include "report/graph/heat.h"
#include "report/profile/read.h"
#include "tests/unit/cmocka_all.h"
#include "tests/unit/profile_maker.h"

#define HEAD "type space bytes\nmapping 1000 9000 1000 /bin/x ab\n"
#define ZWSP "\342\200\213"

enum form {
	QUOTED,
	LINES,
	RICH,
	NAME,
};

static void writes(enum form form, const char *text, size_t room, const char *wanted)
{
	char *found = NULL;
	size_t found_bytes;
	FILE *file = open_memstream(&found, &found_bytes);

	if (form == QUOTED)
		cpa_dottext_quoted(file, text, room);
	else if (form == LINES)
		cpa_dottext_lines(file, text, room);
	else if (form == RICH)
		cpa_dottext_rich(file, text, room);
	else
		cpa_dottext_name(file, text, 12);
	fclose(file);
	assert_string_equal(found, wanted);
	free(found);
}

static void test_texts(void **unused)
{
	(void)unused;
	writes(QUOTED, "a\"b\\N<&>\n\377", 100, "a\\\"b\\\\" ZWSP "N&lt;&amp;&gt;??");
	writes(RICH, "a\"b\\N<&>\n\377", 100, "a&quot;b\\" ZWSP "N&lt;&amp;&gt;??");
	writes(LINES, "a:1\nb:2\"\n", 100, "a:1\\nb:2\\\"\\n");
	writes(QUOTED, "0123456789", 10, "0123456789");
	writes(QUOTED, "0123456789x", 10, "01234…789x");
	writes(QUOTED, "ä1ä2ä", 4, "ä1…ä");
}

static void test_names(void **unused)
{
	(void)unused;
	writes(NAME, "main", 0, "<B>main</B><BR/>");
	writes(NAME, "ns::Pool::grow", 0,
		"<FONT POINT-SIZE=\"9\">ns::</FONT><BR/><FONT POINT-SIZE=\"9\">Pool::</FONT><BR/>"
		"<B>grow</B><BR/>");
	writes(NAME, "f<a::b>::g", 0,
		"<FONT POINT-SIZE=\"9\">f&lt;a::b&gt;::</FONT><BR/><B>g</B><BR/>");
	writes(NAME, "encoding/json.v2/x.(*T).get", 0,
		"<FONT POINT-SIZE=\"9\">encoding/json.v2/x.</FONT><BR/>"
		"<FONT POINT-SIZE=\"9\">(*T).</FONT><BR/><B>get</B><BR/>");
	writes(NAME, "::", 0, "<B>::</B><BR/>");
	writes(NAME, ".hidden", 0, "<B>.hidden</B><BR/>");
	writes(NAME, "((((", 0, "<B>((((</B><BR/>");
	writes(NAME, "", 0, "<B></B><BR/>");
}

/* Of a name in a hundred thousand parts few lines are made, soon. */
static void test_names_of_many_parts(void **unused)
{
	static char name[400001];
	char *found = NULL;
	size_t found_bytes, i;
	FILE *file = open_memstream(&found, &found_bytes);

	(void)unused;
	for (i = 0; i + 4 < sizeof(name); i += 4)
		memcpy(name + i, "ab::", 4);
	cpa_dottext_name(file, name, 12);
	fclose(file);
	assert_in_range(found_bytes, 200, 2000);
	free(found);
}

static void test_heat(void **unused)
{
	char line[CPA_HEAT_COLOR_BYTES], other[CPA_HEAT_COLOR_BYTES];
	int level;

	(void)unused;
	assert_int_equal(cpa_heat_level(0), 0);
	assert_int_equal(cpa_heat_level(1e-9), 1);
	assert_int_equal(cpa_heat_level(-1e-9), -1);
	assert_int_equal(cpa_heat_level(1), CPA_HEAT_LEVELS);
	assert_int_equal(cpa_heat_level(-7), -CPA_HEAT_LEVELS);
	assert_int_equal(cpa_heat_level(0.0 / 0.0), 0);
	for (level = -CPA_HEAT_LEVELS; level < CPA_HEAT_LEVELS; level++) {
		cpa_heat_line(line, level);
		cpa_heat_line(other, level + 1);
		assert_int_equal(strlen(line), 7);
		assert_string_not_equal(line, other);
	}
}

static struct cpa_profile profile;
static struct cpa_graph graph;
static struct cpa_nodelets nodelets;

static void draw(const char *text, const struct cpa_graph_options *options)
{
	char path[] = "/tmp/cpa-test-dot-XXXXXX";
	int fd = mkstemp(path);
	struct cpa_error error = {""};
	size_t length_bytes;
	unsigned char *bytes = make_profile(text, &length_bytes);

	assert_true(fd >= 0);
	close(fd);
	write_profile(path, bytes, length_bytes, 0);
	free(bytes);
	if (cpa_read_profile(&profile, path, &error) != 0)
		fail_msg("%s", error.text);
	unlink(path);
	cpa_graph_init(&graph, &profile, 0, options);
	cpa_nodelets_init(&nodelets, &graph, graph.order_count, &profile, 0);
}

static void done(void)
{
	cpa_nodelets_done(&nodelets);
	cpa_graph_done(&graph);
	cpa_profile_done(&profile);
}

static uint32_t node_named(const char *name)
{
	size_t i;

	for (i = 0; i < graph.nodes.keys.count; i++)
		if (strcmp(graph.nodes.items[i].name, name) == 0)
			return (uint32_t)i;
	fail_msg("no node %s", name);
	return 0;
}

static void test_sizes_share_boxes(void **unused)
{
	const struct cpa_graph_options options = {.is_visual = true};
	struct cpa_box boxes[CPA_BOXES_MAX];

	(void)unused;
	draw(HEAD
		"sample 50 | bytes=16 | f\nsample 40 | bytes=1024 | f\nsample 30 | bytes=70000 | "
		"f\n"
		"sample 20 | bytes=1048576 | f\nsample 4 | bytes=20 | f\nsample 3 | bytes=900 | f\n"
		"sample 2 | bytes=2000000 | f\n",
		&options);
	assert_int_equal(
		cpa_boxes_sizes(&nodelets, node_named("f"), CPA_PROFILE_NONE, true, boxes), 4);
	assert_string_equal(boxes[0].size, "16B..20B");
	assert_true(boxes[0].flat.value == 54);
	assert_string_equal(boxes[1].size, "900B..1kB");
	assert_true(boxes[1].flat.value == 43);
	assert_string_equal(boxes[2].size, "68.36kB");
	assert_string_equal(boxes[3].size, "1MB..1.91MB");
	assert_true(boxes[3].flat.value == 22);
	assert_int_equal(cpa_boxes_flat_count(&nodelets, node_named("f")), 7);
	done();
}

static void test_labels_have_boxes_with_their_sizes_below(void **unused)
{
	const struct cpa_graph_options options = {.is_visual = true};
	struct cpa_box boxes[CPA_BOXES_MAX], sizes[CPA_BOXES_MAX];
	uint32_t f;

	(void)unused;
	draw(HEAD "sample 50 | bytes=16 z=1x a=b | f main\nsample 40 | bytes=16 a=c | f main\n"
		  "sample 5 | bytes=16 pprof::base=true | f main\n",
		&options);
	f = node_named("f");
	assert_int_equal(cpa_boxes_labels(&nodelets, f, true, boxes), 2);
	assert_string_equal(boxes[0].name, "a:b\nz:1x");
	assert_string_equal(boxes[1].name, "a:c");
	assert_int_equal(cpa_boxes_sizes(&nodelets, f, boxes[0].nodelet, true, sizes), 1);
	assert_true(sizes[0].flat.value == 50);
	assert_int_equal(cpa_boxes_sizes(&nodelets, f, CPA_PROFILE_NONE, true, sizes), 1);
	assert_true(sizes[0].flat.value == 5);
	/* What main called is not its own. */
	assert_int_equal(cpa_boxes_labels(&nodelets, node_named("main"), true, boxes), 2);
	assert_true(boxes[0].flat.value == 0 && boxes[0].cum.value == 50);
	done();
}

static void test_edges_that_another_way_tells_go(void **unused)
{
	const struct cpa_graph_options options = {.is_visual = true, .node_count = 3};
	size_t i, dropped = 0, residual = 0;

	(void)unused;
	/* x goes: main ... f jumps over it, and main -> g -> f says the same. */
	draw(HEAD "sample 100 | | f g main\nsample 60 | | g main\nsample 40 | | main\n"
		  "sample 1 | | f x main\n",
		&options);
	assert_int_equal(graph.order_count, 3);
	for (i = 0; i < graph.edge_count; i++) {
		dropped += graph.edges[i].is_dropped;
		residual += graph.edges[i].is_residual && !graph.edges[i].is_dropped;
	}
	assert_int_equal(dropped, 1);
	assert_int_equal(residual, 0);
	assert_int_equal(graph.items[node_named("main")].out_count, 1);
	done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_names_of_many_parts),
		cmocka_unit_test(test_heat),
		cmocka_unit_test(test_sizes_share_boxes),
		cmocka_unit_test(test_labels_have_boxes_with_their_sizes_below),
		cmocka_unit_test(test_edges_that_another_way_tells_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
