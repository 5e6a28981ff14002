/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the memory of the process is. */
#include "report/cli/reconcile.h"

#include "report/graph/table.h"
#include "report/profile/units.h"

/* From what the program asked for to what the system gave. */
static const struct {
	const char *key, *name, *meaning;
} lines[] = {
	{"live_estimate_bytes", "estimated live", "what the program asked for and has not freed"},
	{"jemalloc_allocated_bytes", "allocated", "the same for jemalloc, in its size classes"},
	{"jemalloc_active_bytes", "active", "pages that hold it; more than that is fragmentation"},
	{"jemalloc_dirty_bytes", "dirty", "pages freed, soon given back to the system"},
	{"jemalloc_metadata_bytes", "metadata", "jemalloc's own"},
	{"jemalloc_resident_bytes", "resident", "active, dirty and metadata, if all were touched"},
	{"jemalloc_retained_bytes", "retained", "addresses kept for later, without memory"},
	{"rss_bytes", "process RSS", "resident, and code, stacks, mmap, the sampler"},
	{"peak_rss_bytes", "peak RSS", "the most that was ever in memory at once"},
};

/* Half of the interval of the estimate; -1: not known. */
static double live_half_width(const struct cpa_profile *profile)
{
	int type = cpa_profile_type_named(profile, "inuse_space");
	struct cpa_stats_view view;
	struct cpa_stats_sum sum;
	double magnitude;

	if (type < 0)
		return -1;
	view = cpa_stats_view(profile, (size_t)type);
	sum = cpa_table_total(profile, (size_t)type, &view, &magnitude);
	return cpa_stats_half_width(&view, &sum);
}

void cpa_cli_reconcile_print(const struct cpa_profile *profile, struct cpa_cli_out *out)
{
	bool has_title = false;
	size_t i;

	for (i = 0; i < CPA_ARRAY_LEN(lines); i++) {
		int64_t bytes = cpa_comments_number(profile, lines[i].key);
		char text[2 * CPA_UNITS_BYTES], value[CPA_UNITS_BYTES], half[CPA_UNITS_BYTES] = "";
		double half_width = i == 0 ? live_half_width(profile) : -1;

		if (bytes < 0)
			continue;
		if (!has_title)
			fprintf(out->file, "memory\n");
		has_title = true;
		cpa_units_value(CPA_UNITS_SIZE, (double)bytes, half_width, false, value, half);
		fprintf(out->file, "  %-16s", lines[i].name);
		cpa_cli_out_right(out, value, 10);
		snprintf(text, sizeof(text), "%s%s", half[0] != '\0' ? "±" : "", half);
		fprintf(out->file, " %s%*s %s\n", text, (int)(6 - cpa_units_columns(text)), "",
			lines[i].meaning);
	}
}

void cpa_cli_reconcile_json(const struct cpa_profile *profile, struct cpa_cli_json *json)
{
	double half_width = live_half_width(profile);
	size_t i;

	cpa_cli_json_open(json, "memory", '{');
	for (i = 0; i < CPA_ARRAY_LEN(lines); i++) {
		int64_t bytes = cpa_comments_number(profile, lines[i].key);

		if (bytes < 0)
			continue;
		cpa_cli_json_int(json, lines[i].key, bytes);
		if (i == 0 && half_width >= 0)
			cpa_cli_json_number(json, "live_estimate_half_width", half_width);
	}
	cpa_cli_json_close(json, '}');
}
