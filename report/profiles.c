/* SPDX-License-Identifier: BSD-2-Clause */
/* Which profiles there are by name, and each one's bytes. A built-in one is a row of a table. */
#include "report/profiles.h"

#include <string.h>

#include "base/line.h"
#include "report/builtin.h"

/* Snapshots have their files in this order. */
static const struct cpa_builtin *const builtins[] = {
	&cpa_builtin_heap,
	&cpa_builtin_allocs,
	&cpa_builtin_cpu,
	&cpa_builtin_mutex,
	&cpa_builtin_block,
	&cpa_builtin_goroutine,
	&cpa_builtin_threadcreate,
};

static void describe_entries(struct cpa_line *line, const struct cpa_custom_profile *profile)
{
	struct cpa_custom_counters counters = cpa_custom_count(profile);

	cpa_line_add(line, "entries:");
	cpa_line_add_pair(line, "entries", counters.entries);
	cpa_line_add_pair(line, "entries_added", counters.added);
	cpa_line_add_pair(line, "entries_dropped_store_full", counters.dropped_store_full);
}

/* NULL: one of the program's own. */
static const struct cpa_builtin *builtin_of(const struct cpa_custom_profile *profile)
{
	for (size_t i = 0; cpa_custom_is_builtin(profile) && i < CPA_ARRAY_LEN(builtins); i++)
		if (!strcmp(builtins[i]->name, cpa_custom_name(profile)))
			return builtins[i];
	return NULL;
}

static int carry_out(const struct cpa_builtin_order *order)
{
	const struct cpa_custom_profile *profile = order->profile;
	const struct cpa_builtin *builtin = builtin_of(profile);
	struct cpa_facts *facts = order->facts;

	facts->kind = cpa_custom_name(profile);
	facts->own = (struct cpa_line){0};
	if (!builtin)
		describe_entries(&facts->own, profile);
	else if (builtin->describe)
		builtin->describe(&facts->own);
	cpa_facts_measure(facts);
	return builtin ? builtin->write(order) : cpa_builtin_counts(order);
}

int cpa_profiles_write(const struct cpa_custom_profile *profile, struct cpa_facts *facts, int debug,
	bool names, struct cpa_fd_sink sink)
{
	return carry_out(&(struct cpa_builtin_order){
		.profile = profile,
		.facts = facts,
		.debug = debug,
		.names = names,
		.sink = sink,
	});
}

int cpa_profiles_read(const struct cpa_custom_profile *profile, struct cpa_facts *facts,
	cpa_profiles_take *take, void *context)
{
	return carry_out(&(struct cpa_builtin_order){
		.profile = profile,
		.facts = facts,
		.take = take,
		.take_context = context,
	});
}

uint64_t cpa_profiles_count(const struct cpa_custom_profile *profile)
{
	const struct cpa_builtin *builtin = builtin_of(profile);

	return builtin ? builtin->count() : cpa_custom_count(profile).entries;
}

size_t cpa_profiles_wanted(const struct cpa_conf *conf, const char **ret_names, size_t room)
{
	const struct cpa_custom_profile *profile = NULL;
	size_t count = 0;

	for (size_t i = 0; i < CPA_ARRAY_LEN(builtins) && count < room; i++)
		if (builtins[i]->wanted && builtins[i]->wanted(conf))
			ret_names[count++] = builtins[i]->name;
	while (count < room && (profile = cpa_custom_older(profile)))
		ret_names[count++] = cpa_custom_name(profile);
	return count;
}
