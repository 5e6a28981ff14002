/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which descriptors does a program leave open, and where did it open them? A profile of its own
 * says: each open adds the descriptor, each close removes it; what stays is the leak.
 *
 *	cc -g open_files.c -lcprofalloc -o open_files
 *	./open_files open_files.pb.gz && go tool pprof -top open_files.pb.gz
 *
 * Not here: a library that works with and without the profiler (sessions.c).
 */
#include <cprofalloc.h>

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static cprof_profile *open_files;

/* The profile's things are not NULL, and descriptor 0 is one. */
static const void *thing(int fd)
{
	return (const void *)(uintptr_t)(fd + 1);
}

/* skip 1: the stack begins with who opened the file, not with this function (never inlined). */
__attribute__((noinline)) static int files_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd >= 0)
		(void)cprof_profile_add(open_files, thing(fd), 1);
	return fd;
}

/* Out of the profile first: once closed, the number may be another thread's. */
static void files_close(int fd)
{
	(void)cprof_profile_remove(open_files, thing(fd));
	close(fd);
}

__attribute__((noinline)) static int read_limits(void)
{
	char text[64] = "";
	int fd = files_open("/proc/self/limits", O_RDONLY);
	ssize_t got_bytes = read(fd, text, sizeof(text));

	files_close(fd);
	return got_bytes > 0;
}

/* The leak: when the file does not say what was hoped for, it stays open. */
__attribute__((noinline)) static int read_status(void)
{
	char text[64] = "";
	int fd = files_open("/proc/self/status", O_RDONLY);

	if (read(fd, text, sizeof(text) - 1) <= 0 || strncmp(text, "State:", 6))
		return 0;
	files_close(fd);
	return 1;
}

int main(int argc, char **argv)
{
	int result = cprof_profile_new("open_files", &open_files);
	int found = 0, fd;

	if (result < 0) {
		fprintf(stderr, "open_files: no profile: %s\n", strerror(-result));
		return 1;
	}
	for (int i = 0; i < 100; i++)
		found += read_limits() + read_status();
	printf("open_files: found %d, still open %lld\n", found,
		(long long)cprof_profile_count(open_files));
	fd = open(argc > 1 ? argv[1] : "open_files.pb.gz", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	result = cprof_profile_write(open_files, fd, 0);
	close(fd);
	if (result < 0)
		fprintf(stderr, "open_files: %s\n", strerror(-result));
	return result < 0;
}
