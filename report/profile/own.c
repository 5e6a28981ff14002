/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where in a stack the program's own code begins.
 * Not here: printing it (report/cli/diff_text.c, leaks.c).
 */
#include "report/profile/own.h"

#include <string.h>

#include "base/compiler.h"

static bool begins(const char *text, const char *const *with, size_t with_count)
{
	size_t i;

	for (i = 0; i < with_count; i++)
		if (strncmp(text, with[i], strlen(with[i])) == 0)
			return true;
	return false;
}

/* "<&mut alloc::string::String as core::fmt::Write>::write_str": the type, or, where that is only
 * a parameter, the trait. */
static const char *type_of(const char *name)
{
	static const char *const signs[] = {"&", "*const ", "*mut ", "mut ", "dyn ", "[", "("};
	size_t i;

	if (name[0] != '<')
		return name;
	name++;
	for (i = 0; i < CPA_ARRAY_LEN(signs); i++)
		if (strncmp(name, signs[i], strlen(signs[i])) == 0) {
			name += strlen(signs[i]);
			i = (size_t)-1;
		}
	return strncmp(name, "T as ", 5) == 0 ? name + 5 : name;
}

static bool is_library(const struct cpa_node *node)
{
	static const char *const always[] = {
		"std::", "__gnu_cxx::", "operator new", "__rust_", "__rustc::", "__rdl_", "__rg_"};
	/* Programs may have such names, too: not where the source says that it is theirs. */
	static const char *const rust[] = {"alloc::", "core::", "hashbrown::"};
	static const char *const rust_files[] = {"/rustc/", "/rust/deps/"};
	const char *name = type_of(node->name);

	if (strstr(node->file, "/include/c++/") != NULL ||
		begins(node->file, rust_files, CPA_ARRAY_LEN(rust_files)))
		return true;
	return begins(name, always, CPA_ARRAY_LEN(always)) ||
	       (node->file[0] == '\0' && begins(name, rust, CPA_ARRAY_LEN(rust)));
}

size_t cpa_own_shown_from(const struct cpa_nodes *nodes, const uint32_t *frames, size_t depth)
{
	size_t own = 0;

	while (own < depth && is_library(&nodes->items[frames[own]]))
		own++;
	return own == 0 || own == depth ? 0 : own - 1;
}
