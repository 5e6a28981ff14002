/* SPDX-License-Identifier: BSD-2-Clause */
/* When a profile is written to disk, under which name, and what becomes of the old ones. */
#include "report/snapshot.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/lock.h"
#include "base/log.h"
#include "report/facts.h"
#include "report/fd.h"
#include "report/maps.h"
#include "report/outfile.h"
#include "report/pprof.h"
#include "report/quiet.h"
#include "report/retention.h"
#include "report/text.h"
#include "report/waker.h"
#include "sampling/heap.h"

#define NAME_TRIES 8

/* Set at start and after a fork, by the only thread that is here then; what is marked so is guarded
 * by lock. */
static struct {
	bool started;
	bool waker_runs;
	bool child_expected; /* prefork ran: a fork that was announced */
	pid_t pid;
	uint64_t start_ns; /* since 1970 */
	struct cpa_conf conf;
	struct cpa_snapshot_source source;
	const char *exe;
	struct cpa_arena arena; /* of exe */
	struct cpa_outfile_prefix prefix;
	struct cpa_lock lock;
	uint64_t sequence;              /* lock: of the last attempt that found a name */
	struct cpa_retention retention; /* lock */
	int last_error;                 /* lock: what was told last; 0 after a success */
	uint64_t error_count;           /* lock: failures in a row */
	_Atomic uint64_t
		growth_mark_bytes; /* the heap that asks for the next snapshot; UINT64_MAX: none */
} state = {.growth_mark_bytes = UINT64_MAX};

/* 0, or why this process writes no files: -ENOENT no directory was given, -EPERM the settings name
 * another process. */
static int may_write(void)
{
	if (!state.started || !*state.conf.dir)
		return -ENOENT;
	if (state.conf.only_pid && state.conf.only_pid != getpid())
		return -EPERM;
	/* Otherwise a child whose fork no handler saw. */
	return state.pid == getpid() ? 0 : -EPERM;
}

static void collect_facts(struct cpa_facts *facts, uint64_t sequence, bool allocs)
{
	*facts = (struct cpa_facts){
		.allocs = allocs,
		.exe = state.exe ? state.exe : "",
		.pid = getpid(),
		.start_ns = state.start_ns,
		.time_ns = cpa_clock_wall_ns(),
		.sequence = sequence,
	};
	if (state.source.rate_bytes)
		facts->rate_bytes = state.source.rate_bytes();
	if (state.source.totals) {
		state.source.totals(&facts->totals);
		facts->has_totals = true;
	}
	cpa_facts_measure(facts);
}

/* Names the system's own words without asking the locale, which would allocate. */
static const char *error_text(int error)
{
	const char *text = strerrordesc_np(-error);

	return text ? text : "unknown error";
}

/* First failure, then each different one; a disk that stays full fills no log. */
static void tell_failure(const char *name, uint64_t sequence, int error)
{
	uint64_t interval_ns = state.waker_runs ? state.conf.interval_ns : 0;

	state.error_count++;
	if (error == state.last_error)
		return;
	state.last_error = error;
	if (interval_ns >= 1000000000u)
		cpa_log("snapshot %lu not written: %s/%s: %s; trying again in %lu s",
			(unsigned long)sequence, state.conf.dir, name, error_text(error),
			(unsigned long)(interval_ns / 1000000000u));
	else if (interval_ns)
		cpa_log("snapshot %lu not written: %s/%s: %s; trying again in %lu ms",
			(unsigned long)sequence, state.conf.dir, name, error_text(error),
			(unsigned long)(interval_ns / 1000000u));
	else
		cpa_log("snapshot %lu not written: %s/%s: %s", (unsigned long)sequence,
			state.conf.dir, name, error_text(error));
}

static void tell_success(const char *name, uint64_t size_bytes, uint64_t elapsed_ns)
{
	if (state.last_error)
		cpa_log("snapshots are written again, after %lu that were not: %s/%s",
			(unsigned long)state.error_count, state.conf.dir, name);
	else if (state.conf.verbose)
		cpa_log("snapshot written in %lu ms: %s/%s (%lu bytes)",
			(unsigned long)(elapsed_ns / 1000000u), state.conf.dir, name,
			(unsigned long)size_bytes);
	state.last_error = 0;
	state.error_count = 0;
}

/* The next number whose name nobody has: another process with our pid may have been here before. */
static void choose_name(int dir_fd, char *ret_name)
{
	do
		cpa_outfile_make_name(&state.prefix, ++state.sequence, ret_name);
	while (cpa_outfile_is_taken(dir_fd, ret_name));
}

static int write_file(int dir_fd, const char *name, struct cpa_outfile_identity *ret_identity)
{
	struct cpa_outfile file;
	struct cpa_facts facts;
	int error = cpa_outfile_begin(&file, dir_fd, &state.prefix);

	if (error)
		return error;
	collect_facts(&facts, state.sequence, false);
	error = cpa_pprof_write(&facts, state.conf.names, cpa_fd_to_sink(&file.fd));
	if (!error)
		error = cpa_outfile_commit(&file, name, ret_identity);
	cpa_outfile_abort(&file);
	return error;
}

static int write_locked(void)
{
	uint64_t begin_ns = cpa_clock_mono_ns();
	struct cpa_outfile_identity identity;
	char name[CPA_OUTFILE_NAME_MAX];
	int dir_fd = cpa_outfile_open_dir(state.conf.dir);
	int error = -EEXIST;

	if (dir_fd < 0) {
		cpa_outfile_make_name(&state.prefix, state.sequence + 1, name);
		tell_failure(name, state.sequence + 1, dir_fd);
		return dir_fd;
	}
	/* Again when somebody took the name while we wrote. */
	for (int i = 0; error == -EEXIST && i < NAME_TRIES; i++) {
		choose_name(dir_fd, name);
		error = write_file(dir_fd, name, &identity);
	}
	if (error) {
		tell_failure(name, state.sequence, error);
		state.sequence--; /* the number is free for the next attempt */
	} else {
		tell_success(name, identity.size_bytes, cpa_clock_mono_ns() - begin_ns);
		if (state.conf.keep_count || state.conf.keep_bytes)
			cpa_retention_add(&state.retention, state.sequence, &identity);
		cpa_retention_trim(&state.retention, dir_fd, &state.prefix, state.conf.keep_count,
			state.conf.keep_bytes);
	}
	cpa_fd_close(dir_fd);
	return error;
}

/* Whether it worked or not: a full disk must not bring a snapshot with each sample. */
static void set_growth_mark(void)
{
	double inuse_bytes = cpa_heap_inuse_bytes();

	if (state.conf.growth_bytes)
		atomic_store_explicit(&state.growth_mark_bytes,
			(uint64_t)(inuse_bytes > 0 ? inuse_bytes : 0) + state.conf.growth_bytes,
			memory_order_relaxed);
}

int cpa_snapshot_write(void)
{
	struct cpa_quiet quiet;
	int error = may_write();

	if (error)
		return error;
	cpa_quiet_begin(&quiet);
	cpa_lock_acquire(&state.lock);
	error = write_locked();
	set_growth_mark();
	cpa_lock_release(&state.lock);
	cpa_quiet_end(&quiet);
	return error;
}

int cpa_snapshot_write_fd(const char *profile, int fd, int debug)
{
	bool allocs = !strcmp(profile, "allocs");
	struct cpa_quiet quiet;
	struct cpa_facts facts;
	int error;

	if (!allocs && strcmp(profile, "heap"))
		return -ENOENT;
	cpa_quiet_begin(&quiet);
	collect_facts(&facts, 0, allocs);
	if (debug)
		error = cpa_text_write(&facts, state.conf.names, cpa_fd_to_sink(&fd));
	else
		error = cpa_pprof_write(&facts, state.conf.names, cpa_fd_to_sink(&fd));
	cpa_quiet_end(&quiet);
	return error;
}

void cpa_snapshot_notice(double inuse_bytes)
{
	uint64_t mark_bytes = atomic_load_explicit(&state.growth_mark_bytes, memory_order_relaxed);

	if (cpa_likely(inuse_bytes < (double)mark_bytes) || mark_bytes == UINT64_MAX)
		return;
	/* Of the threads that see it one asks; the mark is set anew after the snapshot. */
	if (atomic_compare_exchange_strong(&state.growth_mark_bytes, &mark_bytes, UINT64_MAX))
		cpa_waker_request();
}

/* What the waker does: told on stderr where it fails. */
static void act(void)
{
	(void)!cpa_snapshot_write();
}

static void on_signal(int number)
{
	(void)number;
	cpa_waker_request();
}

/* A handler that is already there stays: the program needs its signal more than we do. */
static void watch_signal(int number)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	struct sigaction old;

	if (sigaction(number, NULL, &old) < 0 ||
		(old.sa_handler != SIG_DFL && old.sa_handler != SIG_IGN &&
			old.sa_handler != on_signal)) {
		cpa_log("signal %d asks for no snapshots: the program already uses it", number);
		return;
	}
	(void)sigemptyset(&action.sa_mask);
	if (sigaction(number, &action, NULL) < 0)
		cpa_log("signal %d asks for no snapshots: it cannot be caught", number);
}

static void prepare_dir(void)
{
	int dir_fd;

	if (mkdir(state.conf.dir, 0700) < 0 && errno != EEXIST) {
		cpa_log("dir=%s: cannot be made: %s%s", state.conf.dir, error_text(-errno),
			errno == ENOENT ? "; make its parent directory first" : "");
		return;
	}
	dir_fd = cpa_outfile_open_dir(state.conf.dir);
	if (dir_fd >= 0)
		cpa_outfile_clean(dir_fd, &state.prefix);
	cpa_fd_close(dir_fd);
}

static void find_exe(void)
{
	struct cpa_arena arena;
	struct cpa_maps maps;

	cpa_arena_init(&arena, 0);
	cpa_maps_refresh();
	if (!cpa_maps_copy(&arena, &maps) && maps.count)
		state.exe = cpa_arena_strdup(&state.arena, maps.modules[0].path);
	cpa_arena_done(&arena);
}

/* Names of files and times of this process; the thread, where the settings need it. */
static void begin_process(bool with_waker)
{
	struct cpa_waker_plan plan = {
		.interval_ns = state.conf.interval_ns,
		.prepare = state.source.thread_is_internal,
		.act = act,
	};
	int error;

	state.pid = getpid();
	state.start_ns = cpa_clock_wall_ns();
	state.sequence = 0;
	state.waker_runs = false;
	cpa_outfile_make_prefix(state.exe ? state.exe : "program", state.pid, &state.prefix);
	set_growth_mark();
	if (!with_waker || may_write() ||
		!(state.conf.interval_ns || state.conf.growth_bytes || state.conf.signal_number))
		return;
	error = cpa_waker_start(&plan);
	state.waker_runs = !error;
	if (error)
		cpa_log("no snapshots by interval, growth or signal: a thread cannot be started: "
			"%s",
			error_text(error));
}

void cpa_snapshot_init(const struct cpa_conf *conf, const struct cpa_snapshot_source *source)
{
	int kept_errno = errno;

	state.conf = *conf;
	state.source = *source;
	state.started = true;
	state.pid = getpid();
	find_exe();
	if (!may_write() && state.conf.signal_number)
		watch_signal(state.conf.signal_number);
	begin_process(true);
	if (!may_write())
		prepare_dir();
	errno = kept_errno;
}

void cpa_snapshot_final(void)
{
	cpa_waker_stop();
	if (state.conf.final)
		(void)!cpa_snapshot_write();
}

void cpa_snapshot_prefork(void)
{
	state.child_expected = true;
	cpa_maps_prefork();
}

void cpa_snapshot_postfork_parent(void)
{
	cpa_maps_postfork_parent();
	state.child_expected = false;
}

void cpa_snapshot_postfork_child(void)
{
	int kept_errno = errno;
	bool expected = state.child_expected;

	cpa_maps_postfork_child();
	cpa_waker_postfork_child();
	cpa_lock_reset(&state.lock);
	cpa_retention_done(&state.retention);
	state.child_expected = false;
	state.last_error = 0;
	state.error_count = 0;
	if (state.started && state.conf.children) {
		/* A fork that no handler saw is found out inside malloc: no place to start a
		 * thread. */
		begin_process(expected);
	} else {
		/* state.pid stays the parent's: may_write says no. */
		atomic_store(&state.growth_mark_bytes, UINT64_MAX);
	}
	errno = kept_errno;
}

void cpa_snapshot_before_dlclose(void)
{
	cpa_maps_refresh();
}
