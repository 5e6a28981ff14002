/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stands in for cprof in tests of who runs it: it writes to standard output what a process can see
 * of its own state: its parts of /proc/self/status, its descriptors, its priority, its environment.
 * Not here: what must be there (tests/integration/http_symbols.bats).
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

extern char **environ;

static void copy(const char *path)
{
	char line[512];
	FILE *file = fopen(path, "re");

	while (file && fgets(line, sizeof(line), file))
		printf("%s: %s", path, line);
	if (file)
		fclose(file);
}

int main(int argc, char **argv)
{
	DIR *list = opendir("/proc/self/fd");
	struct dirent *item;
	struct rlimit core;
	int signal_number;

	for (int i = 0; i < argc; i++)
		printf("argument %s\n", argv[i]);
	copy("/proc/self/status");
	copy("/proc/self/oom_score_adj");
	while (list && (item = readdir(list)))
		if (item->d_name[0] != '.' && atoi(item->d_name) != dirfd(list))
			printf("descriptor %s\n", item->d_name);
	prctl(PR_GET_PDEATHSIG, &signal_number);
	getrlimit(RLIMIT_CORE, &core);
	printf("priority %d policy %d signal %d core %lu\n", getpriority(PRIO_PROCESS, 0),
		sched_getscheduler(0), signal_number, (unsigned long)core.rlim_cur);
	for (char **variable = environ; *variable; variable++)
		printf("variable %s\n", *variable);
	return 0;
}
