/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Pyroscope is told of the values of a profile.
 * Not here: the profile (ingest.c).
 */
#include "report/cli/ingest_types.h"

#include <stdio.h>
#include <stdlib.h>

struct kind {
	const char *type;
	const char *profile; /* of this kind only; NULL: any */
	const char *units, *shown;
	bool is_counter;
	bool is_sampled; /* counts at a rate: a sample of the CPU is worth one period */
};

/* What the server makes of each: the names it shows are those of Go programs. */
static const struct kind kinds[] = {
	{"alloc_objects", NULL, "objects", "alloc_objects", true, false},
	{"alloc_space", NULL, "bytes", "alloc_space", true, false},
	{"inuse_objects", NULL, "objects", "inuse_objects", false, false},
	{"inuse_space", NULL, "bytes", "inuse_space", false, false},
	{"samples", NULL, "samples", "cpu", true, true},
	{"cpu", NULL, "samples", "cpu", true, false},
	{"contentions", "block", "lock_samples", "block_count", true, false},
	{"delay", "block", "lock_nanoseconds", "block_duration", true, false},
	{"contentions", NULL, "lock_samples", "mutex_count", true, false},
	{"delay", NULL, "lock_nanoseconds", "mutex_duration", true, false},
	{"goroutine", NULL, "goroutines", "goroutines", false, false},
	{"threadcreate", NULL, "objects", "threadcreate", true, false},
};

static const char *type_name(const struct cpa_profile *profile, size_t type)
{
	return cpa_profile_string(profile, profile->types.items[type].type);
}

/* NULL: a type of the program's own. */
static const struct kind *find_kind(const struct cpa_profile *profile, size_t type)
{
	const char *name = type_name(profile, type), *kind = cpa_comments_get(profile, "kind");
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kinds[i].type, name) == 0 &&
			(kinds[i].profile == NULL ||
				(kind != NULL && strcmp(kinds[i].profile, kind) == 0)))
			return &kinds[i];
	return NULL;
}

bool cpa_cli_ingest_types_is_counter(const struct cpa_profile *profile, size_t type)
{
	const struct kind *kind = find_kind(profile, type);

	return kind != NULL && kind->is_counter;
}

bool cpa_cli_ingest_types_has_counter(const struct cpa_profile *profile)
{
	size_t i;

	for (i = 0; i < profile->types.count; i++)
		if (cpa_cli_ingest_types_is_counter(profile, i))
			return true;
	return false;
}

static char fit_letter(char letter)
{
	bool is_fit = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
		      (letter >= '0' && letter <= '9');

	return is_fit ? letter : '_';
}

static void fit_name(struct cpa_profile *profile, uint32_t string)
{
	char *at = profile->text.items + profile->strings.items[string];

	for (; *at != '\0'; at++)
		*at = fit_letter(*at);
}

void cpa_cli_ingest_types_rename(struct cpa_profile *profile)
{
	size_t i;

	for (i = 0; i < profile->types.count; i++)
		fit_name(profile, profile->types.items[i].type);
	fit_name(profile, profile->period_type.type);
}

static void put_name(FILE *file, const char *name)
{
	putc('"', file);
	for (; *name != '\0'; name++)
		putc(fit_letter(*name), file);
	putc('"', file);
}

char *cpa_cli_ingest_types_describe(const struct cpa_profile *profile, size_t *ret_bytes)
{
	static const struct kind own = {.units = "objects"};
	char *text = NULL;
	FILE *file = open_memstream(&text, ret_bytes);
	size_t i;

	if (file == NULL)
		return NULL;
	for (i = 0; i < profile->types.count; i++) {
		const char *name = type_name(profile, i);
		const struct kind *kind = find_kind(profile, i);

		if (kind == NULL)
			kind = &own;
		putc(i == 0 ? '{' : ',', file);
		put_name(file, name);
		fprintf(file, ":{\"units\":\"%s\",\"aggregation\":\"%s\",\"sampled\":%s,",
			kind->units, kind->is_counter ? "sum" : "average",
			kind->is_sampled ? "true" : "false");
		fputs("\"display-name\":", file);
		put_name(file, kind->shown != NULL ? kind->shown : name);
		putc('}', file);
	}
	fputs(i == 0 ? "{}" : "}", file);
	if (fclose(file) == 0)
		return text;
	free(text);
	return NULL;
}
