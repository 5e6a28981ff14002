/* SPDX-License-Identifier: BSD-2-Clause */
/* The HTTP server: its module, its thread, one of each in a process. */
#include "report/server.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/lock.h"
#include "base/log.h"
#include "report/ancestors.h"
#include "report/apart.h"
#include "report/childenv.h"
#include "report/offer.h"
#include "report/service.h"

#define UNIX_PREFIX   "unix:"
#define FINAL_WAIT_NS 1000000000u

enum { NOTHING, STARTING, LISTENING, FAILED };

static struct {
	_Atomic uint32_t phase; /* of the above; futex */
	int error;              /* of FAILED; written before it */
	pid_t pid;              /* that serves */
	bool shows_cmdline;
	bool is_off; /* by the settings */
	bool verbose;
	bool says_port; /* the kernel chooses it */
	char token[CPA_CONF_TEXT_MAX];
	char thread_name[16]; /* tells the address to the processes that this one starts */
	cpa_service_serve *serve;
	struct cpa_service_order order; /* the thread's, from STARTING on */
} state;

/* The module lies beside the library, or in the folder "cprofalloc" there. */
static void *open_module(char *ret_path, size_t room_bytes)
{
	static const char *const places[] = {"cprofalloc/" CPA_SERVICE_MODULE, CPA_SERVICE_MODULE};
	char directory[PATH_MAX];
	void *module = NULL;
	char *slash;
	Dl_info own;

	if (!dladdr((const void *)&state, &own) || !own.dli_fname ||
		strlen(own.dli_fname) >= sizeof(directory))
		return NULL;
	(void)strcpy(directory, own.dli_fname);
	slash = strrchr(directory, '/');
	if (slash)
		slash[1] = '\0';
	else
		directory[0] = '\0'; /* found by the loader's search: the module is too */
	for (size_t i = 0; i < CPA_ARRAY_LEN(places) && !module; i++) {
		if (snprintf(ret_path, room_bytes, "%s%s", directory, places[i]) >= (int)room_bytes)
			return NULL;
		module = dlopen(ret_path, RTLD_NOW | RTLD_LOCAL);
	}
	return module;
}

/* 0 or -ENOSYS. The C library's reason names the file, or the library that it needs. */
static int load(void)
{
	char path[PATH_MAX];
	const char *reason;
	void *module;

	if (state.serve)
		return 0;
	module = open_module(path, sizeof(path));
	if (module)
		state.serve = (cpa_service_serve *)dlsym(module, CPA_SERVICE_ENTRY);
	if (state.serve)
		return 0;
	reason = dlerror();
	cpa_log("no HTTP server: %s (it comes with cprofalloc, unless that was built "
		"--without-http)",
		reason ? reason : path);
	return -ENOSYS;
}

static void ready(void *context, int error, const char *text)
{
	(void)context;
	if (error)
		cpa_log("no HTTP server: %s", text);
	else if (state.verbose || state.says_port)
		cpa_log("serving profiles at %s", text);
	state.error = error;
	atomic_store(&state.phase, error ? FAILED : LISTENING);
	cpa_lock_wake(&state.phase);
}

static void *run(void *unused)
{
	(void)unused;
	cpa_apart_leave_count(); /* while this thread still has the program's descriptors */
	cpa_apart_enter(CPA_APART_NO_FD);
	state.serve(cpa_offer(), &state.order);
	/* Not counted, this thread must not end as one that is. */
	for (;;)
		(void)pause();
	return NULL;
}

/* A path that stays the same when the program changes its directory. 0 or -EINVAL. */
static int set_address(const char *address)
{
	struct cpa_service_order *order = &state.order;
	size_t prefix_bytes = strlen(UNIX_PREFIX), path_bytes = 0;
	char directory[PATH_MAX] = "";

	if (!strncmp(address, UNIX_PREFIX, prefix_bytes)) {
		if (address[prefix_bytes] != '/') {
			if (syscall(SYS_getcwd, directory, sizeof(directory)) < 0 ||
				directory[0] != '/')
				return -EINVAL;
			path_bytes = strlen(directory);
		}
		if (path_bytes + 1 + strlen(address + prefix_bytes) >=
			sizeof(((struct sockaddr_un *)0)->sun_path))
			return -EINVAL;
		return snprintf(order->address, sizeof(order->address), UNIX_PREFIX "%s%s%s",
			       directory, path_bytes ? "/" : "", address + prefix_bytes) > 0
			       ? 0
			       : -EINVAL;
	}
	if (strlen(address) >= sizeof(order->address))
		return -EINVAL;
	state.says_port = strlen(address) > 2 && !strcmp(address + strlen(address) - 2, ":0");
	(void)strcpy(order->address, address);
	return 0;
}

/* "cprofhttp:6060"; of a socket's path, which is too long for a name, a hash (FNV-1a). */
static void set_thread_name(void)
{
	const char *address = state.order.address;
	const char *port = strrchr(address, ':');
	uint32_t hash = 2166136261u;

	if (strncmp(address, UNIX_PREFIX, strlen(UNIX_PREFIX)) != 0 && port) {
		(void)snprintf(state.thread_name, sizeof(state.thread_name), "cprofhttp%.6s", port);
		return;
	}
	for (; *address; address++)
		hash = (hash ^ (unsigned char)*address) * 16777619u;
	(void)snprintf(
		state.thread_name, sizeof(state.thread_name), "cprofhttp:%05x", hash & 0xfffff);
}

/* A thread has its maker's name from its first moment, before any process is started that looks
 * for it. */
static int start_thread(void)
{
	char kept_name[sizeof(state.thread_name)] = "";
	int error;

	(void)prctl(PR_GET_NAME, kept_name);
	(void)prctl(PR_SET_NAME, state.thread_name);
	error = cpa_apart_start(run, NULL);
	(void)prctl(PR_SET_NAME, kept_name);
	return error;
}

/* The thread is there, or will never be. 0 or -errno. */
static int start(void)
{
	int error = load();

	if (error)
		return error;
	state.pid = getpid();
	state.order.shows_cmdline = state.shows_cmdline;
	(void)strcpy(state.order.token, state.token);
	state.order.environment = cpa_childenv_make();
	state.order.ready = ready;
	error = start_thread();
	if (error)
		cpa_log("no HTTP server: a thread cannot be started: %s", strerrordesc_np(-error));
	return error;
}

/* With these settings this process is one of a family that an ancestor serves: one port, one line
 * about it. Of a port that the kernel chooses each has its own. */
static bool is_served_by_ancestor(void)
{
	if (state.says_port || !cpa_ancestors_have_thread(state.thread_name))
		return false;
	if (state.verbose)
		cpa_log("no HTTP server: one that started this process is served at %s",
			state.order.address);
	return true;
}

static int try_start(const char *address, bool is_inherited)
{
	int error = set_address(address);

	if (state.is_off) {
		cpa_log("no HTTP server: the setting http_token was not understood");
		return -EACCES;
	}
	if (error) {
		cpa_log("no HTTP server: the address is too long, or the path of its directory");
		return error;
	}
	set_thread_name();
	return is_inherited && is_served_by_ancestor() ? -EADDRINUSE : start();
}

/* is_inherited: an address of the settings, which come from whoever started this process. */
static int listen_at(const char *address, bool is_inherited)
{
	uint32_t phase = atomic_load(&state.phase);
	int error;

	do
		if (phase == STARTING || phase == LISTENING)
			return -EALREADY;
	while (!atomic_compare_exchange_weak(&state.phase, &phase, STARTING));
	error = try_start(address, is_inherited);
	if (error) {
		state.error = error;
		atomic_store(&state.phase, FAILED);
		cpa_lock_wake(&state.phase);
	}
	return error;
}

int cpa_server_listen(const char *address)
{
	int kept_errno = errno, kept_cancel;
	int error;

	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &kept_cancel);
	error = listen_at(address, false);
	while (!error && atomic_load(&state.phase) == STARTING)
		cpa_lock_wait(&state.phase, STARTING, UINT64_MAX);
	if (!error && atomic_load(&state.phase) == FAILED)
		error = state.error;
	(void)pthread_setcancelstate(kept_cancel, NULL);
	errno = kept_errno;
	return error;
}

void cpa_server_init(const struct cpa_conf *conf, const struct cpa_snapshot_source *source)
{
	int kept_errno = errno;

	cpa_offer_init(conf, source);
	(void)strcpy(state.token, conf->http_token);
	state.is_off = conf->http_off;
	state.shows_cmdline = conf->http_cmdline;
	state.verbose = conf->verbose;
	/* Not waited for: the program begins at once. */
	if (conf->http[0] && (!conf->only_pid || conf->only_pid == getpid()))
		(void)!listen_at(conf->http, true);
	errno = kept_errno;
}

void cpa_server_final(void)
{
	int kept_errno = errno;
	const char *address = state.order.address;

	/* A program may end sooner: what the server has to say is said, and its file is found. */
	if (atomic_load(&state.phase) == STARTING && state.pid == getpid())
		cpa_lock_wait(&state.phase, STARTING, FINAL_WAIT_NS);
	if (atomic_load(&state.phase) == LISTENING && state.pid == getpid() &&
		!strncmp(address, UNIX_PREFIX, strlen(UNIX_PREFIX)))
		(void)unlink(address + strlen(UNIX_PREFIX));
	errno = kept_errno;
}

void cpa_server_postfork_child(void)
{
	atomic_store(&state.phase, NOTHING);
}
