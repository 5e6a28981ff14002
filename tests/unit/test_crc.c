/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The checksum is that of zlib and gdb, however the bytes are cut.
 * Not here: who compares it (test_symcache.c, integration/symbols.bats).
 */
#include <string.h>
#include <zlib.h>

#include "report/symbols/crc.h"
#include "tests/unit/cmocka_all.h"

static void known_value(void **state)
{
	/* The check value of every description of this checksum. */
	assert_int_equal(cpa_crc_update(0, "123456789", 9), 0xcbf43926);
	assert_int_equal(cpa_crc_update(0, "", 0), 0);
}

static void as_zlib_has_it(void **state)
{
	unsigned char bytes[1000];
	uint32_t crc = 0;
	size_t i, cut;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * i * 31 + i);
	for (cut = 0; cut < 40; cut++) {
		crc = cpa_crc_update(0, bytes, cut);
		crc = cpa_crc_update(crc, bytes + cut, sizeof(bytes) - cut);
		assert_int_equal(crc, crc32(0, bytes, sizeof(bytes)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_value), cmocka_unit_test(as_zlib_has_it)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
