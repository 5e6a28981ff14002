/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A profile in memory: flat arrays, links are indexes into them, all checked by the reader.
 * Not here: reading it (read.h), what it says in sum (report/graph/graph.h,
 * report/analysis/diff.h).
 *
 *   sample ---- locs[loc_begin ..+ loc_count] --> location --- lines[line_begin ..+ line_count]
 *   --> function
 *     |   leaf first                                |  innermost inlined function first
 *     |-- labels[label_begin ..+ label_count]       '--> mapping
 *     '-- values[sample * type_count ..+ type_count]
 */
#ifndef CPA_PROFILE_PROFILE_H
#define CPA_PROFILE_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "report/profile/comments.h"
#include "report/profile/memory.h"

#define CPA_PROFILE_NONE      UINT32_MAX /* no such mapping, function */
/* No array of a real profile is nearly so long; a hostile one must not eat the memory. */
#define CPA_PROFILE_MAX_COUNT (UINT32_C(1) << 25)
#define CPA_PROFILE_MAX_LOCS  (UINT32_C(1) << 27) /* frames of all samples */

/* All names below are indexes of strings. */
struct cpa_profile_type {
	uint32_t type;
	uint32_t unit;
};

struct cpa_profile_mapping {
	uint64_t id;
	uint64_t start, limit, offset;
	uint32_t file;
	uint32_t build_id;
	bool has_functions, has_filenames, has_line_numbers, has_inline_frames;
};

struct cpa_profile_function {
	uint64_t id;
	uint32_t name;
	uint32_t system_name;
	uint32_t file;
	int64_t start_line;
	char *display; /* as shown to people: demangled and short; owned */
};

struct cpa_profile_line {
	uint32_t function; /* index, or CPA_PROFILE_NONE */
	uint32_t column;   /* 0: unknown */
	int64_t line;
};

struct cpa_profile_location {
	uint64_t id;
	uint64_t addr;
	uint32_t mapping; /* index, or CPA_PROFILE_NONE */
	uint32_t line_begin;
	uint32_t line_count;
	bool folded;
};

struct cpa_profile_label {
	uint32_t key;
	uint32_t str;
	uint32_t unit;
	int64_t num;
};

struct cpa_profile_sample {
	uint32_t loc_begin;
	uint32_t loc_count;
	uint32_t label_begin;
	uint32_t label_count;
};

/* One array: items[0..count), room for capacity. */
#define CPA_PROFILE_ARRAY(type)                                                                    \
	struct {                                                                                   \
		type *items;                                                                       \
		size_t count, capacity;                                                            \
	}

struct cpa_profile {
	char *path;
	CPA_PROFILE_ARRAY(size_t) strings; /* where each begins in text; [0] is "" */
	CPA_PROFILE_ARRAY(char) text;      /* all strings, each with its NUL */
	CPA_PROFILE_ARRAY(struct cpa_profile_type) types;
	CPA_PROFILE_ARRAY(struct cpa_profile_sample) samples;
	CPA_PROFILE_ARRAY(int64_t) values;
	CPA_PROFILE_ARRAY(uint32_t) locs; /* indexes of locations; while reading: ids.h */
	CPA_PROFILE_ARRAY(struct cpa_profile_label) labels;
	CPA_PROFILE_ARRAY(struct cpa_profile_location) locations;
	CPA_PROFILE_ARRAY(struct cpa_profile_line) lines;
	CPA_PROFILE_ARRAY(struct cpa_profile_function) functions;
	CPA_PROFILE_ARRAY(struct cpa_profile_mapping) mappings;
	CPA_PROFILE_ARRAY(uint32_t) comments;
	struct cpa_comments said; /* the comments again, by key; see comments.h */
	struct cpa_profile_type period_type;
	int64_t period;
	int64_t time_ns;
	int64_t duration_ns;
	uint32_t drop_frames;
	uint32_t keep_frames;
	uint32_t default_type;
	uint32_t doc_url;
	uint64_t unpacked_bytes;
};

/* Append a zeroed element and give its address. */
#define CPA_PROFILE_ADD(array)                                                                     \
	((array)->items = cpa_memory_room(                                                         \
		 (array)->items, &(array)->capacity, (array)->count + 1, sizeof(*(array)->items)), \
		memset(&(array)->items[(array)->count], 0, sizeof(*(array)->items)),               \
		&(array)->items[(array)->count++])

/*
 * Free all that profile holds; fine on a zeroed one and twice.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 */
void cpa_profile_done(struct cpa_profile *profile);

/*
 * The sample type called name, by name or by number; "" is the profile's default (its
 * default_sample_type, else the last one). Also "inuse_space" for "space", as old profiles
 * have it. Its index, or -EINVAL with the choice in error.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_profile_type(
	const struct cpa_profile *profile, const char *name, struct cpa_error *error);

/*
 * The index of the sample type of exactly this name, or -1.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
int cpa_profile_type_named(const struct cpa_profile *profile, const char *name);

/*
 * The sum of one sample type over all samples.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
int64_t cpa_profile_total(const struct cpa_profile *profile, size_t type);

/*
 * The numeric label "bytes" of a sample: the size of the blocks in it, or one of their
 * sizes, or the mean. 0 when it has none.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
int64_t cpa_profile_block_bytes(
	const struct cpa_profile *profile, const struct cpa_profile_sample *sample);

/*
 * The name of the program: what our library says it was run as, else the last part of the first
 * mapping's file, else of the comment "exe", else "".
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
const char *cpa_profile_exe(const struct cpa_profile *profile);

static inline const char *cpa_profile_string(const struct cpa_profile *profile, uint32_t string)
{
	return profile->text.items + profile->strings.items[string];
}

static inline int64_t cpa_profile_value(
	const struct cpa_profile *profile, size_t sample, size_t type)
{
	return profile->values.items[sample * profile->types.count + type];
}

#endif
