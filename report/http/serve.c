/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The module's one entry: a server on the calling thread.
 * Not here: the thread (report/server.c), what is served (endpoints.c).
 */
#include <errno.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#include "base/compiler.h"
#include "report/http/connection.h"
#include "report/http/listen.h"
#include "report/http/tool.h"
#include "report/service.h"

#define REST_SECONDS 1 /* without descriptors or memory for a new connection */

/* One server in a process. */
static struct cpa_http_server server;
static struct evconnlistener *listener;
static struct event *rest;

static void on_accept(struct evconnlistener *from, evutil_socket_t fd, struct sockaddr *address,
	int address_bytes, void *context)
{
	(void)from;
	(void)address;
	(void)address_bytes;
	cpa_http_connection_accept(context, fd);
}

/* Who waits to be accepted stays there; asking again at once would be a busy loop. */
static void on_accept_error(struct evconnlistener *from, void *context)
{
	const struct timeval time = {.tv_sec = REST_SECONDS};

	(void)context;
	(void)evconnlistener_disable(from);
	(void)evtimer_add(rest, &time);
}

static void on_rested(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	(void)context;
	(void)evconnlistener_enable(listener);
}

#ifdef CPA_LIBEVENT_PRIVATE
/* In the place of the C library's (libevent.syms): nothing is written there, see say_nothing. */
void *cpa_http_stderr;

/* Standard error is the program's. */
static void say_nothing(int severity, const char *text)
{
	(void)severity;
	(void)text;
}

/* Where libevent would end the process, the server ends. */
static void give_up(int error)
{
	(void)error;
	for (;;)
		(void)pause();
}
#endif

/* Sockets get no number that means something else to the C library. Where any of these is open,
 * this thread has not left the program's table: nothing there is ours to fill. */
static void fill_stdio(void)
{
	int fd;

	for (fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			return;
	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		(void)close(fd);
}

static struct event_base *new_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config) {
		(void)event_config_set_flag(
			config, EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_IGNORE_ENV);
		base = event_base_new_with_config(config);
		event_config_free(config);
	}
	return base;
}

static int prepare(int fd)
{
	server.base = new_base();
	if (!server.base)
		return -ENOMEM;
	listener = evconnlistener_new(server.base, on_accept, &server,
		LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	rest = evtimer_new(server.base, on_rested, NULL);
	if (!listener || !rest)
		return -ENOMEM;
	evconnlistener_set_error_cb(listener, on_accept_error);
	return 0;
}

CPA_EXPORT cpa_service_serve cpa_http_serve;

void cpa_http_serve(const struct cpa_service *service, const struct cpa_service_order *order)
{
	char text[CPA_HTTP_LISTEN_TEXT_MAX];
	int fd, error;

	if (service->version != CPA_SERVICE_VERSION) {
		order->ready(order->context, -ENOSYS,
			CPA_SERVICE_MODULE " is of another version than the library");
		return;
	}
#ifdef CPA_LIBEVENT_PRIVATE
	event_set_log_callback(say_nothing);
	event_set_fatal_callback(give_up);
#endif
	fill_stdio();
	cpa_http_tool_find();
	server = (struct cpa_http_server){.service = service, .order = order};
	fd = cpa_http_listen_open(order, &server.address, text);
	error = fd < 0 ? fd : prepare(fd);
	if (error) {
		order->ready(order->context, error, fd < 0 ? text : "no memory");
		return;
	}
	order->ready(order->context, 0, text);
	(void)event_base_dispatch(server.base);
}
