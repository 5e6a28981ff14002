/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What makes a page of the SVG that Graphviz draws: it fits its window, can be zoomed and moved,
 * and is dark where dark is preferred.
 * Not here: the colours (report/graph/heat.h), drawing (graphviz.h).
 */
#ifndef CPA_CLI_PICTURE_H
#define CPA_CLI_PICTURE_H

#include <stdio.h>

/*
 * Print the SVG with these things put in behind its first tag.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_cli_picture_print(FILE *to, const char *svg, size_t svg_bytes);

#endif
