/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flat and cum by function, line and address; focus, ignore and drop_frames.
 * Not here: equality with Go's client on real profiles (integration/cprof_reports.bats).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/analysis/filter.h"
#include "report/profile/read.h"
#include "report/graph/table.h"
#include "tests/unit/cmocka_all.h"
#include "tests/unit/profile_maker.h"

#define HEAD "type space bytes\nmapping 1000 9000 1000 /bin/x ab\n"

static struct cpa_profile profile;
static struct cpa_table table;

static void read_text(const char *text)
{
	char path[] = "/tmp/cpa-test-table-XXXXXX";
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
}

/* The table as "name flat cum, ..." */
static void has_rows(enum cpa_nodes_by by, bool by_cum, const char *wanted)
{
	char text[1024] = "";
	size_t i, used = 0;

	cpa_table_init(&table, &profile, 0, by, by_cum);
	for (i = 0; i < table.row_count; i++) {
		const struct cpa_node *node = &table.nodes.items[table.rows[i].node];

		used += (size_t)snprintf(
			text + used, sizeof(text) - used, "%s%s", i > 0 ? ", " : "", node->name);
		if (by == CPA_NODES_BY_LINE)
			used += (size_t)snprintf(
				text + used, sizeof(text) - used, ":%d", (int)node->line);
		used += (size_t)snprintf(text + used, sizeof(text) - used, " %.0f %.0f",
			table.rows[i].flat.value, table.rows[i].cum.value);
	}
	assert_string_equal(text, wanted);
	cpa_table_done(&table);
}

static void recursion_counts_once(void **state)
{
	read_text(HEAD "sample 5 | | f@a.c:1 f@a.c:2 f@a.c:2 main@a.c:9\nsample 2 | | g@a.c:4 "
		       "f@a.c:2 main@a.c:9\n"
		       "sample 0 | | unseen main@a.c:9\n");
	has_rows(CPA_NODES_BY_FUNCTION, false, "f 5 7, g 2 2, main 0 7");
	has_rows(CPA_NODES_BY_FUNCTION, true, "f 5 7, main 0 7, g 2 2");
	has_rows(CPA_NODES_BY_LINE, false, "f:1 5 5, g:4 2 2, f:2 0 7, main:9 0 7");
	cpa_profile_done(&profile);
}

/* The innermost inlined function of the leaf has the flat value. */
static void inlined_leaf(void **state)
{
	read_text(HEAD
		"sample 3 | | in@a.h:1^out@a.c:2 main@a.c:9\nsample 4 | | 0x1234 main@a.c:9\n");
	has_rows(CPA_NODES_BY_FUNCTION, false, "[x] 4 4, in 3 3, main 0 7, out 0 3");
	cpa_profile_done(&profile);
}

static void equal_values_by_name(void **state)
{
	read_text(HEAD "sample 3 | | b\nsample 3 | | a\nsample -4 | | c\n");
	has_rows(CPA_NODES_BY_FUNCTION, false, "c -4 -4, a 3 3, b 3 3");
	cpa_profile_done(&profile);
}

static void focus_and_ignore(void **state)
{
	static const char text[] =
		HEAD "sample 1 | | a@x.c:1 main@m.c:1\nsample 2 | | b@y.c:1 a@x.c:2 main@m.c:1\n"
		     "sample 4 | | c@z.c:1 main@m.c:1\n";
	struct cpa_filter filter = {.focus = "^a$|z[.]c", .ignore = "^b"};
	struct cpa_error error = {""};

	read_text(text);
	assert_int_equal(cpa_filter_apply(&profile, &filter, &error), 0);
	has_rows(CPA_NODES_BY_FUNCTION, false, "c 4 4, a 1 1, main 0 5");
	filter.focus = "(";
	assert_true(cpa_filter_apply(&profile, &filter, &error) != 0);
	assert_non_null(strstr(error.text, "-focus=(: not a regular expression"));
	cpa_profile_done(&profile);
}

static void drop_frames(void **state)
{
	read_text(HEAD "drop malloc|operator new|wrap\nkeep wrap\nsample 1 | | malloc a main\n"
		       "sample 2 | | _Znwm wrap main\nsample 4 | | malloc\nsample 8 | | "
		       "malloc^inl^a main\n");
	has_rows(CPA_NODES_BY_FUNCTION, false, "inl 8 8, malloc 4 4, wrap 2 2, a 1 9, main 0 11");
	cpa_profile_done(&profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recursion_counts_once),
		cmocka_unit_test(inlined_leaf),
		cmocka_unit_test(equal_values_by_name),
		cmocka_unit_test(focus_and_ignore),
		cmocka_unit_test(drop_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
