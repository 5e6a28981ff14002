/* SPDX-License-Identifier: BSD-2-Clause */
/* Which sets of labels a report is asked for. */
#include "report/labelmask.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { UNSEEN, KEPT, LEFT_OUT };

int cpa_labelmask_new(struct cpa_arena *arena, const char *wanted, struct cpa_labelmask **ret_mask)
{
	*ret_mask = NULL;
	if (!wanted)
		return 0;
	*ret_mask = cpa_arena_alloc(arena, sizeof(**ret_mask));
	if (!*ret_mask)
		return -ENOMEM;
	(*ret_mask)->wanted = wanted;
	return 0;
}

static bool has(uint32_t set, const char *key, const char *value)
{
	const char *text;
	uint32_t count = cpa_labels_get(set, &text);

	for (uint32_t i = 0; i < count; i++) {
		const char *set_value = cpa_labels_next(text);

		if (!strcmp(text, key))
			return !strcmp(set_value, value);
		text = cpa_labels_next(set_value);
	}
	return false;
}

static bool has_all(uint32_t set, const char *wanted)
{
	while (*wanted) {
		const char *value = cpa_labels_next(wanted);

		if (!has(set, wanted, value))
			return false;
		wanted = cpa_labels_next(value);
	}
	return true;
}

bool cpa_labelmask_keeps(struct cpa_labelmask *mask, uint32_t set)
{
	if (!mask)
		return true;
	if (set > CPA_LABELS_SETS_MAX)
		return false;
	if (mask->verdicts[set] == UNSEEN)
		mask->verdicts[set] = has_all(set, mask->wanted) ? KEPT : LEFT_OUT;
	return mask->verdicts[set] == KEPT;
}

void cpa_labelmask_say(const char *wanted, char *ret_text, size_t room_bytes)
{
	size_t used_bytes = 0;

	ret_text[0] = '\0';
	while (*wanted && used_bytes < room_bytes) {
		const char *value = cpa_labels_next(wanted);

		used_bytes += (size_t)snprintf(ret_text + used_bytes, room_bytes - used_bytes,
			"%s%s=%s", used_bytes ? ", " : "", wanted, value);
		wanted = cpa_labels_next(value);
	}
}
