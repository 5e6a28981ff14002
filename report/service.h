/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the library offers to the HTTP module, and the module to the library: two tables, because
 * neither is linked with the other.
 * Not here: who fills in which (server.c; report/http/serve.c).
 */
#ifndef CPA_REPORT_SERVICE_H
#define CPA_REPORT_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/conf.h"
#include "report/fd.h"
#include "report/gauges.h"
#include "report/lookup.h"

/* Both tables below change it when they change. */
#define CPA_SERVICE_VERSION 4u

#define CPA_SERVICE_MODULE "libcprofhttp.so"
#define CPA_SERVICE_ENTRY  "cpa_http_serve"

struct cpa_service_profile {
	const char *name; /* valid for ever */
	uint64_t count;
	bool is_builtin;
};

struct cpa_delta_copy;

/*
 * Each is called on the module's thread, one at a time. Those that return int: 0 or -errno.
 */
struct cpa_service {
	uint32_t version;
	/* One line for people. */
	void (*log)(const char *text);
	/* All profiles, in no order; how many. */
	size_t (*list)(struct cpa_service_profile *ret_profiles, size_t room);
	/*
	 * -ENOENT: no such profile. debug 0: gzipped protobuf, else text. labels: only what has
	 * these (labelmask.h); NULL: all.
	 */
	int (*write)(const char *name, int debug, bool names, const char *labels,
		struct cpa_fd_sink sink);
	/* The rows of a profile now, and what became of them since. -ENOTSUP: it has none. */
	int (*copy)(const char *name, struct cpa_delta_copy **ret_copy);
	int (*write_since)(const char *name, const struct cpa_delta_copy *earlier, bool keeps_inuse,
		bool names, const char *labels, struct cpa_fd_sink sink);
	void (*forget)(struct cpa_delta_copy *copy); /* NULL: nothing */
	int (*lookup)(
		const uint64_t *addresses, size_t count, cpa_lookup_take *take, void *context);
	/* As cpa_gauges_read. */
	int (*gauges)(const struct cpa_gauges_order *order, struct cpa_gauges *ret_gauges);
	/* Give free pages back to the system. */
	void (*purge)(void);
	/* -EBUSY: it is on already. */
	int (*cpu_start)(uint32_t hz);
	int (*cpu_stop)(void);
	/* To fd, until stop. -EBUSY: one runs already. */
	int (*trace_start)(int fd);
	int (*trace_stop)(void);
	int (*mutex_fraction)(int fraction);
	int64_t (*block_rate)(int64_t rate_ns);
	bool names; /* the setting */
};

/* What a server is to do. Texts are valid for ever. */
struct cpa_service_order {
	char address[CPA_CONF_TEXT_MAX]; /* HOST:PORT or unix:PATH, absolute */
	char token[CPA_CONF_TEXT_MAX];   /* "": none */
	bool shows_cmdline;
	char *const *environment; /* of the processes that the server starts */
	/* Called once: 0 and where it listens, or -errno and why not. */
	void (*ready)(void *context, int error, const char *text);
	void *context;
};

/* CPA_SERVICE_ENTRY. Serves for ever on the calling thread; returns only when it cannot. */
typedef void cpa_service_serve(
	const struct cpa_service *service, const struct cpa_service_order *order);

#endif
