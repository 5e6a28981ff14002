/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does CPROFALLOC="..." become the right settings, and each mistake one line that helps?
 * Not here: that the program runs on all the same (tests/integration/settings.bats).
 */
#include "tests/unit/cmocka_all.h"

#include "base/conf.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static unsigned complaint_count;
static char complaint[2048]; /* the last one */

static void note(const char *text)
{
	complaint_count++;
	snprintf(complaint, sizeof(complaint), "%s", text);
}

static struct cpa_conf parsed(const char *text)
{
	struct cpa_conf conf;

	complaint_count = 0;
	complaint[0] = '\0';
	cpa_conf_defaults(&conf);
	errno = 4711;
	cpa_conf_parse(&conf, text, note);
	assert_int_equal(errno, 4711);
	return conf;
}

/* Nothing but the text given is complained of, once, and every setting stays at its default. */
static void refused(const char *text, const char *want)
{
	struct cpa_conf plain, conf = parsed(text);

	cpa_conf_defaults(&plain);
	if (complaint_count != 1 || (want && strcmp(complaint, want) != 0))
		fail_msg("%s: %u complaints, the last: %s\nwanted: %s", text, complaint_count,
			complaint, want);
	if (memcmp(&plain, &conf, sizeof(conf)) != 0)
		fail_msg("%s: changed a setting", text);
	if (strchr(complaint, '\n'))
		fail_msg("%s: two lines", text);
}

static void test_defaults(void **state)
{
	struct cpa_conf conf = parsed(NULL);

	assert_int_equal(conf.rate_bytes, 512 * 1024);
	assert_int_equal(conf.depth, 128);
	assert_string_equal(conf.dir, "");
	assert_int_equal(conf.interval_ns, 0);
	assert_int_equal(conf.growth_bytes, 0);
	assert_int_equal(conf.signal_number, 0);
	assert_true(conf.final);
	assert_int_equal(conf.keep_count, 0);
	assert_int_equal(conf.keep_bytes, 0);
	assert_true(conf.names);
	assert_true(conf.children);
	assert_int_equal(conf.cpu_hz, 0);
	assert_int_equal(conf.mutex_fraction, 0);
	assert_int_equal(conf.block_rate_ns, 0);
	assert_false(conf.goroutine);
	assert_false(conf.threadcreate);
	assert_int_equal(conf.only_pid, 0);
	assert_int_equal(conf.store_max_bytes, 256 << 20);
	assert_false(conf.verbose);
	assert_int_equal(complaint_count, 0);
	parsed("");
	parsed(",");
	parsed(",,,");
	assert_int_equal(complaint_count, 0);
}

static void test_every_key(void **state)
{
	struct cpa_conf conf = parsed(
		"rate=1,depth=1024,dir=/var/x,interval=30s,growth=64m,signal=USR2,final=0,keep=7,"
		"keep_bytes=1g,names=0,cpu=100,mutex=5,block=10us,goroutine=1,threadcreate=1,"
		"children=0,only_pid=4194304,store_max=1m,"
		"verbose=1");

	assert_int_equal(complaint_count, 0);
	assert_int_equal(conf.rate_bytes, 1);
	assert_int_equal(conf.depth, 1024);
	assert_string_equal(conf.dir, "/var/x");
	assert_int_equal(conf.interval_ns, 30000000000);
	assert_int_equal(conf.growth_bytes, 64 << 20);
	assert_int_equal(conf.signal_number, SIGUSR2);
	assert_false(conf.final);
	assert_int_equal(conf.keep_count, 7);
	assert_int_equal(conf.keep_bytes, 1 << 30);
	assert_false(conf.names);
	assert_false(conf.children);
	assert_int_equal(conf.cpu_hz, 100);
	assert_int_equal(conf.mutex_fraction, 5);
	assert_int_equal(conf.block_rate_ns, 10000);
	assert_true(conf.goroutine);
	assert_true(conf.threadcreate);
	assert_int_equal(conf.only_pid, 4194304);
	assert_int_equal(conf.store_max_bytes, 1 << 20);
	assert_true(conf.verbose);
}

static void test_order(void **state)
{
	assert_int_equal(parsed(",,rate=4k,,depth=5,").rate_bytes, 4096);
	assert_int_equal(parsed("rate=4k,rate=8k").rate_bytes, 8192);
	/* A bad item leaves what an earlier one said, and its neighbours. */
	struct cpa_conf conf = parsed("rate=4k,rate=x,depth=9");

	assert_int_equal(conf.rate_bytes, 4096);
	assert_int_equal(conf.depth, 9);
	assert_string_equal(complaint, "CPROFALLOC: rate=x: want a size such as 1, 64k, 512k, 2m, "
				       "at most 1024g, or 0 for off; "
				       "using 4k");
	/* A key that only begins like another. */
	parsed("rat=1");
	assert_int_equal(complaint_count, 1);
	parsed("rates=1");
	assert_int_equal(complaint_count, 1);
	assert_int_equal(parsed("keep=3,keep_bytes=4k").keep_count, 3);
}

static void test_signals(void **state)
{
	char text[32];

	assert_int_equal(parsed("signal=usr1").signal_number, SIGUSR1);
	assert_int_equal(parsed("signal=SIGUSR1").signal_number, SIGUSR1);
	assert_int_equal(parsed("signal=sighup").signal_number, SIGHUP);
	assert_int_equal(parsed("signal=12").signal_number, 12);
	assert_int_equal(parsed("signal=USR2,signal=0").signal_number, 0);
	snprintf(text, sizeof(text), "signal=%d", SIGRTMIN + 3);
	assert_int_equal(parsed(text).signal_number, SIGRTMIN + 3);
	refused("signal=KILL", NULL);
	refused("signal=SIGSTOP", NULL);
	refused("signal=SEGV", NULL);
	refused("signal=11", NULL);
	refused("signal=9", NULL);
	refused("signal=CHLD", NULL);
	refused("signal=TERM", NULL);
	refused("signal=32", NULL); /* glibc's own */
	refused("signal=65", NULL);
	refused("signal=4294967306", NULL); /* 10 in 32 bits */
	refused("signal=SIG", NULL);
	refused("signal=SIG10", NULL);
	refused("signal=SI", NULL);
	refused("signal=USR", NULL);
	refused("signal=USR11", NULL);
	refused("signal=", NULL);
}

static void test_ranges(void **state)
{
	refused("rate=1025g", NULL);
	refused("rate=-1", NULL);
	refused("depth=0",
		"CPROFALLOC: depth=0: want a number of frames from 1 to 1024; using 128");
	refused("depth=1025", NULL);
	refused("depth=4294967297", NULL); /* 1 in 32 bits */
	refused("depth=1k", NULL);
	refused("interval=9999us", "CPROFALLOC: interval=9999us: want a time such as 30s, 5m, 1h, "
				   "500ms, at least 10ms, or 0 for none; "
				   "using 0");
	assert_int_equal(parsed("interval=10ms").interval_ns, 10000000);
	assert_int_equal(parsed("interval=2").interval_ns, 2000000000);
	refused("final=2", "CPROFALLOC: final=2: want 0 or 1; using 1");
	refused("verbose=yes", NULL);
	refused("children=true", NULL);
	refused("names=01x", NULL);
	refused("keep=1g", NULL);
	refused("only_pid=2147483648", NULL);
	refused("only_pid=-1", NULL);
	refused("store_max=1048575", NULL);
	refused("store_max=0", "CPROFALLOC: store_max=0: want a size from 1m to 32g; using 256m");
	refused("store_max=33g", NULL);
	refused("growth=18446744073709551616", NULL);
	refused("rate=00000000000000000000000000000000000001", NULL); /* longer than any number */
}

static void test_empty(void **state)
{
	refused("rate=", "CPROFALLOC: rate=: want a size such as 1, 64k, 512k, 2m, at most 1024g, "
			 "or 0 for off; using 512k");
	refused("rate", NULL);
	refused("verbose", "CPROFALLOC: verbose: want 0 or 1; using 0");
	refused("dir=", "CPROFALLOC: dir=: want the path of a directory, shorter than 4096 bytes; "
			"no snapshots are written");
	refused("dir", NULL);
	refused("=", NULL);
	refused("=1", NULL);
	refused(" rate=1", NULL);
	refused("RATE=1", NULL);
	refused("rate=1=2", NULL);
}

static void test_samplers(void **state)
{
	assert_int_equal(parsed("cpu=1000").cpu_hz, 1000);
	refused("cpu=1001", "CPROFALLOC: cpu=1001: want a number of samples a second from 1 to "
			    "1000, such as 100, or 0 for off; using 0");
	refused("cpu=-1", NULL);
	refused("mutex=1.5", NULL);
	refused("mutex=2147483648", NULL);
	assert_int_equal(parsed("block=1ns").block_rate_ns, 1);
	assert_int_equal(parsed("block=0").block_rate_ns, 0);
	refused("block=10x", "CPROFALLOC: block=10x: want a time such as 10us or 1ns, of which "
			     "longer waits are all recorded, or 0 for off; using 0");
}

static void test_unknown(void **state)
{
	char text[20000];

	refused("intervall=1s", "CPROFALLOC: unknown key \"intervall\"; keys are rate, depth, dir, "
				"interval, final, growth, signal, keep, "
				"keep_bytes, names, cpu, mutex, block, goroutine, threadcreate, "
				"children, only_pid, store_max, http, http_token, "
				"http_cmdline, verbose (the "
				"program runs on without it)");
	refused("a\033[31m\n=1", NULL);
	assert_null(strchr(complaint, '\033'));
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	refused(text, NULL);
	assert_true(strlen(complaint) < 400);
	text[4000] = '=';
	refused(text, NULL);
	memcpy(text, "rate=", 5);
	refused(text, NULL);
	assert_true(strlen(complaint) < 400);
}

static void test_other_builds(void **state)
{
	refused("blackbox=/x", NULL);
	assert_non_null(strstr(complaint, "this build has no"));
}

static void test_http(void **state)
{
	char text[CPA_CONF_TEXT_MAX + 64];

	assert_string_equal(parsed("http=localhost:6060").http, "localhost:6060");
	assert_string_equal(parsed("http=unix:/a\\,b").http, "unix:/a,b");
	assert_int_equal(parsed("http_cmdline=1").http_cmdline, 1);
	assert_false(parsed("http=[::1]:0,http_token=aZ0-._~").http_off);
	assert_string_equal(parsed("http_token=aZ0-._~").http_token, "aZ0-._~");
	refused("http=", "CPROFALLOC: http=: want HOST:PORT, such as localhost:6060, or unix:PATH, "
			 "shorter than 256 bytes; there is no HTTP server");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	memcpy(text, "http=", 5);
	refused(text, NULL);
}

/* Without its token a server would answer everybody: there must be none. */
static void test_http_token(void **state)
{
	struct cpa_conf conf = parsed("http=localhost:1,http_token=pass word");

	assert_true(conf.http_off);
	assert_string_equal(conf.http_token, "");
	/* Nor is it repeated. */
	assert_null(strstr(complaint, "pass"));
	assert_non_null(strstr(complaint, "http_token: want 1 to 255 letters"));
	assert_true(parsed("http_token=").http_off);
	assert_false(parsed("http_token=a b,http_token=ab").http_off);
	assert_true(parsed("http_token=ab,http_token=a&b").http_off);
}

static void test_dir(void **state)
{
	char text[CPA_CONF_DIR_MAX + 64], here[PATH_MAX], want[PATH_MAX + 16];

	assert_string_equal(parsed("dir=/a=b c,rate=1").dir, "/a=b c");
	assert_string_equal(parsed("dir=/a\\,b\\,,rate=1").dir, "/a,b,");
	assert_int_equal(parsed("dir=/a\\,b,rate=1").rate_bytes, 1);
	assert_string_equal(parsed("dir=/a\\b\\").dir, "/a\\b\\");
	assert_string_equal(parsed("dir=/x,dir=").dir, "/x");
	assert_string_equal(complaint, "CPROFALLOC: dir=: want the path of a directory, shorter "
				       "than 4096 bytes; using /x");

	assert_non_null(getcwd(here, sizeof(here)));
	snprintf(want, sizeof(want), "%s/prof/x", here);
	assert_string_equal(parsed("dir=prof/x").dir, want);
	assert_int_equal(chdir("/"), 0);
	assert_string_equal(parsed("dir=prof").dir, "/prof");
	assert_int_equal(chdir(here), 0);

	/* The longest that fits, and one byte more. */
	memset(text, 'd', sizeof(text));
	memcpy(text, "dir=/", 5);
	text[4 + CPA_CONF_DIR_MAX - 1] = '\0';
	assert_int_equal(strlen(parsed(text).dir), CPA_CONF_DIR_MAX - 1);
	assert_int_equal(complaint_count, 0);
	text[4 + CPA_CONF_DIR_MAX - 1] = 'd';
	text[4 + CPA_CONF_DIR_MAX] = '\0';
	refused(text, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_every_key),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_samplers),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_dir),
		cmocka_unit_test(test_other_builds),
		cmocka_unit_test(test_http),
		cmocka_unit_test(test_http_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
