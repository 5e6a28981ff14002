/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parameters of a request, "debug=1&seconds=5", read as Go reads them.
 * Not here: which there are (endpoints.c, profiles.c).
 */
#ifndef CPA_HTTP_QUERY_H
#define CPA_HTTP_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

#define CPA_HTTP_QUERY_VALUE_MAX 600u /* bytes, with the final NUL; longer ones are not there */

/*
 * Undo "%41", and "+" where that is a blank. A NUL follows the result, and may be in it. False: a
 * '%' without two hexadecimal digits, or no room.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK bool cpa_http_query_decode(const char *bytes, size_t size_bytes, bool plus_is_blank,
	char *ret_text, size_t room_bytes, size_t *ret_bytes);

/*
 * The first value of a key. False, and "": there is none that can be read.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_http_query_get(
	const char *query, const char *key, char ret_value[CPA_HTTP_QUERY_VALUE_MAX]);

/*
 * Is there such a key, whether its value can be read or not?
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_http_query_has(const char *query, const char *key);

/*
 * A number as Go's Atoi reads it: a sign or none, decimal digits, nothing else. False: it is none.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_http_query_number(const char *text, int64_t *ret_number);

/*
 * A decimal number with or without a point and an exponent, "0.25" or "1e-3": the same in every
 * language that the program may speak, which strtod is not. False: it is none.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_http_query_fraction(const char *text, double *ret_number);

#endif
