/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long to wait before something that failed is sent again.
 * Not here: sending (upload.c), the attempts (deliver.c).
 */
#include "report/cli/backoff.h"

uint64_t cpa_cli_backoff_ns(uint64_t base_ns, unsigned attempt, uint64_t random)
{
	uint64_t whole_ns = base_ns;

	while (attempt-- > 0 && whole_ns < CPA_CLI_BACKOFF_MAX_NS)
		whole_ns *= 2;
	if (whole_ns > CPA_CLI_BACKOFF_MAX_NS)
		whole_ns = CPA_CLI_BACKOFF_MAX_NS;
	return whole_ns - random % (whole_ns / 2 + 1);
}

bool cpa_cli_backoff_is_worth(long status)
{
	return status == 408 || status == 429 || (status >= 500 && status <= 599);
}
