/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who may ask: the Host header against pages of other sites, the token against other machines.
 * Not here: who may connect to a socket's file (connection.c).
 *
 * A page of any site can make a browser send requests to this machine, under a name of its own that
 * leads here (DNS rebinding): the Host header tells that name.
 */
#ifndef CPA_HTTP_GUARD_H
#define CPA_HTTP_GUARD_H

#include <stdbool.h>

/*
 * Does a Host header name this machine: localhost, a loopback address, or the configured host
 * (NULL: none)? With or without a port; "" (HTTP/1.0, which no browser speaks) is let through.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_http_guard_host(const char *host, const char *configured);

/*
 * Is it the token? Takes as long wherever the first difference is. "" is no token.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_http_guard_token(const char *token, const char *given);

/*
 * Is the name or address one of this machine's own: "localhost", 127.0.0.0/8, ::1?
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_http_guard_is_loopback(const char *host);

#endif
