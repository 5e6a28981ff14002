/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A node as one text, the one Go's client prints, orders and matches.
 * Not here: which nodes there are (nodes.c), a text that fits a screen (cli/show.c).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/profile/nodes.h"

/* The text of a node in the parts that it is made of. */
struct parts {
	const char *part[8];
	size_t count;
	char addr[20], line[24];
};

static void take_apart(struct parts *parts, const struct cpa_nodes *nodes, uint32_t number)
{
	const struct cpa_node *node = &nodes->items[number];
	bool has_lines = nodes->by == CPA_NODES_BY_LINE || nodes->by == CPA_NODES_BY_ADDRESS;

	parts->count = 0;
	if (nodes->by == CPA_NODES_BY_ADDRESS) {
		snprintf(parts->addr, sizeof(parts->addr), "%016" PRIx64 " ", node->addr);
		parts->part[parts->count++] = parts->addr;
	}
	parts->part[parts->count++] = node->name;
	if (nodes->by == CPA_NODES_BY_FUNCTION || nodes->by == CPA_NODES_BY_FILE)
		return;
	if (node->file[0] != '\0' || (has_lines && node->line != 0)) {
		parts->part[parts->count++] = " ";
		parts->part[parts->count++] = node->file;
	}
	if (has_lines && node->line != 0) {
		snprintf(parts->line, sizeof(parts->line), ":%" PRId64, node->line);
		parts->part[parts->count++] = parts->line;
	}
}

char *cpa_nodes_text(const struct cpa_nodes *nodes, uint32_t number)
{
	struct parts parts;
	size_t i, length = 0;
	char *text;

	take_apart(&parts, nodes, number);
	for (i = 0; i < parts.count; i++)
		length += strlen(parts.part[i]);
	text = cpa_memory_new(length + 1, 1);
	for (i = 0, length = 0; i < parts.count; i++) {
		memcpy(text + length, parts.part[i], strlen(parts.part[i]));
		length += strlen(parts.part[i]);
	}
	return text;
}

int cpa_nodes_compare(const struct cpa_nodes *nodes, uint32_t left, uint32_t right)
{
	struct parts parts[2];
	const char *at[2];
	size_t next[2] = {1, 1}, i;

	if (left == right)
		return 0;
	take_apart(&parts[0], nodes, left);
	take_apart(&parts[1], nodes, right);
	at[0] = parts[0].part[0];
	at[1] = parts[1].part[0];
	for (;;) {
		for (i = 0; i < 2; i++)
			while (*at[i] == '\0' && next[i] < parts[i].count)
				at[i] = parts[i].part[next[i]++];
		if (*at[0] != *at[1])
			return (unsigned char)*at[0] < (unsigned char)*at[1] ? -1 : 1;
		if (*at[0] == '\0')
			return 0;
		at[0]++;
		at[1]++;
	}
}
