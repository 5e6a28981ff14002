/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Profiles into the model; each kind of damage told in one line; thousands of mutations survived.
 * Not here: sums over the model (test_table.c, test_diff.c).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/analysis/diff.h"
#include "report/graph/table.h"
#include "report/profile/read.h"
#include "tests/unit/cmocka_all.h"
#include "tests/unit/profile_maker.h"

static char path[] = "/tmp/cpa-test-read-XXXXXX";

static const char description[] =
	"type alloc_objects count\ntype alloc_space bytes\ntype inuse_objects count\n"
	"type inuse_space bytes\nperiod space bytes 524288\ntime 1700000000000000000\n"
	"comment pid: 4242\ncomment cprofalloc: version=0.1.0 kind=heap\n"
	"mapping 1000 9000 1000 /usr/bin/server abcd\n"
	"sample 10 1000 5 500 | bytes=100 who=me | leaf@a.c:7^outer@a.c:9 main@main.c:5\n"
	"sample -3 300 0 0 | bytes=100 | other main@main.c:5\n"
	"sample 1 1 1 1 | bytes=1 | 0x1234\n";

static void write_bytes(const unsigned char *bytes, size_t length_bytes)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length_bytes, file), length_bytes);
	fclose(file);
}

static int read_description(const char *text, struct cpa_profile *profile, struct cpa_error *error)
{
	size_t length_bytes;
	unsigned char *bytes = make_profile(text, &length_bytes);
	int error_code;

	write_profile(path, bytes, length_bytes, 1);
	free(bytes);
	error->text[0] = '\0';
	error_code = cpa_read_profile(profile, path, error);
	return error_code;
}

static void check_model(const struct cpa_profile *profile)
{
	const struct cpa_profile_location *leaf;

	assert_int_equal(profile->types.count, 4);
	assert_int_equal(profile->samples.count, 3);
	assert_int_equal(cpa_profile_value(profile, 0, 1), 1000);
	assert_int_equal(cpa_profile_value(profile, 1, 0), -3);
	assert_int_equal(cpa_profile_total(profile, 3), 501);
	assert_int_equal(profile->time_ns, 1700000000000000000);
	assert_int_equal(profile->period, 524288);
	assert_string_equal(cpa_comments_get(profile, "pid"), "4242");
	assert_string_equal(cpa_comments_get(profile, "kind"), "heap");
	assert_null(cpa_comments_get(profile, "pi"));
	assert_string_equal(cpa_profile_exe(profile), "server");
	assert_int_equal(cpa_profile_block_bytes(profile, &profile->samples.items[0]), 100);
	leaf = &profile->locations.items[profile->locs.items[profile->samples.items[0].loc_begin]];
	assert_int_equal(leaf->line_count, 2);
	assert_int_equal(profile->lines.items[leaf->line_begin].line, 7);
	assert_string_equal(
		profile->functions.items[profile->lines.items[leaf->line_begin + 1].function]
			.display,
		"outer");
}

static void gzipped_plain_and_sparse(void **state)
{
	char sparse[sizeof(description) + 16];
	struct cpa_profile profile;
	struct cpa_error error = {""};
	size_t length_bytes;
	unsigned char *bytes = make_profile(description, &length_bytes);

	assert_int_equal(read_description(description, &profile, &error), 0);
	check_model(&profile);
	cpa_profile_done(&profile);
	write_profile(path, bytes, length_bytes, 0);
	assert_int_equal(cpa_read_profile(&profile, path, &error), 0);
	check_model(&profile);
	cpa_profile_done(&profile);
	snprintf(sparse, sizeof(sparse), "ids sparse\n%s", description);
	assert_int_equal(read_description(sparse, &profile, &error), 0);
	check_model(&profile);
	cpa_profile_done(&profile);
	cpa_profile_done(&profile);
	free(bytes);
}

/* What it was run as, where the profile tells: its file may be called otherwise. */
static void program_names(void **state)
{
	struct cpa_profile profile;
	struct cpa_error error;

	assert_int_equal(read_description("type a count\nmapping 1 9 0 /bin/file x\n"
					  "comment exe: /opt/exe\ncomment g: program=run\n",
				 &profile, &error),
		0);
	assert_string_equal(cpa_profile_exe(&profile), "run");
	cpa_profile_done(&profile);
	assert_int_equal(read_description("type a count\nmapping 1 9 0 /bin/file x\n"
					  "comment exe: /opt/exe\ncomment g: program=\n",
				 &profile, &error),
		0);
	assert_string_equal(cpa_profile_exe(&profile), "file");
	cpa_profile_done(&profile);
	assert_int_equal(
		read_description("type a count\ncomment exe: /opt/exe\n", &profile, &error), 0);
	assert_string_equal(cpa_profile_exe(&profile), "exe");
	cpa_profile_done(&profile);
}

/* Two gzip members in one file are one stream; both halves of a profile joined are one profile. */
static void several_gzip_members(void **state)
{
	struct cpa_profile profile;
	struct cpa_error error = {""};
	size_t length_bytes;
	unsigned char *bytes = make_profile(description, &length_bytes);
	char command[256];

	write_profile(path, bytes, 40, 1);
	snprintf(command, sizeof(command), "cp %s %s.1", path, path);
	assert_int_equal(system(command), 0);
	write_profile(path, bytes + 40, length_bytes - 40, 1);
	snprintf(command, sizeof(command), "cat %s >>%s.1 && mv %s.1 %s", path, path, path, path);
	assert_int_equal(system(command), 0);
	assert_int_equal(cpa_read_profile(&profile, path, &error), 0);
	check_model(&profile);
	cpa_profile_done(&profile);
	free(bytes);
}

/* Refused, with these words in the line, and nothing left in the profile. */
static void refused(const char *words)
{
	struct cpa_profile profile;
	struct cpa_error error = {""};

	assert_int_equal(cpa_read_profile(&profile, path, &error), -EINVAL);
	if (strstr(error.text, words) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", error.text, words);
	assert_null(strchr(error.text, '\n'));
	assert_int_equal(profile.samples.count, 0);
	assert_null(profile.samples.items);
}

/* What it quotes of the profile cannot command a terminal. */
static void quotes_are_harmless(void **state)
{
	struct cpa_profile profile;
	struct cpa_error error = {""};
	char text[] = "type a#b count\n";

	text[6] = 27;
	assert_int_equal(read_description(text, &profile, &error), 0);
	assert_int_equal(cpa_profile_type(&profile, "x", &error), -EINVAL);
	assert_non_null(strstr(error.text, "it has a?b"));
	cpa_profile_done(&profile);
}

static void refused_bytes(const void *bytes, size_t length_bytes, const char *words)
{
	write_bytes(bytes, length_bytes);
	refused(words);
}

#define REFUSED(words, ...)                                                                        \
	refused_bytes((const unsigned char[]){__VA_ARGS__},                                        \
		sizeof((const unsigned char[]){__VA_ARGS__}), words)

static void bad_files(void **state)
{
	static const char text[] = "heap profile: 1: 2 [3: 4] @ heap/1024\n";
	size_t length_bytes, i;
	unsigned char *bytes = make_profile(description, &length_bytes);
	struct stat about;

	write_profile(path, bytes, length_bytes, 1);
	assert_int_equal(stat(path, &about), 0);
	for (i = 18; i < (size_t)about.st_size; i++) {
		write_profile(path, bytes, length_bytes, 1);
		assert_int_equal(truncate(path, (off_t)i), 0);
		refused("gzip data ends after");
	}
	write_profile(path, bytes, length_bytes, 0);
	assert_int_equal(truncate(path, (off_t)length_bytes - 1), 0);
	refused("the end of the data in the");
	refused_bytes("", 0, "the file is empty");
	refused_bytes(text, sizeof(text) - 1, "text form");
	refused_bytes("\x1f\x8b\x08nonsense nonsense", 20, "gzip data is damaged");
	refused_bytes("\x7f"
		      "ELF",
		4, "a program or library");
	refused_bytes("zzzzzzzz", 8, "neither gzip nor protobuf");
	free(bytes);
}

static void bad_messages(void **state)
{
	/* A sample that claims more than there is; an absurd length; a group; a number. */
	REFUSED("the end of the data in the sample at byte 4", 0x0a, 0x02, 0x08, 0x00, 0x12, 0x7f,
		0x08);
	REFUSED("more than 64 MiB", 0x0a, 0x02, 0x08, 0x00, 0x12, 0xff, 0xff, 0xff, 0xff, 0x0f);
	REFUSED("wrong field type", 0x0a, 0x02, 0x08, 0x00, 0x13);
	REFUSED("wrong field type", 0x0a, 0x02, 0x08, 0x00, 0x10, 0x01);
	REFUSED("length that reaches past its end", 0x0a, 0x02, 0x08, 0x00, 0x12, 0x02, 0x1a, 0x05);
	REFUSED("no string table", 0x0a, 0x02, 0x08, 0x00);
	REFUSED("first string is not empty", 0x0a, 0x02, 0x08, 0x00, 0x32, 0x01, 'x');
	REFUSED("sample type 1 names a string beyond", 0x0a, 0x02, 0x08, 0x09, 0x32, 0x00);
	REFUSED("samples have 2 values, but there are 1", 0x0a, 0x02, 0x08, 0x00, 0x12, 0x04, 0x10,
		0x01, 0x10, 0x01, 0x32, 0x00);
	REFUSED("1 values where the samples before have 2", 0x0a, 0x02, 0x08, 0x00, 0x12, 0x04,
		0x10, 0x01, 0x10, 0x01, 0x12, 0x02, 0x10, 0x01);
	REFUSED("sample number 1 has location 5", 0x0a, 0x02, 0x08, 0x00, 0x12, 0x04, 0x08, 0x05,
		0x10, 0x01, 0x32, 0x00);
	REFUSED("location 1 is in mapping 7", 0x0a, 0x02, 0x08, 0x00, 0x22, 0x04, 0x08, 0x01, 0x10,
		0x07, 0x32, 0x00);
	REFUSED("location 1 is in function 7", 0x0a, 0x02, 0x08, 0x00, 0x22, 0x06, 0x08, 0x01, 0x22,
		0x02, 0x08, 0x07, 0x32, 0x00);
	REFUSED("location number 1 has the id 0", 0x0a, 0x02, 0x08, 0x00, 0x22, 0x02, 0x18, 0x01,
		0x32, 0x00);
	REFUSED("two functions have the id 3", 0x0a, 0x02, 0x08, 0x00, 0x2a, 0x02, 0x08, 0x03, 0x2a,
		0x02, 0x08, 0x03, 0x32, 0x00);
	REFUSED("broken list of numbers", 0x0a, 0x02, 0x08, 0x00, 0x12, 0x04, 0x0a, 0x02, 0x81,
		0x80);
}

static void bad_paths(void **state)
{
	struct cpa_profile profile;
	struct cpa_error error = {""};

	assert_int_equal(cpa_read_profile(&profile, "/", &error), -EINVAL);
	assert_non_null(strstr(error.text, "is a directory"));
	error.text[0] = '\0';
	assert_int_equal(cpa_read_profile(&profile, "/no/such/file", &error), -EINVAL);
	assert_non_null(strstr(error.text, "No such file"));
}

/* Read; when that goes well, do with it what reports do. */
static void exercise(void)
{
	struct cpa_profile profile;
	struct cpa_error error = {""};
	struct cpa_table table;
	struct cpa_diff diff;
	int type;

	if (cpa_read_profile(&profile, path, &error) != 0) {
		assert_true(error.text[0] != '\0');
		return;
	}
	type = cpa_profile_type(&profile, "", &error);
	if (type >= 0) {
		cpa_table_init(&table, &profile, (size_t)type, CPA_NODES_BY_ADDRESS, true);
		cpa_table_done(&table);
		if (cpa_diff_init(&diff, &profile, &profile,
			    &(struct cpa_diff_options){.type_name = "", .by = CPA_NODES_BY_LINE},
			    &error) == 0)
			cpa_diff_done(&diff);
	}
	cpa_profile_done(&profile);
}

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* CPA_MUTATIONS=N for more. */
static void mutations_do_no_harm(void **state)
{
	const char *wanted = getenv("CPA_MUTATIONS");
	long count = wanted != NULL ? strtol(wanted, NULL, 10) : 4000, i;
	uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);
	size_t length_bytes;
	unsigned char *bytes = make_profile(description, &length_bytes);
	unsigned char *mutant = malloc(length_bytes + 64);

	for (i = 0; i < count; i++) {
		size_t mutant_bytes = length_bytes, at = next_random(&seed) % length_bytes;
		unsigned changes = 1 + next_random(&seed) % 3;

		memcpy(mutant, bytes, length_bytes);
		switch (next_random(&seed) % 4) {
		case 0: /* cut */
			mutant_bytes = at;
			break;
		case 1: /* a byte more */
			memmove(mutant + at + 1, mutant + at, length_bytes - at);
			mutant[at] = (unsigned char)next_random(&seed);
			mutant_bytes++;
			break;
		case 2: /* a byte less */
			memmove(mutant + at, mutant + at + 1, length_bytes - at - 1);
			mutant_bytes--;
			break;
		default:
			while (changes-- > 0)
				mutant[next_random(&seed) % length_bytes] =
					(unsigned char)next_random(&seed);
		}
		write_bytes(mutant, mutant_bytes);
		exercise();
	}
	free(mutant);
	free(bytes);
}

static int make_path(void **state)
{
	int fd = mkstemp(path);

	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

static int remove_path(void **state)
{
	return unlink(path);
}

/* A number of eight bytes that this reader passes over, cut short after five. */
static void cut_in_a_field_of_later_versions(void **state)
{
	struct cpa_profile profile;
	struct cpa_error error = {""};
	size_t length_bytes;
	unsigned char *bytes = make_profile(description, &length_bytes);

	bytes = realloc(bytes, length_bytes + 10);
	assert_non_null(bytes);
	memcpy(bytes + length_bytes,
		"\xa1\x06"
		"12345678",
		10); /* field 100 */
	write_profile(path, bytes, length_bytes + 10, 0);
	assert_int_equal(cpa_read_profile(&profile, path, &error), 0);
	check_model(&profile);
	cpa_profile_done(&profile);
	write_profile(path, bytes, length_bytes + 7, 0);
	free(bytes);
	refused("the end of the data in the field");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gzipped_plain_and_sparse),
		cmocka_unit_test(program_names),
		cmocka_unit_test(several_gzip_members),
		cmocka_unit_test(bad_files),
		cmocka_unit_test(bad_messages),
		cmocka_unit_test(bad_paths),
		cmocka_unit_test(quotes_are_harmless),
		cmocka_unit_test(cut_in_a_field_of_later_versions),
		cmocka_unit_test(mutations_do_no_harm),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
