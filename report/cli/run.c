/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprof run: a program under the profiler, its own output and end unchanged.
 * Not here: its environment (settings.c), starting it (launch.c), the summary (summary.c).
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/quantity.h"
#include "report/cli/launch.h"
#include "report/cli/options.h"
#include "report/cli/settings.h"
#include "report/cli/summary.h"
#include "report/cli/target.h"
#include "report/profile/units.h"

struct run {
	const char *rate, *interval, *dir, *growth, *keep_bytes, *signal, *http;
	const char *block;
	int64_t keep, depth, final, cpu, mutex; /* -1: not given */
	bool goroutine, threadcreate, children;
	struct cpa_cli_settings settings;
	char library[PATH_MAX];
	char default_dir[NAME_MAX + 16];
	char dir_absolute[PATH_MAX];
};

static bool set(struct run *run, const char *key, const char *value)
{
	if (value == NULL || cpa_cli_settings_set(&run->settings, key, value))
		return true;
	fprintf(stderr, "cprof run: --%s=%s: cannot be passed on: %s\n", key, value,
		strchr(value, ',') != NULL ? "it has a comma" : "CPROFALLOC gets too long");
	return false;
}

static bool set_number(struct run *run, const char *key, int64_t value)
{
	char text[24];

	if (value < 0)
		return true;
	snprintf(text, sizeof(text), "%lld", (long long)value);
	return set(run, key, text);
}

/* --dir, else the user's own CPROFALLOC, else PROGRAM.cprof here. */
static void choose_dir(struct run *run, const char *program)
{
	static char inherited[CPA_CONF_DIR_MAX];
	const char *slash = strrchr(program, '/');

	if (run->dir != NULL)
		return;
	if (cpa_cli_settings_get(&run->settings, "dir", inherited, sizeof(inherited)) &&
		inherited[0] != '\0') {
		run->dir = inherited;
		return;
	}
	snprintf(run->default_dir, sizeof(run->default_dir), "%.200s.cprof",
		slash != NULL && slash[1] != '\0' ? slash + 1 : program);
	run->dir = run->default_dir;
}

static bool make_dir(struct run *run)
{
	struct stat about;

	if (mkdir(run->dir, 0700) != 0 && errno != EEXIST) {
		fprintf(stderr, "cprof run: --dir=%s: cannot be made: %s\n", run->dir,
			strerror(errno));
		return false;
	}
	/* Absolute, because the program may change its directory before the library looks. */
	if (realpath(run->dir, run->dir_absolute) == NULL || stat(run->dir_absolute, &about) != 0) {
		fprintf(stderr, "cprof run: --dir=%s: %s\n", run->dir, strerror(errno));
		return false;
	}
	if (!S_ISDIR(about.st_mode)) {
		fprintf(stderr, "cprof run: --dir=%s: not a directory\n", run->dir);
		return false;
	}
	if (access(run->dir_absolute, W_OK | X_OK) != 0) {
		fprintf(stderr, "cprof run: --dir=%s: cannot be written: %s\n", run->dir,
			strerror(errno));
		return false;
	}
	return true;
}

static bool fill_settings(struct run *run, const char *program)
{
	char inherited[8];

	if (!cpa_cli_settings_init(&run->settings, getenv("CPROFALLOC"))) {
		fprintf(stderr, "cprof run: CPROFALLOC in the environment is too long\n");
		return false;
	}
	choose_dir(run, program);
	if (run->final < 0 &&
		!cpa_cli_settings_get(&run->settings, "final", inherited, sizeof(inherited)))
		run->final = 1;
	return set(run, "rate", run->rate) && set(run, "interval", run->interval) &&
	       set(run, "growth", run->growth) && set(run, "signal", run->signal) &&
	       set(run, "http", run->http) && set(run, "keep_bytes", run->keep_bytes) &&
	       set_number(run, "keep", run->keep) && set_number(run, "depth", run->depth) &&
	       set_number(run, "final", run->final) && set_number(run, "cpu", run->cpu) &&
	       set_number(run, "mutex", run->mutex) && set(run, "block", run->block) &&
	       set(run, "goroutine", run->goroutine ? "1" : NULL) &&
	       set(run, "threadcreate", run->threadcreate ? "1" : NULL) &&
	       set(run, "children", run->children ? "1" : NULL) && make_dir(run) &&
	       set(run, "dir", run->dir_absolute);
}

/* In the child, just before it becomes the program. */
static void prepare(pid_t pid, void *context)
{
	struct run *run = context;

	cpa_cli_settings_apply(&run->settings, run->library, run->children ? 0 : pid);
}

static void announce(const struct run *run, const char *program, pid_t pid)
{
	char rate_value[32] = "", interval[32] = "", rate[48], each[96] = "one sample per 512 KiB",
	     every[64] = "";
	uint64_t number;

	if (cpa_cli_settings_get(&run->settings, "rate", rate_value, sizeof(rate_value)) &&
		cpa_quantity_parse(CPA_QUANTITY_SIZE, rate_value, &number) == 0) {
		if (number == 0)
			snprintf(each, sizeof(each), "sampling off");
		else if (number == 1)
			snprintf(each, sizeof(each), "every allocation");
		else
			snprintf(each, sizeof(each), "one sample per %s",
				cpa_units_rate(rate, sizeof(rate), (int64_t)number));
	}
	if (cpa_cli_settings_get(&run->settings, "interval", interval, sizeof(interval)) &&
		cpa_quantity_parse(CPA_QUANTITY_TIME, interval, &number) == 0 && number > 0)
		snprintf(every, sizeof(every), " every %s",
			cpa_units_elapsed(rate, sizeof(rate), (int64_t)number));
	fprintf(stderr, "cprof: profiling %s (pid %ld), %s, snapshots in %s%s%s\n", program,
		(long)pid, each, run->dir, run->dir[strlen(run->dir) - 1] == '/' ? "" : "/", every);
}

static bool is_final_off(const struct run *run)
{
	char final[8] = "1";

	return cpa_cli_settings_get(&run->settings, "final", final, sizeof(final)) &&
	       strcmp(final, "0") == 0;
}

static bool has_interval(const struct run *run)
{
	char interval[32] = "";
	uint64_t number;

	return cpa_cli_settings_get(&run->settings, "interval", interval, sizeof(interval)) &&
	       cpa_quantity_parse(CPA_QUANTITY_TIME, interval, &number) == 0 && number > 0;
}

static int run_program(struct run *run, char **argv)
{
	struct cpa_cli_summary summary = {.program = argv[0], .has_children = run->children};
	struct cpa_cli_launch launch;
	int error;

	summary.since_ns = (int64_t)cpa_clock_wall_ns();
	error = cpa_cli_launch_start(&launch, argv, prepare, run);
	if (error != 0) {
		fprintf(stderr, "cprof: %s: no process could be made: %s\n", argv[0],
			strerror(-error));
		return 126;
	}
	if (launch.exec_errno == 0)
		announce(run, argv[0], launch.pid);
	else
		fprintf(stderr, "cprof: %s: %s\n", argv[0],
			cpa_cli_target_refusal(argv[0], launch.exec_errno));
	cpa_cli_launch_wait(&launch);
	if (launch.exec_errno == 0) {
		summary.dir = run->dir;
		summary.dir_absolute = run->dir_absolute;
		summary.final_off = is_final_off(run);
		summary.has_interval = has_interval(run);
		cpa_cli_summary_print(&summary, &launch);
	} else if (run->dir == run->default_dir) {
		(void)rmdir(run->dir_absolute); /* made for nothing, if it is empty */
	}
	return cpa_cli_launch_status(&launch);
}

int cpa_cli_run(const struct cpa_cli_verb *verb, int argc, char **argv)
{
	struct run run = {.keep = -1, .depth = -1, .final = -1, .cpu = -1, .mutex = -1};
	const struct cpa_cli_option options[] = {
		{"rate", CPA_CLI_SIZE, &run.rate, 0},
		{"interval", CPA_CLI_TIME, &run.interval, 0},
		{"growth", CPA_CLI_SIZE, &run.growth, 0},
		{"signal", CPA_CLI_TEXT, &run.signal, 0},
		{"dir", CPA_CLI_TEXT, &run.dir, 0},
		{"keep", CPA_CLI_COUNT, &run.keep, 0},
		{"keep-bytes", CPA_CLI_SIZE, &run.keep_bytes, 0},
		{"keep_bytes", CPA_CLI_SIZE, &run.keep_bytes, 0},
		{"depth", CPA_CLI_COUNT, &run.depth, 0},
		{"final", CPA_CLI_COUNT, &run.final, 0},
		{"cpu", CPA_CLI_COUNT, &run.cpu, 0},
		{"mutex", CPA_CLI_COUNT, &run.mutex, 0},
		{"block", CPA_CLI_TIME, &run.block, 0},
		{"goroutine", CPA_CLI_FLAG, &run.goroutine, 0},
		{"threadcreate", CPA_CLI_FLAG, &run.threadcreate, 0},
		{"children", CPA_CLI_FLAG, &run.children, 0},
		{"http", CPA_CLI_TEXT, &run.http, 0},
		{NULL, CPA_CLI_END, NULL, 0},
	};
	int program_count;
	enum cpa_cli_parsed parsed =
		cpa_cli_options_parse(verb, options, true, argc, argv, &program_count);

	if (parsed != CPA_CLI_GO_ON)
		return (int)parsed;
	if (program_count == 0 || argv[0][0] == '\0') {
		fprintf(stderr, "cprof run: which program? usage: cprof run %s\n", verb->usage);
		return CPA_CLI_USAGE;
	}
	if (run.final > 1) {
		fprintf(stderr, "cprof run: --final=%lld: want 0 or 1\n", (long long)run.final);
		return CPA_CLI_USAGE;
	}
	if (run.dir != NULL && run.dir[0] == '\0') {
		fprintf(stderr, "cprof run: --dir=: want a directory\n");
		return CPA_CLI_USAGE;
	}
	if (!cpa_cli_settings_library(run.library, sizeof(run.library)) ||
		!fill_settings(&run, argv[0]))
		return CPA_CLI_USAGE;
	return run_program(&run, argv);
}
