/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options as Go's tools take them.
 * Not here: what each verb does with them.
 */
#include "report/cli/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/quantity.h"

static bool take_flag(bool *target, const char *value)
{
	bool is_true = value == NULL || strcmp(value, "true") == 0 || strcmp(value, "1") == 0;

	if (!is_true && strcmp(value, "false") != 0 && strcmp(value, "0") != 0)
		return false;
	*target = is_true;
	return true;
}

static bool take_count(int64_t *target, const char *value)
{
	char *end;
	long long number;

	errno = 0;
	number = strtoll(value, &end, 10);
	if (end == value || *end != '\0' || errno != 0 || number < -1)
		return false;
	*target = number;
	return true;
}

static bool take_fraction(double *target, const char *value)
{
	char *end;
	double number = strtod(value, &end);

	if (end == value || *end != '\0' || !(number >= 0 && number <= 1))
		return false;
	*target = number;
	return true;
}

static bool take_text(struct cpa_cli_texts *target, const char *value)
{
	if (target->count == sizeof(target->items) / sizeof(*target->items))
		return false;
	target->items[target->count++] = value;
	return true;
}

static bool is_symbolize(const char *value)
{
	return strcmp(value, "local") == 0 || strcmp(value, "force") == 0 ||
	       strcmp(value, "none") == 0;
}

/* Set the target; what was wanted instead when the value is wrong, NULL when it is right. */
static const char *take_value(const struct cpa_cli_option *option, const char *value)
{
	uint64_t number;
	bool is_set;

	switch (option->kind) {
	case CPA_CLI_FLAG:
		return take_flag(option->target, value) ? NULL : "true or false";
	case CPA_CLI_COUNT:
		return take_count(option->target, value) ? NULL : "a number";
	case CPA_CLI_FRACTION:
		return take_fraction(option->target, value) ? NULL
							    : "a part of the whole, such as 0.005";
	case CPA_CLI_TEXTS:
		return take_text(option->target, value) ? NULL : "no more than 32 of them";
	case CPA_CLI_SYMBOLS:
		if (!is_symbolize(value))
			return "local, force or none";
		break;
	case CPA_CLI_SIZE:
		if (cpa_quantity_parse(CPA_QUANTITY_SIZE, value, &number) != 0)
			return "a size such as 1, 64k, 512k, 2m";
		break;
	case CPA_CLI_TIME:
		if (cpa_quantity_parse(CPA_QUANTITY_TIME, value, &number) != 0)
			return "a time such as 500ms, 30s, 5m, 1h";
		break;
	case CPA_CLI_SET:
		if (!take_flag(&is_set, value))
			return "true or false";
		if (is_set)
			*(int *)option->target = option->constant;
		return NULL;
	case CPA_CLI_NAME:
		if (!take_flag(&is_set, value))
			return "true or false";
		if (is_set)
			*(const char **)option->target = option->name;
		return NULL;
	default:
		break;
	}
	*(const char **)option->target = value;
	return NULL;
}

static bool needs_value(const struct cpa_cli_option *option)
{
	return option->kind != CPA_CLI_FLAG && option->kind != CPA_CLI_SET &&
	       option->kind != CPA_CLI_NAME;
}

static const struct cpa_cli_option *find_option(
	const struct cpa_cli_option *options, const char *name, size_t name_bytes)
{
	for (; options->kind != CPA_CLI_END; options++)
		if (strncmp(options->name, name, name_bytes) == 0 &&
			options->name[name_bytes] == '\0')
			return options;
	return NULL;
}

/* One option at argv[*at]; moves *at over a value of its own. */
static bool take_option(const struct cpa_cli_verb *verb, const struct cpa_cli_option *options,
	int argc, char **argv, int *at)
{
	const char *name = argv[*at] + (argv[*at][1] == '-' ? 2 : 1), *value = strchr(name, '='),
		   *wanted;
	size_t name_bytes = value != NULL ? (size_t)(value - name) : strlen(name);
	const struct cpa_cli_option *option = find_option(options, name, name_bytes);

	if (option == NULL) {
		fprintf(stderr, "cprof %s: unknown option %.*s; see cprof help %s\n", verb->name,
			(int)(name_bytes + (size_t)(name - argv[*at])), argv[*at], verb->name);
		return false;
	}
	if (value != NULL) {
		value++;
	} else if (needs_value(option)) {
		if (*at + 1 >= argc) {
			fprintf(stderr, "cprof %s: option %s needs a value; see cprof help %s\n",
				verb->name, argv[*at], verb->name);
			return false;
		}
		value = argv[++*at];
	}
	wanted = take_value(option, value);
	if (wanted == NULL)
		return true;
	fprintf(stderr, "cprof %s: -%s=%s: want %s\n", verb->name, option->name, value, wanted);
	return false;
}

static bool is_help(const char *argument)
{
	return strcmp(argument, "-h") == 0 || strcmp(argument, "-help") == 0 ||
	       strcmp(argument, "--help") == 0;
}

enum cpa_cli_parsed cpa_cli_options_parse(const struct cpa_cli_verb *verb,
	const struct cpa_cli_option *options, bool is_run, int argc, char **argv,
	int *ret_file_count)
{
	int i, file_count = 0;
	bool is_over = false;

	for (i = 0; i < argc; i++) {
		if (!is_over && strcmp(argv[i], "--") == 0) {
			is_over = true;
		} else if (is_over || argv[i][0] != '-' || argv[i][1] == '\0') {
			is_over = is_over || is_run;
			argv[file_count++] = argv[i];
		} else if (is_help(argv[i])) {
			cpa_cli_help_verb(verb);
			return CPA_CLI_STOP_OK;
		} else if (!take_option(verb, options, argc, argv, &i)) {
			return CPA_CLI_STOP_USAGE;
		}
	}
	argv[file_count < argc ? file_count : argc] = NULL;
	*ret_file_count = file_count;
	return CPA_CLI_GO_ON;
}

bool cpa_cli_options_files(const struct cpa_cli_verb *verb, int file_count, int wanted)
{
	if (file_count == wanted || (wanted < 0 && file_count >= -wanted))
		return true;
	fprintf(stderr, "cprof %s: want %d profile%s, got %d; usage: cprof %s %s\n", verb->name,
		abs(wanted), abs(wanted) == 1 ? "" : "s", file_count, verb->name, verb->usage);
	return false;
}
