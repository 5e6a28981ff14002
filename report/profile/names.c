/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a function is called when people read it.
 * Not here: undoing a compiler's mangling (demangle.c), frames without a function (nodes.c).
 */
#include "report/profile/names.h"

#include <stdlib.h>
#include <string.h>

#include "report/profile/demangle.h"

/*
 * How many bytes at text spell an operator that holds < or >, as in operator<< or operator->;
 * 0 when it is none.
 */
static size_t angle_operator_at(const char *text)
{
	static const char *const operators[] = {
		"<=>", "<<=", ">>=", "->*", "<<", ">>", "<=", ">=", "->", "<", ">"};
	size_t i;

	if (strncmp(text, "operator", 8) != 0)
		return 0;
	for (i = 0; i < CPA_ARRAY_LEN(operators); i++)
		if (strncmp(text + 8, operators[i], strlen(operators[i])) == 0)
			return 8 + strlen(operators[i]);
	return 0;
}

/* Asked of each byte of a long name. */
static inline size_t angle_operator(const char *text)
{
	return text[0] == 'o' ? angle_operator_at(text) : 0;
}

/*
 * The end of a bracket that is a part of the name and no arguments, as Rust's "str::<impl str>" and
 * gcc's "f()::<lambda(int)>" are; NULL for others.
 */
static const char *skip_named(const char *name, const char *open)
{
	int depth = 0;

	if (open - name < 2 || open[-1] != ':' ||
		(strncmp(open, "<impl ", 6) != 0 && strncmp(open, "<lambda(", 8) != 0))
		return NULL;
	for (; *open != '\0'; open++) {
		depth += *open == '<';
		if (*open == '>' && open[-1] != '-' && --depth == 0)
			return open + 1;
	}
	return NULL;
}

/*
 * Drop template arguments in place: what stands between < and its >, after an identifier.
 * Rust's "<T as Trait>::f" begins with its bracket and stays, and so does all of a name whose
 * brackets do not match.
 */
static void strip_templates(char *name)
{
	char *from = name, *to = name, *scan;
	int depth = 0;

	if (name[0] == '<')
		return;
	for (scan = name; *scan != '\0'; scan++) {
		size_t skip_bytes = angle_operator(scan);

		if (skip_bytes > 0) {
			scan += skip_bytes - 1;
			continue;
		}
		depth += *scan == '<';
		depth -= *scan == '>' && !(scan > name && scan[-1] == '-');
		if (depth < 0)
			return;
	}
	if (depth != 0)
		return;
	while (*from != '\0') {
		size_t keep_bytes = depth == 0 ? angle_operator(from) : 0;
		const char *named = depth == 0 && *from == '<' ? skip_named(name, from) : NULL;

		if (named != NULL)
			keep_bytes = (size_t)(named - from);
		if (keep_bytes > 0) {
			memmove(to, from, keep_bytes);
			from += keep_bytes;
			to += keep_bytes;
		} else if (*from == '<') {
			/* Rust has them behind a "::" of their own. */
			if (depth++ == 0 && to - name > 2 && to[-1] == ':')
				to -= 2;
			from++;
		} else if (*from == '>' && depth > 0 && from[-1] != '-') {
			depth--;
			from++;
		} else {
			if (depth == 0)
				*to++ = *from;
			from++;
		}
	}
	/* "operator< <int>" */
	if (to > name && to[-1] == ' ')
		to--;
	*to = '\0';
}

/* Behind the bracket that closes the one at open; the end of the text when none does. */
static char *skip_bracket(char *open)
{
	int depth = 0;

	for (; *open != '\0'; open++) {
		depth += *open == '(' || *open == '{';
		depth -= *open == ')' || *open == '}';
		if (depth <= 0)
			return open + 1;
	}
	return open;
}

/*
 * "ns::f(int) const" -> "ns::f", in place, where a writer stored the long form as both names.
 * "operator()", "(anonymous namespace)", lambdas, and functions with something inside are names.
 */
static void strip_arguments(char *name)
{
	char *at = name, *end;

	while (at += strcspn(at, "({"), *at != '\0') {
		end = skip_bracket(at);
		if (*at != '{' && strncmp(at, "(anonymous ", 11) != 0 &&
			strncmp(end, "::", 2) != 0 &&
			!(at - name >= 8 && strncmp(at - 8, "operator()", 10) == 0) &&
			!(at - name >= 7 && strncmp(at - 7, "<lambda", 7) == 0)) {
			*at = '\0'; /* also " const", " [clone ...]" behind it */
			return;
		}
		at = end;
	}
}

/* Also "forward<int>", as debug information has it. */
static bool looks_like_cxx(const char *name)
{
	size_t length_bytes = strlen(name);

	return (strstr(name, "::") != NULL ||
		       (length_bytes > 2 && name[length_bytes - 1] == '>' && name[0] != '[')) &&
	       strstr(name, ".<") == NULL && name[0] != '<';
}

/* D: "foo.bar!(int).bar(int)" -> "foo.bar.bar", in place. */
static void strip_parentheses(char *name)
{
	char *from, *to = name;
	int depth = 0;

	for (from = name; *from != '\0'; from++) {
		depth += *from == '(';
		if (depth == 0 && !(from[0] == '!' && from[1] == '('))
			*to++ = *from;
		depth -= *from == ')' && depth > 0;
	}
	*to = '\0';
}

char *cpa_names_short(const char *name)
{
	bool is_mangled = name[0] == '_' &&
			  (name[1] == 'Z' || name[1] == 'R' || name[1] == 'D' || name[1] == '_');
	char *text = is_mangled ? cpa_demangle_name(name) : NULL, *clone;

	if (text != NULL && name[1] == 'D') {
		strip_parentheses(text);
		return text;
	}
	if (text != NULL) {
		clone = strstr(text, " [clone");
		if (clone != NULL)
			*clone = '\0';
		strip_templates(text);
		return text;
	}
	text = cpa_memory_text(name, strlen(name));
	if (looks_like_cxx(text)) {
		strip_templates(text);
		strip_arguments(text);
	}
	return text;
}

void cpa_names_fill(struct cpa_profile *profile)
{
	size_t i;

	for (i = 0; i < profile->functions.count; i++) {
		struct cpa_profile_function *function = &profile->functions.items[i];
		const char *name = cpa_profile_string(profile, function->name);
		const char *system_name = cpa_profile_string(profile, function->system_name);
		bool is_final =
			name[0] != '\0' && strcmp(name, system_name) != 0 && system_name[0] != '\0';

		free(function->display);
		function->display = is_final
					    ? cpa_memory_text(name, strlen(name))
					    : cpa_names_short(name[0] != '\0' ? name : system_name);
	}
}
