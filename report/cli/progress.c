/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bar on the terminal for work that takes more than a second.
 * Not here: the work.
 */
#include "report/cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "report/cli/say.h"

#define WAIT_NS     UINT64_C(1000000000)
#define INTERVAL_NS UINT64_C(100000000)
#define BAR_COLUMNS 24

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

void cpa_cli_progress_init(struct cpa_cli_progress *ret_progress)
{
	memset(ret_progress, 0, sizeof(*ret_progress));
	ret_progress->is_terminal = isatty(STDERR_FILENO) == 1;
	ret_progress->start_ns = now_ns();
}

static int columns_of_terminal(void)
{
	struct winsize window;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0 ? window.ws_col
										   : 80;
}

void cpa_cli_progress_show(void *context, const char *what, size_t done, size_t total)
{
	static const char full[] = "########################", empty[] = "........................";
	struct cpa_cli_progress *progress = context;
	const char *name = strrchr(what, '/');
	uint64_t now = progress->is_terminal ? now_ns() : 0;
	int filled = total > 0 ? (int)(done * BAR_COLUMNS / total) : 0;
	int room = columns_of_terminal() - BAR_COLUMNS - 10;

	if (!progress->is_terminal || now - progress->start_ns < WAIT_NS ||
		now - progress->drawn_ns < INTERVAL_NS || room < 8)
		return;
	progress->is_shown = true;
	progress->drawn_ns = now;
	fprintf(stderr, "\r\033[K[%.*s%.*s] %3d%% ", filled, full, BAR_COLUMNS - filled, empty,
		total > 0 ? (int)(done * 100 / total) : 0);
	cpa_cli_say_text(stderr, name != NULL ? name + 1 : what, (size_t)room);
	fflush(stderr);
}

void cpa_cli_progress_done(struct cpa_cli_progress *progress)
{
	if (!progress->is_shown)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	progress->is_shown = false;
}
