/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All stacks of a profile as one tree, callers first, with what each place holds itself in every
 * sample type; of two profiles, what it held before and holds now.
 * Not here: functions summed over all stacks (table.h), writing it for a page (cli/flame.h).
 */
#ifndef CPA_GRAPH_STACKTREE_H
#define CPA_GRAPH_STACKTREE_H

#include "report/analysis/change.h"
#include "report/analysis/stats.h"
#include "report/profile/nodes.h"

#define CPA_STACKTREE_ROOT      UINT32_MAX /* frame of the root */
#define CPA_STACKTREE_MAX_DEPTH 2048
#define CPA_STACKTREE_SMALL     (UINT32_MAX - 1) /* frame of what was folded below one place */

struct cpa_stacktree_node {
	uint32_t parent; /* a smaller number; the root, 0, is its own */
	uint32_t frame;  /* number in nodes, or one of the two above */
	uint32_t end;    /* 1 + number of its values; 0: no stack ends here */
	int32_t line;    /* source line in this frame; 0 unknown, -1 several */
};

/* What stacks that end at one node hold, in one sample type. Cumulative values are sums. */
struct cpa_stacktree_value {
	double value[2]; /* old (0 where there is no base), new */
	double variance; /* of the new; or of the change */
};

struct cpa_stacktree {
	struct cpa_nodes nodes;
	struct cpa_stacktree_node *items;
	size_t count, capacity;
	/* Most nodes are on the way only: [(end - 1) * type_count + type]. */
	struct cpa_stacktree_value *values;
	size_t end_count, value_capacity;
	size_t type_count;
	struct cpa_stats_view *views[2]; /* of the old and of the new profile, by type */
	bool has_base, is_one_process;
	size_t stack_count;  /* nodes where a stack ends that holds or held something */
	size_t folded_count; /* nodes that prune took away */
	double fraction;     /* below which share of each total they were */
	uint32_t *slots;     /* while it grows: numbers by the hash of parent and frame, 0 free */
	size_t slot_count;   /* a power of two */
	struct cpa_change *changes; /* by type, while there is a base */
	uint32_t *stack;            /* scratch: frames of one stack, and their lines */
	int32_t *lines;
	size_t stack_capacity, line_capacity;
};

struct cpa_stacktree_options {
	enum cpa_nodes_by by;
	bool no_inlines;
	bool normalizes;     /* the base is scaled first, each type to the sum that profile has */
	bool is_one_process; /* objects in both profiles cancel exactly (diff.h) */
};

/*
 * The tree of profile; with base (NULL: none), of the change from base to profile. The sample types
 * of both meet by name; one that base lacks was 0 there. Freed with cpa_stacktree_done.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_stacktree_init(struct cpa_stacktree *ret_tree, const struct cpa_profile *profile,
	const struct cpa_profile *base, const struct cpa_stacktree_options *options);
void cpa_stacktree_done(struct cpa_stacktree *tree);

/*
 * What stacks that end at this node hold in this sample type; zeros where none ends.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
static inline struct cpa_stacktree_value cpa_stacktree_value(
	const struct cpa_stacktree *tree, size_t node, size_t type)
{
	size_t end = tree->items[node].end;

	if (end == 0)
		return (struct cpa_stacktree_value){{0, 0}, 0};
	return tree->values[(end - 1) * tree->type_count + type];
}

/*
 * The values of this node, one for each sample type, made when there are none; valid until the next
 * call.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
struct cpa_stacktree_value *cpa_stacktree_end(struct cpa_stacktree *tree, size_t node);

/*
 * Fold what is small into one node under each place that loses some: nodes whose share of the
 * total, with all they called, is below fraction in every sample type; and, smallest first, as many
 * as it takes to keep at most max_count nodes (0: no limit). Always what is deeper than
 * CPA_STACKTREE_MAX_DEPTH: browsers recurse along a stack.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_stacktree_prune(struct cpa_stacktree *tree, double fraction, size_t max_count);

#endif
