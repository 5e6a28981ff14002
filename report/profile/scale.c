/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One measure in another unit, by the rules of Go's client.
 * Not here: numbers as people read them (units.c).
 */
#include "report/profile/scale.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/compiler.h"

struct unit {
	const char *name, *aliases[3];
	double factor;
};

struct kind {
	const char *default_name;
	double default_factor;
	struct unit units[10]; /* up to the first without a name */
};

static const struct kind kinds[] = {
	{"B", 1,
		{{"B", {"b", "byte"}, 1}, {"kB", {"kb", "kbyte", "kilobyte"}, 0x1p10},
			{"MB", {"mb", "mbyte", "megabyte"}, 0x1p20},
			{"GB", {"gb", "gbyte", "gigabyte"}, 0x1p30},
			{"TB", {"tb", "tbyte", "terabyte"}, 0x1p40},
			{"PB", {"pb", "pbyte", "petabyte"}, 0x1p50}}},
	{"s", 1e9,
		{{"ns", {"ns", "nanosecond"}, 1}, {"us", {"\u03bcs", "us", "microsecond"}, 1e3},
			{"ms", {"ms", "millisecond"}, 1e6}, {"s", {"s", "sec", "second"}, 1e9},
			{"hrs", {"hour", "hr"}, 3600e9}}},
	{"GCU", 1,
		{{"n*GCU", {"nanogcu"}, 1e-9}, {"u*GCU", {"microgcu"}, 1e-6},
			{"m*GCU", {"milligcu"}, 1e-3}, {"GCU", {"gcu"}, 1},
			{"k*GCU", {"kilogcu"}, 1e3}, {"M*GCU", {"megagcu"}, 1e6},
			{"G*GCU", {"gigagcu"}, 1e9}, {"T*GCU", {"teragcu"}, 1e12},
			{"P*GCU", {"petagcu"}, 1e15}}},
};

/* "Seconds" and "sec" are the same; "ms" ends in an s of its own. */
static bool is_called(const char *alias, const char *text)
{
	size_t length = strlen(text);

	if (length > 2 && (text[length - 1] == 's' || text[length - 1] == 'S'))
		length--;
	return strlen(alias) == length && strncasecmp(alias, text, length) == 0;
}

static const struct unit *find_unit(const struct kind *kind, const char *text)
{
	const struct unit *unit;
	size_t i;

	for (unit = kind->units; unit < kind->units + CPA_ARRAY_LEN(kind->units); unit++)
		for (i = 0; unit->name != NULL && i < CPA_ARRAY_LEN(unit->aliases); i++)
			if (unit->aliases[i] != NULL && is_called(unit->aliases[i], text))
				return unit;
	return NULL;
}

static bool is_automatic(const char *to)
{
	return strcmp(to, "minimum") == 0 || strcmp(to, "auto") == 0;
}

static double convert(const struct kind *kind, double base, const char *to, const char **ret_unit)
{
	const struct unit *unit, *best = NULL;

	if (!is_automatic(to)) {
		best = find_unit(kind, to);
	} else {
		for (unit = kind->units; unit < kind->units + CPA_ARRAY_LEN(kind->units); unit++)
			if (unit->name != NULL && base / unit->factor >= 1)
				best = unit;
	}
	*ret_unit = best != NULL ? best->name : kind->default_name;
	return base / (best != NULL ? best->factor : kind->default_factor);
}

double cpa_scale_value(double value, const char *from, const char *to, const char **ret_unit)
{
	static const char *const plain[] = {"count", "sample", "unit", "minimum", "auto"};
	size_t i;

	if (value < 0)
		return -cpa_scale_value(-value, from, to, ret_unit);
	for (i = 0; i < CPA_ARRAY_LEN(kinds); i++) {
		const struct unit *unit = find_unit(&kinds[i], from);

		if (unit != NULL)
			return convert(&kinds[i], value * unit->factor, to, ret_unit);
	}
	*ret_unit = to;
	for (i = 0; i < CPA_ARRAY_LEN(plain); i++)
		if (strcmp(to, plain[i]) == 0)
			*ret_unit = "";
	return value;
}

double cpa_scale_ratio(const char *from, const char *to)
{
	size_t i;

	if (strcmp(from, to) == 0)
		return 1;
	for (i = 0; i < CPA_ARRAY_LEN(kinds); i++) {
		const struct unit *from_unit = find_unit(&kinds[i], from),
				  *to_unit = find_unit(&kinds[i], to);

		if (from_unit != NULL && to_unit != NULL)
			return from_unit->factor / to_unit->factor;
	}
	return 0;
}

bool cpa_scale_knows(const char *unit)
{
	size_t i;

	for (i = 0; i < CPA_ARRAY_LEN(kinds); i++)
		if (find_unit(&kinds[i], unit) != NULL)
			return true;
	return is_automatic(unit) || strcmp(unit, "count") == 0;
}

const char *cpa_scale_label_unit(const char *key)
{
	return strcmp(key, "alignment") == 0 || strcmp(key, "request") == 0 ? "bytes" : key;
}

char *cpa_scale_text(char *to, size_t to_bytes, double value, const char *from, const char *unit)
{
	char number[400];
	char *end;

	snprintf(number, sizeof(number), "%.2f", cpa_scale_value(value, from, unit, &unit));
	end = strstr(number, ".00");
	if (end != NULL)
		*end = '\0';
	if (strcmp(number, "0") == 0 || strcmp(number, "-0") == 0)
		snprintf(to, to_bytes, "0");
	else
		snprintf(to, to_bytes, "%.40s%.20s", number, unit);
	return to;
}
