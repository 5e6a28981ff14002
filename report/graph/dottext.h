/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Texts in the language of Graphviz, safe in it and in the SVG it writes, whatever is in them.
 * Not here: nodes and edges (dot.h).
 */
#ifndef CPA_GRAPH_DOTTEXT_H
#define CPA_GRAPH_DOTTEXT_H

#include <stdio.h>

/*
 * Text for the inside of "..." or of <...>, cut in its middle to so many characters; of lines, each
 * is.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_dottext_quoted(FILE *file, const char *text, size_t character_count);
void cpa_dottext_lines(FILE *file, const char *text, size_t character_count);
void cpa_dottext_rich(FILE *file, const char *text, size_t character_count);

/*
 * The name of a function for the inside of <...>: what it belongs to on small lines, then itself.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_dottext_name(FILE *file, const char *name, int points);

/*
 * What stands before the nodes: how all looks, and the legend (lines).
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_dottext_head(FILE *file, const char *title, const char *legend);

#endif
