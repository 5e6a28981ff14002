/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CPROFALLOC="key=value,key=value" into a struct: a new setting is one row of the table below.
 * Not here: acting on the settings (alloc/init.c, report/snapshot.c).
 *
 * Runs before main(): no malloc, no stdio, errno stays.
 */
#include "base/conf.h"

#include "base/compiler.h"
#include "base/line.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define KIB       1024u
#define MIB       (1024u * KIB)
#define GIB       (1024ull * MIB)
#define MS_NS     1000000u
#define SECOND_NS 1000000000ull

enum kind { KIND_COUNT, KIND_SIZE, KIND_TIME, KIND_SIGNAL, KIND_DIR };

/* One setting. min..max holds for values other than 0. */
struct row {
	const char *key;
	enum kind kind;
	size_t width_bytes; /* of the field in struct cpa_conf */
	size_t offset_bytes;
	bool zero_allowed;
	uint64_t fallback; /* the default */
	uint64_t min;
	uint64_t max;
	const char *wants;
};

#define FIELD(name) sizeof(((struct cpa_conf *)0)->name), offsetof(struct cpa_conf, name)

static const struct row rows[] = {
	{"rate", KIND_SIZE, FIELD(rate_bytes), true, 512 * KIB, 1, 1024 * GIB,
		"a size such as 1, 64k, 512k, 2m, at most 1024g, or 0 for off"},
	{"depth", KIND_COUNT, FIELD(depth), false, 128, 1, 1024,
		"a number of frames from 1 to 1024"},
	{"dir", KIND_DIR, FIELD(dir), false, 0, 0, 0,
		"the path of a directory, shorter than 4096 bytes"},
	{"interval", KIND_TIME, FIELD(interval_ns), true, 0, 10 * MS_NS, UINT64_MAX,
		"a time such as 30s, 5m, 1h, 500ms, at least 10ms, or 0 for none"},
	{"final", KIND_COUNT, FIELD(final), true, 1, 1, 1, "0 or 1"},
	{"growth", KIND_SIZE, FIELD(growth_bytes), true, 0, 1, UINT64_MAX,
		"a size such as 64m, or 0 for none"},
	{"signal", KIND_SIGNAL, FIELD(signal_number), true, 0, 1, INT_MAX,
		"USR1, USR2, HUP, ALRM, VTALRM, PROF, IO, URG, WINCH, PWR, a real-time signal's "
		"number, or 0 for none"},
	{"keep", KIND_COUNT, FIELD(keep_count), true, 0, 1, UINT64_MAX,
		"a number of snapshots, or 0 for all"},
	{"keep_bytes", KIND_SIZE, FIELD(keep_bytes), true, 0, 1, UINT64_MAX,
		"a size such as 1g, or 0 for no limit"},
	{"names", KIND_COUNT, FIELD(names), true, 1, 1, 1, "0 or 1"},
	{"threadcreate", KIND_COUNT, FIELD(threadcreate), true, 0, 1, 1, "0 or 1"},
	{"children", KIND_COUNT, FIELD(children), true, 1, 1, 1, "0 or 1"},
	{"only_pid", KIND_COUNT, FIELD(only_pid), true, 0, 1, INT_MAX,
		"the number of a process, or 0 for any"},
	{"store_max", KIND_SIZE, FIELD(store_max_bytes), false, 256 * MIB, MIB, 32 * GIB,
		"a size from 1m to 32g"},
	{"verbose", KIND_COUNT, FIELD(verbose), true, 0, 1, 1, "0 or 1"},
};

/* Settings of other builds, and what to do in this one. */
static const struct {
	const char *key;
	const char *lacks;
} lacking[] = {
	{"http", "HTTP server; dir=PATH,interval=30s writes the same heap profiles as files"},
	{"http_token", "HTTP server; dir=PATH,interval=30s writes heap profiles as files"},
	{"cpu", "CPU profiler; perf record works beside the heap profile"},
	{"mutex", "mutex profiler; dir=PATH,interval=30s writes heap profiles"},
	{"block", "blocking profiler; dir=PATH,interval=30s writes heap profiles"},
	{"blackbox", "black box; dir=PATH,interval=30s leaves snapshots when it is killed"},
};

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
	{"s", SECOND_NS}, {"ms", MS_NS}, {"us", 1000}, {"", SECOND_NS}};
static const struct unit no_units[] = {{"", 1}};

static const struct unit *units_of(enum kind kind)
{
	return kind == KIND_SIZE ? size_units : kind == KIND_TIME ? time_units : no_units;
}

/* In the largest unit that divides it. */
static void add_in_units(struct cpa_line *line, uint64_t number, const struct unit *unit)
{
	while (*unit->name && (number == 0 || number % unit->factor))
		unit++;
	cpa_line_add_number(line, number / unit->factor);
	cpa_line_add(line, unit->name);
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

int cpa_conf_size(const char *text, uint64_t *ret_bytes)
{
	return parse_number(text, size_units, ret_bytes);
}

int cpa_conf_time(const char *text, uint64_t *ret_ns)
{
	return parse_number(text, time_units, ret_ns);
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

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "field_get and field_set copy the low bytes of a number"
#endif

static uint64_t field_get(const struct cpa_conf *conf, const struct row *row)
{
	uint64_t number = 0;

	memcpy(&number, (const char *)conf + row->offset_bytes, row->width_bytes);
	return number;
}

static void field_set(struct cpa_conf *conf, const struct row *row, uint64_t number)
{
	memcpy((char *)conf + row->offset_bytes, &number, row->width_bytes);
}

/*
 * "\," in the value is a comma. The system call, because glibc's getcwd may allocate when the path
 * is very long; it answers "(unreachable)..." for a directory outside the root.
 */
static int set_dir(struct cpa_conf *conf, const char *value, size_t value_bytes)
{
	char path[CPA_CONF_DIR_MAX];
	size_t used_bytes = 0;
	int kept_errno = errno;

	if (value_bytes == 0)
		return -EINVAL;
	if (value[0] != '/') {
		long cwd_bytes = syscall(SYS_getcwd, path, sizeof(path));

		errno = kept_errno;
		if (cwd_bytes < 2 || path[0] != '/')
			return -EINVAL;
		used_bytes = (size_t)cwd_bytes - 1;
		if (used_bytes > 1 && used_bytes < sizeof(path))
			path[used_bytes++] = '/';
	}
	for (size_t i = 0; i < value_bytes; i++) {
		if (value[i] == '\\' && i + 1 < value_bytes && value[i + 1] == ',')
			continue;
		if (used_bytes >= sizeof(path) - 1)
			return -EINVAL;
		path[used_bytes++] = value[i];
	}
	memcpy(conf->dir, path, used_bytes);
	conf->dir[used_bytes] = '\0';
	return 0;
}

static int set_number(
	struct cpa_conf *conf, const struct row *row, const char *value, size_t value_bytes)
{
	char text[32];
	uint64_t number;

	if (value_bytes >= sizeof(text))
		return -EINVAL;
	memcpy(text, value, value_bytes);
	text[value_bytes] = '\0';
	if (row->kind == KIND_SIGNAL ? parse_signal(text, &number)
				     : parse_number(text, units_of(row->kind), &number))
		return -EINVAL;
	if (number == 0 ? !row->zero_allowed : number < row->min || number > row->max)
		return -EINVAL;
	field_set(conf, row, number);
	return 0;
}

static void complain_of_value(const struct cpa_conf *conf, const struct row *row, const char *item,
	size_t item_bytes, cpa_conf_complaint *complain)
{
	struct cpa_line line = {0};

	cpa_line_add(&line, "CPROFALLOC: ");
	cpa_line_add_shown(&line, item, item_bytes);
	cpa_line_add(&line, ": want ");
	cpa_line_add(&line, row->wants);
	if (row->kind != KIND_DIR) {
		cpa_line_add(&line, "; using ");
		add_in_units(&line, field_get(conf, row), units_of(row->kind));
	} else if (conf->dir[0]) {
		cpa_line_add(&line, "; using ");
		cpa_line_add_shown(&line, conf->dir, strlen(conf->dir));
	} else {
		cpa_line_add(&line, "; no snapshots are written");
	}
	complain(line.text);
}

static void complain_of_key(
	const char *item, size_t item_bytes, size_t key_bytes, cpa_conf_complaint *complain)
{
	struct cpa_line line = {0};

	cpa_line_add(&line, "CPROFALLOC: ");
	for (size_t i = 0; i < CPA_ARRAY_LEN(lacking); i++) {
		if (strlen(lacking[i].key) == key_bytes &&
			memcmp(lacking[i].key, item, key_bytes) == 0) {
			cpa_line_add_shown(&line, item, item_bytes);
			cpa_line_add(&line, ": this build has no ");
			cpa_line_add(&line, lacking[i].lacks);
			complain(line.text);
			return;
		}
	}
	cpa_line_add(&line, "unknown key \"");
	cpa_line_add_shown(&line, item, key_bytes);
	cpa_line_add(&line, "\"; keys are ");
	for (size_t i = 0; i < CPA_ARRAY_LEN(rows); i++) {
		cpa_line_add(&line, i ? ", " : "");
		cpa_line_add(&line, rows[i].key);
	}
	cpa_line_add(&line, " (the program runs on without it)");
	complain(line.text);
}

/* One "key=value" without the comma; an item without '=' has an empty value. */
static void parse_item(
	struct cpa_conf *conf, const char *item, size_t item_bytes, cpa_conf_complaint *complain)
{
	const char *equals = memchr(item, '=', item_bytes);
	size_t key_bytes = equals ? (size_t)(equals - item) : item_bytes;
	const char *value = equals ? equals + 1 : item + item_bytes;
	size_t value_bytes = (size_t)(item + item_bytes - value);

	for (size_t i = 0; i < CPA_ARRAY_LEN(rows); i++) {
		const struct row *row = &rows[i];

		if (strlen(row->key) != key_bytes || memcmp(row->key, item, key_bytes) != 0)
			continue;
		if (row->kind == KIND_DIR ? set_dir(conf, value, value_bytes)
					  : set_number(conf, row, value, value_bytes))
			complain_of_value(conf, row, item, item_bytes, complain);
		return;
	}
	complain_of_key(item, item_bytes, key_bytes, complain);
}

void cpa_conf_defaults(struct cpa_conf *ret_conf)
{
	memset(ret_conf, 0, sizeof(*ret_conf));
	for (size_t i = 0; i < CPA_ARRAY_LEN(rows); i++) {
		if (rows[i].kind != KIND_DIR)
			field_set(ret_conf, &rows[i], rows[i].fallback);
	}
}

void cpa_conf_parse(struct cpa_conf *conf, const char *text, cpa_conf_complaint *complain)
{
	size_t item_bytes;

	for (; text && *text; text += item_bytes) {
		item_bytes = 0;
		while (text[item_bytes] &&
			(text[item_bytes] != ',' || (item_bytes && text[item_bytes - 1] == '\\')))
			item_bytes++;
		if (item_bytes)
			parse_item(conf, text, item_bytes, complain);
		else
			item_bytes = 1; /* a comma too many */
	}
}
