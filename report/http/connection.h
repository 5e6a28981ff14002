/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One client's connection, request after request.
 * Not here: what a request's answer is (endpoints.c).
 *
 *   READING  -> a whole request is there; begin its exchange
 *   WAITING  -> seconds= have passed: end it; or the client went away: drop it
 *   WRITING  -> all is sent: READING again, or LINGERING
 *   LINGERING   the answer to a request that we did not read to its end has time to arrive
 *
 * Bounded: connections, the bytes of a request, the time it may take to come, the time in which a
 * client takes nothing of its answer.
 */
#ifndef CPA_HTTP_CONNECTION_H
#define CPA_HTTP_CONNECTION_H

#include <event2/event.h>
#include <event2/util.h>

#include "report/http/address.h"
#include "report/service.h"

#define CPA_HTTP_CONNECTIONS_MAX 64u

struct cpa_http_connection;

struct cpa_http_server {
	struct event_base *base;
	const struct cpa_service *service;
	const struct cpa_service_order *order;
	struct cpa_http_address address;
	struct cpa_http_connection *oldest;
	struct cpa_http_connection *newest;
	unsigned connection_count;
};

/*
 * A client has connected. When there are too many, the oldest that has not asked for anything makes
 * room; else the new one is told to come later.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: heap
 * Errno:  set
 */
void cpa_http_connection_accept(struct cpa_http_server *server, evutil_socket_t fd);

#endif
