/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a report goes, how wide, in which form; and profiles fetched for it.
 * Not here: numbers (report/profile/units.c).
 */
#include "report/cli/out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "report/cli/say.h"
#include "report/cli/verbs.h"
#include "report/profile/read.h"
#include "report/profile/units.h"

#define DEFAULT_COLUMNS 100
#define LEAST_NAME      12
#define LEAST_COLUMNS   40 /* on a narrower terminal lines break anyhow */

bool cpa_cli_out_begin(struct cpa_cli_out *ret_out, const char *path, bool wide)
{
	struct winsize window;
	const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");

	if (path != NULL && strcmp(path, "-") == 0)
		path = NULL;
	ret_out->file = stdout;
	ret_out->path = path;
	ret_out->columns = wide ? 0 : DEFAULT_COLUMNS;
	ret_out->bold = false;
	if (path != NULL) {
		ret_out->file = fopen(path, "we");
		if (ret_out->file == NULL) {
			fprintf(stderr, "cprof: %s: cannot be written: %s\n", path,
				strerror(errno));
			return false;
		}
	} else if (isatty(STDOUT_FILENO)) {
		ret_out->bold = (no_color == NULL || no_color[0] == '\0') && terminal != NULL &&
				strcmp(terminal, "dumb") != 0;
		if (!wide && ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0)
			ret_out->columns =
				window.ws_col > LEAST_COLUMNS ? window.ws_col : LEAST_COLUMNS;
	}
	return true;
}

int cpa_cli_out_end(struct cpa_cli_out *out, int status)
{
	int failed = fflush(out->file) != 0 || ferror(out->file);

	if (out->path != NULL)
		failed |= fclose(out->file) != 0;
	if (!failed)
		return status;
	fprintf(stderr, "cprof: %s: cannot be written: %s\n",
		out->path != NULL ? out->path : "standard output", strerror(errno));
	return CPA_CLI_USAGE;
}

void cpa_cli_out_text(struct cpa_cli_out *out, const char *text, size_t columns)
{
	cpa_cli_say_text(out->file, text, columns);
}

void cpa_cli_out_title(struct cpa_cli_out *out, const char *format, ...)
{
	char line[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (out->bold)
		fputs("\033[1m", out->file);
	cpa_cli_out_text(out, line, out->columns);
	fputs(out->bold ? "\033[0m\n" : "\n", out->file);
}

void cpa_cli_out_head(struct cpa_cli_out *out, const char *const *parts, size_t part_count)
{
	char line[1024] = "";
	size_t i;

	for (i = 0; i < part_count; i++) {
		size_t used = strlen(line), need = cpa_units_columns(parts[i]);

		if (need == 0)
			continue;
		if (used > 0 && out->columns > 0 &&
			cpa_units_columns(line) + 2 + need > out->columns) {
			cpa_cli_out_title(out, "%s", line);
			used = 0;
		}
		snprintf(line + used, sizeof(line) - used, "%s%s", used > 0 ? ", " : "", parts[i]);
	}
	cpa_cli_out_title(out, "%s", line);
}

void cpa_cli_out_right(struct cpa_cli_out *out, const char *text, size_t columns)
{
	size_t have = cpa_units_columns(text);

	for (; have < columns; have++)
		putc(' ', out->file);
	fputs(text, out->file);
}

size_t cpa_cli_out_room(const struct cpa_cli_out *out, size_t used)
{
	if (out->columns == 0)
		return 0;
	return out->columns > used + LEAST_NAME ? out->columns - used : LEAST_NAME;
}

bool cpa_cli_out_load(struct cpa_profile *ret_profile, const char *path)
{
	struct cpa_error error = {""};

	if (cpa_read_profile(ret_profile, path, &error) == 0)
		return true;
	cpa_cli_say("%s: %s", strcmp(path, "-") == 0 ? "standard input" : path, error.text);
	return false;
}

char *cpa_cli_out_program(char *to, size_t to_bytes, const struct cpa_profile *profile)
{
	const char *pid = cpa_comments_get(profile, "pid"), *exe = cpa_profile_exe(profile);

	if (exe[0] == '\0')
		exe = "unknown program";
	if (pid != NULL)
		snprintf(to, to_bytes, "%.64s (pid %.20s)", exe, pid);
	else
		snprintf(to, to_bytes, "%.64s", exe);
	return to;
}

char *cpa_cli_out_time(char *to, size_t to_bytes, int64_t time_ns, bool with_day)
{
	time_t seconds = (time_t)(time_ns / 1000000000);
	struct tm parts;

	to[0] = '\0';
	if (time_ns > 0 && localtime_r(&seconds, &parts) != NULL)
		strftime(to, to_bytes, with_day ? "%Y-%m-%d %H:%M:%S" : "%H:%M:%S", &parts);
	return to;
}
