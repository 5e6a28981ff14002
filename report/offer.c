/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of what the library offers to the HTTP module, filled in. */
#include "report/offer.h"

#include <errno.h>

#include "base/log.h"
#include "report/collector.h"
#include "report/delta.h"
#include "report/facts.h"
#include "report/gauges.h"
#include "report/pprof.h"
#include "report/profiles.h"
#include "report/tracer.h"
#include "sampling/custom.h"

static struct cpa_snapshot_source source;

static void say(const char *text)
{
	cpa_log("%s", text);
}

static size_t add(struct cpa_service_profile *ret_profile, const char *name)
{
	const struct cpa_custom_profile *profile = cpa_custom_lookup(name);

	if (!profile)
		return 0;
	*ret_profile = (struct cpa_service_profile){
		.name = cpa_custom_name(profile),
		.count = cpa_profiles_count(profile),
		.is_builtin = cpa_custom_is_builtin(profile),
	};
	return 1;
}

/* "cpu" is none of Go's list: it is the endpoint "profile". */
static size_t list(struct cpa_service_profile *ret_profiles, size_t room)
{
	static const char *const names[] = {
		"allocs", "block", "goroutine", "heap", "mutex", "threadcreate"};
	const struct cpa_custom_profile *profile = NULL;
	size_t count = 0;

	for (size_t i = 0; i < CPA_ARRAY_LEN(names) && count < room; i++)
		count += add(&ret_profiles[count], names[i]);
	while (count < room && (profile = cpa_custom_older(profile)))
		count += add(&ret_profiles[count], cpa_custom_name(profile));
	return count;
}

static int write_profile(
	const char *name, int debug, bool names, const char *labels, struct cpa_fd_sink sink)
{
	const struct cpa_custom_profile *profile = cpa_custom_lookup(name);
	struct cpa_facts facts;

	if (!profile)
		return -ENOENT;
	cpa_snapshot_facts(&facts);
	facts.wanted_labels = labels;
	return cpa_profiles_write(profile, &facts, debug, names, sink);
}

static int take_copy(void *context, const struct cpa_pprof_content *content)
{
	return cpa_delta_copy(context, content);
}

static int read_rows(const char *name, struct cpa_facts *facts, struct cpa_delta_copy *ret_copy)
{
	const struct cpa_custom_profile *profile = cpa_custom_lookup(name);

	*ret_copy = (struct cpa_delta_copy){0};
	if (!profile)
		return -ENOENT;
	cpa_snapshot_facts(facts);
	return cpa_profiles_read(profile, facts, take_copy, ret_copy);
}

static int copy(const char *name, struct cpa_delta_copy **ret_copy)
{
	struct cpa_facts facts;
	struct cpa_delta_copy made, *kept = NULL;
	int error = read_rows(name, &facts, &made);

	if (!error)
		kept = cpa_arena_alloc(&made.arena, sizeof(*kept));
	if (!kept) {
		cpa_delta_done(&made);
		return error ? error : -ENOMEM;
	}
	*kept = made; /* the arena that it lies in, too */
	*ret_copy = kept;
	return 0;
}

static void forget(struct cpa_delta_copy *old)
{
	struct cpa_delta_copy last;

	if (!old)
		return;
	last = *old;
	cpa_delta_done(&last);
}

static int write_since(const char *name, const struct cpa_delta_copy *earlier, bool keeps_inuse,
	bool names, const char *labels, struct cpa_fd_sink sink)
{
	struct cpa_facts facts;
	struct cpa_delta_copy later;
	int error = read_rows(name, &facts, &later);

	if (!error) {
		struct cpa_delta delta = {
			.earlier = earlier, .later = &later, .keeps_inuse = keeps_inuse};
		struct cpa_pprof_content content = cpa_delta_content(&delta);

		facts.wanted_labels = labels;
		error = cpa_pprof_write(&facts, &content, names, sink);
	}
	cpa_delta_done(&later);
	return error;
}

static void purge(void)
{
	if (source.purge)
		source.purge();
}

static int mutex_fraction(int fraction)
{
	return source.mutex_fraction ? source.mutex_fraction(fraction) : 0;
}

static int64_t block_rate(int64_t rate_ns)
{
	return source.block_rate ? source.block_rate(rate_ns) : 0;
}

static struct cpa_service service = {
	.version = CPA_SERVICE_VERSION,
	.log = say,
	.list = list,
	.write = write_profile,
	.copy = copy,
	.write_since = write_since,
	.forget = forget,
	.lookup = cpa_lookup,
	.gauges = cpa_gauges_read,
	.purge = purge,
	.trace_start = cpa_tracer_start,
	.trace_stop = cpa_tracer_stop,
	.cpu_start = cpa_collector_start,
	.cpu_stop = cpa_collector_stop,
	.mutex_fraction = mutex_fraction,
	.block_rate = block_rate,
};

void cpa_offer_init(const struct cpa_conf *conf, const struct cpa_snapshot_source *new_source)
{
	source = *new_source;
	service.names = conf->names;
}

const struct cpa_service *cpa_offer(void)
{
	return &service;
}
