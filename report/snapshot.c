/* SPDX-License-Identifier: BSD-2-Clause */
/* When a profile is written to disk, under which name, and what becomes of the old ones. */
#include "report/snapshot.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/lock.h"
#include "base/log.h"
#include "report/apart.h"
#include "report/collector.h"
#include "report/facts.h"
#include "report/fd.h"
#include "report/maps.h"
#include "report/profiles.h"
#include "report/program.h"
#include "report/quiet.h"
#include "report/series.h"
#include "report/waker.h"
#include "sampling/custom.h"
#include "sampling/gate.h"
#include "sampling/heap.h"

/* Set at start and after a fork, by the only thread that is here then. */
static struct {
	bool started;
	bool child_expected; /* prefork ran: a fork that was announced */
	pid_t pid;
	uint64_t start_ns; /* since 1970 */
	struct cpa_conf conf;
	struct cpa_snapshot_source source;
	const char *exe;        /* path */
	struct cpa_arena arena; /* of exe */
	char program[CPA_PROGRAM_NAME_MAX + 1];
	struct cpa_lock lock;
	struct cpa_series series; /* guarded by lock */
	const char *reason;       /* of the snapshot that is written now; guarded by lock */
	uint32_t calling_tid;     /* who waits for it; guarded by lock */
	/* The size of heap that asks for the next snapshot; UINT64_MAX: none. */
	_Atomic uint64_t growth_mark_bytes;
	const char *_Atomic asked; /* who asked the waker last; NULL: nobody */
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

static void collect_facts(struct cpa_facts *facts, uint64_t sequence)
{
	*facts = (struct cpa_facts){
		.program = state.program,
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
}

void cpa_snapshot_facts(struct cpa_facts *ret_facts)
{
	collect_facts(ret_facts, 0);
}

static int write_content(const char *kind, uint64_t sequence, struct cpa_fd_sink sink)
{
	struct cpa_facts facts;

	collect_facts(&facts, sequence);
	facts.reason = state.reason;
	facts.calling_tid = state.calling_tid;
	return cpa_profiles_write(cpa_custom_lookup(kind), &facts, 0, state.conf.names, sink);
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

/* On a thread of ours; see apart.h. */
static void write_file(void *arg)
{
	struct cpa_series_content content = {.write = write_content};
	int *ret_error = arg;

	content.kind_count = cpa_profiles_wanted(&state.conf, content.kinds, CPA_SERIES_KINDS_MAX);
	*ret_error = cpa_series_write(&state.series, &content);
}

static int write_snapshot(const char *reason)
{
	struct cpa_quiet quiet;
	int error = may_write();

	if (error)
		return error;
	cpa_quiet_begin(&quiet);
	cpa_lock_acquire(&state.lock);
	state.reason = reason;
	state.calling_tid = cpa_gate_thread_id();
	cpa_apart_do(write_file, &error, CPA_APART_NO_FD);
	set_growth_mark();
	cpa_lock_release(&state.lock);
	cpa_quiet_end(&quiet);
	return error;
}

int cpa_snapshot_write(void)
{
	return write_snapshot("call");
}

/* A report for a descriptor of the program's. */
struct request {
	const struct cpa_custom_profile *profile;
	int fd;
	int debug;
	uint32_t calling_tid;
	int error;
};

static void answer(void *arg)
{
	struct request *request = arg;
	struct cpa_facts facts;

	collect_facts(&facts, 0);
	facts.calling_tid = request->calling_tid;
	request->error = cpa_profiles_write(request->profile, &facts, request->debug,
		state.conf.names, cpa_fd_to_sink(&request->fd));
}

int cpa_snapshot_write_fd(const char *name, int fd, int debug)
{
	struct request request = {
		.profile = cpa_custom_lookup(name),
		.fd = fd,
		.debug = debug,
		.calling_tid = cpa_gate_thread_id(),
	};
	struct cpa_quiet quiet;

	if (!request.profile)
		return -ENOENT;
	cpa_quiet_begin(&quiet);
	cpa_apart_do(answer, &request, fd);
	cpa_quiet_end(&quiet);
	return request.error;
}

static void ask(const char *reason)
{
	atomic_store(&state.asked, reason);
	cpa_waker_request();
}

void cpa_snapshot_notice(double inuse_bytes)
{
	uint64_t mark_bytes = atomic_load_explicit(&state.growth_mark_bytes, memory_order_relaxed);

	if (cpa_likely(inuse_bytes < (double)mark_bytes) || mark_bytes == UINT64_MAX)
		return;
	/* Of the threads that see it one asks; the mark is set anew after the snapshot. */
	if (atomic_compare_exchange_strong(&state.growth_mark_bytes, &mark_bytes, UINT64_MAX))
		ask("growth");
}

/* What the waker does: told on stderr where it fails. */
static void act(void)
{
	const char *asked = atomic_exchange(&state.asked, NULL);

	(void)!write_snapshot(asked ? asked : "interval");
}

static void on_signal(int number)
{
	(void)number;
	ask("signal");
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

static void find_exe(void)
{
	struct cpa_arena arena;
	struct cpa_maps maps;

	cpa_arena_init(&arena, 0);
	cpa_maps_refresh();
	if (!cpa_maps_copy(&arena, &maps) && maps.count)
		state.exe = cpa_arena_strdup(&state.arena, maps.modules[0].path);
	cpa_arena_done(&arena);
	cpa_program_name((const char *)getauxval(AT_EXECFN), state.exe ? state.exe : "program",
		state.program);
}

/* The thread, where the settings need one. */
static void start_waker(void)
{
	struct cpa_waker_plan plan = {
		.interval_ns = state.conf.interval_ns,
		.act = act,
	};
	int error;

	if (!(state.conf.interval_ns || state.conf.growth_bytes || state.conf.signal_number))
		return;
	state.series.retry_ns = state.conf.interval_ns;
	error = cpa_waker_start(&plan);
	if (!error)
		return;
	state.series.retry_ns = 0;
	cpa_log("no snapshots by interval, growth or signal: a thread cannot be started: %s",
		strerrordesc_np(-error));
}

/* Names and times of this process. */
static void begin_process(void)
{
	state.pid = getpid();
	state.start_ns = cpa_clock_wall_ns();
	cpa_series_begin(&state.series, &state.conf, state.program, state.pid);
	set_growth_mark();
}

void cpa_snapshot_init(const struct cpa_conf *conf, const struct cpa_snapshot_source *source)
{
	int kept_errno = errno;

	state.conf = *conf;
	state.source = *source;
	cpa_apart_init(source->thread_is_internal);
	state.started = true;
	find_exe();
	begin_process();
	if (!may_write()) {
		cpa_series_prepare_dir(&state.series);
		if (state.conf.signal_number)
			watch_signal(state.conf.signal_number);
		start_waker();
	}
	errno = kept_errno;
}

void cpa_snapshot_final(void)
{
	cpa_apart_stay();
	cpa_waker_stop();
	cpa_lock_acquire(&state.lock);
	state.series.retry_ns = 0;
	cpa_lock_release(&state.lock);
	if (state.conf.final)
		(void)!write_snapshot("final");
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
	/* A series that was being changed when the child was made cannot be taken apart. */
	if (!cpa_lock_try(&state.lock))
		state.series = (struct cpa_series){0};
	cpa_lock_reset(&state.lock);
	state.child_expected = false;
	atomic_store(&state.asked, NULL);
	if (state.started && state.conf.children) {
		begin_process();
		/* A fork that no handler saw is found out inside malloc: no place for that. */
		if (expected && !may_write())
			start_waker();
	} else {
		/* state.pid stays the parent's: may_write says no. */
		atomic_store(&state.growth_mark_bytes, UINT64_MAX);
	}
	cpa_collector_postfork_child(expected && state.conf.children);
	errno = kept_errno;
}

void cpa_snapshot_before_dlclose(void)
{
	cpa_maps_refresh();
}
