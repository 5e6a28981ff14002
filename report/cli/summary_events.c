/* SPDX-License-Identifier: BSD-2-Clause */
/* What cprof run says of the profiles beside the heap's. */
#include "report/cli/summary_events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/cli/found.h"
#include "report/cli/next.h"
#include "report/graph/table.h"
#include "report/profile/read.h"
#include "report/profile/units.h"

static const struct {
	const char *kind; /* in the file's name */
	const char *type;
	const char *what;
} events[] = {
	{"cpu", "cpu", "CPU time"},
	{"mutex", "delay", "held up others"},
	{"block", "delay", "waited"},
};

/* DIR/EXE.PID.SEQ.KIND.pb.gz beside DIR/EXE.PID.SEQ.heap.pb.gz; NULL: not there. */
static char *path_of(const char *dir, const char *heap_name, const char *kind)
{
	size_t stem_bytes = strlen(heap_name) - strlen(CPA_CLI_FOUND_END);
	size_t bytes = strlen(dir) + strlen(heap_name) + strlen(kind) + 16;
	char *path = cpa_memory_new(bytes, 1);

	snprintf(path, bytes, "%s%s%.*s.%s.pb.gz", dir, dir[strlen(dir) - 1] == '/' ? "" : "/",
		(int)stem_bytes, heap_name, kind);
	if (access(path, R_OK) == 0)
		return path;
	free(path);
	return NULL;
}

/* "       CPU time 4.98 s        80% in burn_hot: cprof top prof/burn.17.0001.cpu.pb.gz" */
static void print_event(
	const struct cpa_profile *profile, size_t type, const char *what, const char *path)
{
	struct cpa_cli_out out = {.file = stderr};
	struct cpa_stats_view view = cpa_stats_view(profile, type);
	char total[CPA_UNITS_BYTES];
	struct cpa_table table;
	struct cpa_stats_sum sum;
	double magnitude;

	sum = cpa_table_total(profile, type, &view, &magnitude);
	if (!(magnitude > 0))
		return; /* nobody had to wait */
	cpa_units_value(CPA_UNITS_DURATION, sum.value, -1, false, total, NULL);
	fprintf(stderr, "       %s %s", what, total);
	cpa_table_init(&table, profile, type, CPA_NODES_BY_FUNCTION, false);
	if (table.row_count > 0)
		fprintf(stderr, "%*s%.3g%% in %.200s",
			(int)(24 - (cpa_units_columns(total) + strlen(what)) % 24), "",
			100 * table.rows[0].flat.value / magnitude,
			table.nodes.items[table.rows[0].node].name);
	fprintf(stderr, ": cprof top ");
	cpa_cli_next_path(&out, path);
	putc('\n', stderr);
	cpa_table_done(&table);
}

void cpa_cli_summary_events(const char *dir, const char *heap_name)
{
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		char *path = path_of(dir, heap_name, events[i].kind);
		struct cpa_error error = {""};
		struct cpa_profile profile;
		int type;

		if (path != NULL && cpa_read_profile(&profile, path, &error) == 0) {
			type = cpa_profile_type_named(&profile, events[i].type);
			if (type >= 0)
				print_event(&profile, (size_t)type, events[i].what, path);
			cpa_profile_done(&profile);
		}
		free(path);
	}
}
