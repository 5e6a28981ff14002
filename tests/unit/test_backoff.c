/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The waits between attempts, for every number that may be drawn, and which answers are worth one.
 * Not here: the attempts (integration/push.bats).
 */
#include "base/compiler.h"
#include "report/cli/backoff.h"
#include "tests/unit/cmocka_all.h"

#define SECOND_NS UINT64_C(1000000000)

static void doubles_and_stays_between(void **state)
{
	uint64_t whole_ns = SECOND_NS;
	unsigned attempt;

	for (attempt = 0; attempt < 9; attempt++, whole_ns *= 2) {
		uint64_t wait_ns, random;

		if (whole_ns > CPA_CLI_BACKOFF_MAX_NS)
			whole_ns = CPA_CLI_BACKOFF_MAX_NS;
		assert_true(cpa_cli_backoff_ns(SECOND_NS, attempt, 0) == whole_ns);
		/* One less than a whole round of the remainder: the shortest. */
		assert_true(cpa_cli_backoff_ns(SECOND_NS, attempt, whole_ns / 2) == whole_ns / 2);
		for (random = 1; random < UINT64_MAX / 3; random *= 3) {
			wait_ns = cpa_cli_backoff_ns(SECOND_NS, attempt, random);
			assert_true(wait_ns >= whole_ns / 2 && wait_ns <= whole_ns);
		}
	}
}

static void is_bounded(void **state)
{
	assert_true(cpa_cli_backoff_ns(SECOND_NS, 64, 0) == CPA_CLI_BACKOFF_MAX_NS);
	assert_true(cpa_cli_backoff_ns(UINT64_MAX, 5, 0) == CPA_CLI_BACKOFF_MAX_NS);
	assert_true(cpa_cli_backoff_ns(0, 5, UINT64_MAX) == 0);
	assert_true(cpa_cli_backoff_ns(1, 0, 0) == 1);
}

static void worth_another(void **state)
{
	static const long yes[] = {408, 429, 500, 502, 503, 504, 599};
	static const long no[] = {0, 200, 301, 400, 401, 403, 404, 413, 422, 600};
	size_t i;

	for (i = 0; i < CPA_ARRAY_LEN(yes); i++)
		assert_true(cpa_cli_backoff_is_worth(yes[i]));
	for (i = 0; i < CPA_ARRAY_LEN(no); i++)
		assert_false(cpa_cli_backoff_is_worth(no[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doubles_and_stays_between),
		cmocka_unit_test(is_bounded),
		cmocka_unit_test(worth_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
