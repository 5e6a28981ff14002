/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers as people read them.
 * Not here: tables (integration/cprof_reports.bats).
 */
#include <stdlib.h>

#include "report/profile/units.h"
#include "tests/unit/cmocka_all.h"

static void shows(enum cpa_units_kind kind, double value, double half_width, const char *wanted)
{
	char text[2 * CPA_UNITS_BYTES];

	assert_string_equal(
		cpa_units_interval(text, sizeof(text), kind, value, half_width, false), wanted);
}

static void sizes(void **state)
{
	shows(CPA_UNITS_SIZE, 0, -1, "0 B");
	shows(CPA_UNITS_SIZE, 999, -1, "999 B");
	shows(CPA_UNITS_SIZE, 1023, -1, "1.00 kB");
	shows(CPA_UNITS_SIZE, 1024, -1, "1.00 kB");
	shows(CPA_UNITS_SIZE, 64172851, -1, "61.2 MB");
	shows(CPA_UNITS_SIZE, 123731968, 3565158, "118 MB ±3.4");
	shows(CPA_UNITS_SIZE, 64172851, 5872026, "61.2 MB ±5.6");
	shows(CPA_UNITS_SIZE, 216006656, 12582912, "206 MB ±12");
	shows(CPA_UNITS_SIZE, -209715, 1153434, "-0.20 MB ±1.1");
	shows(CPA_UNITS_SIZE, 1000, 0, "0.98 kB");
	shows(CPA_UNITS_SIZE, 9.999 * 1048576, -1, "10.0 MB");
	shows(CPA_UNITS_SIZE, 9223372036854775807., -1, "8192 PB");
}

static void counts_and_times(void **state)
{
	char text[64];

	shows(CPA_UNITS_COUNT, 1204, 33.6, "1,204 ±34");
	shows(CPA_UNITS_COUNT, -1234567, -1, "-1,234,567");
	shows(CPA_UNITS_DURATION, 1500000, -1, "1.50 ms");
	shows(CPA_UNITS_DURATION, 90e9, -1, "1.50 min");
	assert_string_equal(cpa_units_elapsed(text, sizeof(text), 751000000000), "12 min 31 s");
	assert_string_equal(cpa_units_elapsed(text, sizeof(text), 5000000000), "5 s");
	assert_string_equal(cpa_units_elapsed(text, sizeof(text), 1500000000), "1.5 s");
	assert_string_equal(cpa_units_elapsed(text, sizeof(text), 90000000000000), "1 d 1 h");
	assert_string_equal(cpa_units_time(text, sizeof(text), 300), "5 min");
	assert_string_equal(cpa_units_time(text, sizeof(text), 301), "5 min 1 s");
	assert_string_equal(
		cpa_units_grouped(text, sizeof(text), INT64_MIN), "-9,223,372,036,854,775,808");
	assert_string_equal(cpa_units_rate(text, sizeof(text), 524288), "512 KiB");
	assert_string_equal(cpa_units_rate(text, sizeof(text), 1000), "1000 bytes");
	assert_int_equal(cpa_units_columns("±é…a"), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(counts_and_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
