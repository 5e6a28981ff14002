/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A profile in memory: small questions to it, and its end.
 * Not here: reading it (read.c).
 */
#include "report/profile/profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/profile/clean.h"

void cpa_profile_done(struct cpa_profile *profile)
{
	size_t i;

	for (i = 0; i < profile->functions.count; i++)
		free(profile->functions.items[i].display);
	free(profile->path);
	free(profile->strings.items);
	free(profile->text.items);
	free(profile->types.items);
	free(profile->samples.items);
	free(profile->values.items);
	free(profile->locs.items);
	free(profile->labels.items);
	free(profile->locations.items);
	free(profile->lines.items);
	free(profile->functions.items);
	free(profile->mappings.items);
	free(profile->comments.items);
	cpa_comments_done(&profile->said);
	memset(profile, 0, sizeof(*profile));
}

int cpa_profile_type_named(const struct cpa_profile *profile, const char *name)
{
	size_t i;

	for (i = 0; i < profile->types.count; i++)
		if (strcmp(cpa_profile_string(profile, profile->types.items[i].type), name) == 0)
			return (int)i;
	return -1;
}

static int refuse_type(const struct cpa_profile *profile, const char *name, struct cpa_error *error)
{
	char known[256] = "";
	size_t i, used = 0;

	for (i = 0; i < profile->types.count && used < sizeof(known) - 1; i++) {
		const char *type = cpa_profile_string(profile, profile->types.items[i].type);
		size_t length = strnlen(type, 64);

		if (used + length + 3 > sizeof(known))
			break;
		if (used > 0) {
			memcpy(known + used, ", ", 2);
			used += 2;
		}
		memcpy(known + used, type, length);
		used += length;
		known[used] = '\0';
	}
	return cpa_error_set(error, "has no sample type \"%s\"; it has %s", name, known);
}

int cpa_profile_type(const struct cpa_profile *profile, const char *name, struct cpa_error *error)
{
	char *end;
	long number;
	int type;

	if (profile->types.count == 0)
		return cpa_error_set(error, "has no sample types, so nothing to show");
	if (name[0] == '\0') {
		type = cpa_profile_type_named(
			profile, cpa_profile_string(profile, profile->default_type));
		if (profile->default_type != 0 && type >= 0)
			return type;
		return (int)profile->types.count - 1;
	}
	type = cpa_profile_type_named(profile, name);
	if (type < 0 && strncmp(name, "inuse_", 6) == 0)
		type = cpa_profile_type_named(profile, name + 6);
	if (type >= 0)
		return type;
	number = strtol(name, &end, 10);
	if (*end == '\0' && number >= 0 && (size_t)number < profile->types.count)
		return (int)number;
	return refuse_type(profile, name, error);
}

int64_t cpa_profile_total(const struct cpa_profile *profile, size_t type)
{
	int64_t total = 0;
	size_t i;

	for (i = 0; i < profile->samples.count; i++)
		/* Sums wrap as Go's do; no real profile comes near. */
		total = (int64_t)((uint64_t)total + (uint64_t)cpa_profile_value(profile, i, type));
	return total;
}

int64_t cpa_profile_block_bytes(
	const struct cpa_profile *profile, const struct cpa_profile_sample *sample)
{
	uint32_t i;

	for (i = 0; i < sample->label_count; i++) {
		const struct cpa_profile_label *label =
			&profile->labels.items[sample->label_begin + i];

		if (label->str == 0 && label->num > 0 &&
			strcmp(cpa_profile_string(profile, label->key), "bytes") == 0)
			return label->num;
	}
	return 0;
}

const char *cpa_profile_exe(const struct cpa_profile *profile)
{
	const char *program = cpa_comments_get(profile, "program"), *file = "";

	if (program != NULL && program[0] != '\0')
		return program;
	if (profile->mappings.count > 0)
		file = cpa_profile_string(profile, profile->mappings.items[0].file);
	if (file[0] == '\0') {
		file = cpa_comments_get(profile, "exe");
		if (file == NULL)
			return "";
	}
	return cpa_clean_base(file);
}
