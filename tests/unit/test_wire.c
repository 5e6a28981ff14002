/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fields and numbers of a protobuf message, whole and broken.
 * Not here: which field means what (test_read.c).
 */
#include <errno.h>
#include <string.h>

#include "report/profile/wire.h"
#include "tests/unit/cmocka_all.h"

static struct cpa_wire over(const unsigned char *bytes, size_t length_bytes)
{
	return (struct cpa_wire){.next = bytes, .end = bytes + length_bytes};
}

#define OVER(...)                                                                                  \
	over((const unsigned char[]){__VA_ARGS__}, sizeof((const unsigned char[]){__VA_ARGS__}))

static void varints_of_all_lengths(void **state)
{
	struct cpa_wire wire = OVER(
		0x00, 0x7f, 0xac, 0x02, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01);
	uint64_t value;

	assert_int_equal(cpa_wire_varint(&wire, &value), 1);
	assert_int_equal(value, 0);
	assert_int_equal(cpa_wire_varint(&wire, &value), 1);
	assert_int_equal(value, 127);
	assert_int_equal(cpa_wire_varint(&wire, &value), 1);
	assert_int_equal(value, 300);
	assert_int_equal(cpa_wire_varint(&wire, &value), 1);
	assert_true(value == UINT64_MAX);
	assert_int_equal(cpa_wire_varint(&wire, &value), 0);
}

static void broken_varints(void **state)
{
	struct cpa_wire cut = OVER(0x80, 0x80);
	struct cpa_wire long_one =
		OVER(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01);
	struct cpa_wire large = OVER(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02);
	uint64_t value;

	assert_int_equal(cpa_wire_varint(&cut, &value), -EINVAL);
	assert_int_equal(cpa_wire_varint(&long_one, &value), -EINVAL);
	assert_int_equal(cpa_wire_varint(&large, &value), -EINVAL);
}

static void fields_of_each_type(void **state)
{
	struct cpa_wire wire = OVER(
		0x08, 0x05, 0x12, 0x02, 'h', 'i', 0x1d, 1, 0, 0, 0, 0x21, 2, 0, 0, 0, 0, 0, 0, 0);
	struct cpa_wire_field field;
	const char *why;

	assert_int_equal(cpa_wire_field(&wire, &field, &why), 1);
	assert_int_equal(field.number, 1);
	assert_int_equal(field.value, 5);
	assert_int_equal(cpa_wire_field(&wire, &field, &why), 1);
	assert_int_equal(field.number, 2);
	assert_int_equal(field.type, CPA_WIRE_BYTES);
	assert_memory_equal(field.bytes.next, "hi", 2);
	assert_int_equal(field.bytes.end - field.bytes.next, 2);
	assert_int_equal(cpa_wire_field(&wire, &field, &why), 1);
	assert_int_equal(field.value, 1);
	assert_int_equal(cpa_wire_field(&wire, &field, &why), 1);
	assert_int_equal(field.value, 2);
	assert_int_equal(cpa_wire_field(&wire, &field, &why), 0);
}

static void broken_fields(void **state)
{
	struct cpa_wire wires[] = {
		OVER(0x12, 0x03, 'h', 'i'), /* length past the end */
		OVER(0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			0x01),    /* absurd length */
		OVER(0x00, 0x01), /* field 0 */
		OVER(0x0b),       /* a group */
		OVER(0x1d, 1, 0), /* fixed32 cut */
		OVER(0x21, 1, 0), /* fixed64 cut */
		OVER(0x08),       /* no value */
	};
	size_t i;

	for (i = 0; i < sizeof(wires) / sizeof(wires[0]); i++) {
		struct cpa_wire_field field;
		const char *why = NULL;

		assert_int_equal(cpa_wire_field(&wires[i], &field, &why), -EINVAL);
		assert_non_null(why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(varints_of_all_lengths),
		cmocka_unit_test(broken_varints),
		cmocka_unit_test(fields_of_each_type),
		cmocka_unit_test(broken_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
