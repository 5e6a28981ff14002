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
#include "base/quantity.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define KIB   1024u
#define MIB   (1024u * KIB)
#define GIB   (1024ull * MIB)
#define MS_NS 1000000u

enum kind {
	KIND_COUNT = CPA_QUANTITY_COUNT,
	KIND_SIZE = CPA_QUANTITY_SIZE,
	KIND_TIME = CPA_QUANTITY_TIME,
	KIND_SIGNAL = CPA_QUANTITY_SIGNAL,
	KIND_DIR,
	KIND_TEXT,
	KIND_SECRET /* a text that is never repeated */
};

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
	{"cpu", KIND_COUNT, FIELD(cpu_hz), true, 0, 1, 1000,
		"a number of samples a second from 1 to 1000, such as 100, or 0 for off"},
	{"mutex", KIND_COUNT, FIELD(mutex_fraction), true, 0, 1, INT_MAX,
		"a number n, for one in n contended unlocks, or 0 for off"},
	{"block", KIND_TIME, FIELD(block_rate_ns), true, 0, 1, UINT64_MAX,
		"a time such as 10us or 1ns, of which longer waits are all recorded, or 0 for off"},
	{"goroutine", KIND_COUNT, FIELD(goroutine), true, 0, 1, 1, "0 or 1"},
	{"threadcreate", KIND_COUNT, FIELD(threadcreate), true, 0, 1, 1, "0 or 1"},
	{"children", KIND_COUNT, FIELD(children), true, 1, 1, 1, "0 or 1"},
	{"only_pid", KIND_COUNT, FIELD(only_pid), true, 0, 1, INT_MAX,
		"the number of a process, or 0 for any"},
	{"store_max", KIND_SIZE, FIELD(store_max_bytes), false, 256 * MIB, MIB, 32 * GIB,
		"a size from 1m to 32g"},
	{"http", KIND_TEXT, FIELD(http), false, 0, 0, 0,
		"HOST:PORT, such as localhost:6060, or unix:PATH, shorter than 256 bytes"},
	{"http_token", KIND_SECRET, FIELD(http_token), false, 0, 0, 0,
		"1 to 255 letters, digits and characters of \"-._~\""},
	{"http_cmdline", KIND_COUNT, FIELD(http_cmdline), true, 0, 1, 1, "0 or 1"},
	{"verbose", KIND_COUNT, FIELD(verbose), true, 0, 1, 1, "0 or 1"},
};

/* Settings of other builds, and what to do in this one. */
static const struct {
	const char *key;
	const char *lacks;
} lacking[] = {
	{"blackbox", "black box; dir=PATH,interval=30s leaves snapshots when it is killed"},
};

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

/* A token has only characters that need no quoting in a URL. */
static bool is_token(const char *value, size_t value_bytes)
{
	return strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			     "-._~") >= value_bytes;
}

/* "\\," in the value is a comma. */
static int set_text(
	struct cpa_conf *conf, const struct row *row, const char *value, size_t value_bytes)
{
	char *text = (char *)conf + row->offset_bytes;
	size_t used_bytes = 0;
	bool fits = value_bytes > 0 && value_bytes < row->width_bytes;

	if (row->kind == KIND_SECRET) {
		fits = fits && is_token(value, value_bytes);
		conf->http_off = !fits;
	}
	if (!fits)
		return -EINVAL;
	for (size_t i = 0; i < value_bytes; i++)
		if (value[i] != '\\' || i + 1 == value_bytes || value[i + 1] != ',')
			text[used_bytes++] = value[i];
	text[used_bytes] = '\0';
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
	if (cpa_quantity_parse((enum cpa_quantity_kind)row->kind, text, &number) < 0)
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
	cpa_line_add_shown(&line, item, row->kind == KIND_SECRET ? strlen(row->key) : item_bytes);
	cpa_line_add(&line, ": want ");
	cpa_line_add(&line, row->wants);
	if (row->kind == KIND_SECRET || (row->kind == KIND_TEXT && !conf->http[0])) {
		cpa_line_add(&line, "; there is no HTTP server");
	} else if (row->kind <= KIND_SIGNAL) {
		cpa_line_add(&line, "; using ");
		cpa_quantity_say(&line, (enum cpa_quantity_kind)row->kind, field_get(conf, row));
	} else if (row->kind == KIND_TEXT) {
		cpa_line_add(&line, "; using ");
		cpa_line_add_shown(&line, conf->http, strlen(conf->http));
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

static int set_value(
	struct cpa_conf *conf, const struct row *row, const char *value, size_t value_bytes)
{
	if (row->kind == KIND_DIR)
		return set_dir(conf, value, value_bytes);
	if (row->kind == KIND_TEXT || row->kind == KIND_SECRET)
		return set_text(conf, row, value, value_bytes);
	return set_number(conf, row, value, value_bytes);
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
		if (set_value(conf, row, value, value_bytes))
			complain_of_value(conf, row, item, item_bytes, complain);
		return;
	}
	complain_of_key(item, item_bytes, key_bytes, complain);
}

void cpa_conf_defaults(struct cpa_conf *ret_conf)
{
	memset(ret_conf, 0, sizeof(*ret_conf));
	for (size_t i = 0; i < CPA_ARRAY_LEN(rows); i++) {
		if (rows[i].kind <= KIND_SIGNAL)
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
