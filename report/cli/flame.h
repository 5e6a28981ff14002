/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The data of a flame graph, for the pages that show one. The form is described at the head of
 * report/web/src/tree.js.
 * Not here: the tree (report/graph/stacktree.h), the frame of the page (page.h).
 */
#ifndef CPA_CLI_FLAME_H
#define CPA_CLI_FLAME_H

#include "report/cli/json.h"
#include "report/graph/stacktree.h"

/*
 * The tree as one JSON object.
 *
 * @profile  what it was made of, for the names of the sample types
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_cli_flame_tree(struct cpa_cli_json *json, const char *key,
	const struct cpa_stacktree *tree, const struct cpa_profile *profile);

/*
 * What a page says of the process and the profile, as one JSON object.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_cli_flame_about(
	struct cpa_cli_json *json, const char *key, const struct cpa_profile *profile);

#endif
