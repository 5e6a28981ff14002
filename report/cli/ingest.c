/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A snapshot as Pyroscope's POST /ingest takes it.
 * Not here: sending it (upload.c), what the server is told of the values (ingest_types.c).
 */
#include "report/cli/ingest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/cli/ingest_types.h"
#include "report/cli/out.h"
#include "report/cli/say.h"
#include "report/cli/symbols.h"
#include "report/profile/encode.h"
#include "report/profile/merge.h"

#define NS_PER_S 1000000000
#define NAME     "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

bool cpa_cli_ingest_is_app(const char *text)
{
	return text[0] != '\0' && text[strspn(text, NAME "-./")] == '\0';
}

/* Names that begin with two underscores are the server's own. */
bool cpa_cli_ingest_is_label(const char *text)
{
	const char *value = strchr(text, '=');
	size_t key_bytes = strspn(text, NAME);

	if (value == NULL || value != text + key_bytes || key_bytes == 0 ||
		(text[0] >= '0' && text[0] <= '9') || strncmp(text, "__", 2) == 0)
		return false;
	for (value++; *value != '\0'; value++)
		if ((unsigned char)*value < ' ' || strchr(",{}\x7f", *value) != NULL)
			return false;
	return true;
}

/* "APP{KEY=VALUE,...}", what is not fit for APP as "_" */
static char *make_name(
	const struct cpa_profile *profile, const struct cpa_cli_ingest_options *options)
{
	const char *app = options->app != NULL ? options->app : cpa_profile_exe(profile);
	char *name = NULL;
	size_t name_bytes, i;
	FILE *file = open_memstream(&name, &name_bytes);

	if (file == NULL)
		return NULL;
	if (app[0] == '\0')
		app = "unknown";
	for (; *app != '\0'; app++)
		putc(strchr(NAME "-./", *app) != NULL ? *app : '_', file);
	putc('{', file);
	for (i = 0; i < options->label_count; i++)
		fprintf(file, "%s%s", i > 0 ? "," : "", options->labels[i]);
	putc('}', file);
	fclose(file);
	return name;
}

/* What runs from the start of the program, or of the profile in it, runs from there in both. */
static bool is_continued(const struct cpa_profile *profile, const struct cpa_profile *base)
{
	static const char *const starts[] = {"pid", "start_ns", "cpu_start_ns"};
	size_t i;

	for (i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (cpa_comments_number(profile, starts[i]) != cpa_comments_number(base, starts[i]))
			return false;
	return base->time_ns <= profile->time_ns;
}

static void clear_values(struct cpa_profile *profile, bool of_counters)
{
	size_t sample, type;

	for (type = 0; type < profile->types.count; type++)
		for (sample = 0; sample < profile->samples.count &&
				 cpa_cli_ingest_types_is_counter(profile, type) == of_counters;
			sample++)
			profile->values.items[sample * profile->types.count + type] = 0;
}

/* A counter does not fall; one whose place was given to another may seem to. */
static void clear_negative(struct cpa_profile *profile)
{
	size_t i;

	for (i = 0; i < profile->values.count; i++)
		if (profile->values.items[i] < 0)
			profile->values.items[i] = 0;
}

/* The size of a sample's blocks keeps equal stacks apart, and the server has no use for labels that
 * are numbers. */
static void drop_numbers(struct cpa_profile *profile)
{
	size_t i;

	for (i = 0; i < profile->samples.count; i++) {
		struct cpa_profile_sample *sample = &profile->samples.items[i];
		struct cpa_profile_label *labels = profile->labels.items + sample->label_begin;
		uint32_t from, kept = 0;

		for (from = 0; from < sample->label_count; from++)
			if (labels[from].str != 0)
				labels[kept++] = labels[from];
		sample->label_count = kept;
	}
}

/* Equal stacks as one, and samples of nothing gone. */
static bool join_equal(struct cpa_profile *profile)
{
	const struct cpa_profile *const all[] = {profile};
	struct cpa_error error = {""};
	struct cpa_profile joined;

	if (cpa_merge_profiles(&joined, all, 1, &error) != 0) {
		cpa_cli_say("%s", error.text);
		return false;
	}
	cpa_profile_done(profile);
	*profile = joined;
	return true;
}

/* How the counters of a profile become what happened in an interval. */
enum begin {
	AT_START, /* they are: it began with the program, or says itself how long it is */
	AT_BASE,  /* by what they were before */
	AT_NONE,  /* not at all: what they were before is gone */
};

static enum begin find_begin(const struct cpa_cli_snapshots *snapshots,
	const struct cpa_cli_snapshot *snapshot, const struct cpa_profile *profile,
	struct cpa_profile *ret_base)
{
	const struct cpa_cli_snapshot *before = cpa_cli_snapshots_before(snapshots, snapshot);
	enum begin begin = snapshot->sequence == 1 ? AT_START : AT_NONE;
	char *path;

	if (snapshot->series == NULL)
		return profile->duration_ns > 0 ? AT_START : AT_NONE;
	if (before == NULL || !cpa_cli_snapshots_is_there(snapshots, before))
		return begin;
	path = cpa_cli_snapshots_path(snapshots, before);
	if (!cpa_cli_out_load(ret_base, path)) {
		begin = AT_NONE;
	} else if (is_continued(profile, ret_base)) {
		begin = AT_BASE;
	} else {
		/* A process that got the pid of an earlier one goes on with its numbers. */
		begin = before->sequence == snapshot->sequence - 1 ? AT_START : AT_NONE;
		cpa_profile_done(ret_base);
	}
	free(path);
	return begin;
}

static bool subtract(struct cpa_profile *profile, struct cpa_profile *base, int64_t *ret_begin_ns)
{
	struct cpa_error error = {""};
	int64_t time_ns = profile->time_ns;
	bool is_good;

	*ret_begin_ns = base->time_ns;
	clear_values(base, false);
	drop_numbers(base);
	is_good = cpa_merge_subtract(profile, base, false, false, &error) == 0;
	if (!is_good)
		cpa_cli_say("%s", error.text);
	clear_negative(profile);
	profile->time_ns = time_ns;
	cpa_profile_done(base);
	return is_good;
}

/* The counters as growth; false with a line on stderr. */
static bool take_interval(struct cpa_cli_ingest *ingest, struct cpa_profile *profile,
	const struct cpa_cli_snapshots *snapshots, const struct cpa_cli_snapshot *snapshot)
{
	struct cpa_profile base = {0};
	enum begin begin = find_begin(snapshots, snapshot, profile, &base);
	int64_t start_ns = cpa_comments_number(profile, "start_ns"), begin_ns = profile->time_ns;
	bool is_good = true;

	drop_numbers(profile);
	if (begin == AT_BASE)
		is_good = subtract(profile, &base, &begin_ns);
	else if (profile->duration_ns > 0)
		begin_ns = profile->time_ns - profile->duration_ns;
	else if (begin == AT_START && start_ns > 0 && start_ns < profile->time_ns)
		begin_ns = start_ns;
	if (begin == AT_NONE) {
		ingest->lacks_begin = cpa_cli_ingest_types_has_counter(profile);
		clear_values(profile, true);
	}
	if (begin != AT_BASE)
		is_good = join_equal(profile);
	profile->duration_ns = profile->time_ns - begin_ns;
	ingest->from_s = begin_ns / NS_PER_S;
	ingest->until_s = profile->time_ns / NS_PER_S + 1;
	return is_good;
}

static bool encode(
	struct cpa_cli_ingest *ingest, const struct cpa_profile *profile, const char *path)
{
	struct cpa_error error = {""};
	FILE *file = open_memstream(&ingest->profile, &ingest->profile_bytes);
	int result = file != NULL ? cpa_encode_profile(profile, file, &error) : -ENOMEM;

	if (file != NULL && fclose(file) != 0)
		result = -errno;
	if (result != 0)
		cpa_cli_say("%s: %s", path, error.text[0] != '\0' ? error.text : strerror(-result));
	return result == 0;
}

bool cpa_cli_ingest_init(struct cpa_cli_ingest *ret_ingest,
	const struct cpa_cli_snapshots *snapshots, const struct cpa_cli_snapshot *snapshot,
	const struct cpa_cli_ingest_options *options)
{
	char *path = cpa_cli_snapshots_path(snapshots, snapshot);
	struct cpa_profile profile;
	bool is_good = cpa_cli_out_load(&profile, path);

	*ret_ingest = (struct cpa_cli_ingest){0};
	if (is_good) {
		ret_ingest->name = make_name(&profile, options);
		ret_ingest->types =
			cpa_cli_ingest_types_describe(&profile, &ret_ingest->types_bytes);
		is_good = ret_ingest->name != NULL && ret_ingest->types != NULL &&
			  take_interval(ret_ingest, &profile, snapshots, snapshot);
		cpa_cli_ingest_types_rename(&profile);
		if (is_good)
			cpa_cli_symbols_add(&profile, options->symbolize, false);
		is_good = is_good && encode(ret_ingest, &profile, path);
		cpa_profile_done(&profile);
	}
	if (!is_good)
		cpa_cli_ingest_done(ret_ingest);
	free(path);
	return is_good;
}

void cpa_cli_ingest_done(struct cpa_cli_ingest *ingest)
{
	free(ingest->name);
	free(ingest->profile);
	free(ingest->types);
	*ingest = (struct cpa_cli_ingest){0};
}
