/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the server listens: "HOST:PORT" or "unix:PATH" as a socket's address.
 * Not here: the socket (listen.c).
 */
#ifndef CPA_HTTP_ADDRESS_H
#define CPA_HTTP_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/compiler.h"

struct cpa_http_address {
	struct sockaddr_storage socket;
	socklen_t socket_bytes;
	bool is_unix;
	bool is_loopback; /* reached from this machine alone; unix: true */
	char host[256];   /* without brackets; "": any */
};

/*
 * Read an address. HOST is localhost (127.0.0.1), an IPv4 address, an IPv6 address in brackets, or
 * empty: all addresses of this machine. No name is looked up: that could load other libraries into
 * the program, and wait for other machines. 0 or -EINVAL.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_http_address_parse(const char *text, struct cpa_http_address *ret_address);

#endif
