/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where does an address listen, and who can reach it?
 * Not here: the socket (tests/integration/http.bats).
 */
#include "tests/unit/cmocka_all.h"

#include "report/http/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static void test_tcp(void **state)
{
	static const struct {
		const char *text;
		const char *shown; /* by inet_ntop */
		int port;
		const char *host;
		bool is_loopback;
	} rows[] = {
		{"localhost:6060", "127.0.0.1", 6060, "localhost", true},
		{"LOCALHOST:0", "127.0.0.1", 0, "LOCALHOST", true},
		{"127.0.0.1:65535", "127.0.0.1", 65535, "127.0.0.1", true},
		{"127.9.9.9:00080", "127.9.9.9", 80, "127.9.9.9", true},
		{"[::1]:6060", "::1", 6060, "::1", true},
		{"[::ffff:127.0.0.1]:1", "::ffff:127.0.0.1", 1, "::ffff:127.0.0.1", true},
		/* What other machines reach. */
		{":6060", "0.0.0.0", 6060, "", false},
		{"0.0.0.0:1", "0.0.0.0", 1, "0.0.0.0", false},
		{"10.1.2.3:1", "10.1.2.3", 1, "10.1.2.3", false},
		{"[::]:1", "::", 1, "::", false},
		{"[fd00::1]:1", "fd00::1", 1, "fd00::1", false},
	};
	struct cpa_http_address address;
	char shown[INET6_ADDRSTRLEN];

	for (size_t i = 0; i < CPA_ARRAY_LEN(rows); i++) {
		const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&address.socket;
		const struct sockaddr_in *four = (const struct sockaddr_in *)&address.socket;
		bool is_six = strchr(rows[i].text, '[') != NULL;

		if (cpa_http_address_parse(rows[i].text, &address))
			fail_msg("%s", rows[i].text);
		assert_int_equal(address.socket.ss_family, is_six ? AF_INET6 : AF_INET);
		assert_int_equal(address.socket_bytes, is_six ? sizeof(*six) : sizeof(*four));
		assert_non_null(inet_ntop(address.socket.ss_family,
			is_six ? (const void *)&six->sin6_addr : &four->sin_addr, shown,
			sizeof(shown)));
		assert_string_equal(shown, rows[i].shown);
		assert_int_equal(ntohs(is_six ? six->sin6_port : four->sin_port), rows[i].port);
		assert_string_equal(address.host, rows[i].host);
		assert_int_equal(address.is_loopback, rows[i].is_loopback);
		assert_false(address.is_unix);
	}
}

static void test_unix(void **state)
{
	struct cpa_http_address address;
	const struct sockaddr_un *name = (const struct sockaddr_un *)&address.socket;
	char text[200];

	assert_int_equal(cpa_http_address_parse("unix:/run/a:1", &address), 0);
	assert_int_equal(name->sun_family, AF_UNIX);
	assert_string_equal(name->sun_path, "/run/a:1");
	assert_true(address.is_unix && address.is_loopback);
	assert_int_equal(
		cpa_http_address_parse("unix:", &address), -EINVAL); /* Linux: any that is free */
	(void)sprintf(text, "unix:%0*d", (int)sizeof(name->sun_path) - 1, 0);
	assert_int_equal(cpa_http_address_parse(text, &address), 0);
	assert_int_equal(strlen(name->sun_path), sizeof(name->sun_path) - 1);
	(void)sprintf(text, "unix:%0*d", (int)sizeof(name->sun_path), 0);
	assert_int_equal(cpa_http_address_parse(text, &address), -EINVAL);
}

static void test_bad(void **state)
{
	static const char *const rows[] = {"", ":", "6060", "localhost", "localhost:",
		"localhost:x", "localhost: 80", "localhost:-1", "localhost:+1", "localhost:65536",
		"localhost:000080", "localhost:http", "example.org:80", "127.0.0:80", "127.1:80",
		"1.2.3.256:80", "::1:80", "[::1]", "[::1]80", "[::1:80", "::1]:80", "[]:80",
		"[127.0.0.1]:80", "[localhost]:80", "[fe80::1%lo]:80", " localhost:80",
		"http://localhost:80", "UNIX:/x:y"};
	struct cpa_http_address address;
	char endless[400];

	for (size_t i = 0; i < CPA_ARRAY_LEN(rows); i++)
		if (cpa_http_address_parse(rows[i], &address) != -EINVAL)
			fail_msg("%s", rows[i]);
	(void)sprintf(endless, "%0300d:80", 0);
	assert_int_equal(cpa_http_address_parse(endless, &address), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tcp),
		cmocka_unit_test(test_unix),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
