/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Texts in the language of Graphviz, safe in it and in the SVG it writes.
 * Not here: nodes and edges (dot.c).
 */
#include "report/graph/dottext.h"

#include <string.h>

#include "report/graph/legible.h"

#define NAME_LINES      12 /* of a node: no name of people has so many parts */
#define NAME_CHARACTERS 48 /* of one line of a node; the tooltip has all */

/* Entities are read in both forms of text; a lone '&' would be one for some versions. */
static void put_character(FILE *file, const char *text, size_t length_bytes, bool is_rich)
{
	const char *escaped = NULL;

	switch (text[0]) {
	case '&':
		escaped = "&amp;";
		break;
	case '<':
		escaped = "&lt;";
		break;
	case '>':
		escaped = "&gt;";
		break;
	case '"':
		escaped = is_rich ? "&quot;" : "\\\"";
		break;
	case '\\':
		/* "\N" would become a name, in tooltips "\\N" too: part them by no space. */
		escaped = is_rich ? "\\\u200b" : "\\\\\u200b";
		break;
	default:
		fwrite(text, 1, length_bytes, file);
		return;
	}
	fputs(escaped, file);
}

static size_t count_characters(const char *text, size_t length_bytes)
{
	size_t count = 0, i;
	bool is_fit;

	for (i = 0; i < length_bytes; count++)
		i += cpa_legible_character(text + i, length_bytes - i, &is_fit);
	return count;
}

static void put_text(
	FILE *file, const char *text, size_t length_bytes, size_t character_count, bool is_rich)
{
	size_t all = count_characters(text, length_bytes), at = 0, i, step,
	       cut_from = all > character_count ? character_count / 2 : all,
	       cut_to = all > character_count ? all - (character_count - character_count / 2) + 1
					      : all;
	bool is_fit;

	for (i = 0; i < length_bytes; i += step, at++) {
		step = cpa_legible_character(text + i, length_bytes - i, &is_fit);
		if (at == cut_from && all > character_count)
			fputs("…", file);
		if (at >= cut_from && at < cut_to)
			continue;
		if (is_fit)
			put_character(file, text + i, step, is_rich);
		else
			putc('?', file);
	}
}

void cpa_dottext_quoted(FILE *file, const char *text, size_t character_count)
{
	put_text(file, text, strlen(text), character_count, false);
}

void cpa_dottext_lines(FILE *file, const char *text, size_t character_count)
{
	for (; *text != '\0'; text += strcspn(text, "\n"), text += *text == '\n') {
		put_text(file, text, strcspn(text, "\n"), character_count, false);
		if (text[strcspn(text, "\n")] == '\n')
			fputs("\\n", file);
	}
}

void cpa_dottext_rich(FILE *file, const char *text, size_t character_count)
{
	put_text(file, text, strlen(text), character_count, true);
}

/*
 * The end of the first part of a name: behind "ns::", behind "path/package." of a Go function; 0
 * when the name is one part. Brackets keep together what is in them.
 */
static size_t part_end(const char *name)
{
	const char *slash = name + strcspn(name, "(<[ ");
	size_t i, depth = 0;

	while (slash > name && *slash != '/')
		slash--;
	for (i = (size_t)(slash - name); name[i] != '\0'; i++) {
		if (strchr("(<[", name[i]) != NULL)
			depth++;
		else if (strchr(")>]", name[i]) != NULL && depth > 0)
			depth--;
		else if (depth == 0 && i > 0 && name[i] == ':' && name[i + 1] == ':' &&
			 name[i + 2] != '\0')
			return i + 2;
		else if (depth == 0 && i > 0 && name[i] == '.' && name[i + 1] != '\0')
			return i + 1;
	}
	return 0;
}

void cpa_dottext_name(FILE *file, const char *name, int points)
{
	int small = points * 3 / 4 < 7 ? 7 : points * 3 / 4, lines = 1;
	size_t end;

	for (; lines < NAME_LINES && (end = part_end(name)) > 0; name += end, lines++) {
		fprintf(file, "<FONT POINT-SIZE=\"%d\">", small);
		put_text(file, name, end, NAME_CHARACTERS, true);
		fputs("</FONT><BR/>", file);
	}
	fputs("<B>", file);
	put_text(file, name, strlen(name), NAME_CHARACTERS, true);
	fputs("</B><BR/>", file);
}

void cpa_dottext_head(FILE *file, const char *title, const char *legend)
{
	fputs("digraph \"", file);
	cpa_dottext_quoted(file, title, 200);
	fputs("\" {\n"
	      "graph [fontname=\"Helvetica,Arial,sans-serif\" bgcolor=white pad=0.3 nodesep=0.3 "
	      "ranksep=0.45]\n"
	      "node [fontname=\"Helvetica,Arial,sans-serif\" shape=box style=\"rounded,filled\" "
	      "fillcolor=\"#f6f6f6\" margin=\"0.14,0.1\"]\n"
	      "edge [fontname=\"Helvetica,Arial,sans-serif\" fontsize=10 color=\"#9a9a9a\" "
	      "arrowsize=0.8]\n"
	      "subgraph cluster_legend { style=invis\nlegend [id=legend class=legend shape=box "
	      "style=filled fontsize=11 color=\"#b0b0b0\" fillcolor=\"#fafafa\" "
	      "margin=\"0.2,0.15\" tooltip=\"",
		file);
	cpa_dottext_quoted(file, title, 200);
	fputs("\" label=\"", file);
	for (; *legend != '\0'; legend += strcspn(legend, "\n"), legend += *legend == '\n') {
		put_text(file, legend, strcspn(legend, "\n"), 120, false);
		fputs("\\l", file);
	}
	fputs("\"] }\n", file);
}
