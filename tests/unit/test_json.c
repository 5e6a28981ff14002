/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON as it is written: brackets, commas, escapes, numbers.
 * Not here: which keys a report has (integration/reports.bats).
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/cli/json.h"
#include "tests/unit/cmocka_all.h"

static char text[1024];
static struct cpa_cli_json json;

static void begin(void)
{
	memset(text, 0, sizeof(text));
	json = (struct cpa_cli_json){.file = fmemopen(text, sizeof(text), "w")};
	assert_non_null(json.file);
}

static void written(const char *wanted)
{
	fclose(json.file);
	assert_string_equal(text, wanted);
}

static void shape(void **state)
{
	begin();
	cpa_cli_json_open(&json, NULL, '{');
	cpa_cli_json_text(&json, "a", NULL);
	cpa_cli_json_open(&json, "empty", '[');
	cpa_cli_json_close(&json, ']');
	cpa_cli_json_open(&json, "rows", '[');
	cpa_cli_json_open(&json, NULL, '{');
	cpa_cli_json_bool(&json, "b", true);
	cpa_cli_json_int(&json, "c", INT64_MIN);
	cpa_cli_json_open(&json, "d", '[');
	cpa_cli_json_int(&json, NULL, 1);
	cpa_cli_json_int(&json, NULL, 2);
	cpa_cli_json_close(&json, ']');
	cpa_cli_json_close(&json, '}');
	cpa_cli_json_close(&json, ']');
	cpa_cli_json_close(&json, '}');
	written("{\n  \"a\": null,\n  \"empty\": [],\n  \"rows\": [\n    {\"b\": true, "
		"\"c\": -9223372036854775808, \"d\": [1, 2]}\n  ]\n}\n");
}

static void strings(void **state)
{
	static const char *const cases[][2] = {{"plain", "\"plain\""}, {"", "\"\""},
		{"a\"b\\c/", "\"a\\\"b\\\\c/\""},
		{"\001\n\t\177", "\"\\u0001\\u000a\\u0009\\u007f\""},
		{"caf\303\251 \360\237\230\200", "\"caf\303\251 \360\237\230\200\""},
		/* No UTF-8: a lone byte, overlong, a surrogate, beyond Unicode, cut. */
		{"\377x", "\"\\ufffdx\""}, {"\300\200", "\"\\ufffd\\ufffd\""},
		{"\355\240\200", "\"\\ufffd\\ufffd\\ufffd\""},
		{"\364\220\200\200", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""}, {"\303", "\"\\ufffd\""},
		{"</script>", "\"</script>\""}};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin();
		cpa_cli_json_text(&json, NULL, cases[i][0]);
		written(cases[i][1]);
	}
}

static void numbers(void **state)
{
	static const struct {
		double number;
		const char *wanted;
	} cases[] = {{0, "0"}, {-3, "-3"}, {0.5, "0.5"}, {8999999999999999., "8999999999999999"},
		{-1234567890123., "-1234567890123"}, {1e300, "1e+300"}, {INFINITY, "null"},
		{NAN, "null"}, {-INFINITY, "null"}, {1. / 3, "0.3333333333"}};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin();
		cpa_cli_json_number(&json, NULL, cases[i].number);
		written(cases[i].wanted);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shape),
		cmocka_unit_test(strings),
		cmocka_unit_test(numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
