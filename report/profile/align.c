/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What several profiles count in common.
 * Not here: what units mean (scale.c), adding the values (sum.c).
 */
#include "report/profile/align.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/profile/scale.h"

/* "standard input", or the file's name. */
static const char *name_of(const struct cpa_profile *profile)
{
	if (profile->path == NULL || strcmp(profile->path, "-") == 0)
		return "standard input";
	return profile->path;
}

/* "inuse_space, cpu": what a profile counts, for an error message. */
static const char *list_types(const struct cpa_profile *profile, char *to, size_t to_bytes)
{
	size_t i, used = 0;

	to[0] = '\0';
	for (i = 0; i < profile->types.count && used + 1 < to_bytes; i++) {
		int part = snprintf(to + used, to_bytes - used, "%s%.40s", i > 0 ? ", " : "",
			cpa_profile_string(profile, profile->types.items[i].type));

		used += part > 0 ? (size_t)part : 0;
	}
	return to[0] != '\0' ? to : "nothing";
}

static int align_periods(struct cpa_align *align, const struct cpa_profile *const *profiles,
	size_t count, struct cpa_error *error)
{
	const char *type = cpa_profile_string(profiles[0], profiles[0]->period_type.type);
	size_t i;

	align->period_unit = cpa_profile_string(profiles[0], profiles[0]->period_type.unit);
	for (i = 1; i < count; i++) {
		const char *this_type =
			cpa_profile_string(profiles[i], profiles[i]->period_type.type);
		const char *unit = cpa_profile_string(profiles[i], profiles[i]->period_type.unit);
		double ratio = cpa_scale_ratio(unit, align->period_unit);

		if (strcmp(this_type, type) != 0 || ratio == 0)
			return cpa_error_set(error,
				"%.100s samples \"%.40s\" in \"%.40s\", but %.100s \"%.40s\" in "
				"\"%.40s\"; they cannot be added",
				name_of(profiles[i]), this_type, unit, name_of(profiles[0]), type,
				align->period_unit);
		if (ratio < 1)
			align->period_unit = unit;
	}
	for (i = 0; i < count; i++)
		align->period_ratios[i] = cpa_scale_ratio(
			cpa_profile_string(profiles[i], profiles[i]->period_type.unit),
			align->period_unit);
	return 0;
}

/* The first profile's type number type in all profiles: false when one has none. */
static bool find_column(struct cpa_align *align, const struct cpa_profile *const *profiles,
	size_t count, size_t type)
{
	const char *name = cpa_profile_string(profiles[0], profiles[0]->types.items[type].type);
	size_t i;

	for (i = 0; i < count; i++) {
		/* Of two types with one name the same one of each is meant. */
		int at = i == 0 ? (int)type : cpa_profile_type_named(profiles[i], name);

		if (i > 0 && type < profiles[i]->types.count &&
			strcmp(name, cpa_profile_string(profiles[i],
					     profiles[i]->types.items[type].type)) == 0)
			at = (int)type;
		if (at < 0)
			return false;
		/* Laid out as if all types of the first were common, and moved together later. */
		align->columns[i * profiles[0]->types.count + align->type_count].type =
			(uint32_t)at;
	}
	return true;
}

static const char *unit_of(const struct cpa_profile *profile, uint32_t type)
{
	return cpa_profile_string(profile, profile->types.items[type].unit);
}

static int align_units(struct cpa_align *align, const struct cpa_profile *const *profiles,
	size_t count, size_t type, struct cpa_error *error)
{
	struct cpa_align_column *columns = align->columns + type;
	const char *finest = unit_of(profiles[0], columns->type);
	size_t i;

	for (i = 1; i < count; i++) {
		const char *unit = unit_of(profiles[i], columns[i * align->type_count].type);
		double ratio = cpa_scale_ratio(unit, finest);

		if (ratio == 0)
			return cpa_error_set(error,
				"%.100s has %.40s in \"%.40s\", but %.100s in \"%.40s\"; they "
				"cannot be added",
				name_of(profiles[i]),
				cpa_profile_string(
					profiles[0], profiles[0]->types.items[columns->type].type),
				unit, name_of(profiles[0]), finest);
		if (ratio < 1)
			finest = unit;
	}
	align->units[type] = finest;
	for (i = 0; i < count; i++)
		columns[i * align->type_count].ratio = cpa_scale_ratio(
			unit_of(profiles[i], columns[i * align->type_count].type), finest);
	return 0;
}

static int align_types(struct cpa_align *align, const struct cpa_profile *const *profiles,
	size_t count, struct cpa_error *error)
{
	size_t first_count = profiles[0]->types.count, i, type;
	char theirs[200], first[200];

	for (type = 0; type < first_count; type++)
		align->type_count += find_column(align, profiles, count, type);
	for (i = 1; i < count; i++)
		memmove(align->columns + i * align->type_count, align->columns + i * first_count,
			align->type_count * sizeof(*align->columns));
	/* Profiles of nothing may be added. */
	for (i = 1; i < count && align->type_count == 0; i++)
		if (first_count + profiles[i]->types.count > 0)
			return cpa_error_set(error,
				"%.100s counts %s, but %.100s %s; they cannot be added",
				name_of(profiles[i]),
				list_types(profiles[i], theirs, sizeof(theirs)),
				name_of(profiles[0]),
				list_types(profiles[0], first, sizeof(first)));
	for (type = 0; type < align->type_count; type++)
		if (align_units(align, profiles, count, type, error) != 0)
			return -EINVAL;
	return 0;
}

int cpa_align_init(struct cpa_align *ret_align, const struct cpa_profile *const *profiles,
	size_t count, struct cpa_error *error)
{
	size_t type_count = profiles[0]->types.count;

	memset(ret_align, 0, sizeof(*ret_align));
	ret_align->columns = cpa_memory_new(count * type_count, sizeof(*ret_align->columns));
	ret_align->units = cpa_memory_new(type_count, sizeof(*ret_align->units));
	ret_align->period_ratios = cpa_memory_new(count, sizeof(*ret_align->period_ratios));
	if (align_periods(ret_align, profiles, count, error) == 0 &&
		align_types(ret_align, profiles, count, error) == 0)
		return 0;
	cpa_align_done(ret_align);
	return -EINVAL;
}

void cpa_align_done(struct cpa_align *align)
{
	free(align->columns);
	free(align->units);
	free(align->period_ratios);
	memset(align, 0, sizeof(*align));
}
