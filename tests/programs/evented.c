/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program with a libevent of its own: what is written to standard input comes back, line by line,
 * and at its end "NUMBER from others" tells how often that libevent was used by a thread that is
 * not the program's. It has set libevent's allocator and log, which are one for all who share it.
 * Not here: the server beside it (tests/integration/http.bats).
 */
#define _GNU_SOURCE
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static _Atomic int strangers;

static void note(void)
{
	if (gettid() != getpid())
		strangers++;
}

static void *note_malloc(size_t size_bytes)
{
	note();
	return malloc(size_bytes);
}

static void *note_realloc(void *ptr, size_t size_bytes)
{
	note();
	return realloc(ptr, size_bytes);
}

static void note_free(void *ptr)
{
	note();
	free(ptr);
}

static void note_log(int severity, const char *text)
{
	note();
	fprintf(stderr, "%d %s\n", severity, text);
}

static void on_read(struct bufferevent *input, void *base)
{
	char *line;

	while ((line = evbuffer_readln(bufferevent_get_input(input), NULL, EVBUFFER_EOL_LF))) {
		puts(line);
		note_free(line);
	}
}

static void on_end(struct bufferevent *input, short what, void *base)
{
	event_base_loopbreak(base);
}

int main(void)
{
	struct event_base *base;
	struct bufferevent *input;

	setvbuf(stdout, NULL, _IOLBF, 0);
	event_set_mem_functions(note_malloc, note_realloc, note_free);
	event_set_log_callback(note_log);
	event_enable_debug_mode();
	base = event_base_new();
	if (!base || evutil_make_socket_nonblocking(STDIN_FILENO) ||
		!(input = bufferevent_socket_new(base, STDIN_FILENO, 0)))
		return 1;
	bufferevent_setcb(input, on_read, NULL, on_end, base);
	bufferevent_enable(input, EV_READ);
	puts("ready");
	event_base_dispatch(base);
	printf("%d from others\n", strangers);
	return 0;
}
