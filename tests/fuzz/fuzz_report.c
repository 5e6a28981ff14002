/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a profile, through all that reports do with one: read, drop and filter frames, add
 * up, subtract, write and read again, table, graph, diff, tree, listing. libFuzzer calls it; the
 * sanitizers judge.
 * Not here: where inputs come from (corpus.py), the run (run).
 *
 * The first byte of an input is no part of the profile: it chooses what is done with it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "report/analysis/diff.h"
#include "report/profile/encode.h"
#include "report/analysis/filter.h"
#include "report/graph/graph.h"
#include "report/graph/listing.h"
#include "report/profile/merge.h"
#include "report/profile/read.h"
#include "report/graph/stacktree.h"
#include "report/graph/table.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t byte_count);

static void must(bool is_true, const char *what)
{
	if (is_true)
		return;
	fprintf(stderr, "fuzz_report: %s\n", what);
	abort();
}

/* A file in memory that the reader can open by name. */
static int memory = -1;

static void empty_memory(void)
{
	if (memory < 0)
		memory = memfd_create("fuzz_report", MFD_CLOEXEC);
	must(memory >= 0 && ftruncate(memory, 0) == 0 && lseek(memory, 0, SEEK_SET) == 0, "memfd");
}

static bool read_memory(struct cpa_profile *profile)
{
	struct cpa_error error = {""};
	char path[64];
	bool is_read;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", memory);
	is_read = cpa_read_profile(profile, path, &error) == 0;
	must(is_read == (error.text[0] == '\0'), "no cause, or a cause without an error");
	must(strchr(error.text, '\n') == NULL, "a cause of more than one line");
	return is_read;
}

/* What was written is read again, and is the same to the last value. */
static void round_trip(const struct cpa_profile *profile)
{
	struct cpa_error error = {""};
	struct cpa_profile again;
	FILE *file;
	size_t i;

	empty_memory();
	file = fdopen(dup(memory), "w");
	must(file != NULL && cpa_encode_profile(profile, file, &error) == 0, "not written");
	fclose(file);
	must(read_memory(&again), "what we wrote is not read");
	must(again.samples.count == profile->samples.count, "samples are lost");
	must(again.locations.count == profile->locations.count, "locations are lost");
	must(again.values.count == profile->values.count, "values are lost");
	for (i = 0; i < profile->values.count; i++)
		must(again.values.items[i] == profile->values.items[i], "a value has changed");
	cpa_profile_done(&again);
}

/* One file twice is twice its sum; less itself, nothing is left. */
static void add(const struct cpa_profile *profile, unsigned choice)
{
	const struct cpa_profile *const both[] = {profile, profile};
	struct cpa_profile sum;
	struct cpa_error error = {""};
	size_t type;

	must(cpa_merge_profiles(&sum, both, 2, &error) == 0, "a profile does not fit itself");
	for (type = 0; type < sum.types.count; type++)
		must((uint64_t)cpa_profile_total(&sum, type) ==
				2 * (uint64_t)cpa_profile_total(profile, type),
			"the sum is wrong");
	round_trip(&sum);
	must(cpa_merge_subtract(&sum, profile, (choice & 1) != 0, (choice & 2) != 0, &error) == 0,
		"a profile does not fit its double");
	round_trip(&sum);
	if ((choice & 3) == 0) {
		must(cpa_merge_subtract(&sum, profile, false, false, &error) == 0, "and again");
		must(sum.samples.count == 0 && sum.locations.count == 0, "something is left");
	}
	cpa_profile_done(&sum);
}

static void filter(struct cpa_profile *profile, unsigned choice)
{
	static const struct cpa_filter filters[] = {
		{.focus = "main", .ignore = "^x"},
		{.show = "a", .hide = "b"},
		{.show_from = "m", .prune_from = "leaf"},
		{.tagfocus = "bytes=1:1000", .tagignore = "who=me"},
		{.tagshow = "bytes", .taghide = "who"},
		{.focus = "(a+)+$"},
		{.tagfocus = "1kb:"},
	};
	struct cpa_error error = {""};

	if (cpa_filter_apply(profile, &filters[choice % CPA_ARRAY_LEN(filters)], &error) != 0)
		must(error.text[0] != '\0', "no cause");
}

static void report(const struct cpa_profile *profile, size_t type, unsigned choice)
{
	enum cpa_nodes_by by = (enum cpa_nodes_by)(choice % (CPA_NODES_BY_ADDRESS + 1));
	struct cpa_graph_options options = {
		.by = by,
		.no_inlines = (choice & 8) != 0,
		.sort_by_cum = (choice & 16) != 0,
		.is_visual = (choice & 32) != 0,
		.drop_negative = (choice & 64) != 0,
		.is_mean = (choice & 128) != 0,
		.node_count = (choice & 4) != 0 ? 3 : 0,
		.node_fraction = 0.005,
		.edge_fraction = 0.001,
	};
	struct cpa_table table;
	struct cpa_graph graph;
	struct cpa_diff diff;
	struct cpa_error error = {""};

	cpa_table_init(&table, profile, type, by, (choice & 1) != 0);
	cpa_table_done(&table);
	cpa_graph_init(&graph, profile, type, &options);
	cpa_graph_done(&graph);
	if (cpa_diff_init(&diff, profile, profile,
		    &(struct cpa_diff_options){.type_name = "", .by = by}, &error) == 0)
		cpa_diff_done(&diff);
}

/* What flame and list make of it. */
static void draw(const struct cpa_profile *profile, size_t type, unsigned choice)
{
	struct cpa_stacktree_options options = {
		.by = (enum cpa_nodes_by)(choice % (CPA_NODES_BY_ADDRESS + 1)),
		.no_inlines = (choice & 8) != 0,
		.normalizes = (choice & 16) != 0,
		.is_one_process = (choice & 32) != 0,
	};
	struct cpa_stacktree tree;
	struct cpa_listing listing;
	struct cpa_pattern wanted;
	struct cpa_error error = {""};

	cpa_stacktree_init(&tree, profile, (choice & 64) != 0 ? profile : NULL, &options);
	cpa_stacktree_prune(&tree, 0.01, (choice & 128) != 0 ? 5 : 0);
	cpa_stacktree_done(&tree);
	must(cpa_pattern_init(&wanted, "a|m", &error) == 0, "a pattern");
	cpa_listing_init(&listing, profile, type, options.no_inlines, &wanted);
	cpa_listing_done(&listing);
	cpa_pattern_done(&wanted);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t byte_count)
{
	struct cpa_profile profile;
	struct cpa_error error = {""};
	unsigned choice;
	int type;

	if (byte_count == 0)
		return -1;
	choice = bytes[0];
	empty_memory();
	must(write(memory, bytes + 1, byte_count - 1) == (ssize_t)byte_count - 1, "write");
	if (!read_memory(&profile))
		return 0;
	round_trip(&profile);
	add(&profile, choice);
	type = cpa_profile_type(&profile, "", &error);
	if (type >= 0) {
		report(&profile, (size_t)type, choice);
		draw(&profile, (size_t)type, choice);
		filter(&profile, choice);
		report(&profile, (size_t)type, choice);
		round_trip(&profile);
	}
	cpa_profile_done(&profile);
	return 0;
}
