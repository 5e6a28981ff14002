/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Functions, source lines and inlined frames for the addresses of a profile, from the files that
 * the mappings name and their debug information.
 * Not here: where a debug file is (debugfile.h), reading DWARF (dwarf.h), names for people
 * (report/profile/names.h).
 */
#ifndef CPA_SYMBOLS_SYMBOLIZE_H
#define CPA_SYMBOLS_SYMBOLIZE_H

#include "report/profile/profile.h"

enum cpa_symbolize_result {
	CPA_SYMBOLIZE_HAD_LINES,   /* nothing to do: the profile knows its lines */
	CPA_SYMBOLIZE_LINES,       /* functions, lines and inlined frames from DWARF */
	CPA_SYMBOLIZE_NAMES,       /* function names from a symbol table only */
	CPA_SYMBOLIZE_NOT_A_FILE,  /* [vdso], [anon] and their like */
	CPA_SYMBOLIZE_MISSING,     /* no such file */
	CPA_SYMBOLIZE_OTHER_BUILD, /* there is one, but its build id is another: refused */
	CPA_SYMBOLIZE_UNREADABLE,  /* no ELF file, no permission, broken DWARF */
};

/* What became of one mapping with addresses in it. */
struct cpa_symbolize_mapping {
	uint32_t mapping; /* index */
	enum cpa_symbolize_result result;
	size_t addr_count, named_count, lined_count;
	char detail
		[320]; /* the file used; or why none was, with both build ids where they differ */
};

struct cpa_symbolize_report {
	struct cpa_symbolize_mapping *mappings;
	size_t mapping_count;
};

struct cpa_symbolize_options {
	bool force;     /* again, also where the profile knows names and lines */
	bool use_cache; /* keep and use results on disk, by build id */
	/* Directories with binaries and debug files, "a:b"; NULL: those of PPROF_BINARY_PATH. */
	const char *paths;
	/* Called now and then with what is done; NULL: none. */
	void (*progress)(void *context, const char *file, size_t done, size_t total);
	void *progress_context;
};

/*
 * Symbolize profile in place and set the has_* flags of its mappings. Locations that nothing is
 * known of keep what they had. Functions it makes have their display name.
 *
 * @ret_report  freed with cpa_symbolize_report_done
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_symbolize_profile(struct cpa_profile *profile, const struct cpa_symbolize_options *options,
	struct cpa_symbolize_report *ret_report);
void cpa_symbolize_report_done(struct cpa_symbolize_report *report);

#endif
