/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Graphviz as a child process.
 * Not here: what is drawn (report/graph/dot.c).
 */
#include "report/cli/graphviz.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report/profile/memory.h"

#define COMPLAINT_BYTES 300

struct answer {
	char *text;
	size_t used, capacity;
};

struct child {
	pid_t pid;
	int in, out, err; /* our ends; -1 when closed */
	struct answer answer, complaint;
};

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Start dot with its three pipes: 0 or an errno. No shell: nothing of the graph is a command. */
static int start(struct child *child, int in[2], int out[2], int err[2])
{
	char name[] = "dot", form[] = "-Tsvg";
	char *argv[] = {name, form, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t pipe_only;
	int status;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
	posix_spawnattr_init(&attributes);
	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	posix_spawnattr_setsigdefault(&attributes, &pipe_only);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	status = posix_spawnp(&child->pid, "dot", &actions, &attributes, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return status;
}

/* Read what is there; closes at the end. */
static void take(int *fd, struct answer *answer)
{
	ssize_t got;

	answer->text = cpa_memory_grow(answer->text, &answer->capacity, answer->used + 65536, 1);
	got = read(*fd, answer->text + answer->used, 65535);
	if (got > 0)
		answer->used += (size_t)got;
	else if (got == 0 || (errno != EINTR && errno != EAGAIN))
		close_end(fd);
}

/* Both ways at once: dot may answer before it has read all. */
static void converse(struct child *child, const char *text, size_t text_bytes)
{
	while (child->in >= 0 || child->out >= 0 || child->err >= 0) {
		struct pollfd ends[3] = {
			{child->in, POLLOUT, 0}, {child->out, POLLIN, 0}, {child->err, POLLIN, 0}};

		if (text_bytes == 0)
			close_end(&child->in);
		ends[0].fd = child->in;
		if (poll(ends, 3, -1) < 0 && errno != EINTR)
			return;
		if (ends[0].revents != 0) {
			ssize_t put = write(child->in, text, text_bytes);

			if (put > 0) {
				text += put;
				text_bytes -= (size_t)put;
			} else if (errno != EINTR && errno != EAGAIN) {
				close_end(&child->in); /* it ended; its status says why */
			}
		}
		if (ends[1].revents != 0)
			take(&child->out, &child->answer);
		if (ends[2].revents != 0)
			take(&child->err, &child->complaint);
	}
}

static void complain(const struct child *child, int wait_status)
{
	char how[64];
	const char *text = child->complaint.used > 0 ? child->complaint.text : "";
	size_t length = strcspn(text, "\n"), i;

	if (WIFSIGNALED(wait_status))
		snprintf(how, sizeof(how), "was killed by signal %d", WTERMSIG(wait_status));
	else if (WEXITSTATUS(wait_status) != 0)
		snprintf(how, sizeof(how), "failed with status %d", WEXITSTATUS(wait_status));
	else
		snprintf(how, sizeof(how), "made no SVG");
	fprintf(stderr, "cprof svg: dot %s", how);
	for (i = 0; i < length && i < COMPLAINT_BYTES; i++) {
		unsigned char byte = (unsigned char)text[i];

		fprintf(stderr, "%s%c", i == 0 ? ": " : "",
			byte < 0x20 || byte > 0x7e ? '?' : byte);
	}
	fputs("; --dot prints what it was given\n", stderr);
}

static bool is_svg(const struct answer *answer)
{
	return answer->used > 0 && memmem(answer->text, answer->used, "<svg", 4) != NULL &&
	       memmem(answer->text, answer->used, "</svg>", 6) != NULL;
}

/* The child is started: hear it out. */
static bool finish(struct child *child, const char *text, size_t text_bytes)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	int wait_status = 0;

	sigaction(SIGPIPE, &ignore, &before);
	converse(child, text, text_bytes);
	sigaction(SIGPIPE, &before, NULL);
	while (waitpid(child->pid, &wait_status, 0) < 0 && errno == EINTR)
		;
	if (wait_status == 0 && is_svg(&child->answer))
		return true;
	complain(child, wait_status);
	return false;
}

bool cpa_cli_graphviz_svg(const char *text, size_t text_bytes, char **ret_svg, size_t *ret_bytes)
{
	struct child child = {.pid = -1, .in = -1, .out = -1, .err = -1};
	int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1}, status = 0;
	bool is_done = false;

	if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0)
		status = errno;
	else
		status = start(&child, in, out, err);
	close_end(&in[0]);
	close_end(&out[1]);
	close_end(&err[1]);
	child.in = in[1];
	child.out = out[0];
	child.err = err[0];
	if (status == ENOENT)
		fprintf(stderr,
			"cprof svg: there is no dot command: install graphviz, or use --dot "
			"for the graph as text\n");
	else if (status != 0)
		fprintf(stderr, "cprof svg: dot cannot be started: %s\n", strerror(status));
	else {
		(void)fcntl(child.in, F_SETFL, O_NONBLOCK);
		is_done = finish(&child, text, text_bytes);
	}
	close_end(&child.in);
	close_end(&child.out);
	close_end(&child.err);
	free(child.complaint.text);
	*ret_svg = child.answer.text;
	*ret_bytes = child.answer.used;
	if (!is_done)
		free(child.answer.text);
	return is_done;
}
