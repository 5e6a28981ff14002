/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text from outside, character by character: which of it may stand on a terminal or in XML.
 * Not here: cutting it to a width (cli/out.h), names in snapshots (report/utf8.h).
 */
#ifndef CPA_GRAPH_LEGIBLE_H
#define CPA_GRAPH_LEGIBLE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The bytes of the first character of text; at least 1 when there is one.
 *
 * @ret_fit  false for bytes that are no UTF-8, control characters of both sets, marks that turn the
 *           direction of writing, and what is no character: show '?' instead
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
size_t cpa_legible_character(const char *text, size_t length_bytes, bool *ret_fit);

#endif
