/* SPDX-License-Identifier: BSD-2-Clause */
/* The endpoint that gives a profile as a flame graph, for people. */
#include "report/http/flame.h"

#include <string.h>

#include "report/http/convert.h"
#include "report/http/profiles.h"

void cpa_http_flame_begin(struct cpa_http_exchange *exchange, const char *name)
{
	exchange->wanted = CPA_HTTP_WANTS_PAGE;
	if (!cpa_http_convert_can(exchange)) /* before seconds of waiting */
		return;
	if (!strcmp(name, "profile"))
		cpa_http_profiles_begin_cpu(exchange);
	else
		cpa_http_profiles_begin(exchange, name);
}
