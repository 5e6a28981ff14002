/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Has the text the shape that Go's has, with the raw counts of a known heap, and does Go's reader
 * scale it to what the protobuf form says?
 * Not here: the protobuf form (test_pprof.c).
 */
#include "tests/unit/fake_heap.h"

#include "report/fd.h"
#include "report/pprof.h"
#include "report/text.h"

#include <errno.h>

static char *made(uint64_t rate_bytes)
{
	int fd = open(scratch_path("x.txt"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	struct cpa_facts facts = fake_facts(false);
	struct cpa_heaprows rows;
	struct cpa_text_content content;
	unsigned long requests = fake_requests;

	facts.rate_bytes = rate_bytes;
	content = cpa_heaprows_text(&rows, &facts);
	errno = 77;
	assert_int_equal(cpa_text_write(&facts, &content, true, cpa_fd_to_sink(&fd)), 0);
	assert_int_equal(errno, 77);
	if (FAKE_COUNTS_REQUESTS)
		assert_int_equal(fake_requests, requests);
	close(fd);
	return scratch_read(scratch_path("x.txt"), NULL);
}

static void has(const char *text, const char *format, ...)
{
	char wanted[512];
	va_list args;

	va_start(args, format);
	vsnprintf(wanted, sizeof(wanted), format, args);
	va_end(args);
	if (!strstr(text, wanted))
		fail_msg("\"%s\" is not in:\n%s", wanted, text);
}

static void test_records(void **unused)
{
	char *text = made(524288);
	unsigned long one = fake_pc_one, two = fake_pc_two, root = fake_pc_root;

	(void)unused;
	/* 2 + 2 + 0 + 1 + 1 + 1 samples in use */
	has(text, "heap profile: 7: 356 [9: 4552] @ heap/1048576\n2: 200 [3: 300] @ 0x%lx 0x%lx\n",
		one, root);
	has(text, "\n2: 128 [2: 128] @ 0x%lx 0x%lx\n#\t0x%lx\tfake_leaf_two+0x2\t/", two, root,
		two - 1);
	has(text, "\n0: 0 [1: 4096] @ 0x%lx 0x%lx\n", two, root);
	has(text, "\n1: 11 [1: 11] @ 0x%lx 0x1\n", one);
	has(text, "\n#\t0x0\t[truncated]\t?\n\n");
	has(text, "\ta64l+0x2\t/");
	has(text, "\t[anon]\t?\n");
	/* In order of bytes in use. */
	assert_true(strstr(text, "\n2: 200 [") < strstr(text, "\n2: 128 ["));
	assert_true(strstr(text, "\n2: 128 [") < strstr(text, "\n1: 11 ["));
	assert_true(strstr(text, "\n1: 7 [") < strstr(text, "\n0: 0 ["));
	free(text);
}

static void test_trailers(void **unused)
{
	static const char *const keys[] = {"Alloc = 11", "TotalAlloc = 7667", "Sys = 15",
		"Lookups = 0", "Mallocs = 16", "Frees = 3", "HeapAlloc = 11", "HeapSys = 15",
		"HeapIdle = 3", "HeapInuse = 12", "HeapReleased = 14", "HeapObjects = 13",
		"Stack = 0 / 0", "MSpan = 0 / 0", "MCache = 0 / 0", "BuckHashSys = ", "GCSys = 0",
		"OtherSys = 17", "NextGC = 0", "LastGC = 0", "PauseNs = [", "PauseEnd = [",
		"NumGC = 0", "NumForcedGC = 0", "GCCPUFraction = 0", "DebugGC = false",
		"MaxRSS = "};
	char *text = made(524288);
	const char *at = strstr(text, "\n\n# runtime.MemStats\n");

	(void)unused;
	assert_non_null(at);
	for (size_t i = 0; i < CPA_ARRAY_LEN(keys); i++) {
		char line[64];

		snprintf(line, sizeof(line), "\n# %s", keys[i]);
		at = strstr(at, line);
		if (!at)
			fail_msg("%s is missing, or not in its place", keys[i]);
	}
	has(at, "\n# cprofalloc: version=" PACKAGE_VERSION " kind=heap program=fake pid=4242 ");
	has(at, "\n# exe: /bin/fake-1.2\n# sampling: samples=9 ");
	at = strstr(at, "\n--- Memory map: ---\n0x");
	assert_non_null(at);
	has(at, "/test_text (@");
	free(text);
}

static void test_rates_without_scaling(void **unused)
{
	char *text = made(1);

	(void)unused;
	/* Where each allocation is a sample the sums are those of the profile. */
	has(text, " @ heap/2\n");
	free(text);
	text = made(0);
	has(text, " @ heap/2\n");
	free(text);
}

static int fail_write(void *context, const void *bytes, size_t size_bytes)
{
	(void)context;
	(void)bytes;
	(void)size_bytes;
	return -EPIPE;
}

static void test_error_of_sink(void **unused)
{
	struct cpa_facts facts = fake_facts(false);
	struct cpa_heaprows rows;
	struct cpa_text_content content = cpa_heaprows_text(&rows, &facts);

	(void)unused;
	assert_int_equal(
		cpa_text_write(&facts, &content, true, (struct cpa_fd_sink){.write = fail_write}),
		-EPIPE);
}

/* At rate 1 nothing is scaled: what Go prints is what is in the text. */
static void test_go_reads_it(void **unused)
{
	(void)unused;
	if (scratch_run("command -v go >/dev/null"))
		skip();
	free(made(524288));
	assert_int_equal(scratch_run("export HOME=$PWD && go tool pprof -raw x.txt >raw 2>&1 && "
				     "grep -q '^Period: 524288' raw && grep -Eq '^Samples:' raw && "
				     "grep -q 'inuse_objects/count inuse_space/bytes' raw"),
		0);
	/* 3 samples of 100 bytes stand for 3 / (1 - exp(-100 / 524288)) = 15730.1 objects. */
	assert_int_equal(scratch_run("grep -Eq '^ +15730 +1573014 +10486 +1048676: ' raw"), 0);
	free(made(1));
	assert_int_equal(
		scratch_run(
			"export HOME=$PWD && go tool pprof -raw -sample_index=inuse_space x.txt "
			">raw 2>&1 && grep -Eq '^ +3 +300 +2 +200: ' raw"),
		0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_trailers),
		cmocka_unit_test(test_rates_without_scaling),
		cmocka_unit_test(test_error_of_sink),
		cmocka_unit_test(test_go_reads_it),
	};

	return cmocka_run_group_tests(tests, fake_begin, scratch_end);
}
