/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Regular expressions as people write them for Go's tools.
 * Not here: what is matched (prune.c, report/analysis/filter.c).
 */
#include "report/profile/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

/*
 * Steps of one match: names have some dozen characters and take some hundred; a pattern that
 * explodes gets there in a few milliseconds. A profile may bring patterns of its own.
 */
#define MATCH_LIMIT       100000
#define HEAP_LIMIT_KIB    4096
#define PATTERN_MAX_BYTES 65536

struct cpa_pattern_state {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
	bool gave_up;
};

static pcre2_code *compile(const char *text, int *ret_code, size_t *ret_offset)
{
	const uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_DOLLAR_ENDONLY |
				 PCRE2_NEVER_BACKSLASH_C;
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	pcre2_code *code;

	if (context != NULL)
		pcre2_set_max_pattern_length(context, PATTERN_MAX_BYTES);
	code = pcre2_compile(
		(PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, options, ret_code, ret_offset, context);
	pcre2_compile_context_free(context);
	return code;
}

int cpa_pattern_init(struct cpa_pattern *ret_pattern, const char *text, struct cpa_error *error)
{
	struct cpa_pattern_state *state;
	unsigned char why[160];
	size_t offset;
	int number;
	pcre2_code *code = compile(text, &number, &offset);

	ret_pattern->state = NULL;
	if (code == NULL) {
		pcre2_get_error_message(number, why, sizeof(why));
		return cpa_error_set(error, "not a regular expression: %s, at character %zu",
			(const char *)why, offset + 1);
	}
	state = cpa_memory_new(1, sizeof(*state));
	state->code = code;
	state->data = pcre2_match_data_create(1, NULL);
	state->context = pcre2_match_context_create(NULL);
	ret_pattern->state = state;
	if (state->data == NULL || state->context == NULL) {
		cpa_pattern_done(ret_pattern);
		return cpa_error_set(error, "out of memory");
	}
	pcre2_set_match_limit(state->context, MATCH_LIMIT);
	pcre2_set_heap_limit(state->context, HEAP_LIMIT_KIB);
	return 0;
}

void cpa_pattern_done(struct cpa_pattern *pattern)
{
	if (pattern->state == NULL)
		return;
	pcre2_match_context_free(pattern->state->context);
	pcre2_match_data_free(pattern->state->data);
	pcre2_code_free(pattern->state->code);
	free(pattern->state);
	pattern->state = NULL;
}

bool cpa_pattern_matches(const struct cpa_pattern *pattern, const char *text)
{
	struct cpa_pattern_state *state = pattern->state;
	size_t length_bytes = strlen(text);
	int result;

	if (state->gave_up)
		return false;
	result = pcre2_match(
		state->code, (PCRE2_SPTR)text, length_bytes, 0, 0, state->data, state->context);
	if (result < 0 && result != PCRE2_ERROR_NOMATCH)
		state->gave_up = true;
	return result >= 0;
}

bool cpa_pattern_gave_up(const struct cpa_pattern *pattern)
{
	return pattern->state != NULL && pattern->state->gave_up;
}
