/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CPROFALLOC put together: keys merged, ours last, nothing twice.
 * Not here: the library found and the program started (integration/cprof_run.bats).
 */
#include <stdlib.h>
#include <string.h>

#include "report/cli/settings.h"
#include "tests/unit/cmocka_all.h"

static struct cpa_cli_settings settings;

static void begin(const char *inherited)
{
	assert_true(cpa_cli_settings_init(&settings, inherited));
}

static void own_options_win(void **state)
{
	begin("rate=1,,verbose=1,rate=2,dir=/x");
	assert_true(cpa_cli_settings_set(&settings, "rate", "64k"));
	assert_string_equal(settings.text, "verbose=1,dir=/x,rate=64k");
	assert_true(cpa_cli_settings_set(&settings, "keep", "3"));
	assert_string_equal(settings.text, "verbose=1,dir=/x,rate=64k,keep=3");
}

/* keep is not keep_bytes. */
static void whole_keys_only(void **state)
{
	begin("keep_bytes=1g,keep=2,xkeep=1");
	assert_true(cpa_cli_settings_set(&settings, "keep", "9"));
	assert_string_equal(settings.text, "keep_bytes=1g,xkeep=1,keep=9");
}

static void empty_and_odd(void **state)
{
	char value[16] = "unset";

	begin(NULL);
	assert_true(cpa_cli_settings_set(&settings, "final", "1"));
	assert_string_equal(settings.text, "final=1");
	begin("nonsense");
	assert_true(cpa_cli_settings_set(&settings, "final", "1"));
	assert_string_equal(settings.text, "nonsense,final=1");
	assert_false(cpa_cli_settings_set(&settings, "dir", "a,b"));
	assert_false(cpa_cli_settings_get(&settings, "rate", value, sizeof(value)));
	assert_string_equal(value, "unset");
	assert_true(cpa_cli_settings_get(&settings, "final", value, sizeof(value)));
	assert_string_equal(value, "1");
	begin("a=1,a=2");
	assert_true(cpa_cli_settings_get(&settings, "a", value, sizeof(value)));
	assert_string_equal(value, "2");
}

static void too_long(void **state)
{
	char *text = malloc(CPA_CLI_SETTINGS_BYTES + 1);

	memset(text, 'x', CPA_CLI_SETTINGS_BYTES);
	text[CPA_CLI_SETTINGS_BYTES] = '\0';
	assert_false(cpa_cli_settings_init(&settings, text));
	text[CPA_CLI_SETTINGS_BYTES - 3] = '\0';
	assert_true(cpa_cli_settings_init(&settings, text));
	assert_false(cpa_cli_settings_set(&settings, "rate", "64k"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_options_win),
		cmocka_unit_test(whole_keys_only),
		cmocka_unit_test(empty_and_odd),
		cmocka_unit_test(too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
