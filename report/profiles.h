/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which profiles there are by name, and each one's bytes.
 * Not here: who asks (snapshot.c), the forms (pprof.c, text.c), the rows (heaprows.c, countrows.c,
 * tallyrows.c).
 */
#ifndef CPA_REPORT_PROFILES_H
#define CPA_REPORT_PROFILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/conf.h"
#include "report/facts.h"
#include "report/fd.h"
#include "report/pprof.h"
#include "sampling/custom.h"

/*
 * Measure facts and write the profile to the sink: debug 0 gzipped protobuf, else text; of
 * goroutine 1 and 2 are two forms. 0, -ENOMEM, or the sink's error. facts->kind becomes the
 * profile's name.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_profiles_write(const struct cpa_custom_profile *profile,
	struct cpa_facts *facts, int debug, bool names, struct cpa_fd_sink sink);

/* Takes the content of a profile; its next may be called until this returns. 0 or -errno. */
typedef int cpa_profiles_take(void *context, const struct cpa_pprof_content *content);

/*
 * Give what would be written to take instead. 0, -ENOMEM, or what take returned; -ENOTSUP: this
 * profile has no rows.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_profiles_read(const struct cpa_custom_profile *profile,
	struct cpa_facts *facts, cpa_profiles_take *take, void *context);

/*
 * How much is in it: live threads, entries of the program's own, rows of the others.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
uint64_t cpa_profiles_count(const struct cpa_custom_profile *profile);

/*
 * The names of the profiles that a snapshot has a file of, the heap first: what the settings ask
 * for, what is or was switched on, and the program's own. Returns how many; names stay valid.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
size_t cpa_profiles_wanted(const struct cpa_conf *conf, const char **ret_names, size_t room);

#endif
