/* SPDX-License-Identifier: BSD-2-Clause */
/* Which profiles there are by name, and each one's bytes. */
#include "report/profiles.h"

#include <string.h>

#include "report/countrows.h"
#include "report/heaprows.h"
#include "sampling/threadcreate.h"

static bool is_threads(const struct cpa_custom_profile *profile)
{
	return cpa_custom_is_builtin(profile) && !strcmp(cpa_custom_name(profile), "threadcreate");
}

static bool is_heap(const struct cpa_custom_profile *profile)
{
	return cpa_custom_is_builtin(profile) && !is_threads(profile);
}

static int write_heap(const struct cpa_facts *facts, int debug, bool names, struct cpa_fd_sink sink)
{
	struct cpa_heaprows rows;

	if (debug) {
		struct cpa_text_content text = cpa_heaprows_text(&rows, facts);

		return cpa_text_write(facts, &text, names, sink);
	} else {
		struct cpa_pprof_content pprof =
			cpa_heaprows_pprof(&rows, facts, !strcmp(facts->kind, "allocs"));

		return cpa_pprof_write(facts, &pprof, names, sink);
	}
}

static int write_counts(const struct cpa_custom_profile *profile, const struct cpa_facts *facts,
	int debug, bool names, struct cpa_fd_sink sink)
{
	struct cpa_countrows rows;
	int error = cpa_countrows_begin(&rows, profile);

	if (!error && debug) {
		struct cpa_text_content text = cpa_countrows_text(&rows);

		error = cpa_text_write(facts, &text, names, sink);
	} else if (!error) {
		struct cpa_pprof_content pprof = cpa_countrows_pprof(&rows);

		error = cpa_pprof_write(facts, &pprof, names, sink);
	}
	cpa_countrows_done(&rows);
	return error;
}

int cpa_profiles_write(const struct cpa_custom_profile *profile, struct cpa_facts *facts, int debug,
	bool names, struct cpa_fd_sink sink)
{
	facts->kind = cpa_custom_name(profile);
	facts->is_heap = is_heap(profile);
	facts->is_threads = is_threads(profile);
	facts->custom = cpa_custom_count(profile);
	cpa_facts_measure(facts);
	return facts->is_heap ? write_heap(facts, debug, names, sink)
			      : write_counts(profile, facts, debug, names, sink);
}

uint64_t cpa_profiles_count(const struct cpa_custom_profile *profile)
{
	if (is_threads(profile))
		return cpa_threadcreate_count().live;
	return is_heap(profile) ? cpa_heaprows_count() : cpa_custom_count(profile).entries;
}
