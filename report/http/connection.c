/* SPDX-License-Identifier: BSD-2-Clause */
/* One client's connection, request after request. */
#include "report/http/connection.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "report/http/answer.h"
#include "report/http/endpoints.h"
#include "report/http/exchange.h"
#include "report/http/request.h"

#define REQUEST_SECONDS 10 /* from the connection to the end of its first request */
#define IDLE_SECONDS    60 /* from an answer to the end of the next request */
#define WRITE_SECONDS   30 /* in which a client takes nothing */
#define LINGER_SECONDS  1

enum phase { READING, WAITING, WRITING, LINGERING };

struct cpa_http_connection {
	struct cpa_http_server *server;
	struct cpa_http_connection *older, *newer;
	struct bufferevent *events;
	struct event *timer;
	enum phase phase;
	size_t head_bytes; /* of the request whose body is awaited; 0: none */
	bool keeps_alive;
	bool is_stranger; /* another user's, at a socket's file */
	char *body;
	struct cpa_http_request request;
	struct cpa_http_exchange exchange;
};

static void set_timer(struct cpa_http_connection *connection, uint64_t time_ns)
{
	struct timeval time = {.tv_sec = (time_t)(time_ns / 1000000000u),
		.tv_usec = (suseconds_t)(time_ns % 1000000000u / 1000)};

	(void)evtimer_add(connection->timer, &time);
}

static void set_timer_seconds(struct cpa_http_connection *connection, uint64_t seconds)
{
	set_timer(connection, seconds * 1000000000u);
}

static void end_exchange(struct cpa_http_connection *connection)
{
	if (connection->exchange.service)
		cpa_http_endpoints_drop(&connection->exchange);
	cpa_http_buffer_done(&connection->exchange.content);
	memset(&connection->exchange, 0, sizeof(connection->exchange));
	free(connection->body);
	connection->body = NULL;
	connection->head_bytes = 0;
}

static void drop(struct cpa_http_connection *connection)
{
	struct cpa_http_server *server = connection->server;

	if (connection->older)
		connection->older->newer = connection->newer;
	else
		server->oldest = connection->newer;
	if (connection->newer)
		connection->newer->older = connection->older;
	else
		server->newest = connection->older;
	server->connection_count--;
	end_exchange(connection);
	if (connection->timer)
		event_free(connection->timer);
	if (connection->events)
		bufferevent_free(connection->events);
	free(connection);
}

static void send_answer(struct cpa_http_connection *connection)
{
	struct cpa_http_exchange *exchange = &connection->exchange;
	struct cpa_http_buffer *content = &exchange->content;
	struct evbuffer *output = bufferevent_get_output(connection->events);
	char head[CPA_HTTP_ANSWER_HEAD_MAX];

	if (content->failed)
		cpa_http_exchange_refuse(exchange, 500, "no memory");
	(void)evbuffer_add(output, head,
		cpa_http_answer_head(exchange, time(NULL), connection->keeps_alive, head));
	if (connection->request.method != CPA_HTTP_HEAD && content->used_bytes &&
		evbuffer_add_reference(output, content->bytes, content->used_bytes,
			cpa_http_buffer_free, content->is_mapped ? connection->server : NULL) == 0)
		*content = (struct cpa_http_buffer){0};
	end_exchange(connection);
	connection->phase = WRITING;
	(void)evtimer_del(connection->timer);
}

static void begin_exchange(struct cpa_http_connection *connection)
{
	struct cpa_http_server *server = connection->server;

	connection->exchange = (struct cpa_http_exchange){
		.service = server->service,
		.order = server->order,
		.host = server->address.host[0] ? server->address.host : NULL,
		.checks_host = server->address.is_loopback && !server->address.is_unix,
		.waiter = connection->timer,
		.request = &connection->request,
		.form = "",
		.body = "",
	};
}

/* What is no request: nothing that follows it can be read. */
static void refuse(struct cpa_http_connection *connection, int status)
{
	const char *reason = cpa_http_exchange_reason(status);

	connection->request = (struct cpa_http_request){.method = CPA_HTTP_GET};
	connection->keeps_alive = false;
	begin_exchange(connection);
	cpa_http_exchange_refuse(&connection->exchange, status, reason);
	send_answer(connection);
}

/* Begun, or ended: now or later. */
static void answer(struct cpa_http_connection *connection)
{
	if (connection->exchange.waits == CPA_HTTP_WAITS_NOT) {
		send_answer(connection);
		return;
	}
	connection->phase = WAITING;
	set_timer(connection, connection->exchange.wait_ns);
}

/* The head is there, its body awaited: only of who may ask, so that nobody else fills memory. */
static void read_head(struct cpa_http_connection *connection, long head_bytes)
{
	struct cpa_http_exchange *exchange = &connection->exchange;

	connection->head_bytes = (size_t)head_bytes;
	connection->keeps_alive = connection->request.keep_alive;
	begin_exchange(connection);
	if (connection->is_stranger)
		cpa_http_exchange_refuse(
			exchange, 403, "this socket is for the user that runs the program");
	if (connection->is_stranger || !cpa_http_endpoints_admit(exchange)) {
		connection->keeps_alive &= !connection->request.body_bytes;
		(void)evbuffer_drain(
			bufferevent_get_input(connection->events), connection->head_bytes);
		send_answer(connection);
	} else if (connection->request.expects_continue && connection->request.body_bytes) {
		(void)evbuffer_add_printf(bufferevent_get_output(connection->events),
			"HTTP/1.1 100 Continue\r\n\r\n");
	}
}

/* All of it is there. */
static void take_request(struct cpa_http_connection *connection)
{
	struct evbuffer *input = bufferevent_get_input(connection->events);
	size_t body_bytes = connection->request.body_bytes;

	(void)evbuffer_drain(input, connection->head_bytes);
	connection->body = malloc(body_bytes + 1);
	if (!connection->body) {
		refuse(connection, 503);
		return;
	}
	(void)evbuffer_remove(input, connection->body, body_bytes);
	connection->body[body_bytes] = '\0';
	connection->exchange.body = connection->body;
	connection->exchange.body_bytes = body_bytes;
	if (connection->request.has_form)
		connection->exchange.form = connection->body;
	cpa_http_endpoints_begin(&connection->exchange);
	answer(connection);
}

/* One request, if it is there. */
static void read_request(struct cpa_http_connection *connection)
{
	struct evbuffer *input = bufferevent_get_input(connection->events);
	size_t input_bytes = evbuffer_get_length(input);

	if (!connection->head_bytes && input_bytes) {
		size_t seen_bytes = input_bytes < CPA_HTTP_HEAD_BYTES_MAX ? input_bytes
									  : CPA_HTTP_HEAD_BYTES_MAX;
		const char *bytes = (const char *)evbuffer_pullup(input, (ev_ssize_t)seen_bytes);
		long parsed =
			bytes ? cpa_http_request_parse(bytes, seen_bytes, &connection->request)
			      : -503;

		if (parsed < 0)
			refuse(connection, (int)-parsed);
		else if (parsed > 0)
			read_head(connection, parsed);
	}
	if (connection->phase == READING && connection->head_bytes &&
		input_bytes >= connection->head_bytes + connection->request.body_bytes)
		take_request(connection);
}

static void on_read(struct bufferevent *events, void *context)
{
	struct cpa_http_connection *connection = context;

	if (connection->phase == READING)
		read_request(connection);
	else if (connection->phase == LINGERING)
		(void)evbuffer_drain(bufferevent_get_input(events), SIZE_MAX);
}

/* All is sent. */
static void on_write(struct bufferevent *events, void *context)
{
	struct cpa_http_connection *connection = context;

	if (connection->phase != WRITING)
		return;
	if (!connection->keeps_alive) {
		connection->phase = LINGERING;
		(void)shutdown(bufferevent_getfd(events), SHUT_WR);
		(void)evbuffer_drain(bufferevent_get_input(events), SIZE_MAX);
		set_timer_seconds(connection, LINGER_SECONDS);
		return;
	}
	connection->phase = READING;
	set_timer_seconds(connection, IDLE_SECONDS);
	read_request(connection); /* it may be there already */
}

static void on_event(struct bufferevent *events, short what, void *context)
{
	struct cpa_http_connection *connection = context;

	(void)events;
	/* Who has asked and closed its side may still read the answer. One who waits is gone: so
	 * does Go take it. */
	if (connection->phase == WRITING && (what & BEV_EVENT_EOF)) {
		connection->keeps_alive = false;
		return;
	}
	drop(connection);
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
	struct cpa_http_connection *connection = context;

	(void)fd;
	(void)what;
	if (connection->phase != WAITING) {
		drop(connection);
		return;
	}
	cpa_http_endpoints_end(&connection->exchange);
	answer(connection);
}

static bool make_room(struct cpa_http_server *server)
{
	struct cpa_http_connection *connection = server->oldest;

	if (server->connection_count < CPA_HTTP_CONNECTIONS_MAX)
		return true;
	while (connection && connection->phase != READING && connection->phase != LINGERING)
		connection = connection->newer;
	if (connection)
		drop(connection);
	return connection != NULL;
}

static void turn_away(evutil_socket_t fd)
{
	static const char text[] = "HTTP/1.1 503 Service Unavailable\r\n"
				   "Content-Type: text/plain; charset=utf-8\r\nX-Go-Pprof: 1\r\n"
				   "Connection: close\r\nContent-Length: 21\r\n\r\n"
				   "too many connections\n";

	(void)!send(fd, text, sizeof(text) - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	(void)close(fd);
}

static bool is_stranger(const struct cpa_http_server *server, evutil_socket_t fd)
{
	struct ucred peer = {.uid = (uid_t)-1};
	socklen_t peer_bytes = sizeof(peer);

	if (!server->address.is_unix)
		return false;
	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &peer_bytes) < 0 ||
	       (peer.uid != geteuid() && peer.uid != 0);
}

static void enter(struct cpa_http_server *server, struct cpa_http_connection *connection)
{
	connection->server = server;
	connection->older = server->newest;
	if (server->newest)
		server->newest->newer = connection;
	else
		server->oldest = connection;
	server->newest = connection;
	server->connection_count++;
}

void cpa_http_connection_accept(struct cpa_http_server *server, evutil_socket_t fd)
{
	const struct timeval write_time = {.tv_sec = WRITE_SECONDS};
	struct cpa_http_connection *connection =
		make_room(server) ? calloc(1, sizeof(*connection)) : NULL;

	if (!connection) {
		turn_away(fd);
		return;
	}
	enter(server, connection);
	connection->is_stranger = is_stranger(server, fd);
	connection->events = bufferevent_socket_new(server->base, fd, BEV_OPT_CLOSE_ON_FREE);
	connection->timer = evtimer_new(server->base, on_timer, connection);
	if (!connection->events || !connection->timer) {
		if (!connection->events)
			(void)close(fd);
		drop(connection);
		return;
	}
	bufferevent_setcb(connection->events, on_read, on_write, on_event, connection);
	bufferevent_setwatermark(
		connection->events, EV_READ, 0, CPA_HTTP_HEAD_BYTES_MAX + CPA_HTTP_BODY_BYTES_MAX);
	(void)bufferevent_set_timeouts(connection->events, NULL, &write_time);
	set_timer_seconds(connection, REQUEST_SECONDS);
	(void)bufferevent_enable(connection->events, EV_READ | EV_WRITE);
}
