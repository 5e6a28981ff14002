/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is text from outside valid UTF-8 afterwards, without control characters, and never overrun?
 * Not here: where it comes from.
 */
#include "tests/unit/cmocka_all.h"

#include "report/utf8.h"

#include <string.h>

static const char *cleaned(const char *text)
{
	static char clean[64];

	cpa_utf8_clean(text, clean, sizeof(clean));
	return clean;
}

static void test_good_text_stays(void **unused)
{
	(void)unused;
	assert_string_equal(cleaned(""), "");
	assert_string_equal(cleaned("_ZN2ns4Pool4growEm ~"), "_ZN2ns4Pool4growEm ~");
	assert_string_equal(cleaned("\u00e4\u20ac\U0001f600"), "\u00e4\u20ac\U0001f600");
	assert_string_equal(cleaned("\xf4\x8f\xbf\xbf"), "\xf4\x8f\xbf\xbf"); /* U+10FFFF */
}

static void test_bad_bytes(void **unused)
{
	(void)unused;
	assert_string_equal(cleaned("a\nb\tc\x7f\x1b[0m"), "a?b?c??[0m");
	assert_string_equal(cleaned("\x80x"), "?x");
	assert_string_equal(cleaned("\xc3"), "?");
	assert_string_equal(cleaned("\xe2\x82"), "??");
	assert_string_equal(cleaned("\xc0\xaf"), "??");           /* overlong */
	assert_string_equal(cleaned("\xe0\x9f\xbf"), "???");      /* overlong */
	assert_string_equal(cleaned("\xf0\x8f\xbf\xbf"), "????"); /* overlong */
	assert_string_equal(cleaned("\xed\xa0\x80"), "???");      /* surrogate */
	assert_string_equal(cleaned("\xf4\x90\x80\x80"), "????"); /* beyond the last */
	assert_string_equal(cleaned("\xff\xfe"), "??");
}

static void test_cut_at_a_whole_character(void **unused)
{
	char clean[6];

	(void)unused;
	for (size_t room = 1; room < sizeof(clean); room++) {
		memset(clean, 'x', sizeof(clean));
		cpa_utf8_clean("a\u20acb", clean, room);
		assert_int_equal(clean[room], 'x');
		assert_string_equal(clean, room == 1 ? "" : room < 5 ? "a" : "a\u20ac");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_text_stays),
		cmocka_unit_test(test_bad_bytes),
		cmocka_unit_test(test_cut_at_a_whole_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
