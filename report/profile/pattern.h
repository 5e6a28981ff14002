/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Regular expressions as people write them for Go's tools. The only user of PCRE2.
 * Not here: what is matched (prune.h, report/analysis/filter.h).
 *
 * The syntax is that of PCRE2, set so that what RE2 knows means the same: matched anywhere in the
 * text, $ is the very end, \d and \w are ASCII, (?i) and \pL are Unicode. A text may be any bytes:
 * what is not UTF-8 in it matches nothing. The work of a match is bounded: a pattern that would
 * take too long gives up.
 */
#ifndef CPA_PROFILE_PATTERN_H
#define CPA_PROFILE_PATTERN_H

#include <stdbool.h>

#include "report/profile/memory.h"

struct cpa_pattern {
	struct cpa_pattern_state *state; /* NULL: none */
};

/*
 * Compile text. Freed with cpa_pattern_done; fine on a zeroed one and twice.
 *
 * Return: 0, or -EINVAL with the cause in error, without the text itself: "not a regular
 *         expression: missing closing parenthesis, at character 1".
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_pattern_init(
	struct cpa_pattern *ret_pattern, const char *text, struct cpa_error *error);
void cpa_pattern_done(struct cpa_pattern *pattern);

/*
 * Does it match anywhere in text? After it gave up once: no.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
bool cpa_pattern_matches(const struct cpa_pattern *pattern, const char *text);

/*
 * Did a match take too long, so that some answers may be wrong?
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
bool cpa_pattern_gave_up(const struct cpa_pattern *pattern);

#endif
