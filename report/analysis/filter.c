/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which samples, frames and labels count: the options of Go's client, in its order.
 * Not here: the steps (pick.c, tags.c, report/profile/prune.c), sums over what is left
 * (report/graph/graph.c).
 */
#include "report/analysis/filter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/analysis/pick.h"
#include "report/analysis/tags.h"
#include "report/profile/prune.h"

struct compiled {
	struct cpa_pick pick;
	struct cpa_pattern prune_from, tagshow, taghide;
	struct cpa_tags_match tagfocus, tagignore;
};

struct option {
	const char *name, *text;
	struct cpa_pattern *pattern;
	struct cpa_tags_match *match; /* one of the two */
};

#define OPTION_COUNT 10

static void list_options(struct option options[OPTION_COUNT], const struct cpa_filter *filter,
	struct compiled *compiled)
{
	const struct option all[OPTION_COUNT] = {
		{"focus", filter->focus, &compiled->pick.focus, NULL},
		{"ignore", filter->ignore, &compiled->pick.ignore, NULL},
		{"hide", filter->hide, &compiled->pick.hide, NULL},
		{"show", filter->show, &compiled->pick.show, NULL},
		{"show_from", filter->show_from, &compiled->pick.show_from, NULL},
		{"prune_from", filter->prune_from, &compiled->prune_from, NULL},
		{"tagshow", filter->tagshow, &compiled->tagshow, NULL},
		{"taghide", filter->taghide, &compiled->taghide, NULL},
		{"tagfocus", filter->tagfocus, NULL, &compiled->tagfocus},
		{"tagignore", filter->tagignore, NULL, &compiled->tagignore},
	};

	memcpy(options, all, sizeof(all));
}

static int compile(
	const struct option *option, const struct cpa_profile *profile, struct cpa_error *error)
{
	struct cpa_error why = {""};
	int error_code = 0;

	if (option->match != NULL)
		error_code = cpa_tags_init(option->match, option->text, profile, &why);
	else if (option->text != NULL && option->text[0] != '\0')
		error_code = cpa_pattern_init(option->pattern, option->text, &why);
	if (error_code == 0)
		return 0;
	return cpa_error_set(error, "-%s=%.200s: %s", option->name, option->text, why.text);
}

static int complain_of_effort(const struct option *option, struct cpa_error *error)
{
	if (!(option->match != NULL ? cpa_tags_gave_up(option->match)
				    : cpa_pattern_gave_up(option->pattern)))
		return 0;
	return cpa_error_set(error,
		"-%s=%.200s: takes too long on a name in this profile; use fewer * and + inside "
		"of each other",
		option->name, option->text);
}

static void apply(struct cpa_profile *profile, const struct compiled *compiled)
{
	const struct cpa_pick *pick = &compiled->pick;

	if (pick->focus.state != NULL || pick->ignore.state != NULL || pick->hide.state != NULL ||
		pick->show.state != NULL)
		cpa_pick_frames(profile, pick);
	if (pick->show_from.state != NULL)
		cpa_pick_from(profile, &pick->show_from);
	if (compiled->tagfocus.is_given || compiled->tagignore.is_given)
		cpa_tags_pick(profile, &compiled->tagfocus, &compiled->tagignore);
	if (compiled->tagshow.state != NULL || compiled->taghide.state != NULL)
		cpa_tags_strip(profile, &compiled->tagshow, &compiled->taghide);
	if (compiled->prune_from.state != NULL)
		cpa_prune_from(profile, &compiled->prune_from);
}

int cpa_filter_apply(
	struct cpa_profile *profile, const struct cpa_filter *filter, struct cpa_error *error)
{
	struct compiled compiled;
	struct option options[OPTION_COUNT];
	int error_code = 0;
	size_t i;

	memset(&compiled, 0, sizeof(compiled));
	list_options(options, filter, &compiled);
	for (i = 0; i < OPTION_COUNT && error_code == 0; i++)
		error_code = compile(&options[i], profile, error);
	if (error_code == 0) {
		apply(profile, &compiled);
		for (i = 0; i < OPTION_COUNT && error_code == 0; i++)
			error_code = complain_of_effort(&options[i], error);
	}
	for (i = 0; i < OPTION_COUNT; i++) {
		if (options[i].match != NULL)
			cpa_tags_done(options[i].match);
		else
			cpa_pattern_done(options[i].pattern);
	}
	return error_code;
}
