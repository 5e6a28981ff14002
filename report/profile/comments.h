/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the comments of a profile say, by key.
 * Not here: which keys there are, and what they mean (report/facts.h).
 *
 * "key: value" gives one value, "group: key=value key=value" one for each pair; the group's own
 * name does not count. It is a group when all of its words are pairs. Where a key comes twice the
 * first one counts, so that a merged profile tells of its first. Keys are letters, digits, '_', '.'
 * and '-'. A comment of any other form is for people.
 */
#ifndef CPA_PROFILE_COMMENTS_H
#define CPA_PROFILE_COMMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cpa_profile;

/* Of a profile with more, or with longer ones, the rest is for people: the work stays bounded. */
#define CPA_COMMENTS_MAX_COUNT 1024u  /* comments, and pairs in all */
#define CPA_COMMENTS_MAX_BYTES 16384u /* of one comment */

struct cpa_comments_pair {
	const char *key, *value; /* in one of the texts */
};

struct cpa_comments {
	struct cpa_comments_pair *pairs; /* in the order of the file */
	size_t pair_count, pair_capacity;
	char **texts; /* copies of comments, cut into strings */
	size_t text_count, text_capacity;
};

/*
 * Take the comments of a profile apart, once after it was read.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_comments_split(struct cpa_profile *profile);

/*
 * Free what split made; fine on a zeroed one and twice.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
void cpa_comments_done(struct cpa_comments *comments);

/*
 * The value of key; NULL when no comment has it. Lives as long as the profile.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
const char *cpa_comments_get(const struct cpa_profile *profile, const char *key);

/*
 * The same as a number; -1 when no comment has it, or when it is none that is >= 0.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
int64_t cpa_comments_number(const struct cpa_profile *profile, const char *key);

/*
 * Is comment number index one that our library writes, with what reports show anyhow? Only the
 * first of each kind, and only when the profile says it is ours.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_comments_is_own(const struct cpa_profile *profile, size_t index);

#endif
