/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The call that starts the HTTP server.
 * Not here: the server (report/server.h).
 */
#include <errno.h>

#include "alloc/fork.h"
#include "alloc/init.h"
#include "base/compiler.h"
#include "cprofalloc.h"
#include "report/server.h"
#include "sampling/gate.h"

CPA_EXPORT int cprof_http_listen(const char *address)
{
	uint64_t left_bytes;
	int result;

	if (!address)
		return -EINVAL;
	if (!cpa_init_can_sample())
		return -ENOTSUP;
	cpa_fork_repair();
	if (!cpa_gate_begin(&left_bytes))
		return -EBUSY;
	result = cpa_server_listen(address);
	cpa_gate_end(left_bytes);
	return result;
}
