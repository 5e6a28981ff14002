/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the server listens. */
#include "report/http/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "report/http/guard.h"

#define UNIX_PREFIX "unix:"

static int parse_unix(const char *path, struct cpa_http_address *ret_address)
{
	struct sockaddr_un *address = (struct sockaddr_un *)&ret_address->socket;
	size_t path_bytes = strlen(path);

	if (!path_bytes || path_bytes >= sizeof(address->sun_path))
		return -EINVAL;
	address->sun_family = AF_UNIX;
	memcpy(address->sun_path, path, path_bytes + 1);
	ret_address->socket_bytes =
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + path_bytes + 1);
	ret_address->is_unix = ret_address->is_loopback = true;
	return 0;
}

static int parse_port(const char *text, uint16_t *ret_port)
{
	unsigned port = 0;

	if (!*text || strlen(text) > 5)
		return -EINVAL;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -EINVAL;
		port = port * 10 + (unsigned)(*text - '0');
	}
	if (port > UINT16_MAX)
		return -EINVAL;
	*ret_port = htons((uint16_t)port);
	return 0;
}

static int parse_host(uint16_t port, bool in_brackets, struct cpa_http_address *ret_address)
{
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&ret_address->socket;
	struct sockaddr_in *four = (struct sockaddr_in *)&ret_address->socket;
	const char *host = ret_address->host;

	if (in_brackets) {
		six->sin6_family = AF_INET6;
		six->sin6_port = port;
		ret_address->socket_bytes = sizeof(*six);
		return inet_pton(AF_INET6, host, &six->sin6_addr) == 1 ? 0 : -EINVAL;
	}
	four->sin_family = AF_INET;
	four->sin_port = port;
	ret_address->socket_bytes = sizeof(*four);
	if (!strcasecmp(host, "localhost"))
		host = "127.0.0.1";
	else if (!*host)
		host = "0.0.0.0";
	return inet_pton(AF_INET, host, &four->sin_addr) == 1 ? 0 : -EINVAL;
}

int cpa_http_address_parse(const char *text, struct cpa_http_address *ret_address)
{
	const char *colon = strrchr(text, ':');
	size_t host_bytes;
	bool in_brackets;
	uint16_t port;

	*ret_address = (struct cpa_http_address){0};
	if (!strncmp(text, UNIX_PREFIX, strlen(UNIX_PREFIX)))
		return parse_unix(text + strlen(UNIX_PREFIX), ret_address);
	if (!colon || parse_port(colon + 1, &port) < 0)
		return -EINVAL;
	host_bytes = (size_t)(colon - text);
	in_brackets = host_bytes >= 2 && text[0] == '[' && colon[-1] == ']';
	if (in_brackets) {
		text++;
		host_bytes -= 2;
	}
	if (host_bytes >= sizeof(ret_address->host))
		return -EINVAL;
	memcpy(ret_address->host, text, host_bytes);
	if (parse_host(port, in_brackets, ret_address) < 0)
		return -EINVAL;
	ret_address->is_loopback = cpa_http_guard_is_loopback(ret_address->host);
	return 0;
}
