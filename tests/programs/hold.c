/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program that does as it is told on standard input, so that a test can look at it meanwhile.
 *
 *   grow BYTES    allocate and keep (in hold_grow)
 *   snapshot      cprof_snapshot() where there is one
 *   write PATH    cprof_write("allocs") where there is one
 *   raise NUMBER  send itself a signal
 *   chdir PATH    change its directory
 *   end of input  print "done" and exit with the status of the first argument (0)
 *
 * Each command is answered by one line. Not here: what the library should do meanwhile
 * (tests/integration/snapshots.bats).
 */
#include <cprofalloc.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEEP(ptr) __asm__ volatile("" : "+r"(ptr) : : "memory")
#define NOINLINE  __attribute__((noinline, noclone))

extern int cprof_snapshot(void) __attribute__((weak));
extern int cprof_write(const char *profile, int fd, int debug) __attribute__((weak));

NOINLINE char *hold_grow(size_t size_bytes);
NOINLINE char *hold_grow(size_t size_bytes)
{
	char *ptr = malloc(size_bytes);
	KEEP(ptr);
	return ptr;
}

static int write_profile(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600), result;

	if (fd < 0 || !cprof_write)
		return -1;
	result = cprof_write("allocs", fd, strstr(path, "text") ? 1 : 0);
	close(fd);
	return result;
}

static int obey(const char *command, const char *argument)
{
	if (strcmp(command, "grow") == 0) {
		char *ptr = hold_grow(strtoull(argument, NULL, 10));

		if (!ptr)
			return -1;
		ptr[0] = 1;
		return 0;
	}
	if (strcmp(command, "snapshot") == 0)
		return cprof_snapshot ? cprof_snapshot() : 0;
	if (strcmp(command, "write") == 0)
		return write_profile(argument);
	if (strcmp(command, "raise") == 0)
		return raise(atoi(argument));
	if (strcmp(command, "chdir") == 0)
		return chdir(argument);
	return -1;
}

int main(int argc, char **argv)
{
	static char line[4096], command[64], argument[4000];

	setvbuf(stdout, NULL, _IOLBF, 0);
	hold_grow(1000003);
	printf("ready\n");
	while (fgets(line, sizeof(line), stdin)) {
		command[0] = argument[0] = '\0';
		sscanf(line, "%63s %3999s", command, argument);
		printf("%s %d\n", command, obey(command, argument));
	}
	printf("done\n");
	return argc > 1 ? atoi(argv[1]) : 0;
}
