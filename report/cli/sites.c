/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Call sites as one line of a table.
 * Not here: which frames tell a site (report/profile/own.c, apart.c), all frames (--json).
 */
#include "report/cli/sites.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/profile/units.h"

#define FRAMES        3
#define LEAST_COLUMNS 24
#define INDENT        5

void cpa_cli_sites_add(struct cpa_cli_sites *sites, const struct cpa_cli_site *site)
{
	size_t capacity = sites->capacity, room = sites->count + 1;
	size_t own = site->shown_from + (site->shown_from > 0);
	const struct cpa_apart_stack stack = {
		site->frames + site->shown_from, site->depth - site->shown_from};

	sites->stacks = cpa_memory_room(sites->stacks, &capacity, room, sizeof(*sites->stacks));
	capacity = sites->capacity;
	sites->own = cpa_memory_room(sites->own, &capacity, room, sizeof(*sites->own));
	sites->items = cpa_memory_room(sites->items, &sites->capacity, room, sizeof(*sites->items));
	sites->items[sites->count] = *site;
	sites->stacks[sites->count] = stack;
	sites->own[sites->count++] =
		(struct cpa_apart_stack){site->frames + own, site->depth - own};
}

void cpa_cli_sites_done(struct cpa_cli_sites *sites)
{
	free(sites->items);
	free(sites->stacks);
	free(sites->own);
	memset(sites, 0, sizeof(*sites));
}

/* "session_new session.c:88", at frames behind shown_from: the line where it is one and known. */
static void append_frame(const struct cpa_cli_sites *sites, const struct cpa_cli_site *site,
	size_t at, char *to, size_t to_bytes, const char *before)
{
	const struct cpa_node *node = &sites->nodes->items[site->frames[site->shown_from + at]];
	const char *slash = strrchr(node->file, '/'),
		   *file = slash != NULL ? slash + 1 : node->file;
	int64_t line = at < site->line_count ? site->lines[at] : 0;
	size_t used = strlen(to);

	used += (size_t)snprintf(to + used, to_bytes - used, "%s%.1000s", before, node->name);
	/* Where in a library that was called is of no use. */
	if (used >= to_bytes || file[0] == '\0' || line == 0 || (at == 0 && site->shown_from > 0))
		return;
	if (line > 0)
		snprintf(to + used, to_bytes - used, " %.200s:%" PRId64, file, line);
	else
		snprintf(to + used, to_bytes - used, " %.200s", file);
}

static char *print(char *to, size_t to_bytes, const struct cpa_cli_sites *sites, size_t at,
	size_t from, size_t frame_count)
{
	size_t depth = sites->stacks[at].depth, i;

	to[0] = '\0';
	if (depth == 0)
		snprintf(to, to_bytes, "(no stack)");
	for (i = from; i < depth && i < from + frame_count; i++)
		append_frame(sites, &sites->items[at], i, to, to_bytes,
			i > from   ? " < "
			: from > 0 ? "…"
				   : "");
	return to;
}

static bool are_equal(const struct cpa_apart_stack *left, const struct cpa_apart_stack *right)
{
	return left->depth == right->depth &&
	       (left->depth == 0 || memcmp(left->frames, right->frames,
					    left->depth * sizeof(*left->frames)) == 0);
}

/* The line in the program that called the library. */
static int64_t own_line(const struct cpa_cli_site *site)
{
	return site->line_count > 1 ? site->lines[1] : 0;
}

/* Whether the site differs from another one only in what was called in a library. */
static bool needs_library(const struct cpa_cli_sites *sites, size_t at)
{
	size_t i;

	for (i = 0; i < sites->count && i < CPA_APART_COMPARED; i++)
		if (i != at && are_equal(&sites->own[at], &sites->own[i]) &&
			!are_equal(&sites->stacks[at], &sites->stacks[i]) &&
			(sites->items[i].shown_from == 0 ||
				own_line(&sites->items[at]) == own_line(&sites->items[i])))
			return true;
	return false;
}

/* ", in std::pair::pair": where only what the library did below is different. */
static void append_library(char *to, size_t to_bytes, const struct cpa_cli_sites *sites, size_t at)
{
	const struct cpa_cli_site *site = &sites->items[at];
	size_t used = strlen(to), below = 1, i;

	for (i = 0; i < sites->count && i < CPA_APART_COMPARED; i++)
		if (i != at && are_equal(&sites->stacks[at], &sites->stacks[i]))
			break;
	if (i == sites->count || i == CPA_APART_COMPARED)
		return;
	while (below <= site->shown_from && below <= sites->items[i].shown_from &&
		sites->stacks[at].frames[-(ptrdiff_t)below] ==
			sites->stacks[i].frames[-(ptrdiff_t)below])
		below++;
	if (below <= site->shown_from)
		snprintf(to + used, to_bytes - used, ", in %.1000s",
			sites->nodes->items[site->frames[site->shown_from - below]].name);
}

/* The first frame that tells the site, counted from shown_from. */
static size_t telling_frame(const struct cpa_cli_sites *sites, size_t at)
{
	if (sites->items[at].shown_from > 0 && !needs_library(sites, at))
		return 1 + cpa_apart_skipped(sites->own, sites->count, at);
	return cpa_apart_skipped(sites->stacks, sites->count, at);
}

char *cpa_cli_sites_text(
	char *to, size_t to_bytes, const struct cpa_cli_sites *sites, size_t at, size_t room)
{
	size_t needed = cpa_apart_needed(sites->stacks, sites->count, at);

	print(to, to_bytes, sites, at, 0, needed > FRAMES ? needed : FRAMES);
	append_library(to, to_bytes, sites, at);
	if (room > 0 && cpa_units_columns(to) > room)
		print(to, to_bytes, sites, at, telling_frame(sites, at), FRAMES);
	return to;
}

char *cpa_cli_sites_name(char *to, size_t to_bytes, const struct cpa_cli_sites *sites, size_t at)
{
	size_t needed = cpa_apart_needed(sites->stacks, sites->count, at), from;

	if (needed < 2 && sites->items[at].shown_from > 0)
		needed = 2;
	from = needed > FRAMES ? telling_frame(sites, at) : 0;
	print(to, to_bytes, sites, at, from, needed > from ? needed - from : 1);
	append_library(to, to_bytes, sites, at);
	return to;
}

void cpa_cli_sites_print(
	struct cpa_cli_out *out, const struct cpa_cli_sites *sites, size_t at, size_t used)
{
	char text[4096];
	size_t room;

	if (out->columns > 0 && out->columns < used + LEAST_COLUMNS) {
		fprintf(out->file, "\n%*s", INDENT, "");
		used = INDENT;
	} else {
		fputs("  ", out->file);
		used += 2;
	}
	room = cpa_cli_out_room(out, used);
	cpa_cli_out_text(out, cpa_cli_sites_text(text, sizeof(text), sites, at, room), room);
	putc('\n', out->file);
}

const struct cpa_node *cpa_cli_sites_telling(const struct cpa_cli_sites *sites, size_t at)
{
	const struct cpa_apart_stack *own = &sites->own[at];

	if (own->depth == 0)
		return NULL;
	return &sites->nodes->items[own->frames[cpa_apart_skipped(sites->own, sites->count, at)]];
}
