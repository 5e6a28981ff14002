/* SPDX-License-Identifier: BSD-2-Clause */
/* The numbered files of one process in one directory. */
#include "report/series.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/log.h"

#define NAME_TRIES 8

/* Names the system's own words without asking the locale, which would allocate. */
static const char *error_text(int error)
{
	const char *text = strerrordesc_np(-error);

	return text ? text : "unknown error";
}

/* First failure, then each different one; a disk that stays full fills no log. */
static void tell_failure(struct cpa_series *series, const char *name, uint64_t sequence, int error)
{
	series->error_count++;
	if (error == series->last_error)
		return;
	series->last_error = error;
	if (series->retry_ns >= 1000000000u)
		cpa_log("snapshot %lu not written: %s/%s: %s; trying again in %lu s",
			(unsigned long)sequence, series->conf->dir, name, error_text(error),
			(unsigned long)(series->retry_ns / 1000000000u));
	else if (series->retry_ns)
		cpa_log("snapshot %lu not written: %s/%s: %s; trying again in %lu ms",
			(unsigned long)sequence, series->conf->dir, name, error_text(error),
			(unsigned long)(series->retry_ns / 1000000u));
	else
		cpa_log("snapshot %lu not written: %s/%s: %s", (unsigned long)sequence,
			series->conf->dir, name, error_text(error));
}

static void tell_success(
	struct cpa_series *series, const char *name, uint64_t size_bytes, uint64_t elapsed_ns)
{
	if (series->error_count)
		cpa_log("snapshots are written again, after %lu that were not: %s/%s",
			(unsigned long)series->error_count, series->conf->dir, name);
	else if (series->last_error)
		cpa_log("snapshots are written, the directory is there now: %s/%s",
			series->conf->dir, name);
	else if (series->conf->verbose)
		cpa_log("snapshot written in %lu ms: %s/%s (%lu bytes)",
			(unsigned long)(elapsed_ns / 1000000u), series->conf->dir, name,
			(unsigned long)size_bytes);
	series->last_error = 0;
	series->error_count = 0;
}

/* The next number whose name nobody has: another process with our pid may have been here before. */
static void choose_name(struct cpa_series *series, int dir_fd, const char *kind, char *ret_name)
{
	do
		cpa_outfile_make_name(&series->prefix, ++series->sequence, kind, ret_name);
	while (cpa_outfile_is_taken(dir_fd, ret_name));
}

static int write_file(struct cpa_series *series, int dir_fd, const char *name, const char *kind,
	const struct cpa_series_content *content)
{
	struct cpa_outfile_identity identity;
	uint64_t begin_ns = cpa_clock_mono_ns();
	struct cpa_outfile file;
	int error = cpa_outfile_begin(&file, dir_fd, &series->prefix);

	if (error)
		return error;
	error = content->write(kind, series->sequence, cpa_fd_to_sink(&file.fd));
	if (!error)
		error = cpa_outfile_commit(&file, name, &identity);
	cpa_outfile_abort(&file);
	if (error)
		return error;
	tell_success(series, name, identity.size_bytes, cpa_clock_mono_ns() - begin_ns);
	if (series->conf->keep_count || series->conf->keep_bytes)
		cpa_retention_add(&series->retention, series->sequence, kind, &identity);
	return 0;
}

/* The first file, which takes the number, and the others under the same. name: the last one. */
static int write_files(
	struct cpa_series *series, int dir_fd, const struct cpa_series_content *content, char *name)
{
	int error = -EEXIST;

	/* Again when somebody took the name while we wrote. */
	for (int i = 0; error == -EEXIST && i < NAME_TRIES; i++) {
		choose_name(series, dir_fd, content->kinds[0], name);
		error = write_file(series, dir_fd, name, content->kinds[0], content);
	}
	if (error) {
		tell_failure(series, name, series->sequence, error);
		series->sequence--; /* the number is free for the next attempt */
		return error;
	}
	for (size_t i = 1; !error && i < content->kind_count; i++) {
		cpa_outfile_make_name(&series->prefix, series->sequence, content->kinds[i], name);
		error = write_file(series, dir_fd, name, content->kinds[i], content);
	}
	if (error)
		tell_failure(series, name, series->sequence, error);
	return error;
}

int cpa_series_write(struct cpa_series *series, const struct cpa_series_content *content)
{
	char name[CPA_OUTFILE_NAME_MAX];
	int dir_fd = cpa_outfile_open_dir(series->conf->dir);
	int error;

	if (dir_fd < 0) {
		cpa_outfile_make_name(
			&series->prefix, series->sequence + 1, content->kinds[0], name);
		tell_failure(series, name, series->sequence + 1, dir_fd);
		return dir_fd;
	}
	error = write_files(series, dir_fd, content, name);
	cpa_retention_trim(&series->retention, dir_fd, &series->prefix, series->conf->keep_count,
		series->conf->keep_bytes);
	cpa_fd_close(dir_fd);
	return error;
}

void cpa_series_begin(
	struct cpa_series *series, const struct cpa_conf *conf, const char *program, int64_t pid)
{
	cpa_retention_done(&series->retention);
	*series = (struct cpa_series){.conf = conf};
	cpa_outfile_make_prefix(program, pid, &series->prefix);
}

void cpa_series_prepare_dir(struct cpa_series *series)
{
	int kept_errno = errno;
	int made = mkdir(series->conf->dir, 0700) < 0 && errno != EEXIST ? -errno : 0;
	int dir_fd = cpa_outfile_open_dir(series->conf->dir);

	if (made < 0)
		cpa_log("dir=%s: cannot be made: %s%s", series->conf->dir, error_text(made),
			made == -ENOENT ? "; make its parent directory first" : "");
	/* The next snapshot meets this error for the same cause, which has just been told. */
	if (made < 0 && dir_fd < 0)
		series->last_error = dir_fd;
	if (dir_fd >= 0)
		cpa_outfile_clean(dir_fd, &series->prefix);
	cpa_fd_close(dir_fd);
	errno = kept_errno;
}
