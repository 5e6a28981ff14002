/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Graphviz as a child process: a graph in its language goes in, a picture comes out.
 * Not here: what is drawn (report/graph/dot.h).
 */
#ifndef CPA_CLI_GRAPHVIZ_H
#define CPA_CLI_GRAPHVIZ_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

/*
 * What `dot -Tsvg` makes of text. *ret_svg is freed with free().
 *
 * Return: true, or false with a line on stderr.
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK bool cpa_cli_graphviz_svg(
	const char *text, size_t text_bytes, char **ret_svg, size_t *ret_bytes);

#endif
