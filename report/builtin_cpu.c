/* SPDX-License-Identifier: BSD-2-Clause */
/* The built-in profile cpu. */
#include "report/builtin.h"

#include "report/tallyrows.h"
#include "sampling/cpu.h"
#include "sampling/tally.h"

/* There is no text of it, as Go has none. */
static int write_cpu(const struct cpa_builtin_order *order)
{
	struct cpa_tallyrows rows = {.walk.kind = CPA_TALLY_CPU};
	struct cpa_cpu_state state = cpa_cpu_read();
	struct cpa_pprof_content pprof = cpa_tallyrows_pprof(
		&rows, state.period_ns ? state.period_ns : 1, state.duration_ns);

	return cpa_builtin_pprof(order, &pprof);
}

static uint64_t count_cpu(void)
{
	return cpa_tally_rows(CPA_TALLY_CPU);
}

static void describe_cpu(struct cpa_line *line)
{
	struct cpa_cpu_state state;

	cpa_cpu_drain();
	state = cpa_cpu_read();
	cpa_line_add(line, "cpu:");
	cpa_line_add_pair(line, "cpu_hz", state.hz);
	cpa_line_add_pair(line, "cpu_start_ns", state.start_ns);
	cpa_line_add_pair(line, "cpu_ticks", state.ticks);
	cpa_line_add_pair(line, "cpu_signals", state.signals);
	cpa_line_add_pair(line, "cpu_ticks_lost", state.lost);
	cpa_line_add_pair(line, "cpu_ticks_between", state.between);
	cpa_line_add_pair(line, "cpu_ticks_truncated", state.truncated);
	cpa_line_add_pair(line, "cpu_ticks_broken", state.broken);
	cpa_line_add_pair(line, "cpu_threads", state.threads);
	cpa_line_add_pair(line, "cpu_threads_failed", state.failed);
}

static bool cpu_wanted(const struct cpa_conf *conf)
{
	return conf->cpu_hz || cpa_cpu_read().hz;
}

const struct cpa_builtin cpa_builtin_cpu = {"cpu", write_cpu, count_cpu, describe_cpu, cpu_wanted};
