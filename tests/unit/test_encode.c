/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is written is read again, field by field, by protobuf-c; and errors of writing are told.
 * Not here: the same against Go's client (tests/integration/merge.bats).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "report/profile/encode.h"
#include "report/profile/read.h"
#include "report/profile.pb-c.h"
#include "tests/unit/cmocka_all.h"
#include "tests/unit/profile_maker.h"

typedef Perftools__Profiles__Profile profile_t;

static char path[] = "/tmp/cpa-test-encode-XXXXXX";

static const char description[] =
	"ids sparse\ntype alloc_space bytes\ntype inuse_space bytes\nperiod space bytes 524288\n"
	"time 1700000000000000000\nduration 31\ndefault alloc_space\ndrop ^no\nkeep ^yes\n"
	"comment one: 1\ncomment two\nmapping 1000 9000 1000 /bin/server abcd\n"
	"sample -5 500 | bytes=100 who=me | leaf@a.c:7^outer@a.c:9 main@main.c:5\n"
	"sample 9223372036854775807 0 | | 0x1234\n";

static struct cpa_profile read_path(void)
{
	struct cpa_profile profile;
	struct cpa_error error = {""};

	assert_int_equal(cpa_read_profile(&profile, path, &error), 0);
	return profile;
}

static struct cpa_profile made(const char *text)
{
	size_t length_bytes;
	unsigned char *bytes = make_profile(text, &length_bytes);

	write_profile(path, bytes, length_bytes, 0);
	free(bytes);
	return read_path();
}

static void write_path(const struct cpa_profile *profile)
{
	FILE *file = fopen(path, "w");
	struct cpa_error error = {""};

	assert_non_null(file);
	assert_int_equal(cpa_encode_profile(profile, file, &error), 0);
	fclose(file);
}

/* The file as protobuf-c reads it. */
static profile_t *unpacked(void)
{
	static unsigned char bytes[65536];
	gzFile file = gzopen(path, "rb");
	int length_bytes = gzread(file, bytes, sizeof(bytes));
	profile_t *profile;

	assert_int_equal(gzdirect(file), 0);
	gzclose(file);
	assert_true(length_bytes > 0);
	profile = perftools__profiles__profile__unpack(NULL, (size_t)length_bytes, bytes);
	assert_non_null(profile);
	return profile;
}

static const char *text_of(const profile_t *profile, int64_t string)
{
	assert_in_range(string, 0, profile->n_string_table - 1);
	return profile->string_table[string];
}

static void all_fields(void **state)
{
	struct cpa_profile profile = made(description);
	profile_t *again;

	write_path(&profile);
	again = unpacked();
	assert_string_equal(again->string_table[0], "");
	assert_int_equal(again->n_sample_type, 2);
	assert_string_equal(text_of(again, again->sample_type[1]->type), "inuse_space");
	assert_string_equal(text_of(again, again->sample_type[1]->unit), "bytes");
	assert_int_equal(again->n_sample, 2);
	assert_int_equal(again->sample[0]->value[0], -5);
	assert_int_equal(again->sample[1]->value[0], INT64_MAX);
	assert_int_equal(again->sample[0]->n_location_id, 2);
	assert_int_equal(again->sample[0]->location_id[1], 2);
	assert_int_equal(again->sample[0]->n_label, 2);
	assert_string_equal(text_of(again, again->sample[0]->label[1]->str), "me");
	assert_int_equal(again->sample[0]->label[0]->num, 100);
	assert_int_equal(again->n_mapping, 1);
	assert_int_equal(again->mapping[0]->memory_limit, 0x9000);
	assert_string_equal(text_of(again, again->mapping[0]->build_id), "abcd");
	assert_true(again->mapping[0]->has_functions);
	assert_int_equal(again->n_location, 3);
	assert_int_equal(again->location[0]->id, 1);
	assert_int_equal(again->location[0]->mapping_id, 1);
	assert_int_equal(again->location[0]->n_line, 2);
	assert_int_equal(again->location[0]->line[1]->line, 9);
	assert_int_equal(again->location[2]->address, 0x1234);
	assert_int_equal(again->n_function, 3);
	assert_string_equal(text_of(again, again->function[1]->name), "outer");
	assert_string_equal(text_of(again, again->function[2]->filename), "main.c");
	assert_string_equal(text_of(again, again->drop_frames), "^no");
	assert_string_equal(text_of(again, again->keep_frames), "^yes");
	assert_string_equal(text_of(again, again->default_sample_type), "alloc_space");
	assert_string_equal(text_of(again, again->period_type->type), "space");
	assert_int_equal(again->period, 524288);
	assert_int_equal(again->time_nanos, 1700000000000000000);
	assert_int_equal(again->duration_nanos, 31);
	assert_int_equal(again->n_comment, 2);
	assert_string_equal(text_of(again, again->comment[1]), "two");
	perftools__profiles__profile__free_unpacked(again, NULL);
	cpa_profile_done(&profile);
}

/* What later versions of the format have, and protobuf-c does not know here. */
static void later_fields(void **state)
{
	struct cpa_profile profile = made(description), again;

	profile.lines.items[0].column = 41;
	profile.functions.items[1].start_line = 12;
	profile.doc_url = profile.comments.items[1];
	write_path(&profile);
	again = read_path();
	assert_int_equal(again.lines.items[0].column, 41);
	assert_int_equal(again.functions.items[1].start_line, 12);
	assert_string_equal(cpa_profile_string(&again, again.doc_url), "two");
	cpa_profile_done(&profile);
	cpa_profile_done(&again);
}

/* Only strings that are used, and valid UTF-8 whatever they were; control characters stay. */
static void strings(void **state)
{
	struct cpa_profile profile =
		made("type a count\ncomment bad\xff\x01name\nsample 1 | | f\n");
	profile_t *again;
	size_t i;

	profile.comments.items[0] = profile.functions.items[0].name;
	profile.functions.items[0].name = profile.functions.items[0].system_name = 0;
	write_path(&profile);
	again = unpacked();
	assert_int_equal(again->n_string_table, 4);
	for (i = 0; i < again->n_string_table; i++)
		assert_null(strstr(again->string_table[i], "bad"));
	perftools__profiles__profile__free_unpacked(again, NULL);
	cpa_profile_done(&profile);
	profile = made("type a count\ncomment bad\xff\x01name\n");
	write_path(&profile);
	again = unpacked();
	assert_string_equal(text_of(again, again->comment[0]), "bad?\x01name");
	perftools__profiles__profile__free_unpacked(again, NULL);
	cpa_profile_done(&profile);
}

static void a_full_disk(void **state)
{
	struct cpa_profile profile = made(description);
	struct cpa_error error = {""};
	FILE *file = fopen("/dev/full", "w");

	if (file == NULL)
		skip();
	assert_int_equal(cpa_encode_profile(&profile, file, &error), -ENOSPC);
	assert_string_equal(error.text, "cannot be written: No space left on device");
	fclose(file);
	cpa_profile_done(&profile);
}

static int make_path(void **state)
{
	int fd = mkstemp(path);

	return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_fields),
		cmocka_unit_test(later_fields),
		cmocka_unit_test(strings),
		cmocka_unit_test(a_full_disk),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
