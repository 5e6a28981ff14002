/* SPDX-License-Identifier: BSD-2-Clause */
/* The parameter labels=KEY=VALUE,KEY=VALUE. */
#include "report/http/labels.h"

#include <string.h>

/* "a=1,b=2" becomes "a\0" "1\0" "b\0" "2\0\0". A value may hold a '=', a key may not. */
static bool part(char *labels)
{
	size_t whole_bytes = strlen(labels);
	char *end = labels + whole_bytes;

	for (char *pair = labels; pair <= end;) {
		char *pair_end = pair + strcspn(pair, ",");
		char *equals = memchr(pair, '=', (size_t)(pair_end - pair));

		if (!equals || equals == pair)
			return false;
		*equals = '\0';
		*pair_end = '\0';
		pair = pair_end + 1;
	}
	end[1] = '\0';
	return true;
}

bool cpa_http_labels_read(struct cpa_http_exchange *exchange)
{
	bool is_there = cpa_http_exchange_has(exchange, "labels");

	_Static_assert(sizeof(exchange->labels) > CPA_HTTP_QUERY_VALUE_MAX, "for the final NUL");
	if (!is_there || (cpa_http_exchange_get(exchange, "labels", exchange->labels) &&
				 (!*exchange->labels || part(exchange->labels))))
		return true;
	cpa_http_exchange_refuse(exchange, 400,
		"invalid value for \"labels\" - must be KEY=VALUE or KEY=VALUE,KEY=VALUE");
	return false;
}

const char *cpa_http_labels_wanted(const struct cpa_http_exchange *exchange)
{
	return *exchange->labels ? exchange->labels : NULL;
}
