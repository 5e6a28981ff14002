/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Functions, source lines and inlined frames for the addresses of a profile, mapping by mapping.
 * Not here: where a debug file is (debugfile.c), reading DWARF (dwarf.c), the cache (symcache.c),
 * changing the profile (apply.c).
 */
#include "report/symbols/symbolize.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/symbols/apply.h"
#include "report/symbols/debugfile.h"
#include "report/symbols/dwarf.h"
#include "report/symbols/parallel.h"
#include "report/symbols/symcache.h"
#include "report/symbols/symtab.h"

/* One mapping with locations that want something. */
struct job {
	struct cpa_profile *profile;
	const struct cpa_symbolize_options *options;
	const struct cpa_profile_mapping *mapping;
	const char *path, *build_id;
	const uint32_t *locations; /* [count] */
	size_t count;
	struct cpa_symbolize_mapping *told;
	struct cpa_answers answers; /* of the cache, then of the file too */
	struct cpa_elffile_layout layout;
	bool is_to_keep; /* in the cache */
	struct cpa_apply *apply;
};

static bool has_line(const struct cpa_profile *profile, const struct cpa_profile_location *location)
{
	const struct cpa_profile_line *line;

	if (location->line_count == 0)
		return false;
	line = &profile->lines.items[location->line_begin];
	return line->line > 0 && line->function != CPA_PROFILE_NONE;
}

/* Names that the kernel or a library gave to memory that is no file. */
static bool is_file(const char *path)
{
	return path[0] != '\0' && path[0] != '[' && strncmp(path, "linux-vdso", 10) != 0 &&
	       strncmp(path, "/dev/", 5) != 0 && strncmp(path, "//anon", 6) != 0 &&
	       strncmp(path, "/memfd:", 7) != 0;
}

static void tell(struct job *job, enum cpa_symbolize_result result, const char *detail)
{
	job->told->result = result;
	snprintf(job->told->detail, sizeof(job->told->detail), "%s", detail);
}

static int compare_vaddrs(const void *left, const void *right)
{
	const uint64_t *l = left, *r = right;

	return (*l > *r) - (*l < *r);
}

/* The addresses that answers does not have yet, ascending, each once. Freed with free(). */
static uint64_t *collect_vaddrs(const struct job *job, size_t *ret_count)
{
	uint64_t *vaddrs = cpa_memory_new(job->count, sizeof(*vaddrs));
	size_t i, count = 0, unique_count = 0;

	for (i = 0; i < job->count; i++) {
		const struct cpa_profile_location *location =
			&job->profile->locations.items[job->locations[i]];

		if (cpa_elffile_vaddr(&job->layout, job->mapping, location->addr, &vaddrs[count]) &&
			cpa_answers_find(&job->answers, vaddrs[count]) == NULL)
			count++;
	}
	if (count > 1)
		qsort(vaddrs, count, sizeof(*vaddrs), compare_vaddrs);
	for (i = 0; i < count; i++)
		if (i == 0 || vaddrs[i] != vaddrs[i - 1])
			vaddrs[unique_count++] = vaddrs[i];
	*ret_count = unique_count;
	return vaddrs;
}

/* For dwarf.c, which does not know the file's name. */
struct forward {
	const struct job *job;
	const char *path;
};

static void forward_progress(void *context, size_t done, size_t total)
{
	const struct forward *forward = context;
	const struct cpa_symbolize_options *options = forward->job->options;

	options->progress(options->progress_context, forward->path, done, total);
}

/* Ask the files for the addresses that are not answered yet. */
static void ask_files(
	struct job *job, const struct cpa_debugfile *found, const uint64_t *vaddrs, size_t count)
{
	const struct cpa_elffile *file = cpa_debugfile_dwarf(found);
	const char **names = cpa_memory_new(count, sizeof(*names));
	struct forward forward = {.job = job, .path = file->path};
	struct cpa_dwarf_options options = {.symbol_names = names,
		.progress = job->options->progress != NULL ? forward_progress : NULL,
		.progress_context = &forward};
	size_t lined_count;
	bool is_complete;

	cpa_symtab_find(cpa_debugfile_symtab(found), vaddrs, count, names);
	is_complete = cpa_dwarf_find(&job->answers, file, vaddrs, count, &options, &lined_count);
	cpa_answers_sort(&job->answers);
	free(names);
	tell(job, file->has_dwarf && lined_count > 0 ? CPA_SYMBOLIZE_LINES : CPA_SYMBOLIZE_NAMES,
		file->path);
	/* Names alone are found quickly, and a debug file may come tomorrow. */
	job->is_to_keep = job->options->use_cache && is_complete && file->has_dwarf;
}

/* True when the cache answers all addresses: then the file is not even looked for. */
static bool ask_cache(struct job *job)
{
	uint64_t *vaddrs;
	size_t count;

	if (!job->options->use_cache || job->build_id[0] == '\0')
		return false;
	cpa_answers_done(&job->answers);
	if (!cpa_symcache_load(job->build_id, &job->answers, &job->layout))
		return false;
	vaddrs = collect_vaddrs(job, &count);
	free(vaddrs);
	if (count > 0)
		return false;
	tell(job, CPA_SYMBOLIZE_LINES, job->path);
	return true;
}

static void apply_answers(struct job *job)
{
	size_t i;
	uint64_t vaddr;

	cpa_apply_begin(job->apply, &job->answers);
	for (i = 0; i < job->count; i++) {
		uint64_t addr = job->profile->locations.items[job->locations[i]].addr;
		const struct cpa_answers_place *place;

		if (!cpa_elffile_vaddr(&job->layout, job->mapping, addr, &vaddr))
			continue;
		place = cpa_answers_find(&job->answers, vaddr);
		if (place != NULL)
			cpa_apply_place(job->apply, place, job->locations[i], job->told);
	}
}

/* Both only read the answers. */
static void use_answers(void *context, size_t part)
{
	struct job *job = context;

	if (part == 0)
		apply_answers(job);
	else
		cpa_symcache_store(job->build_id, &job->answers, &job->layout);
}

static void do_job(struct job *job)
{
	struct cpa_debugfile found;
	uint64_t *vaddrs;
	size_t count;

	if (!is_file(job->path)) {
		tell(job, CPA_SYMBOLIZE_NOT_A_FILE, job->path);
		return;
	}
	cpa_answers_init(&job->answers);
	if (!ask_cache(job)) {
		if (cpa_debugfile_find(&found, job->path, job->build_id, job->options->paths)) {
			job->layout = *cpa_debugfile_layout(&found);
			vaddrs = collect_vaddrs(job, &count);
			ask_files(job, &found, vaddrs, count);
			free(vaddrs);
		} else {
			tell(job, found.result, found.detail);
		}
		cpa_debugfile_done(&found);
	}
	cpa_parallel_run(job->is_to_keep ? 2 : 1, use_answers, job);
	cpa_answers_done(&job->answers);
}

/* What is true of a mapping's locations now. */
static void set_flags(struct cpa_profile *profile)
{
	size_t i;

	for (i = 0; i < profile->locations.count; i++) {
		const struct cpa_profile_location *location = &profile->locations.items[i];
		struct cpa_profile_mapping *mapping;
		uint32_t k;

		if (location->mapping == CPA_PROFILE_NONE)
			continue;
		mapping = &profile->mappings.items[location->mapping];
		mapping->has_inline_frames |= location->line_count > 1;
		for (k = 0; k < location->line_count; k++) {
			const struct cpa_profile_line *line =
				&profile->lines.items[location->line_begin + k];

			if (line->function == CPA_PROFILE_NONE)
				continue;
			mapping->has_functions = true;
			mapping->has_line_numbers |= line->line > 0;
			mapping->has_filenames |=
				profile->functions.items[line->function].file != 0;
		}
	}
}

/*
 * The locations that want something, those of one mapping together: locations[begins[m] ..
 * begins[m + 1]). Freed with free(), both.
 */
static uint32_t *collect_locations(
	const struct cpa_profile *profile, bool is_forced, size_t **ret_begins)
{
	size_t *begins = cpa_memory_new(profile->mappings.count + 2, sizeof(*begins)), i;
	uint32_t *locations = cpa_memory_new(profile->locations.count + 1, sizeof(*locations));
	int pass;

	/* Counted into the place behind the next one, so that the second pass leaves beginnings. */
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < profile->locations.count; i++) {
			const struct cpa_profile_location *location = &profile->locations.items[i];

			if (location->mapping == CPA_PROFILE_NONE || location->addr == 0 ||
				(!is_forced && (profile->mappings.items[location->mapping]
							       .has_line_numbers ||
						       has_line(profile, location))))
				continue;
			if (pass == 0)
				begins[location->mapping + 2]++;
			else
				locations[begins[location->mapping + 1]++] = (uint32_t)i;
		}
		for (i = 2; pass == 0 && i < profile->mappings.count + 2; i++)
			begins[i] += begins[i - 1];
	}
	*ret_begins = begins;
	return locations;
}

void cpa_symbolize_profile(struct cpa_profile *profile, const struct cpa_symbolize_options *options,
	struct cpa_symbolize_report *ret_report)
{
	size_t mapping, *begins;
	uint32_t *locations = collect_locations(profile, options->force, &begins);
	struct cpa_apply apply;

	ret_report->mapping_count = 0;
	ret_report->mappings =
		cpa_memory_new(profile->mappings.count + 1, sizeof(*ret_report->mappings));
	cpa_apply_init(&apply, profile);
	for (mapping = 0; mapping < profile->mappings.count; mapping++) {
		const struct cpa_profile_mapping *of = &profile->mappings.items[mapping];
		struct cpa_symbolize_mapping *told =
			&ret_report->mappings[ret_report->mapping_count];
		struct job job = {.profile = profile,
			.options = options,
			.mapping = of,
			.locations = locations + begins[mapping],
			.count = begins[mapping + 1] - begins[mapping],
			.told = told,
			.apply = &apply};

		if (job.count == 0)
			continue;
		ret_report->mapping_count++;
		told->mapping = (uint32_t)mapping;
		told->addr_count = job.count;
		/* Copies: the profile's strings move as new ones come. */
		job.path = strdup(cpa_profile_string(profile, of->file));
		job.build_id = strdup(cpa_profile_string(profile, of->build_id));
		do_job(&job);
		free((char *)job.path);
		free((char *)job.build_id);
	}
	if (ret_report->mapping_count > 0) {
		cpa_apply_finish(&apply);
		set_flags(profile);
	}
	cpa_apply_done(&apply);
	free(locations);
	free(begins);
}

void cpa_symbolize_report_done(struct cpa_symbolize_report *report)
{
	free(report->mappings);
	report->mappings = NULL;
	report->mapping_count = 0;
}
