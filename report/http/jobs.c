/* SPDX-License-Identifier: BSD-2-Clause */
/* What cprof makes of profiles: few at a time, the others wait for their turn. */
#include "report/http/jobs.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "report/http/child.h"

#define NO_FD (-1)

/* Touched by the server's thread alone. A command that is killed keeps its place until its end. */
static struct place {
	struct cpa_http_child child;
	struct event *end; /* NULL: free */
	struct cpa_http_job *job;
} places[CPA_HTTP_JOBS_MAX];
static struct cpa_http_job *first;

static void start_next(void);

static void finish(struct cpa_http_job *job, int status)
{
	job->status = status;
	job->is_over = true;
	/* As a timeout, it would be taken back by whoever sets its timer next. */
	event_active(job->waiter, EV_READ, 0);
}

static void on_end(evutil_socket_t fd, short what, void *context)
{
	struct place *place = context;
	int status;

	(void)fd;
	(void)what;
	event_free(place->end); /* before its descriptor is closed */
	place->end = NULL;
	status = cpa_http_child_end(&place->child);
	if (place->job)
		finish(place->job, status);
	place->job = NULL;
	start_next();
}

/* A file with the input, to be read from its beginning; or -errno. */
static int open_input(const struct cpa_http_buffer *input)
{
	int fd = memfd_create("cprofalloc-profile", MFD_CLOEXEC);
	size_t done_bytes = 0;
	ssize_t part_bytes = 0;

	if (fd < 0)
		return -errno;
	while (part_bytes >= 0 && done_bytes < input->used_bytes) {
		part_bytes = pwrite(fd, input->bytes + done_bytes, input->used_bytes - done_bytes,
			(off_t)done_bytes);
		done_bytes += part_bytes > 0 ? (size_t)part_bytes : 0;
	}
	if (part_bytes >= 0)
		return fd;
	part_bytes = -errno;
	(void)close(fd);
	return (int)part_bytes;
}

/* The command runs, and its end will be seen; or -errno. */
static int start_command(struct place *place, struct cpa_http_job *job, int input_fd)
{
	const struct cpa_http_command command = {
		.program_fd = job->program_fd,
		.arguments = job->arguments,
		.environment = job->environment,
		.input_fd = input_fd,
		.output_fd = job->output_fd,
	};
	int error = cpa_http_child_start(&place->child, &command);

	if (error)
		return error;
	place->end =
		event_new(event_get_base(job->waiter), place->child.fd, EV_READ, on_end, place);
	if (place->end && event_add(place->end, NULL) == 0)
		return 0;
	if (place->end)
		event_free(place->end);
	place->end = NULL;
	cpa_http_child_kill(&place->child);
	(void)cpa_http_child_end(&place->child);
	return -ENOMEM;
}

static int start(struct place *place, struct cpa_http_job *job)
{
	int input_fd = open_input(job->input), error;

	if (input_fd < 0)
		return input_fd;
	job->output_fd = memfd_create("cprofalloc-output", MFD_CLOEXEC);
	error = job->output_fd < 0 ? -errno : start_command(place, job, input_fd);
	(void)close(input_fd);
	if (!error)
		place->job = job;
	return error;
}

static void start_next(void)
{
	for (struct place *place = places; place < places + CPA_HTTP_JOBS_MAX; place++) {
		while (!place->end && first) {
			struct cpa_http_job *job = first;
			int error;

			first = job->next;
			error = start(place, job);
			if (error)
				finish(job, error);
		}
	}
}

void cpa_http_jobs_enter(struct cpa_http_job *job)
{
	struct cpa_http_job **last = &first;

	job->next = NULL;
	job->is_over = false;
	job->output_fd = NO_FD;
	while (*last)
		last = &(*last)->next;
	*last = job;
	start_next();
}

int cpa_http_jobs_read(const struct cpa_http_job *job, struct cpa_http_buffer *ret_output)
{
	if (!job->is_over)
		return -ETIMEDOUT;
	return job->status ? job->status : cpa_http_buffer_map(ret_output, job->output_fd);
}

void cpa_http_jobs_leave(struct cpa_http_job *job)
{
	struct cpa_http_job **at = &first;

	while (*at && *at != job)
		at = &(*at)->next;
	if (*at)
		*at = job->next;
	for (struct place *place = places; place < places + CPA_HTTP_JOBS_MAX; place++) {
		if (place->job == job) {
			place->job = NULL;
			cpa_http_child_kill(&place->child);
		}
	}
	if (job->output_fd != NO_FD)
		(void)close(job->output_fd);
	job->output_fd = NO_FD;
}
