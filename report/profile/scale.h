/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One measure in another unit, by the rules and unit names of Go's client: what -unit and the
 * ranges of -tagfocus are told in, and by which sums of several profiles meet.
 * Not here: numbers as people read them (units.h).
 */
#ifndef CPA_PROFILE_SCALE_H
#define CPA_PROFILE_SCALE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Convert value from one unit to another: kinds of units are bytes (B, kB, ..., powers of 1024),
 * times (ns, us, ms, s, hrs) and GCU. "minimum" and "auto" are the largest unit that the value is 1
 * or more of. A target of another kind becomes bytes, or seconds.
 *
 * @ret_unit  the name of the unit the result has; "" for counts. Lives as long as to.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
double cpa_scale_value(double value, const char *from, const char *to, const char **ret_unit);

/*
 * By what a number in the unit from is multiplied for the unit to: 1 for equal names, 0 where they
 * measure different things or a name is not known.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
double cpa_scale_ratio(const char *from, const char *to);

/*
 * Does any kind know this unit, or is it one of "minimum", "auto", "count"?
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
bool cpa_scale_knows(const char *unit);

/*
 * The unit of the numbers of a label whose samples name none: key itself, as Go's client guesses.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
const char *cpa_scale_label_unit(const char *key);

/*
 * A value scaled, as text, as Go's client writes it: "16kB", "1.50MB", "0"; returns to.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
char *cpa_scale_text(char *to, size_t to_bytes, double value, const char *from, const char *unit);

#endif
