/* SPDX-License-Identifier: BSD-2-Clause */
/* What a report says about itself. */
#include "report/facts.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "report/fd.h"
#include "report/labelmask.h"
#include "sampling/gate.h"
#include "sampling/roster.h"
#include "sampling/store.h"

#define LINE_BYTES (PATH_MAX + 32) /* also holds every group: ten numbers take less */

struct lines {
	cpa_facts_line *take_line;
	void *context;
	int error;
	size_t used_bytes;
	char line[LINE_BYTES];
};

/* Second number of /proc/self/statm, in pages; 0 when it cannot be read. */
static uint64_t read_rss_bytes(void)
{
	char text[128];
	int fd = cpa_fd_open_read("/proc/self/statm");
	long got_bytes = fd < 0 ? 0 : cpa_fd_read_at(fd, text, sizeof(text) - 1, 0);
	uint64_t page_count = 0;
	const char *at = text;

	cpa_fd_close(fd);
	text[got_bytes > 0 ? got_bytes : 0] = '\0';
	while (*at && *at != ' ')
		at++;
	for (at += *at == ' '; *at >= '0' && *at <= '9'; at++)
		page_count = page_count * 10 + (uint64_t)(*at - '0');
	return page_count * (uint64_t)sysconf(_SC_PAGESIZE);
}

void cpa_facts_measure(struct cpa_facts *facts)
{
	uint64_t *to = (uint64_t *)&facts->counters;
	const uint64_t *from = (const uint64_t *)&cpa_heap_counters;
	int kept_errno = errno;
	struct timespec cpu = {0};
	struct rusage usage = {0};

	_Static_assert(sizeof(facts->counters) % sizeof(*to) == 0, "all counters are 64 bits");
	for (size_t i = 0; i < sizeof(facts->counters) / sizeof(*to); i++)
		to[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
	facts->rate_max_bytes = cpa_gate_rate_max_bytes();
	facts->labels = cpa_labels_count();
	facts->live_bytes = cpa_heap_inuse_bytes();
	facts->store_used_bytes = cpa_store_used_bytes();
	facts->store_limit_bytes = cpa_store_limit_bytes();
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
	facts->process_cpu_ns = (uint64_t)cpu.tv_sec * 1000000000u + (uint64_t)cpu.tv_nsec;
	facts->own_threads_cpu_ns = cpa_roster_internal_cpu_ns();
	(void)getrusage(RUSAGE_SELF, &usage);
	facts->peak_rss_bytes = (uint64_t)usage.ru_maxrss * 1024;
	facts->rss_bytes = read_rss_bytes();
	errno = kept_errno;
}

static void append(struct lines *lines, const char *key, const char *text)
{
	size_t room_bytes = sizeof(lines->line) - lines->used_bytes;
	int got = snprintf(lines->line + lines->used_bytes, room_bytes, " %s=%s", key, text);

	/* What does not fit whole stays out: half a number would be another one. */
	if (got > 0 && (size_t)got < room_bytes)
		lines->used_bytes += (size_t)got;
	else
		lines->line[lines->used_bytes] = '\0';
}

static void say(struct lines *lines, const char *key, uint64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%lu", (unsigned long)value);
	append(lines, key, text);
}

static void begin(struct lines *lines, const char *group)
{
	lines->used_bytes = (size_t)snprintf(lines->line, sizeof(lines->line), "%s:", group);
}

static void end(struct lines *lines)
{
	if (!lines->error)
		lines->error = lines->take_line(lines->context, lines->line);
}

static void say_process(struct lines *lines, const struct cpa_facts *facts)
{
	begin(lines, "cprofalloc");
	append(lines, "version", PACKAGE_VERSION);
	append(lines, "kind", facts->kind);
	append(lines, "program", facts->program);
	say(lines, "pid", (uint64_t)facts->pid);
	if (facts->sequence)
		say(lines, "sequence", facts->sequence);
	if (facts->reason)
		append(lines, "reason", facts->reason);
	say(lines, "start_ns", facts->start_ns);
	say(lines, "rate_bytes", facts->rate_bytes);
	if (facts->rate_max_bytes > facts->rate_bytes)
		say(lines, "rate_max_bytes", facts->rate_max_bytes);
	end(lines);
}

static void say_store(struct lines *lines, const struct cpa_facts *facts)
{
	say(lines, "store_used_bytes", facts->store_used_bytes);
	say(lines, "store_limit_bytes", facts->store_limit_bytes);
	/* The overflow set is always there. */
	if (facts->labels.sets > 1) {
		say(lines, "label_sets", facts->labels.sets - 1);
		say(lines, "label_overflows", facts->labels.overflows);
	}
}

static void say_sampling(struct lines *lines, const struct cpa_facts *facts)
{
	const struct cpa_heap_counters *counters = &facts->counters;

	begin(lines, "sampling");
	say(lines, "samples", counters->samples);
	say(lines, "frees", counters->frees);
	say(lines, "dropped_store_full", counters->dropped_store_full);
	say(lines, "stacks_full", counters->stacks_full);
	say(lines, "untracked_region", counters->untracked_region);
	say(lines, "untracked_arena", counters->untracked_arena);
	say(lines, "truncated_stacks", counters->truncated_stacks);
	say(lines, "failed_unwinds", counters->failed_unwinds);
	say(lines, "sampling_ns", counters->sampling_ns);
	say(lines, "process_cpu_ns", facts->process_cpu_ns);
	say(lines, "own_threads_cpu_ns", facts->own_threads_cpu_ns);
	say_store(lines, facts);
	end(lines);
}

static void say_own(struct lines *lines, const struct cpa_facts *facts)
{
	lines->used_bytes =
		(size_t)snprintf(lines->line, sizeof(lines->line), "%s", facts->own.text);
	say_store(lines, facts);
	end(lines);
}

static void say_memory(struct lines *lines, const struct cpa_facts *facts)
{
	const struct cpa_snapshot_totals *totals = &facts->totals;

	begin(lines, "memory");
	say(lines, "live_estimate_bytes",
		facts->live_bytes > 0 ? (uint64_t)(facts->live_bytes + 0.5) : 0);
	if (facts->has_totals) {
		say(lines, "jemalloc_allocated_bytes", totals->allocated_bytes);
		say(lines, "jemalloc_active_bytes", totals->active_bytes);
		say(lines, "jemalloc_dirty_bytes", totals->dirty_bytes);
		say(lines, "jemalloc_metadata_bytes", totals->metadata_bytes);
		say(lines, "jemalloc_resident_bytes", totals->resident_bytes);
		say(lines, "jemalloc_mapped_bytes", totals->mapped_bytes);
		say(lines, "jemalloc_retained_bytes", totals->retained_bytes);
	}
	say(lines, "rss_bytes", facts->rss_bytes);
	say(lines, "peak_rss_bytes", facts->peak_rss_bytes);
	end(lines);
}

static void say_text(struct lines *lines, const char *key, const char *text)
{
	(void)snprintf(lines->line, sizeof(lines->line), "%s: %s", key, text);
	end(lines);
}

/* Whoever has the file sees that it is not the whole. */
static void say_wanted(struct lines *lines, const struct cpa_facts *facts)
{
	char text[CPA_LABELS_TEXT_BYTES];

	if (!facts->wanted_labels)
		return;
	cpa_labelmask_say(facts->wanted_labels, text, sizeof(text));
	(void)snprintf(lines->line, sizeof(lines->line),
		"note: only samples with the labels %s are in it", text);
	end(lines);
}

int cpa_facts_lines(const struct cpa_facts *facts, cpa_facts_line *take_line, void *context)
{
	struct lines lines = {.take_line = take_line, .context = context};

	say_process(&lines, facts);
	say_text(&lines, "exe", facts->exe);
	if (facts->own.used_bytes) {
		say_own(&lines, facts);
		say_wanted(&lines, facts);
		return lines.error;
	}
	say_sampling(&lines, facts);
	say_memory(&lines, facts);
	say_text(&lines, "note",
		"estimates of the whole heap, already scaled; mmap and thread stacks are not in "
		"them");
	say_wanted(&lines, facts);
	return lines.error;
}
