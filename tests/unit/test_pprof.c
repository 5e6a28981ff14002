/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does a profile say of a known heap what it should, field by field, to an independent decoder and
 * to Go's? Covers report/pprof.c, pprof_out.c, heaprows.c,
 * frames.c and facts.c.
 * Not here: names of functions in other kinds of files (test_elf.c).
 */
#include "tests/unit/fake_heap.h"

#include "report/fd.h"
#include "report/pprof.h"
#include "report/profile.pb-c.h"

#include <errno.h>
#include <fnmatch.h>
#include <link.h>
#include <zlib.h>

typedef Perftools__Profiles__Profile profile_t;
typedef Perftools__Profiles__Location location_t;

static uint64_t main_bias;

static int find_bias(struct dl_phdr_info *info, size_t info_bytes, void *unused)
{
	(void)info_bytes;
	(void)unused;
	main_bias = info->dlpi_addr;
	return 1;
}

static void write_file(const char *name, bool allocs, bool names)
{
	int fd = open(scratch_path(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	struct cpa_facts facts = fake_facts(allocs);
	struct cpa_heaprows rows;
	struct cpa_pprof_content content = cpa_heaprows_pprof(&rows, &facts, allocs);
	unsigned long requests = fake_requests;

	errno = 77;
	assert_int_equal(cpa_pprof_write(&facts, &content, names, cpa_fd_to_sink(&fd)), 0);
	assert_int_equal(errno, 77);
	if (FAKE_COUNTS_REQUESTS)
		assert_int_equal(fake_requests, requests);
	close(fd);
}

static profile_t *read_file(const char *name)
{
	static unsigned char bytes[1 << 20];
	gzFile file = gzopen(scratch_path(name), "rb");
	int size_bytes = gzread(file, bytes, sizeof(bytes));
	profile_t *profile;

	assert_int_equal(gzclose(file), Z_OK);
	assert_true(size_bytes > 0);
	profile = perftools__profiles__profile__unpack(NULL, (size_t)size_bytes, bytes);
	assert_non_null(profile);
	return profile;
}

static profile_t *made(bool allocs, bool names)
{
	write_file("x.pb.gz", allocs, names);
	return read_file("x.pb.gz");
}

static const char *text_of(const profile_t *profile, int64_t index)
{
	assert_in_range(index, 0, profile->n_string_table - 1);
	return profile->string_table[index];
}

static const location_t *location_of(const profile_t *profile, uint64_t id)
{
	for (size_t i = 0; i < profile->n_location; i++)
		if (profile->location[i]->id == id)
			return profile->location[i];
	fail_msg("no location %lu", (unsigned long)id);
	return NULL;
}

static const char *function_of(const profile_t *profile, const location_t *location)
{
	if (!location->n_line)
		return NULL;
	assert_int_equal(location->n_line, 1);
	for (size_t i = 0; i < profile->n_function; i++) {
		const Perftools__Profiles__Function *function = profile->function[i];

		if (function->id != location->line[0]->function_id)
			continue;
		assert_int_equal(function->name, function->system_name);
		return text_of(profile, function->name);
	}
	fail_msg("no function %lu", (unsigned long)location->line[0]->function_id);
	return NULL;
}

/* The only sample whose leaf has this pc and whose label says so many bytes. */
static const Perftools__Profiles__Sample *sample_of(
	const profile_t *profile, uint64_t address, int64_t bytes)
{
	const Perftools__Profiles__Sample *found = NULL;

	for (size_t i = 0; i < profile->n_sample; i++) {
		const Perftools__Profiles__Sample *sample = profile->sample[i];

		if (location_of(profile, sample->location_id[0])->address != address ||
			sample->label[0]->num != bytes)
			continue;
		assert_null(found);
		found = sample;
	}
	assert_non_null(found);
	return found;
}

static void check_values(const Perftools__Profiles__Sample *sample, int64_t alloc_objects,
	int64_t alloc_bytes, int64_t inuse_objects, int64_t inuse_bytes)
{
	assert_int_equal(sample->n_value, 4);
	assert_int_equal(sample->value[0], alloc_objects);
	assert_int_equal(sample->value[1], alloc_bytes);
	assert_int_equal(sample->value[2], inuse_objects);
	assert_int_equal(sample->value[3], inuse_bytes);
}

static void test_head(void **unused)
{
	static const char *const types[4][2] = {{"alloc_objects", "count"},
		{"alloc_space", "bytes"}, {"inuse_objects", "count"}, {"inuse_space", "bytes"}};

	(void)unused;
	for (int allocs = 0; allocs < 2; allocs++) {
		profile_t *profile = made(allocs, true);

		assert_string_equal(profile->string_table[0], "");
		assert_int_equal(profile->n_sample_type, 4);
		for (int i = 0; i < 4; i++) {
			assert_string_equal(
				text_of(profile, profile->sample_type[i]->type), types[i][0]);
			assert_string_equal(
				text_of(profile, profile->sample_type[i]->unit), types[i][1]);
		}
		assert_string_equal(text_of(profile, profile->period_type->type), "space");
		assert_string_equal(text_of(profile, profile->period_type->unit), "bytes");
		assert_int_equal(profile->period, 524288);
		assert_int_equal(profile->time_nanos, 1700000000123456789);
		assert_int_equal(profile->duration_nanos, 0);
		assert_string_equal(text_of(profile, profile->default_sample_type),
			allocs ? "alloc_space" : "");
		perftools__profiles__profile__free_unpacked(profile, NULL);
	}
}

static void test_values(void **unused)
{
	profile_t *profile = made(false, true);
	uint64_t one = fake_pc_one - 1 - main_bias, two = fake_pc_two - 1 - main_bias;

	(void)unused;
	assert_int_equal(profile->n_sample, FAKE_ROWS);
	check_values(sample_of(profile, one, 100), 3, 300, 2, 200);
	check_values(sample_of(profile, two, 64), 8, 512, 8, 512);
	check_values(sample_of(profile, two, 4096), 2, 6827, 0, 0);
	check_values(sample_of(profile, fake_pc_anon - 1, 10), 1, 10, 1, 10);
	check_values(sample_of(profile, fake_pc_libc - 1, 7), 1, 7, 1, 7);
	check_values(sample_of(profile, one, 11), 1, 11, 1, 11);
	for (size_t i = 0; i < profile->n_sample; i++) {
		const Perftools__Profiles__Sample *sample = profile->sample[i];

		assert_int_equal(sample->n_location_id, 2);
		assert_int_equal(sample->n_label, 1);
		assert_string_equal(text_of(profile, sample->label[0]->key), "bytes");
		assert_int_equal(sample->label[0]->str, 0);
		assert_int_equal(sample->label[0]->num_unit, 0);
	}
	perftools__profiles__profile__free_unpacked(profile, NULL);
}

static const char *leaf_name(const profile_t *profile, uint64_t address, int64_t bytes)
{
	return function_of(
		profile, location_of(profile, sample_of(profile, address, bytes)->location_id[0]));
}

static void test_names(void **unused)
{
	profile_t *profile = made(false, true);
	uint64_t one = fake_pc_one - 1 - main_bias;
	const location_t *root = location_of(profile, sample_of(profile, one, 100)->location_id[1]);
	const location_t *cut = location_of(profile, sample_of(profile, one, 11)->location_id[1]);

	(void)unused;
	assert_string_equal(leaf_name(profile, one, 100), "fake_leaf_one");
	assert_string_equal(leaf_name(profile, fake_pc_two - 1 - main_bias, 64), "fake_leaf_two");
	assert_string_equal(leaf_name(profile, fake_pc_libc - 1, 7), "a64l");
	assert_string_equal(leaf_name(profile, fake_pc_anon - 1, 10), "[anon]");
	assert_string_equal(function_of(profile, root), "fake_root");
	assert_int_equal(root->address, fake_pc_root - 1 - main_bias);
	assert_string_equal(function_of(profile, cut), "[truncated]");
	assert_int_equal(cut->mapping_id, 0);
	perftools__profiles__profile__free_unpacked(profile, NULL);
}

static void test_mappings(void **unused)
{
	profile_t *profile = made(false, true);
	char exe[512] = "";
	ssize_t exe_bytes = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	const Perftools__Profiles__Mapping *first = profile->mapping[0];

	(void)unused;
	assert_true(exe_bytes > 0);
	assert_string_equal(text_of(profile, first->filename), exe);
	/* Mapping ids in order, and what is used: the program and libc. */
	assert_int_equal(profile->n_mapping, 2);
	assert_int_equal(first->id, 1);
	assert_int_equal(profile->mapping[1]->id, 2);
	assert_non_null(strstr(text_of(profile, profile->mapping[1]->filename), "/libc.so"));
	assert_true(first->memory_start <= fake_pc_one - main_bias);
	assert_true(first->memory_limit > fake_pc_one - main_bias);
	for (size_t i = 0; i < 2; i++) {
		assert_true(profile->mapping[i]->has_functions);
		assert_false(profile->mapping[i]->has_filenames);
		assert_false(profile->mapping[i]->has_line_numbers);
		assert_true(strlen(text_of(profile, profile->mapping[i]->build_id)) >= 32);
	}
	for (size_t i = 0; i < profile->n_location; i++) {
		const location_t *location = profile->location[i];
		const Perftools__Profiles__Mapping *mapping;

		assert_in_range(location->mapping_id, 0, 2);
		if (!location->mapping_id)
			continue;
		mapping = profile->mapping[location->mapping_id - 1];
		assert_in_range(
			location->address, mapping->memory_start, mapping->memory_limit - 1);
	}
	perftools__profiles__profile__free_unpacked(profile, NULL);
}

static void test_without_names(void **unused)
{
	profile_t *profile = made(false, false);
	uint64_t one = fake_pc_one - 1 - main_bias;

	(void)unused;
	assert_null(leaf_name(profile, one, 100));
	assert_null(leaf_name(profile, fake_pc_anon - 1, 10));
	assert_false(profile->mapping[0]->has_functions);
	assert_string_equal(
		function_of(
			profile, location_of(profile, sample_of(profile, one, 11)->location_id[1])),
		"[truncated]");
	perftools__profiles__profile__free_unpacked(profile, NULL);
}

/* Five, because Go's client prints each above its table. What is measured here has four digits or
 * more. */
static void test_comments(void **unused)
{
#define MEASURED "[1-9][0-9][0-9][0-9]*"
	static const char *const wanted[] = {
		"cprofalloc: version=" PACKAGE_VERSION
		" kind=heap program=fake pid=4242 sequence=7 start_ns=1000 rate_bytes=524288",
		"exe: /bin/fake-1.2",
		"sampling: samples=9 frees=2 dropped_store_full=0 stacks_full=0 untracked_region=0 "
		"untracked_arena=0 truncated_stacks=0 failed_unwinds=0 sampling_ns=0 "
		"process_cpu_ns=" MEASURED " own_threads_cpu_ns=0 store_used_bytes=" MEASURED
		" store_limit_bytes=16777216",
		"memory: live_estimate_bytes=740 jemalloc_allocated_bytes=11 "
		"jemalloc_active_bytes=12 jemalloc_dirty_bytes=16 jemalloc_metadata_bytes=17 "
		"jemalloc_resident_bytes=13 jemalloc_mapped_bytes=15 jemalloc_retained_bytes=14 "
		"rss_bytes=" MEASURED " peak_rss_bytes=" MEASURED,
		"note: ?*",
	};
#undef MEASURED
	profile_t *profile = made(false, true);

	(void)unused;
	assert_int_equal(profile->n_comment, CPA_ARRAY_LEN(wanted));
	for (size_t i = 0; i < profile->n_comment; i++) {
		const char *text = text_of(profile, profile->comment[i]);

		if (fnmatch(wanted[i], text, 0) != 0)
			fail_msg("comment %zu is \"%s\", not \"%s\"", i, text, wanted[i]);
	}
	perftools__profiles__profile__free_unpacked(profile, NULL);
}

static int fail_write(void *context, const void *bytes, size_t size_bytes)
{
	(void)context;
	(void)bytes;
	(void)size_bytes;
	return -EDQUOT;
}

static void test_error_of_sink(void **unused)
{
	struct cpa_facts facts = fake_facts(false);
	struct cpa_heaprows rows;
	struct cpa_pprof_content content = cpa_heaprows_pprof(&rows, &facts, false);

	(void)unused;
	assert_int_equal(
		cpa_pprof_write(&facts, &content, true, (struct cpa_fd_sink){.write = fail_write}),
		-EDQUOT);
}

/* Go's own reader: its checks of ids, and the sums it prints. */
static void test_go_reads_it(void **unused)
{
	(void)unused;
	if (scratch_run("command -v go >/dev/null"))
		skip();
	write_file("x.pb.gz", false, true);
	write_file("y.pb.gz", true, true);
	assert_int_equal(
		scratch_run("export HOME=$PWD && go tool pprof -raw x.pb.gz >raw 2>&1"), 0);
	assert_int_equal(scratch_run("grep -Eq '^PeriodType: space bytes' raw"), 0);
	assert_int_equal(scratch_run("grep -Eq '^ +3 +300 +2 +200: ' raw"), 0);
	assert_int_equal(
		scratch_run("export HOME=$PWD && go tool pprof -top -sample_index=inuse_space "
			    "x.pb.gz >top 2>&1 && grep -q '740B total' top && "
			    "grep -Eq '512B .* fake_leaf_two' top && ! grep -q symboliz top"),
		0);
	assert_int_equal(
		scratch_run("export HOME=$PWD && go tool pprof -top y.pb.gz >top 2>&1 && "
			    "grep -q 'Type: alloc_space' top && grep -q '7667B total' top"),
		0);
}

static int begin(void **state)
{
	(void)dl_iterate_phdr(find_bias, NULL);
	return fake_begin(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_mappings),
		cmocka_unit_test(test_without_names),
		cmocka_unit_test(test_comments),
		cmocka_unit_test(test_error_of_sink),
		cmocka_unit_test(test_go_reads_it),
	};

	return cmocka_run_group_tests(tests, begin, scratch_end);
}
