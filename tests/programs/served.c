/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program whose profiles are fetched while it lives: it does as it is told on standard input, and
 * answers each command with one line.
 *
 *   grow BYTES      allocate and keep (in served_grow)
 *   listen ADDRESS  cprof_http_listen
 *   churn THREADS   so many threads allocate and free until the end
 *   spin THREADS    so many threads use CPU time until the end (in served_spin)
 *   forked ADDRESS  in a child of a fork: cprof_http_listen there
 *   start PATH      start a program with these settings, nothing to read; wait for its end
 *   close           close every descriptor but 0 to 2
 *   fraction        the mutex fraction in force
 *   end of input    print "done" and end
 *
 * It has two threads created in served_create, and three things in its profile "mylib/sessions".
 * Not here: what is served (tests/integration/http.bats).
 */
#define _GNU_SOURCE
#include <cprofalloc.h>

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEEP(ptr) __asm__ volatile("" : "+r"(ptr) : : "memory")
#define NOINLINE  __attribute__((noinline, noclone))

static char things[3];

NOINLINE static char *served_grow(size_t size_bytes)
{
	char *ptr = malloc(size_bytes);

	KEEP(ptr);
	return ptr;
}

static void *sleeps(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static void *churns(void *arg)
{
	unsigned seed = (unsigned)(uintptr_t)arg;

	for (;;) {
		char *ptr = malloc(16 + (unsigned)rand_r(&seed) % 2000);

		KEEP(ptr);
		free(ptr);
	}
	return arg;
}

NOINLINE static void *served_spin(void *arg)
{
	for (;;)
		KEEP(arg);
	return arg;
}

NOINLINE static void served_create(void)
{
	pthread_t thread;

	for (int i = 0; i < 2; i++)
		pthread_create(&thread, NULL, sleeps, NULL);
}

static int start(int count, void *(*run)(void *))
{
	pthread_t thread;

	for (intptr_t i = 0; i < count; i++)
		if (pthread_create(&thread, NULL, run, (void *)i))
			return -1;
	return 0;
}

static int listen_in_child(const char *address)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(-cprof_http_listen(address));
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return -WEXITSTATUS(status);
}

static int start_program(const char *path)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		(void)!freopen("/dev/null", "r", stdin);
		(void)!freopen("/dev/null", "w", stdout);
		execl(path, path, NULL);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid ? -WEXITSTATUS(status) : -1;
}

static int obey(const char *command, const char *argument)
{
	if (!strcmp(command, "grow")) {
		char *ptr = served_grow(strtoull(argument, NULL, 10));

		return ptr ? (ptr[0] = 0) : -ENOMEM;
	}
	if (!strcmp(command, "listen"))
		return cprof_http_listen(argument);
	if (!strcmp(command, "churn"))
		return start(atoi(argument), churns);
	if (!strcmp(command, "spin"))
		return start(atoi(argument), served_spin);
	if (!strcmp(command, "forked"))
		return listen_in_child(argument);
	if (!strcmp(command, "start"))
		return start_program(argument);
	if (!strcmp(command, "fraction"))
		return cprof_mutex_fraction(-1);
	if (!strcmp(command, "close")) {
		for (int fd = 3; fd < 1024; fd++)
			close(fd);
		return 0;
	}
	return -ENOENT;
}

int main(void)
{
	char line[4096], command[64], argument[4000];
	cprof_profile *sessions;

	setvbuf(stdout, NULL, _IOLBF, 0);
	served_create();
	if (cprof_profile_new("mylib/sessions", &sessions))
		return 1;
	for (int i = 0; i < 3; i++)
		(void)cprof_profile_add(sessions, &things[i], 0);
	served_grow(1000003);
	puts("ready");
	while (fgets(line, sizeof(line), stdin)) {
		int result;

		command[0] = argument[0] = '\0';
		sscanf(line, "%63s %3999s", command, argument);
		result = obey(command, argument);
		printf("%s %s%s\n", command, result < 0 ? "-" : "",
			result < 0 ? strerrorname_np(-result)
			: result   ? "positive"
				   : "0");
	}
	puts("done");
	return 0;
}
