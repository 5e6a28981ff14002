/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows that stacks are made of: functions, lines or addresses, one number for each, shared
 * by all profiles of a report.
 * Not here: their values (report/graph/graph.h, report/analysis/diff.h).
 */
#ifndef CPA_PROFILE_NODES_H
#define CPA_PROFILE_NODES_H

#include "report/profile/intern.h"
#include "report/profile/profile.h"

enum cpa_nodes_by {
	CPA_NODES_BY_FUNCTION,     /* frames of one name are one */
	CPA_NODES_BY_FILEFUNCTION, /* of one name and source file */
	CPA_NODES_BY_FILE,         /* of one source file */
	CPA_NODES_BY_LINE,         /* of one name, file and line */
	CPA_NODES_BY_ADDRESS,      /* and one place in one mapped file */
};

struct cpa_node {
	const char *name; /* display name, or the file by file; where nobody knows one "file+0xoff",
			   * or "[file]" and "<unknown>" with lumps_unknown */
	const char *file; /* source file, its path cleaned; "" unknown */
	int64_t line;     /* of the first frame seen; 0 unknown */
	uint64_t addr;
	bool is_named; /* name is a function's */
};

/* Set what is wanted on a zeroed one before the first map. */
struct cpa_nodes {
	enum cpa_nodes_by by;
	bool no_inlines;    /* an inlined function counts for what it was inlined into */
	bool lumps_unknown; /* as Go's client: what has no function is one node per mapped file, or
			     * by address; else one for each place in it */
	bool from_start; /* by line: tell lines apart by how far they are from where their function
			     * begins, where that is known; for two builds of one source */
	struct cpa_intern keys;
	struct cpa_node *items; /* as many as keys */
	size_t capacity;
	struct cpa_intern text_keys;
	char **texts; /* as many as text_keys: the names and files of all nodes, each once */
	size_t text_capacity;
};

/*
 * Which node each line of one profile is: of[line index], and behind them of[lines.count +
 * location index] for the locations without lines.
 */
struct cpa_nodes_map {
	const struct cpa_profile *profile;
	uint32_t *of;
	bool no_inlines;
};

/*
 * A walk along one sample's stack, leaf first, inlined functions before what they were inlined
 * into.
 */
struct cpa_nodes_walk {
	const struct cpa_nodes_map *map;
	const uint32_t *loc, *loc_end;
	uint32_t line_at;
	bool is_inlined; /* the frame just given was inlined into the next one */
};

/*
 * Number all frames of profile as nodes. Freed with cpa_nodes_map_done.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_nodes_map_init(
	struct cpa_nodes_map *ret_map, struct cpa_nodes *nodes, const struct cpa_profile *profile);
void cpa_nodes_map_done(struct cpa_nodes_map *map);

/*
 * Free all; fine on a zeroed one.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
void cpa_nodes_done(struct cpa_nodes *nodes);

/*
 * Walk: begin at the leaf of a sample, then each call gives one frame until false. *ret_line is
 *       its source line, 0 unknown.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_nodes_begin(struct cpa_nodes_walk *ret_walk, const struct cpa_nodes_map *map,
	const struct cpa_profile_sample *sample);
bool cpa_nodes_next(struct cpa_nodes_walk *walk, uint32_t *ret_node, int64_t *ret_line);

/*
 * Order two nodes as Go's client orders them where their values are equal: by address, name, file
 * and line as one text. Below 0, 0, above 0.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
int cpa_nodes_compare(const struct cpa_nodes *nodes, uint32_t left, uint32_t right);

/*
 * That text: "0000000000401234 name file:line", as far as the granularity has it. Freed with
 * free().
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
char *cpa_nodes_text(const struct cpa_nodes *nodes, uint32_t number);

/*
 * "libx.so+0x1234" for a place in a mapping, "0x7f..." outside of all.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_nodes_place(char *to, size_t to_bytes, const struct cpa_profile *profile,
	const struct cpa_profile_location *location);

#endif
