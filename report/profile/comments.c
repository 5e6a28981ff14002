/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the comments of a profile say, by key.
 * Not here: which keys there are, and what they mean (report/facts.c).
 */
#include "report/profile/comments.h"

#include <stdlib.h>
#include <string.h>

#include "report/profile/profile.h"

static size_t key_bytes(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");
}

/* Are all words "key=value"? No words are no group. */
static bool is_group(const char *text)
{
	bool has_pair = false;

	for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " ")) {
		size_t bytes = key_bytes(text);

		if (bytes == 0 || text[bytes] != '=')
			return false;
		has_pair = true;
		text += strcspn(text, " ");
	}
	return has_pair;
}

static void add_pair(struct cpa_comments *comments, const char *key, const char *value)
{
	comments->pairs = cpa_memory_grow(comments->pairs, &comments->pair_capacity,
		comments->pair_count + 1, sizeof(*comments->pairs));
	comments->pairs[comments->pair_count++] =
		(struct cpa_comments_pair){.key = key, .value = value};
}

static void add_group(struct cpa_comments *comments, char *text)
{
	text += strspn(text, " ");
	while (*text != '\0' && comments->pair_count < CPA_COMMENTS_MAX_COUNT) {
		char *key = text, *value = text + key_bytes(text);

		text += strcspn(text, " ");
		if (*text != '\0')
			*text++ = '\0';
		text += strspn(text, " ");
		*value++ = '\0';
		add_pair(comments, key, value);
	}
}

static void split(struct cpa_comments *comments, const char *comment)
{
	size_t length_bytes = strnlen(comment, CPA_COMMENTS_MAX_BYTES + 1);
	size_t bytes = key_bytes(comment);
	char *text, *value;

	if (length_bytes > CPA_COMMENTS_MAX_BYTES || bytes == 0 || comment[bytes] != ':')
		return;
	comments->texts = cpa_memory_grow(comments->texts, &comments->text_capacity,
		comments->text_count + 1, sizeof(*comments->texts));
	text = comments->texts[comments->text_count++] = cpa_memory_text(comment, length_bytes);
	text[bytes] = '\0';
	value = text + bytes + 1;
	if (is_group(value))
		add_group(comments, value);
	else
		add_pair(comments, text, value + strspn(value, " "));
}

void cpa_comments_split(struct cpa_profile *profile)
{
	struct cpa_comments *said = &profile->said;
	size_t i;

	cpa_comments_done(said);
	for (i = 0; i < profile->comments.count && i < CPA_COMMENTS_MAX_COUNT; i++)
		if (said->pair_count < CPA_COMMENTS_MAX_COUNT)
			split(said, cpa_profile_string(profile, profile->comments.items[i]));
}

void cpa_comments_done(struct cpa_comments *comments)
{
	size_t i;

	for (i = 0; i < comments->text_count; i++)
		free(comments->texts[i]);
	free(comments->texts);
	free(comments->pairs);
	*comments = (struct cpa_comments){0};
}

const char *cpa_comments_get(const struct cpa_profile *profile, const char *key)
{
	const struct cpa_comments *said = &profile->said;
	size_t i;

	for (i = 0; i < said->pair_count; i++)
		if (strcmp(said->pairs[i].key, key) == 0)
			return said->pairs[i].value;
	return NULL;
}

int64_t cpa_comments_number(const struct cpa_profile *profile, const char *key)
{
	const char *text = cpa_comments_get(profile, key);
	int64_t number = 0;

	if (text == NULL || *text == '\0')
		return -1;
	for (; *text >= '0' && *text <= '9'; text++)
		if (__builtin_mul_overflow(number, 10, &number) ||
			__builtin_add_overflow(number, *text - '0', &number))
			return -1;
	return *text == '\0' ? number : -1;
}

static bool begins(const struct cpa_profile *profile, size_t index, const char *begin)
{
	return strncmp(cpa_profile_string(profile, profile->comments.items[index]), begin,
		       strlen(begin)) == 0;
}

bool cpa_comments_is_own(const struct cpa_profile *profile, size_t index)
{
	static const char *const heads[] = {
		"cprofalloc: version=", "exe: ", "sampling: samples=", "memory: live_", "note: "};
	size_t i, j;

	if (index >= CPA_COMMENTS_MAX_COUNT)
		return false;
	for (i = 0; i < CPA_ARRAY_LEN(heads); i++) {
		if (!begins(profile, index, heads[i]))
			continue;
		for (j = 0; j < index; j++)
			if (begins(profile, j, heads[i]))
				return false;
		for (j = 0; j < profile->comments.count && j < CPA_COMMENTS_MAX_COUNT; j++)
			if (begins(profile, j, heads[0]))
				return true;
	}
	return false;
}
