/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which threads the kernel has of this process, and what each is doing.
 *
 * Plain system calls: this runs beside a program that may have closed or renumbered whatever it
 * likes, and opendir(3) would allocate.
 */
#include "sampling/proctask.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PATH_BYTES      64u
#define TEXT_BYTES      4096u /* a status is 1.5 KiB */
#define DIRECTORY_BYTES ((size_t)32 * 1024)
#define FIRST_TIDS      1024u

struct directory_entry {
	uint64_t inode;
	int64_t offset;
	uint16_t entry_bytes;
	uint8_t type;
	char name[];
};

struct tids {
	struct cpa_arena *arena;
	uint32_t *tids; /* [room] */
	size_t count;
	size_t room;
};

static int open_read(const char *path, int flags)
{
	return (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | flags, 0);
}

/* Decimal digits; the text after them, or NULL when there are none. */
static const char *parse_decimal(const char *text, uint64_t *ret_value)
{
	const char *at = text;
	uint64_t value = 0;

	for (; *at >= '0' && *at <= '9'; at++)
		value = value * 10 + (uint64_t)(*at - '0');
	*ret_value = value;
	return at == text ? NULL : at;
}

/* As above; 0x in front is optional. */
static const char *parse_hex(const char *text, uint64_t *ret_value)
{
	const char *first = text + (text[0] == '0' && text[1] == 'x' ? 2 : 0);
	const char *at = first;
	uint64_t value = 0;

	for (;; at++) {
		if (*at >= '0' && *at <= '9')
			value = value << 4 | (uint64_t)(*at - '0');
		else if (*at >= 'a' && *at <= 'f')
			value = value << 4 | (uint64_t)(*at - 'a' + 10);
		else
			break;
	}
	*ret_value = value;
	return at == first ? NULL : at;
}

static int add(struct tids *tids, uint32_t tid)
{
	if (tids->count == tids->room) {
		size_t room = tids->room ? tids->room * 2 : FIRST_TIDS;
		uint32_t *larger = cpa_arena_alloc(tids->arena, room * sizeof(*larger));

		if (!larger)
			return -ENOMEM;
		if (tids->count)
			memcpy(larger, tids->tids, tids->count * sizeof(*larger));
		tids->tids = larger;
		tids->room = room;
	}
	tids->tids[tids->count++] = tid;
	return 0;
}

static int add_entries(struct tids *tids, const char *entries, size_t entries_bytes)
{
	int error = 0;

	for (size_t at = 0; at < entries_bytes && !error;) {
		const struct directory_entry *entry = (const void *)(entries + at);
		uint64_t tid;

		if (parse_decimal(entry->name, &tid))
			error = add(tids, (uint32_t)tid);
		at += entry->entry_bytes;
	}
	return error;
}

int cpa_proctask_list(struct cpa_arena *arena, uint32_t **ret_tids, size_t *ret_count)
{
	struct tids tids = {.arena = arena};
	int kept_errno = errno;
	char *entries = cpa_arena_alloc(arena, DIRECTORY_BYTES);
	int error = entries ? 0 : -ENOMEM;
	int fd = open_read("/proc/self/task", O_DIRECTORY);
	long got_bytes = 1;

	if (!error && fd < 0)
		error = -errno;
	while (!error && got_bytes > 0) {
		got_bytes = syscall(SYS_getdents64, fd, entries, DIRECTORY_BYTES);
		if (got_bytes < 0)
			error = -errno;
		else
			error = add_entries(&tids, entries, (size_t)got_bytes);
	}
	if (fd >= 0)
		(void)syscall(SYS_close, fd);
	if (!error) {
		*ret_tids = tids.tids;
		*ret_count = tids.count;
	}
	errno = kept_errno;
	return error;
}

static char *add_text(char *at, const char *text)
{
	size_t text_bytes = strlen(text);

	memcpy(at, text, text_bytes + 1);
	return at + text_bytes;
}

static char *add_decimal(char *at, uint32_t number)
{
	char digits[10];
	size_t digit_count = 0;

	do
		digits[digit_count++] = (char)('0' + number % 10);
	while (number /= 10);
	while (digit_count)
		*at++ = digits[--digit_count];
	return at;
}

/* "/proc/self/task/TID/FILE"; vsnprintf would do, but is not safe in a handler. Returns its end. */
static char *make_path(char ret_path[PATH_BYTES], uint32_t tid, const char *file)
{
	char *at = add_decimal(add_text(ret_path, "/proc/self/task/"), tid);

	return add_text(add_text(at, "/"), file);
}

/* The file's text; false when it cannot be had: the thread has ended, or it is not for us. */
static bool read_file(uint32_t tid, const char *file, char *ret_text, size_t room_bytes)
{
	int kept_errno = errno;
	char path[PATH_BYTES];
	long got_bytes = -1;
	int fd;

	(void)make_path(path, tid, file);
	fd = open_read(path, 0);
	if (fd >= 0) {
		got_bytes = syscall(SYS_read, fd, ret_text, room_bytes - 1);
		(void)syscall(SYS_close, fd);
	}
	ret_text[got_bytes > 0 ? got_bytes : 0] = '\0';
	errno = kept_errno;
	return got_bytes > 0;
}

/* What stands after "\nKEY:" and blanks; NULL when there is no such line. A thread's name cannot
 * be taken for one: the kernel writes its newlines as "\n" in two characters. */
static const char *find_value(const char *text, const char *line)
{
	const char *at = strstr(text, line);

	if (!at)
		return NULL;
	at += strlen(line);
	while (*at == '\t' || *at == ' ')
		at++;
	return at;
}

bool cpa_proctask_parse_status(const char *text, int signal_number, struct cpa_proctask *ret_task)
{
	const char *state = find_value(text, "\nState:");
	const char *blocked = find_value(text, "\nSigBlk:");
	const char *switches = find_value(text, "\nvoluntary_ctxt_switches:");
	struct cpa_proctask task = {.state = '?'};
	uint64_t mask;

	if (!state || !*state || !blocked || !parse_hex(blocked, &mask) || !switches ||
		!parse_decimal(switches, &task.switch_count))
		return false;
	task.state = *state;
	task.blocks_signal = mask >> (signal_number - 1) & 1;
	*ret_task = task;
	return true;
}

/* "NUMBER ARGUMENT*6 SP PC", "-1 SP PC" or "running"; all but the first in hexadecimal. */
bool cpa_proctask_parse_syscall(const char *text, struct cpa_proctask_sleep *ret_sleep)
{
	struct cpa_proctask_sleep sleep = {.call_number = -1};
	uint32_t arg_count = strncmp(text, "-1 ", 3) ? CPA_PROCTASK_ARGS : 0;
	uint64_t values[CPA_PROCTASK_ARGS + 2] = {0};
	const char *at = text + 2;
	uint64_t number;

	if (arg_count) {
		at = parse_decimal(text, &number);
		sleep.call_number = (int64_t)number;
	}
	for (uint32_t i = 0; at && i < arg_count + 2; i++)
		at = *at == ' ' ? parse_hex(at + 1, &values[i]) : NULL;
	memcpy(sleep.args, values, arg_count * sizeof(*values));
	sleep.sp = values[arg_count];
	sleep.pc = values[arg_count + 1];
	if (!at || !sleep.sp || !sleep.pc)
		return false;
	*ret_sleep = sleep;
	return true;
}

bool cpa_proctask_look(uint32_t tid, int signal_number, struct cpa_proctask *ret_task)
{
	char text[TEXT_BYTES];

	return read_file(tid, "status", text, sizeof(text)) &&
	       cpa_proctask_parse_status(text, signal_number, ret_task);
}

void cpa_proctask_name(uint32_t tid, char ret_name[CPA_PROCTASK_NAME_BYTES])
{
	char text[CPA_PROCTASK_NAME_BYTES + 1]; /* with the newline that the kernel adds */
	size_t name_bytes;

	(void)read_file(tid, "comm", text, sizeof(text));
	name_bytes = strlen(text);
	if (name_bytes && text[name_bytes - 1] == '\n')
		text[--name_bytes] = '\0';
	memcpy(ret_name, text, CPA_PROCTASK_NAME_BYTES);
	ret_name[CPA_PROCTASK_NAME_BYTES - 1] = '\0';
}

bool cpa_proctask_sleep(uint32_t tid, struct cpa_proctask_sleep *ret_sleep)
{
	char text[256];

	return read_file(tid, "syscall", text, sizeof(text)) &&
	       cpa_proctask_parse_syscall(text, ret_sleep);
}

uint32_t cpa_proctask_file_mode(uint32_t tid, uint32_t fd)
{
	int kept_errno = errno;
	char path[PATH_BYTES];
	struct stat status;
	bool is_there;

	*add_decimal(make_path(path, tid, "fd/"), fd) = '\0';
	is_there = syscall(SYS_newfstatat, AT_FDCWD, path, &status, 0) == 0;
	errno = kept_errno;
	return is_there ? status.st_mode : 0;
}
