/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls of include/cprofalloc.h that make an execution trace.
 * Not here: the trace (report/tracer.c), what threads wait for in it (the functions that wait).
 */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "alloc/fork.h"
#include "alloc/init.h"
#include "base/compiler.h"
#include "cprofalloc.h"
#include "report/tracer.h"
#include "sampling/capture.h"
#include "sampling/gate.h"
#include "sampling/trace.h"

CPA_EXPORT int cprof_trace_start(int fd)
{
	uint64_t left_bytes;
	int result;

	if (!cpa_init_can_sample())
		return -ENOTSUP;
	cpa_fork_repair();
	if (!cpa_gate_begin(&left_bytes))
		return -EBUSY;
	result = cpa_tracer_start(fd);
	cpa_gate_end(left_bytes);
	return result;
}

CPA_EXPORT int cprof_trace_stop(void)
{
	uint64_t left_bytes;
	int result;

	if (!cpa_init_can_sample())
		return -ENOTSUP;
	if (!cpa_gate_begin(&left_bytes))
		return -EBUSY;
	result = cpa_tracer_stop();
	cpa_gate_end(left_bytes);
	return result;
}

/* With the stack of the caller. */
static void add(
	enum cpa_trace_type type, uint64_t a, uint64_t b, const char *text, size_t text_bytes)
{
	uint64_t left_bytes;

	if (!cpa_gate_begin(&left_bytes))
		return;
	cpa_trace_add(type, cpa_capture_stack(0), a, b, text, text_bytes);
	cpa_gate_end(left_bytes);
}

CPA_EXPORT uint64_t cprof_task_begin(uint64_t parent, const char *name)
{
	static _Atomic uint64_t last_task;
	uint64_t task = atomic_fetch_add_explicit(&last_task, 1, memory_order_relaxed) + 1;

	if (cpa_trace_is_on)
		add(CPA_TRACE_TASK_BEGIN, task, parent, name, name ? strlen(name) : 0);
	return task;
}

CPA_EXPORT void cprof_task_end(uint64_t task)
{
	if (cpa_trace_is_on)
		add(CPA_TRACE_TASK_END, task, 0, NULL, 0);
}

CPA_EXPORT void cprof_region_begin(uint64_t task, const char *name)
{
	if (cpa_trace_is_on)
		add(CPA_TRACE_REGION_BEGIN, task, 0, name, name ? strlen(name) : 0);
}

CPA_EXPORT void cprof_region_end(uint64_t task, const char *name)
{
	if (cpa_trace_is_on)
		add(CPA_TRACE_REGION_END, task, 0, name, name ? strlen(name) : 0);
}

CPA_EXPORT void cprof_trace_log(uint64_t task, const char *key, const char *message)
{
	char text[CPA_TRACE_TEXT_MAX];
	size_t key_bytes, message_bytes;

	if (cpa_likely(!cpa_trace_is_on))
		return;
	key_bytes = key ? strnlen(key, sizeof(text)) : 0;
	message_bytes = message ? strnlen(message, sizeof(text) - key_bytes) : 0;
	if (key_bytes)
		memcpy(text, key, key_bytes);
	if (message_bytes)
		memcpy(text + key_bytes, message, message_bytes);
	add(CPA_TRACE_LOG, task, key_bytes, text, key_bytes + message_bytes);
}
