/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What cprof makes of profiles: few at a time, the others wait for their turn.
 * Not here: what it is asked for (convert.h), processes (child.h).
 */
#ifndef CPA_HTTP_JOBS_H
#define CPA_HTTP_JOBS_H

#include <event2/event.h>

#include "base/compiler.h"
#include "report/http/buffer.h"

#define CPA_HTTP_JOBS_MAX 2u /* at a time */

struct cpa_http_job {
	struct cpa_http_job *next; /* in the queue */
	const struct cpa_http_buffer *input;
	const char *const *arguments;
	char *const *environment;
	int program_fd;
	struct event *waiter; /* made active when the job is over */
	bool is_over;
	int status; /* of cprof, or -errno */
	int output_fd;
};

/*
 * Run program_fd with input as its standard input, now or when others have ended. All that the job
 * names must stay until cpa_http_jobs_leave.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_http_jobs_enter(struct cpa_http_job *job);

/*
 * What came out, in an empty buffer. 0; or why there is nothing: a status above 0, -errno,
 * -ETIMEDOUT for a job that is not over.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: heap
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_http_jobs_read(
	const struct cpa_http_job *job, struct cpa_http_buffer *ret_output);

/*
 * Nobody waits for it any more: what still runs is killed.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
void cpa_http_jobs_leave(struct cpa_http_job *job);

#endif
