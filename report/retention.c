/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of this process's snapshots are still kept. */
#include "report/retention.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_ROOM 64u

static struct cpa_retention_file *file_at(const struct cpa_retention *retention, size_t index)
{
	return &retention->files[(retention->first + index) & (retention->room - 1)];
}

static bool grow(struct cpa_retention *retention)
{
	struct cpa_retention larger = *retention;

	larger.room = retention->room ? retention->room * 2 : FIRST_ROOM;
	larger.first = 0;
	cpa_arena_init(&larger.arena, 0);
	larger.files = cpa_arena_alloc(&larger.arena, larger.room * sizeof(*larger.files));
	if (!larger.files)
		return false;
	for (size_t i = 0; i < retention->count; i++)
		larger.files[i] = *file_at(retention, i);
	cpa_arena_done(&retention->arena);
	*retention = larger;
	return true;
}

void cpa_retention_add(struct cpa_retention *retention, uint64_t sequence, const char *kind,
	const struct cpa_outfile_identity *identity)
{
	bool is_new =
		!retention->count || file_at(retention, retention->count - 1)->sequence != sequence;

	if (retention->count == retention->room && !grow(retention))
		return;
	*file_at(retention, retention->count++) =
		(struct cpa_retention_file){sequence, kind, *identity};
	retention->sequence_count += is_new;
	retention->total_bytes += identity->size_bytes;
}

static void remove_file(
	const struct cpa_retention_file *file, int dir_fd, const struct cpa_outfile_prefix *prefix)
{
	char name[CPA_OUTFILE_NAME_MAX];
	int kept_errno = errno;
	struct stat status;

	cpa_outfile_make_name(prefix, file->sequence, file->kind, name);
	if (!fstatat(dir_fd, name, &status, AT_SYMLINK_NOFOLLOW) &&
		status.st_dev == file->identity.device && status.st_ino == file->identity.inode)
		(void)unlinkat(dir_fd, name, 0);
	errno = kept_errno;
}

static void remove_oldest(
	struct cpa_retention *retention, int dir_fd, const struct cpa_outfile_prefix *prefix)
{
	const struct cpa_retention_file *oldest = file_at(retention, 0);

	remove_file(oldest, dir_fd, prefix);
	retention->total_bytes -= oldest->identity.size_bytes;
	retention->first = (retention->first + 1) & (retention->room - 1);
	retention->count--;
}

void cpa_retention_trim(struct cpa_retention *retention, int dir_fd,
	const struct cpa_outfile_prefix *prefix, uint64_t keep_count, uint64_t keep_bytes)
{
	while (retention->sequence_count > 1 &&
		((keep_count && retention->sequence_count > keep_count) ||
			(keep_bytes && retention->total_bytes > keep_bytes))) {
		uint64_t sequence = file_at(retention, 0)->sequence;

		while (file_at(retention, 0)->sequence == sequence)
			remove_oldest(retention, dir_fd, prefix);
		retention->sequence_count--;
	}
}

void cpa_retention_done(struct cpa_retention *retention)
{
	cpa_arena_done(&retention->arena);
	*retention = (struct cpa_retention){0};
}
