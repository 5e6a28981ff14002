/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which labels of a node are drawn as boxes under it, and which sizes share one: Go's choice.
 * Not here: the labels and their sums (nodelets.h), drawing (dot.h).
 */
#ifndef CPA_GRAPH_BOXES_H
#define CPA_GRAPH_BOXES_H

#include "report/graph/nodelets.h"

#define CPA_BOXES_MAX 4 /* of each kind at one node */

struct cpa_box {
	const char *name; /* of text labels */
	char size[96];    /* of sizes: "16kB", "16kB..64kB" */
	uint32_t nodelet; /* of text labels */
	struct cpa_stats_sum flat, cum;
};

/*
 * How many nodelets of node hold something themselves.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
size_t cpa_boxes_flat_count(const struct cpa_nodelets *nodelets, uint32_t node);

/*
 * The heaviest text labels of node; or its sizes under the text labels `under` (CPA_PROFILE_NONE:
 * those without), where sizes that are too many join the heavy one next to them.
 *
 * @by_flat  weigh by what the node holds itself
 *
 * Return: how many boxes.
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
size_t cpa_boxes_labels(const struct cpa_nodelets *nodelets, uint32_t node, bool by_flat,
	struct cpa_box ret_boxes[CPA_BOXES_MAX]);
size_t cpa_boxes_sizes(const struct cpa_nodelets *nodelets, uint32_t node, uint32_t under,
	bool by_flat, struct cpa_box ret_boxes[CPA_BOXES_MAX]);

#endif
