/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers as people read them.
 * Not here: tables and JSON (cli/).
 */
#include "report/profile/units.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/compiler.h"

struct unit {
	const char *name;
	double scale;
};

static const struct unit size_units[] = {
	{"B", 1},
	{"kB", 1024.},
	{"MB", 1048576.},
	{"GB", 1073741824.},
	{"TB", 1099511627776.},
	{"PB", 1125899906842624.},
};
static const struct unit duration_units[] = {
	{"ns", 1},
	{"us", 1e3},
	{"ms", 1e6},
	{"s", 1e9},
	{"min", 60e9},
	{"h", 3600e9},
};

enum cpa_units_kind cpa_units_kind(const char *unit)
{
	if (strcmp(unit, "bytes") == 0)
		return CPA_UNITS_SIZE;
	if (strcmp(unit, "nanoseconds") == 0)
		return CPA_UNITS_DURATION;
	return CPA_UNITS_COUNT;
}

char *cpa_units_grouped(char *to, size_t to_bytes, int64_t number)
{
	char digits[24], text[CPA_UNITS_BYTES];
	uint64_t magnitude = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
	int length = snprintf(digits, sizeof(digits), "%" PRIu64, magnitude), i;
	size_t used = 0;

	if (number < 0)
		text[used++] = '-';
	for (i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			text[used++] = ',';
		text[used++] = digits[i];
	}
	text[used] = '\0';
	snprintf(to, to_bytes, "%s", text);
	return to;
}

/* Decimals that leave so many significant digits. */
static int decimals(double magnitude, int digits)
{
	int before = 1;

	while (magnitude >= 9.995 && before < digits) {
		magnitude /= 10;
		before++;
	}
	return digits - before;
}

static const struct unit *pick_unit(enum cpa_units_kind kind, double magnitude)
{
	const struct unit *units = kind == CPA_UNITS_SIZE ? size_units : duration_units;
	size_t count =
		kind == CPA_UNITS_SIZE ? CPA_ARRAY_LEN(size_units) : CPA_ARRAY_LEN(duration_units);
	size_t i = 0;

	/* 999.5 would print as 1000: four digits. */
	while (i + 1 < count &&
		magnitude / units[i].scale >= (units[i + 1].scale / units[i].scale < 999.5
							      ? units[i + 1].scale / units[i].scale
							      : 999.5))
		i++;
	return &units[i];
}

static int64_t whole(double value)
{
	if (!(value > -9e18))
		return -9000000000000000000;
	return value < 9e18 ? llround(value) : 9000000000000000000;
}

static void count_value(double value, double half_width, bool plus, char *ret_value, char *ret_half)
{
	int64_t number = whole(value);

	ret_value[0] = '+';
	cpa_units_grouped(ret_value + (plus && number > 0), CPA_UNITS_BYTES - 1, number);
	if (ret_half != NULL && half_width >= 0)
		cpa_units_grouped(ret_half, CPA_UNITS_BYTES, whole(half_width));
}

void cpa_units_value(enum cpa_units_kind kind, double value, double half_width, bool plus,
	char ret_value[CPA_UNITS_BYTES], char ret_half[CPA_UNITS_BYTES])
{
	const struct unit *unit;
	double shown, shown_half;

	if (ret_half != NULL)
		ret_half[0] = '\0';
	if (kind == CPA_UNITS_COUNT) {
		count_value(value, half_width, plus, ret_value, ret_half);
		return;
	}
	unit = pick_unit(kind, fmax(fabs(value), half_width));
	shown = value / unit->scale;
	shown_half = half_width / unit->scale;
	if (unit->scale == 1 || shown == 0)
		snprintf(ret_value, CPA_UNITS_BYTES, plus && shown > 0 ? "%+.0f %s" : "%.0f %s",
			shown + 0., unit->name);
	else
		snprintf(ret_value, CPA_UNITS_BYTES, plus ? "%+.*f %s" : "%.*f %s",
			decimals(fabs(shown), 3), shown, unit->name);
	if (ret_half != NULL && half_width >= 0)
		snprintf(ret_half, CPA_UNITS_BYTES, "%.*f",
			unit->scale == 1 || shown_half == 0 ? 0 : decimals(shown_half, 2),
			shown_half);
}

char *cpa_units_interval(char *to, size_t to_bytes, enum cpa_units_kind kind, double value,
	double half_width, bool plus)
{
	char text[CPA_UNITS_BYTES], half[CPA_UNITS_BYTES];

	cpa_units_value(kind, value, half_width, plus, text, half);
	if (half_width > 0)
		snprintf(to, to_bytes, "%s ±%s", text, half);
	else
		snprintf(to, to_bytes, "%s", text);
	return to;
}

char *cpa_units_rate(char *to, size_t to_bytes, int64_t rate_bytes)
{
	static const char *const names[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
	size_t i = 0;

	while (rate_bytes != 0 && rate_bytes % 1024 == 0 && i + 1 < CPA_ARRAY_LEN(names)) {
		rate_bytes /= 1024;
		i++;
	}
	snprintf(to, to_bytes, "%" PRId64 " %s", rate_bytes,
		i == 0 && rate_bytes == 1 ? "byte" : names[i]);
	return to;
}

char *cpa_units_elapsed(char *to, size_t to_bytes, int64_t elapsed_ns)
{
	int64_t seconds = elapsed_ns / 1000000000;

	if (elapsed_ns < 0)
		snprintf(to, to_bytes, "0 s");
	else if (seconds < 1)
		snprintf(to, to_bytes, "%.0f ms", (double)elapsed_ns / 1e6);
	else if (seconds < 60)
		snprintf(to, to_bytes, "%.*f s",
			seconds < 10 && elapsed_ns % 1000000000 != 0 ? 1 : 0,
			(double)(elapsed_ns / 100000000) / 10);
	else if (seconds < 3600)
		snprintf(to, to_bytes, "%" PRId64 " min %" PRId64 " s", seconds / 60, seconds % 60);
	else if (seconds < 86400)
		snprintf(to, to_bytes, "%" PRId64 " h %" PRId64 " min", seconds / 3600,
			seconds / 60 % 60);
	else
		snprintf(to, to_bytes, "%" PRId64 " d %" PRId64 " h", seconds / 86400,
			seconds / 3600 % 24);
	return to;
}

char *cpa_units_time(char *to, size_t to_bytes, double seconds)
{
	char *zero;

	cpa_units_elapsed(to, to_bytes, (int64_t)(seconds * 1e9 + 0.5));
	zero = strstr(to, " 0 ");
	if (zero != NULL)
		*zero = '\0';
	return to;
}

size_t cpa_units_columns(const char *text)
{
	size_t columns = 0;

	for (; *text != '\0'; text++)
		columns += ((unsigned char)*text & 0xc0) != 0x80;
	return columns;
}
