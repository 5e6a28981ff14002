/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is let in: which Host headers, which tokens?
 * Not here: which status the others get (tests/integration/http.bats).
 */
#include "tests/unit/cmocka_all.h"

#include "report/http/guard.h"

#include <string.h>

#include "base/compiler.h"

static void test_host(void **state)
{
	static const char *const good[] = {"", "localhost", "LocalHost:6060", "127.0.0.1",
		"127.0.0.1:1", "127.255.255.254", "[::1]", "[::1]:6060", "[0:0:0:0:0:0:0:1]",
		"[::ffff:127.0.0.1]", "localhost:", "localhost:evil"};
	static const char *const bad[] = {" ", ":", ":6060", "localhost.", "localhost.evil.example",
		"evil.example", "evil.example:localhost", "localhost@evil.example",
		"evil.example#localhost", "127.0.0.1.evil.example", "127.0.0.1.nip.io", "127.1",
		"0127.0.0.1", "0x7f.0.0.1", "2130706433", "128.0.0.1", "0.0.0.0", "10.0.0.1", "[",
		"[]", "[::1", "[::1]x", "[::1]x:80", "[::2]", "[::]", "[::ffff:10.0.0.1]",
		"[localhost", "::1", "[fe80::1%lo]"};
	char endless[400];

	for (size_t i = 0; i < CPA_ARRAY_LEN(good); i++)
		if (!cpa_http_guard_host(good[i], NULL))
			fail_msg("%s", good[i]);
	for (size_t i = 0; i < CPA_ARRAY_LEN(bad); i++)
		if (cpa_http_guard_host(bad[i], NULL))
			fail_msg("%s", bad[i]);
	memset(endless, 'l', sizeof(endless) - 1);
	endless[sizeof(endless) - 1] = '\0';
	assert_false(cpa_http_guard_host(endless, NULL));
}

static void test_configured(void **state)
{
	assert_true(cpa_http_guard_host("127.0.0.5:80", "127.0.0.5"));
	assert_true(cpa_http_guard_host("My.Box:80", "my.box"));
	assert_true(cpa_http_guard_host("[fd00::1]:80", "fd00::1"));
	assert_true(cpa_http_guard_host("localhost", "my.box"));
	assert_false(cpa_http_guard_host("my.box.evil.example", "my.box"));
	assert_false(cpa_http_guard_host("box", "my.box"));
	assert_false(cpa_http_guard_host(":80", "my.box"));
}

static void test_token(void **state)
{
	static const char *const bad[] = {
		"", "a", "aZ-8", "aZ-99", "bZ-9", "Z-9", "aZ-9aZ-9", "aZ-9 ", "az-9"};

	assert_true(cpa_http_guard_token("aZ-9", "aZ-9"));
	for (size_t i = 0; i < CPA_ARRAY_LEN(bad); i++)
		if (cpa_http_guard_token("aZ-9", bad[i]))
			fail_msg("%s", bad[i]);
	assert_false(cpa_http_guard_token("", ""));
	assert_false(cpa_http_guard_token("", "a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_configured),
		cmocka_unit_test(test_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
