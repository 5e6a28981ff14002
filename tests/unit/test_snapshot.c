/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Are snapshots written when they should be, whole or not at all, beside and never over other
 * files, and is trouble told in one line? Covers report/snapshot.c, series.c, outfile.c,
 * retention.c, waker.c, quiet.c and fd.c.
 * Not here: what is in the files (test_pprof.c).
 *
 * Each case runs in a child of its own, because settings are read once in a process. Waiting is for
 * something to happen, never for time to pass; the alarm is for a test that would hang.
 */
#include "tests/unit/fake_heap.h"

#include "report/fd.h"
#include "report/outfile.h"
#include "report/snapshot.h"
#include "report/waker.h"

#include <errno.h>
#include <glob.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <utime.h>

#define ALARM_S 60

static struct cpa_conf conf; /* of the next case */

static void totals(struct cpa_snapshot_totals *ret_totals)
{
	*ret_totals = (struct cpa_snapshot_totals){.allocated_bytes = 1};
}

static uint64_t rate_bytes(void)
{
	return 4096;
}

static void thread_is_internal(void)
{
}

static const struct cpa_snapshot_source source = {totals, rate_bytes, thread_is_internal};

static int before_each(void **unused)
{
	(void)unused;
	cpa_conf_defaults(&conf);
	snprintf(conf.dir, sizeof(conf.dir), "%s/prof", scratch_dir);
	return scratch_run("rm -rf prof err other");
}

/* Paths that match, in the directory of the snapshots. */
static size_t count_files(const char *pattern)
{
	char full[CPA_CONF_DIR_MAX + 64];
	glob_t found;
	size_t count;

	snprintf(full, sizeof(full), "%s/%s", conf.dir, pattern);
	count = glob(full, GLOB_PERIOD, NULL, &found) ? 0 : found.gl_pathc;
	globfree(&found);
	return count;
}

static void await_files(const char *pattern, size_t count)
{
	while (count_files(pattern) < count)
		usleep(1000);
}

/* The status of a child that runs body; its standard error goes to "err". */
static int run(void (*body)(void), pid_t *ret_pid)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		int fd = open(scratch_path("err"), O_WRONLY | O_CREAT | O_TRUNC, 0600);

		alarm(ALARM_S);
		dup2(fd, 2);
		close(fd);
		body();
		_exit(0);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (ret_pid)
		*ret_pid = pid;
	return status;
}

static void expect_error(const char *wanted)
{
	char *text = scratch_read(scratch_path("err"), NULL);

	if (strcmp(text, wanted) != 0)
		fail_msg("said \"%s\", not \"%s\"", text, wanted);
	free(text);
}

/* In a child, where cmocka's own checks would only confuse. */
#define must(what)                                                                                 \
	do {                                                                                       \
		if (!(what))                                                                       \
			_exit(100);                                                                \
	} while (0)

static void body_final(void)
{
	unsigned long requests;

	errno = 77;
	cpa_snapshot_init(&conf, &source);
	requests = fake_requests;
	cpa_snapshot_final();
	must(errno == 77);
	must(!FAKE_COUNTS_REQUESTS || fake_requests == requests);
}

static void test_final(void **unused)
{
	struct stat status;
	char name[128];
	pid_t pid;

	(void)unused;
	assert_int_equal(run(body_final, &pid), 0);
	snprintf(name, sizeof(name), "prof/test_snapshot.%d.0001.heap.pb.gz", (int)pid);
	assert_int_equal(stat(scratch_path(name), &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(stat(conf.dir, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0700);
	assert_int_equal(scratch_run("gzip -t '%s'", name), 0);
	assert_int_equal(count_files("*.gz"), 1);
	assert_int_equal(count_files(".*.tmp"), 0);
	expect_error("");
}

static void test_no_dir_or_not_final(void **unused)
{
	(void)unused;
	conf.final = false;
	assert_int_equal(run(body_final, NULL), 0);
	assert_int_equal(count_files("*.gz"), 0);
	conf.final = true;
	conf.dir[0] = '\0';
	assert_int_equal(run(body_final, NULL), 0);
	expect_error("");
}

static void body_interval(void)
{
	cpa_snapshot_init(&conf, &source);
	await_files("*.0003.heap.pb.gz", 1);
	/* The thread has its name and none of the program's signals (SIGUSR1 is bit 9). */
	must(system("for task in /proc/$PPID/task/*; do grep -qx cprofalloc $task/comm || "
		    "continue; "
		    "grep -Eq '^SigBlk:.*[2367abef][0-9a-f]{2}$' $task/status && exit 0; "
		    "done; exit 1") == 0);
	cpa_snapshot_final();
}

static void test_interval(void **unused)
{
	(void)unused;
	conf.interval_ns = 10000000;
	assert_int_equal(run(body_interval, NULL), 0);
	assert_true(count_files("*.gz") >= 4);
	expect_error("");
}

static void body_signal(void)
{
	cpa_snapshot_init(&conf, &source);
	raise(SIGUSR2);
	await_files("*.0001.heap.pb.gz", 1);
	raise(SIGUSR2);
	await_files("*.0002.heap.pb.gz", 1);
}

static void test_signal(void **unused)
{
	(void)unused;
	conf.signal_number = SIGUSR2;
	assert_int_equal(run(body_signal, NULL), 0);
	expect_error("");
}

static volatile sig_atomic_t handled;

static void own_handler(int number)
{
	handled = number;
}

static void body_own_handler(void)
{
	signal(SIGUSR2, own_handler);
	cpa_snapshot_init(&conf, &source);
	raise(SIGUSR2);
	must(handled == SIGUSR2);
}

static void test_own_handler_stays(void **unused)
{
	(void)unused;
	conf.signal_number = SIGUSR2;
	assert_int_equal(run(body_own_handler, NULL), 0);
	expect_error("cprofalloc: signal 12 asks for no snapshots: the program already uses it\n");
}

static void body_growth(void)
{
	cpa_snapshot_init(&conf, &source);
	cpa_snapshot_notice(cpa_heap_inuse_bytes() + 999);
	cpa_snapshot_notice(cpa_heap_inuse_bytes() + 1000);
	await_files("*.0001.heap.pb.gz", 1);
	for (int i = 0; i < 11; i++)
		(void)fake_birth(fake_pc_one, fake_pc_root, 100, 1);
	/* The mark is set after the file is there. */
	while (count_files("*.0002.heap.pb.gz") < 1) {
		cpa_snapshot_notice(cpa_heap_inuse_bytes());
		usleep(1000);
	}
	cpa_snapshot_notice(cpa_heap_inuse_bytes());
	must(cpa_snapshot_write() == 0);
	must(count_files("*.gz") == 3);
}

static void test_growth(void **unused)
{
	(void)unused;
	conf.growth_bytes = 1000;
	assert_int_equal(run(body_growth, NULL), 0);
}

static void body_write_ten(void)
{
	cpa_snapshot_init(&conf, &source);
	for (int i = 0; i < 10; i++)
		must(cpa_snapshot_write() == 0);
}

static void test_keep_count(void **unused)
{
	(void)unused;
	conf.keep_count = 3;
	assert_int_equal(run(body_write_ten, NULL), 0);
	assert_int_equal(count_files("*.gz"), 3);
	assert_int_equal(count_files("*.0008.heap.pb.gz"), 1);
	/* Those of another process are not touched. */
	assert_int_equal(run(body_write_ten, NULL), 0);
	assert_int_equal(count_files("*.gz"), 6);
}

static void test_keep_bytes(void **unused)
{
	struct stat status;
	char name[128];
	pid_t pid;

	(void)unused;
	conf.keep_bytes = 1;
	assert_int_equal(run(body_write_ten, &pid), 0);
	assert_int_equal(count_files("*.gz"), 1);
	snprintf(name, sizeof(name), "prof/test_snapshot.%d.0010.heap.pb.gz", (int)pid);
	assert_int_equal(stat(scratch_path(name), &status), 0);
	conf.keep_bytes = (uint64_t)status.st_size * 7 / 2;
	assert_int_equal(run(body_write_ten, NULL), 0);
	assert_int_equal(count_files("*.gz"), 1 + 3);
}

static void body_replaced(void)
{
	char name[256];

	cpa_snapshot_init(&conf, &source);
	must(cpa_snapshot_write() == 0);
	/* The program's user puts something else in the place of an old snapshot. */
	snprintf(name, sizeof(name), "prof/test_snapshot.%d.0001.heap.pb.gz", (int)getpid());
	must(scratch_run("echo mine >x && mv x '%s'", name) == 0);
	for (int i = 0; i < 5; i++)
		must(cpa_snapshot_write() == 0);
}

static void test_foreign_file_survives_retention(void **unused)
{
	(void)unused;
	conf.keep_count = 2;
	assert_int_equal(run(body_replaced, NULL), 0);
	assert_int_equal(count_files("*.gz"), 3);
	assert_int_equal(scratch_run("grep -qx mine prof/*.0001.heap.pb.gz"), 0);
}

static void body_taken_names(void)
{
	int pid = getpid();

	must(scratch_run("mkdir prof && echo kept >prof/test_snapshot.%d.0001.heap.pb.gz && "
			 "ln -s ../other prof/test_snapshot.%d.0002.heap.pb.gz && "
			 "mkdir prof/test_snapshot.%d.0003.heap.pb.gz && "
			 "ln -s ../other prof/.test_snapshot.%d.0004.heap.pb.gz.tmp",
		     pid, pid, pid, pid) == 0);
	cpa_snapshot_init(&conf, &source);
	must(cpa_snapshot_write() == 0);
	must(cpa_snapshot_write() == 0);
}

/* A file, a planted symbolic link, a directory: the next free number, and nothing is followed. */
static void test_taken_names(void **unused)
{
	(void)unused;
	assert_int_equal(run(body_taken_names, NULL), 0);
	assert_int_equal(scratch_run("grep -qx kept prof/*.0001.heap.pb.gz && test ! -e other"), 0);
	assert_int_equal(count_files("*.0004.heap.pb.gz"), 1);
	assert_int_equal(count_files("*.0005.heap.pb.gz"), 1);
	assert_int_equal(scratch_run("gzip -t prof/*.0004.heap.pb.gz"), 0);
	expect_error("");
}

static void body_vanishing_dir(void)
{
	cpa_snapshot_init(&conf, &source);
	must(cpa_snapshot_write() == 0);
	must(scratch_run("rm -rf prof") == 0);
	must(cpa_snapshot_write() == -ENOENT);
	must(cpa_snapshot_write() == -ENOENT);
	must(scratch_run("mkdir prof") == 0);
	must(cpa_snapshot_write() == 0);
	must(cpa_snapshot_write() == 0);
}

static void test_vanishing_dir(void **unused)
{
	char wanted[3 * CPA_CONF_DIR_MAX];
	pid_t pid;

	(void)unused;
	assert_int_equal(run(body_vanishing_dir, &pid), 0);
	snprintf(wanted, sizeof(wanted),
		"cprofalloc: snapshot 2 not written: %s/test_snapshot.%d.0002.heap.pb.gz: "
		"No such file or directory\n"
		"cprofalloc: snapshots are written again, after 2 that were not: "
		"%s/test_snapshot.%d.0002.heap.pb.gz\n",
		conf.dir, (int)pid, conf.dir, (int)pid);
	expect_error(wanted);
	assert_int_equal(count_files("*.gz"), 2);
}

/* Told at the start; not again by the snapshots that fail for it. */
static void test_missing_parent(void **unused)
{
	char wanted[3 * CPA_CONF_DIR_MAX];

	(void)unused;
	snprintf(conf.dir, sizeof(conf.dir), "%s/no/prof", scratch_dir);
	assert_int_equal(run(body_final, NULL), 0);
	snprintf(wanted, sizeof(wanted),
		"cprofalloc: dir=%s: cannot be made: No such file or directory; "
		"make its parent directory first\n",
		conf.dir);
	expect_error(wanted);
}

static void body_parent_comes(void)
{
	cpa_snapshot_init(&conf, &source);
	must(scratch_run("mkdir -p other/prof") == 0);
	must(cpa_snapshot_write() == 0);
	must(scratch_run("rm -r other") == 0);
	must(cpa_snapshot_write() == -ENOENT);
}

/* That it works after all is told, and so is trouble that comes later. */
static void test_parent_comes(void **unused)
{
	char wanted[4 * CPA_CONF_DIR_MAX];
	pid_t pid;

	(void)unused;
	snprintf(conf.dir, sizeof(conf.dir), "%s/other/prof", scratch_dir);
	assert_int_equal(run(body_parent_comes, &pid), 0);
	snprintf(wanted, sizeof(wanted),
		"cprofalloc: dir=%s: cannot be made: No such file or directory; "
		"make its parent directory first\n"
		"cprofalloc: snapshots are written, the directory is there now: "
		"%s/test_snapshot.%d.0001.heap.pb.gz\n"
		"cprofalloc: snapshot 2 not written: %s/test_snapshot.%d.0002.heap.pb.gz: "
		"No such file or directory\n",
		conf.dir, conf.dir, (int)pid, conf.dir, (int)pid);
	expect_error(wanted);
}

static void body_file_limit(void)
{
	/* Less than a profile, more than the line about it. */
	struct rlimit limit = {.rlim_cur = 600, .rlim_max = RLIM_INFINITY};
	sigset_t pending;

	signal(SIGXFSZ, SIG_DFL);
	cpa_snapshot_init(&conf, &source);
	must(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	must(cpa_snapshot_write() == -EFBIG);
	limit.rlim_cur = RLIM_INFINITY;
	must(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	must(sigpending(&pending) == 0 && !sigismember(&pending, SIGXFSZ));
	must(cpa_snapshot_write() == 0);
}

/* SIGXFSZ would kill the program. */
static void test_file_limit(void **unused)
{
	(void)unused;
	assert_int_equal(run(body_file_limit, NULL), 0);
	assert_int_equal(count_files("*.gz"), 1);
	assert_int_equal(count_files(".*.tmp"), 0);
	assert_int_equal(scratch_run("grep -q ': File too large$' err"), 0);
}

static void body_full_disk(void)
{
	int fd;

	cpa_snapshot_init(&conf, &source);
	fd = open(scratch_path("prof/filler"), O_WRONLY | O_CREAT, 0600);
	must(fd >= 0);
	while (write(fd, conf.dir, sizeof(conf.dir)) > 0)
		;
	close(fd);
	must(cpa_snapshot_write() == -ENOSPC);
	must(count_files("*.gz") == 0 && count_files(".*.tmp") == 0);
	must(unlink(scratch_path("prof/filler")) == 0);
	must(cpa_snapshot_write() == 0);
}

static void test_full_disk(void **unused)
{
	int status;

	(void)unused;
	assert_int_equal(mkdir(conf.dir, 0700), 0);
	if (mount("tmpfs", conf.dir, "tmpfs", 0, "size=64k"))
		skip();
	status = run(body_full_disk, NULL);
	assert_int_equal(umount(conf.dir), 0);
	assert_int_equal(status, 0);
	assert_int_equal(scratch_run("grep -q ': No space left on device$' err"), 0);
	assert_int_equal(scratch_run("grep -q 'written again, after 1 that were not' err"), 0);
}

static void body_no_permission(void)
{
	must(!geteuid() ? !setgid(65534) && !setuid(65534) : 1);
	cpa_snapshot_init(&conf, &source);
	must(cpa_snapshot_write() == -EACCES);
}

static void test_no_permission(void **unused)
{
	(void)unused;
	assert_int_equal(mkdir(conf.dir, 0500), 0);
	assert_int_equal(chmod(scratch_dir, 0755), 0);
	assert_int_equal(run(body_no_permission, NULL), 0);
	assert_int_equal(scratch_run("grep -q ': Permission denied$' err"), 0);
	assert_int_equal(chmod(conf.dir, 0700), 0);
}

static void body_only_pid(void)
{
	cpa_snapshot_init(&conf, &source);
	cpa_snapshot_final();
	must(cpa_snapshot_write() == -EPERM);
}

static void test_only_pid(void **unused)
{
	(void)unused;
	conf.only_pid = getpid();
	conf.interval_ns = 1000000;
	assert_int_equal(run(body_only_pid, NULL), 0);
	assert_int_equal(count_files("*"), 0);
	expect_error("");
}

static void body_children(void)
{
	int status;
	pid_t pid;

	cpa_snapshot_init(&conf, &source);
	await_files("*.0002.heap.pb.gz", 1);
	cpa_snapshot_prefork();
	pid = fork();
	if (!pid) {
		char name[128];

		cpa_snapshot_postfork_child();
		snprintf(name, sizeof(name), "*.%d.0002.heap.pb.gz", (int)getpid());
		if (conf.children)
			await_files(name, 1);
		else
			must(cpa_snapshot_write() == -EPERM);
		cpa_snapshot_final();
		_exit(0);
	}
	cpa_snapshot_postfork_parent();
	must(waitpid(pid, &status, 0) == pid && status == 0);
}

static void test_children(void **unused)
{
	(void)unused;
	conf.interval_ns = 5000000;
	assert_int_equal(run(body_children, NULL), 0);
	assert_int_equal(count_files("*.0001.heap.pb.gz"), 2);
	before_each(NULL);
	conf.interval_ns = 5000000;
	conf.children = false;
	assert_int_equal(run(body_children, NULL), 0);
	assert_int_equal(count_files("*.0001.heap.pb.gz"), 1);
}

static void *write_some(void *unused)
{
	(void)unused;
	for (int i = 0; i < 10; i++)
		must(cpa_snapshot_write() == 0);
	return NULL;
}

static void body_threads(void)
{
	pthread_t threads[4];

	cpa_snapshot_init(&conf, &source);
	for (int i = 0; i < 4; i++)
		must(!pthread_create(&threads[i], NULL, write_some, NULL));
	for (int i = 0; i < 40; i++) {
		int status;
		pid_t pid;

		cpa_snapshot_prefork();
		pid = fork();
		if (!pid) {
			alarm(ALARM_S);
			cpa_snapshot_postfork_child();
			_exit(cpa_snapshot_write() ? 1 : 0);
		}
		cpa_snapshot_postfork_parent();
		must(waitpid(pid, &status, 0) == pid && status == 0);
	}
	for (int i = 0; i < 4; i++)
		must(!pthread_join(threads[i], NULL));
}

static void test_threads_and_forks(void **unused)
{
	(void)unused;
#ifdef __SANITIZE_ADDRESS__
	skip(); /* its allocator's locks are left to whom they are in the child of a fork */
#endif
	assert_int_equal(run(body_threads, NULL), 0);
	assert_int_equal(count_files("*.gz"), 40 + 40);
	assert_int_equal(scratch_run("gzip -t prof/*.gz"), 0);
}

static void body_closed_descriptors(void)
{
	cpa_snapshot_init(&conf, &source);
	for (int fd = 0; fd < 64; fd++)
		close(fd);
	for (int i = 0; i < 3; i++)
		must(cpa_snapshot_write() == 0);
	/* No descriptor is held in between, and none of the first three was lent. */
	for (int fd = 0; fd < 64; fd++)
		must(fcntl(fd, F_GETFD) < 0);
	must(cpa_fd_above_stdio(open("/dev/null", O_RDONLY)) > 2);
}

static void test_closed_descriptors(void **unused)
{
	(void)unused;
	assert_int_equal(run(body_closed_descriptors, NULL), 0);
	assert_int_equal(count_files("*.gz"), 3);
	assert_int_equal(scratch_run("gzip -t prof/*.gz"), 0);
}

static void body_broken_pipe(void)
{
	int ends[2];
	sigset_t pending;

	signal(SIGPIPE, SIG_DFL);
	cpa_snapshot_init(&conf, &source);
	must(!pipe(ends) && !close(ends[0]));
	must(cpa_snapshot_write_fd("heap", ends[1], 0) == -EPIPE);
	must(cpa_snapshot_write_fd("heap", ends[1], 1) == -EPIPE);
	must(!sigpending(&pending) && !sigismember(&pending, SIGPIPE));
	must(cpa_snapshot_write_fd("no-such", ends[1], 0) == -ENOENT);
	must(cpa_snapshot_write_fd("allocs", -1, 0) == -EBADF);
}

static void test_broken_pipe(void **unused)
{
	(void)unused;
	assert_int_equal(run(body_broken_pipe, NULL), 0);
	expect_error("");
}

static void make_old(const char *name)
{
	struct utimbuf old = {.actime = time(NULL) - 3600, .modtime = time(NULL) - 3600};

	assert_int_equal(utime(scratch_path(name), &old), 0);
}

static void test_half_written_files_of_the_dead(void **unused)
{
	static const char *const names[] = {".test_snapshot.%d.5a.tmp", ".test_snapshot.%d.5b.tmp",
		".other.%d.5c.tmp", ".test_snapshot.%d.5d.gz", ".test_snapshot.1.5e.tmp"};
	char made[5][128];
	int status;
	pid_t dead = fork();

	(void)unused;
	if (!dead)
		_exit(0);
	assert_int_equal(waitpid(dead, &status, 0), dead);
	assert_int_equal(mkdir(conf.dir, 0700), 0);
	for (int i = 0; i < 5; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* some names hold the pid, some do not */
		int used = snprintf(made[i], sizeof(made[i]), "prof/");

		snprintf(made[i] + used, sizeof(made[i]) - (size_t)used, names[i], (int)dead);
#pragma GCC diagnostic pop
		assert_int_equal(scratch_run("echo x >'%s'", made[i]), 0);
		if (i != 1)
			make_old(made[i]);
	}
	assert_int_equal(run(body_final, NULL), 0);
	assert_int_not_equal(access(scratch_path(made[0]), F_OK), 0);
	/* Written to just now; of another program; no such name; of a process that lives. */
	for (int i = 1; i < 5; i++)
		assert_int_equal(access(scratch_path(made[i]), F_OK), 0);
}

/* Begin a file, and try to give it a name. */
static int commit_as(int dir_fd, const char *name)
{
	struct cpa_outfile_prefix prefix;
	struct cpa_outfile_identity identity;
	struct cpa_outfile file;
	int error;

	cpa_outfile_make_prefix("one", 1, &prefix);
	assert_int_equal(cpa_outfile_begin(&file, dir_fd, &prefix), 0);
	assert_int_equal(write(file.fd, "new", 3), 3);
	error = cpa_outfile_commit(&file, name, &identity);
	if (!error)
		assert_int_equal(identity.size_bytes, 3);
	cpa_outfile_abort(&file);
	return error;
}

/* Also when the name was free a moment ago. */
static void test_nothing_is_replaced(void **unused)
{
	struct cpa_outfile_prefix prefix;
	struct cpa_outfile file;
	int dir_fd;

	(void)unused;
	assert_int_equal(
		scratch_run("mkdir prof prof/c && echo old >prof/a && ln -s ../other prof/b"), 0);
	dir_fd = cpa_outfile_open_dir(conf.dir);
	assert_true(dir_fd > 2);
	assert_int_equal(commit_as(dir_fd, "a"), -EEXIST);
	assert_int_equal(commit_as(dir_fd, "b"), -EEXIST);
	assert_int_equal(commit_as(dir_fd, "c"), -EEXIST);
	assert_int_equal(commit_as(dir_fd, "d"), 0);
	cpa_outfile_make_prefix("one", 1, &prefix);
	assert_int_equal(cpa_outfile_begin(&file, dir_fd, &prefix), 0);
	assert_int_equal(count_files(".one.1.*.tmp"), 1);
	cpa_outfile_abort(&file);
	cpa_outfile_abort(&file);
	close(dir_fd);
	assert_int_equal(scratch_run("test \"$(cat prof/a)$(cat prof/d)\" = oldnew"), 0);
	assert_int_equal(scratch_run("test -L prof/b -a ! -e other -a -d prof/c"), 0);
	assert_int_equal(count_files(".*.tmp"), 0);
}

static void test_names_of_files(void **unused)
{
	struct cpa_outfile_prefix prefix;
	char name[CPA_OUTFILE_NAME_MAX], program[600] = "";

	(void)unused;
	cpa_outfile_make_prefix("one", 42, &prefix);
	cpa_outfile_make_name(&prefix, 7, "heap", name);
	assert_string_equal(name, "one.42.0007.heap.pb.gz");
	assert_int_equal(prefix.exe_bytes, 4);
	cpa_outfile_make_name(&prefix, 123456, "heap", name);
	assert_string_equal(name, "one.42.123456.heap.pb.gz");
	memset(program, 'x', 500);
	cpa_outfile_make_prefix(program, INT32_MAX, &prefix);
	cpa_outfile_make_name(&prefix, UINT64_MAX, "heap", name);
	assert_non_null(strstr(name, "x.2147483647.18446744073709551615.heap.pb.gz"));
}

static void test_beat(void **unused)
{
	(void)unused;
	assert_int_equal(cpa_waker_next_ns(1000, 100, 1000), 1100);
	assert_int_equal(cpa_waker_next_ns(1000, 100, 1099), 1100);
	assert_int_equal(cpa_waker_next_ns(1000, 100, 1100), 1200);
	/* Two beats were missed: they are left out, the third comes when it was due. */
	assert_int_equal(cpa_waker_next_ns(1000, 100, 1350), 1400);
}

#define CASE(name) cmocka_unit_test_setup(name, before_each)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_final),
		CASE(test_no_dir_or_not_final),
		CASE(test_interval),
		CASE(test_signal),
		CASE(test_own_handler_stays),
		CASE(test_growth),
		CASE(test_keep_count),
		CASE(test_keep_bytes),
		CASE(test_foreign_file_survives_retention),
		CASE(test_taken_names),
		CASE(test_vanishing_dir),
		CASE(test_missing_parent),
		CASE(test_parent_comes),
		CASE(test_file_limit),
		CASE(test_full_disk),
		CASE(test_no_permission),
		CASE(test_only_pid),
		CASE(test_children),
		CASE(test_threads_and_forks),
		CASE(test_closed_descriptors),
		CASE(test_broken_pipe),
		CASE(test_half_written_files_of_the_dead),
		CASE(test_nothing_is_replaced),
		CASE(test_names_of_files),
		CASE(test_beat),
	};

	return cmocka_run_group_tests(tests, fake_begin, scratch_end);
}
