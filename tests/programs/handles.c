/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Profiles of the program's own.
 *
 *   handles blobs FILE [TEXT]   1000 blobs opened in two places, 200 closed; written to files
 *   handles errors              each error that the header defines, one "WHAT: CODE" a line
 *   handles storm               threads that add and remove, among forks; "whole" if sums are right
 *   handles fork                a child and its parent go on apart; both write snapshots at exit
 *   handles full                so many entries that a small store has no more room
 *
 * Not here: labels (labels.c), other samples (threads.c).
 */
#define _GNU_SOURCE
#include <cprofalloc.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOINLINE   __attribute__((noinline, noclone))
#define BARRIER    __asm__ volatile("" ::: "memory") /* the call before it is no tail call */
#define THREADS    6
#define ROUNDS     4000
#define WATCHDOG_S 100

static cprof_profile *profile;
static char blobs[1000];

NOINLINE static int blob_open(const void *blob)
{
	int result = cprof_profile_add(profile, blob, 1);

	BARRIER;
	return result;
}

NOINLINE static void read_blob(int i)
{
	blob_open(&blobs[i]);
	BARRIER;
}

NOINLINE static void copy_blob(int i)
{
	blob_open(&blobs[i]);
	BARRIER;
}

static int write_to(const char *path, int debug)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int result = cprof_write("blobstore.Open", fd, debug);

	close(fd);
	return result;
}

static int open_blobs(int argc, char **argv)
{
	int failed = cprof_profile_new("blobstore.Open", &profile);

	for (int i = 0; i < 1000; i++)
		if (i < 700)
			read_blob(i);
		else
			copy_blob(i);
	for (int i = 600; i < 800; i++)
		failed |= cprof_profile_remove(profile, &blobs[i]);
	printf("count %lld\n", (long long)cprof_profile_count(profile));
	failed |= argc > 2 ? write_to(argv[2], 0) : 0;
	failed |= argc > 3 ? write_to(argv[3], 1) : 0;
	return failed != 0;
}

static void say(const char *what, long long code)
{
	const char *name = code < 0 ? strerrorname_np((int)-code) : NULL;

	printf("%s: %s%s\n", what, code < 0 ? "-" : "", name ? name : code ? "positive" : "0");
}

static void errors_of_names(void)
{
	static const char *const bad[] = {"", "two words", "tab\t", "new\nline", "a+b",
		"caf\303\251", "an_almost_endless_name_an_almost_endless_name_an_almost_endless_n"};
	char name[80];
	cprof_profile *other = NULL;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(name, sizeof(name), "new bad name %zu", i);
		say(name, cprof_profile_new(bad[i], &other));
	}
	say("new NULL", cprof_profile_new(NULL, &other));
	say("new to NULL", cprof_profile_new("x", NULL));
	say("new", cprof_profile_new("my/lib.things-1:x_Y", &profile));
	say("new again", cprof_profile_new("my/lib.things-1:x_Y", &other));
	say("gives the same", other != profile);
	say("new heap", cprof_profile_new("heap", &other));
	say("new goroutine", cprof_profile_new("goroutine", &other));
	say("lookup none", cprof_profile_lookup("nobody") != NULL);
	say("lookup NULL", cprof_profile_lookup(NULL) != NULL);
	say("lookup", cprof_profile_lookup("my/lib.things-1:x_Y") != profile);
	for (int i = 0; i < 255; i++) {
		snprintf(name, sizeof(name), "many/%d", i);
		if (cprof_profile_new(name, &other))
			say(name, -1);
	}
	say("new beyond 256", cprof_profile_new("one_too_many", &other));
}

static void errors_of_entries(void)
{
	cprof_profile *heap = cprof_profile_lookup("heap");
	static long none[20];
	cprof_profile *bogus = (cprof_profile *)none;

	say("add", cprof_profile_add(profile, &none[0], 0));
	say("add again", cprof_profile_add(profile, &none[0], 0));
	say("add NULL thing", cprof_profile_add(profile, NULL, 0));
	say("add to NULL", cprof_profile_add(NULL, &none[1], 0));
	say("add to bogus", cprof_profile_add(bogus, &none[1], 0));
	say("add skip -1", cprof_profile_add(profile, &none[1], -1));
	say("add skip 1000", cprof_profile_add(profile, &none[2], 1000));
	say("add to heap", cprof_profile_add(heap, &none[1], 0));
	say("remove from heap", cprof_profile_remove(heap, &none[1]));
	say("remove", cprof_profile_remove(profile, &none[0]));
	say("remove again", cprof_profile_remove(profile, &none[0]));
	say("remove NULL thing", cprof_profile_remove(profile, NULL));
	say("remove from NULL", cprof_profile_remove(NULL, &none[0]));
	say("count NULL", cprof_profile_count(NULL));
	say("count bogus", cprof_profile_count(bogus));
	say("count one", cprof_profile_count(profile) - 1);
	say("count heap", cprof_profile_count(heap) >= 0 ? 0 : -1);
	say("write closed", cprof_profile_write(profile, 999, 0));
	say("write text closed", cprof_profile_write(profile, 999, 1));
	say("write negative", cprof_profile_write(profile, -1, 0));
	say("write NULL", cprof_profile_write(NULL, 1, 0));
	say("write name NULL", cprof_write(NULL, 1, 0));
	say("write no name", cprof_write("nobody", 1, 0));
	say("errno", errno == 77 ? 0 : -errno);
}

static _Atomic int broken, stop;

static void *churn(void *arg)
{
	static char things[THREADS][64];
	char *mine = things[(intptr_t)arg];

	for (int i = 0; i < ROUNDS; i++) {
		char *thing = &mine[i * 7 % 64];
		int result = cprof_profile_add(profile, thing, i % 3);

		if (result == -EEXIST)
			result = cprof_profile_remove(profile, thing);
		if (result)
			atomic_store(&broken, 1);
		free(malloc((size_t)i));
	}
	for (int i = 0; i < 64; i++)
		(void)cprof_profile_remove(profile, &mine[i]);
	return NULL;
}

static void *dump(void *arg)
{
	int fd = open("/dev/null", O_WRONLY);

	while (!atomic_load(&stop))
		if (cprof_profile_write(profile, fd, rand() % 2) ||
			cprof_profile_count(profile) < 0)
			atomic_store(&broken, 1);
	close(fd);
	return arg;
}

static void *forks(void *arg)
{
	while (!atomic_load(&stop)) {
		int status = -1;
		pid_t pid = fork();

		if (pid == 0) {
			alarm(WATCHDOG_S);
			_exit(cprof_profile_add(profile, &status, 0) ||
				cprof_profile_remove(profile, &status));
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
			atomic_store(&broken, 1);
	}
	return arg;
}

static int storm(void)
{
	pthread_t threads[THREADS + 2];

	if (cprof_profile_new("storm", &profile))
		return 1;
	for (intptr_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, churn, (void *)i);
	pthread_create(&threads[THREADS], NULL, dump, NULL);
	pthread_create(&threads[THREADS + 1], NULL, forks, NULL);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	atomic_store(&stop, 1);
	pthread_join(threads[THREADS], NULL);
	pthread_join(threads[THREADS + 1], NULL);
	if (cprof_profile_count(profile) != 0)
		atomic_store(&broken, 1);
	puts(atomic_load(&broken) ? "broken" : "whole");
	return atomic_load(&broken);
}

static int fork_apart(void)
{
	int status;
	pid_t pid;

	if (cprof_profile_new("apart", &profile))
		return 1;
	for (int i = 0; i < 3; i++)
		read_blob(i);
	pid = fork();
	if (pid == 0) {
		(void)cprof_profile_remove(profile, &blobs[0]);
		for (int i = 3; i < 10; i++)
			copy_blob(i);
		exit(0);
	}
	waitpid(pid, &status, 0);
	printf("count %lld\n", (long long)cprof_profile_count(profile));
	return status;
}

static int fill(void)
{
	long long added = 0;
	int result;

	if (cprof_profile_new("full", &profile))
		return 1;
	while (!(result = cprof_profile_add(profile, (void *)(uintptr_t)(added + 1), 0)))
		added++;
	say("full", result);
	say("all are there", cprof_profile_count(profile) - added);
	/* What is given back can be used again. */
	say("remove", cprof_profile_remove(profile, (void *)(uintptr_t)1));
	say("add", cprof_profile_add(profile, (void *)(uintptr_t)1, 0));
	return added < 1000;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";

	alarm(WATCHDOG_S);
	errno = 77;
	if (!strcmp(mode, "blobs"))
		return open_blobs(argc, argv);
	if (!strcmp(mode, "storm"))
		return storm();
	if (!strcmp(mode, "fork"))
		return fork_apart();
	if (!strcmp(mode, "full"))
		return fill();
	if (!strcmp(mode, "errors")) {
		errors_of_names();
		errors_of_entries();
		return 0;
	}
	return 2;
}
