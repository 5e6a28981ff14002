/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A course over time as a line of blocks.
 * Not here: the course (report/trend/site.h), the table around it (leaks_text.c).
 */
#ifndef CPA_CLI_SPARKLINE_H
#define CPA_CLI_SPARKLINE_H

#include "report/trend/site.h"

/*
 * A site's values over time in so many columns: ▁ to █, from 0 to its largest, or in ASCII
 * where the locale is not UTF-8; returns to.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
char *cpa_cli_sparkline(char *to, size_t to_bytes, const double *seconds,
	const struct cpa_site *course, size_t columns);

#endif
