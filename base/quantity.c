/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers with units, as people write them. Runs before main(): no malloc, no stdio, errno kept. */
#include "base/quantity.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

#define KIB       1024u
#define MIB       (1024u * KIB)
#define GIB       (1024ull * MIB)
#define MS_NS     1000000u
#define SECOND_NS 1000000000ull

/* Only those whose handler changes nothing else: crashes, stops, interrupts stay as they were. */
static const struct {
	const char *name;
	int number;
} signals[] = {
	{"USR1", SIGUSR1},
	{"USR2", SIGUSR2},
	{"HUP", SIGHUP},
	{"ALRM", SIGALRM},
	{"PROF", SIGPROF},
	{"VTALRM", SIGVTALRM},
	{"IO", SIGIO},
	{"URG", SIGURG},
	{"WINCH", SIGWINCH},
	{"PWR", SIGPWR},
};

struct unit {
	const char *name;
	uint64_t factor;
};

/* Largest first, for printing; the empty name ends each. */
static const struct unit size_units[] = {{"g", GIB}, {"m", MIB}, {"k", KIB}, {"", 1}};
static const struct unit time_units[] = {{"h", 3600 * SECOND_NS}, {"m", 60 * SECOND_NS},
	{"s", SECOND_NS}, {"ms", MS_NS}, {"us", 1000}, {"ns", 1}, {"", SECOND_NS}};
static const struct unit no_units[] = {{"", 1}};

static const struct unit *units_of(enum cpa_quantity_kind kind)
{
	return kind == CPA_QUANTITY_SIZE   ? size_units
	       : kind == CPA_QUANTITY_TIME ? time_units
					   : no_units;
}

/* strcasecmp would ask the locale. */
static bool same_word(const char *a, const char *b)
{
	for (; *a && *b; a++, b++) {
		if ((*a >= 'A' && *a <= 'Z' ? *a + 32 : *a) !=
			(*b >= 'A' && *b <= 'Z' ? *b + 32 : *b))
			return false;
	}
	return *a == *b;
}

/* Decimal digits, one unit, nothing else. */
static int parse_number(const char *text, const struct unit *unit, uint64_t *ret_number)
{
	uint64_t number = 0;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	for (; *text >= '0' && *text <= '9'; text++) {
		if (__builtin_mul_overflow(number, 10, &number) ||
			__builtin_add_overflow(number, (uint64_t)(*text - '0'), &number))
			return -EINVAL;
	}
	while (*unit->name && !same_word(text, unit->name))
		unit++;
	if (!same_word(text, unit->name) || __builtin_mul_overflow(number, unit->factor, &number))
		return -EINVAL;
	*ret_number = number;
	return 0;
}

static int parse_signal(const char *text, uint64_t *ret_number)
{
	bool is_number = parse_number(text, no_units, ret_number) == 0;

	if (is_number && (*ret_number == 0 || (*ret_number >= (uint64_t)SIGRTMIN &&
						      *ret_number <= (uint64_t)SIGRTMAX)))
		return 0;
	if (!is_number && (text[0] | 32) == 's' && (text[1] | 32) == 'i' && (text[2] | 32) == 'g')
		text += 3;
	for (size_t i = 0; i < CPA_ARRAY_LEN(signals); i++) {
		if (is_number ? *ret_number == (uint64_t)signals[i].number
			      : same_word(text, signals[i].name)) {
			*ret_number = (uint64_t)signals[i].number;
			return 0;
		}
	}
	return -EINVAL;
}

int cpa_quantity_parse(enum cpa_quantity_kind kind, const char *text, uint64_t *ret_number)
{
	return kind == CPA_QUANTITY_SIGNAL ? parse_signal(text, ret_number)
					   : parse_number(text, units_of(kind), ret_number);
}

/* In the largest unit that divides it. */
void cpa_quantity_say(struct cpa_line *line, enum cpa_quantity_kind kind, uint64_t number)
{
	const struct unit *unit = units_of(kind);

	while (*unit->name && (number == 0 || number % unit->factor))
		unit++;
	cpa_line_add_number(line, number / unit->factor);
	cpa_line_add(line, unit->name);
}
