/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Are parameters and numbers read as Go's url.ParseQuery and strconv.Atoi read them?
 * Not here: which parameters there are (tests/integration/http.bats).
 */
#include "tests/unit/cmocka_all.h"

#include "report/http/query.h"

#include <stdio.h>
#include <string.h>

#include "base/compiler.h"

static void test_decode(void **state)
{
	static const struct {
		const char *text;
		bool plus_is_blank;
		const char *result; /* NULL: refused */
	} rows[] = {
		{"", false, ""},
		{"a+b", false, "a+b"},
		{"a+b", true, "a b"},
		{"%41%7E%2b", true, "A~+"},
		{"%aF%Af", false, "\xaf\xaf"},
		{"%25%34%31", false, "%41"}, /* once */
		{"%", false, NULL},
		{"a%4", false, NULL},
		{"%4g", false, NULL},
		{"%G4", false, NULL},
		{"%%41", false, NULL},
		{"% 1", false, NULL},
		{"%+1", true, NULL},
		{"%u0041", false, NULL},
		{"12345678", false, NULL}, /* no room for the NUL */
		{"%31%32%33%34%35%36%37", false, "1234567"},
		{"%31%32%33%34%35%36%37%38", false, NULL},
	};
	char text[8];
	size_t text_bytes;

	for (size_t i = 0; i < CPA_ARRAY_LEN(rows); i++) {
		bool done = cpa_http_query_decode(rows[i].text, strlen(rows[i].text),
			rows[i].plus_is_blank, text, sizeof(text), &text_bytes);

		if (done != (rows[i].result != NULL))
			fail_msg("%s", rows[i].text);
		if (!done)
			continue;
		assert_string_equal(text, rows[i].result);
		assert_int_equal(text_bytes, strlen(rows[i].result));
	}
	/* A NUL is a byte like others, here. The end is where it is said to be. */
	assert_true(cpa_http_query_decode("a%00b%41", 5, false, text, sizeof(text), &text_bytes));
	assert_int_equal(text_bytes, 3);
	assert_memory_equal(text, "a\0b", 4);
	assert_false(cpa_http_query_decode("a%41", 3, false, text, sizeof(text), &text_bytes));
}

static void test_get(void **state)
{
	static const struct {
		const char *query;
		const char *value; /* of "key"; NULL: none */
	} rows[] = {
		{"", NULL},
		{"key", ""},
		{"key=", ""},
		{"key=a", "a"},
		{"key=a=b", "a=b"},
		{"key=a&key=b", "a"},
		{"other=a&&key=b&", "b"},
		{"Key=a", NULL},
		{"keys=a", NULL},
		{"ke=a", NULL},
		{"=key", NULL},
		{"k%65y=%61+b", "a b"},
		{"+key=a", NULL},
		/* What Go cannot read it leaves out; so do we. */
		{"key=%zz&key=b", "b"},
		{"%zz=a&key=b", "b"},
		{"key=a;key=b", NULL},
		{"key=a;b&key=c", "c"},
		{"key=%3b", ";"},
		/* No NUL gets into a C string. */
		{"key=a%00b&key=c", "c"},
		{"key%00=a", NULL},
		{"key=%00", NULL},
	};
	char value[CPA_HTTP_QUERY_VALUE_MAX];

	for (size_t i = 0; i < CPA_ARRAY_LEN(rows); i++) {
		bool found = cpa_http_query_get(rows[i].query, "key", value);

		if (found != (rows[i].value != NULL))
			fail_msg("%s", rows[i].query);
		assert_string_equal(value, found ? rows[i].value : "");
	}
}

static void test_get_long(void **state)
{
	char query[4096], value[CPA_HTTP_QUERY_VALUE_MAX];

	/* The longest value there is; one byte more, and it is not there. */
	(void)sprintf(query, "key=%0*d", (int)CPA_HTTP_QUERY_VALUE_MAX - 1, 0);
	assert_true(cpa_http_query_get(query, "key", value));
	assert_int_equal(strlen(value), CPA_HTTP_QUERY_VALUE_MAX - 1);
	(void)sprintf(query, "key=%0*d&key=a", (int)CPA_HTTP_QUERY_VALUE_MAX, 0);
	assert_true(cpa_http_query_get(query, "key", value));
	assert_string_equal(value, "a");
	/* A name longer than any is none. */
	(void)sprintf(query, "key%0*d=b&key=a", (int)CPA_HTTP_QUERY_VALUE_MAX, 0);
	assert_true(cpa_http_query_get(query, "key", value));
	assert_string_equal(value, "a");
	/* Many. */
	memset(query, '&', sizeof(query));
	memcpy(query + sizeof(query) - 6, "key=a", 6);
	assert_true(cpa_http_query_get(query, "key", value));
	assert_string_equal(value, "a");
}

static void test_number(void **state)
{
	static const struct {
		const char *text;
		int64_t number;
	} good[] = {
		{"0", 0},
		{"-0", 0},
		{"+7", 7},
		{"007", 7},
		{"-30", -30},
		{"9223372036854775807", INT64_MAX},
		{"-9223372036854775807", -INT64_MAX},
		{"-9223372036854775808", INT64_MIN},
	};
	static const char *const bad[] = {"", "+", "-", "+-1", "1.5", " 1", "1 ", "0x1", "1_000",
		"1e3", "one", "9223372036854775808", "-9223372036854775809",
		"99999999999999999999", "18446744073709551617"};
	int64_t number;

	for (size_t i = 0; i < CPA_ARRAY_LEN(good); i++) {
		if (!cpa_http_query_number(good[i].text, &number))
			fail_msg("%s", good[i].text);
		assert_int_equal(number, good[i].number);
	}
	number = 12345;
	for (size_t i = 0; i < CPA_ARRAY_LEN(bad); i++)
		if (cpa_http_query_number(bad[i], &number))
			fail_msg("%s", bad[i]);
	assert_int_equal(number, 12345);
}

static void test_fraction(void **state)
{
	static const struct {
		const char *text;
		double number;
	} good[] = {
		{"0", 0},
		{"1", 1},
		{"+0.25", 0.25},
		{"-0.5", -0.5},
		{".5", 0.5},
		{"5.", 5},
		{"1e-3", 1e-3},
		{"2.5E+1", 25},
		{"0e999999999", 0},
		{"1e-9223372036854775808", 0},
		{"3600.000001", 3600.000001},
	};
	static const char *const bad[] = {"", ".", "-", "e1", ".e1", "1,5", "1.5.", "1..5", " 1",
		"1 ", "0x1", "1e", "1e+", "1e1.5", "1f", "nan", "inf", "1e9223372036854775808"};
	double number;

	for (size_t i = 0; i < CPA_ARRAY_LEN(good); i++) {
		if (!cpa_http_query_fraction(good[i].text, &number))
			fail_msg("%s", good[i].text);
		assert_float_equal(number, good[i].number, good[i].number * 1e-15);
	}
	assert_true(cpa_http_query_fraction("1e999999999", &number));
	assert_true(number > 1e300);
	number = 12345;
	for (size_t i = 0; i < CPA_ARRAY_LEN(bad); i++)
		if (cpa_http_query_fraction(bad[i], &number))
			fail_msg("%s", bad[i]);
	assert_true(number == 12345);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_get_long),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_fraction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
