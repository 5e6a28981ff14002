/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may ask. */
#include "report/http/guard.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

bool cpa_http_guard_is_loopback(const char *host)
{
	struct in6_addr six;
	struct in_addr four;

	if (strcasecmp(host, "localhost") == 0)
		return true;
	if (inet_pton(AF_INET, host, &four) == 1)
		return (ntohl(four.s_addr) >> 24) == 127;
	if (inet_pton(AF_INET6, host, &six) == 1)
		return IN6_IS_ADDR_LOOPBACK(&six) ||
		       (IN6_IS_ADDR_V4MAPPED(&six) && six.s6_addr[12] == 127);
	return false;
}

/* Without the port and the brackets. False: not of such a form. */
static bool cut(const char *host, char *ret_name, size_t room_bytes)
{
	const char *name = host, *end;

	if (*host == '[') {
		name++;
		end = strchr(name, ']');
		if (!end || (end[1] && end[1] != ':'))
			return false;
	} else {
		end = strchr(host, ':');
		if (!end)
			end = host + strlen(host);
	}
	if ((size_t)(end - name) >= room_bytes)
		return false;
	memcpy(ret_name, name, (size_t)(end - name));
	ret_name[end - name] = '\0';
	return true;
}

bool cpa_http_guard_host(const char *host, const char *configured)
{
	char name[256];

	if (!*host)
		return true;
	if (!cut(host, name, sizeof(name)))
		return false;
	return cpa_http_guard_is_loopback(name) || (configured && !strcasecmp(name, configured));
}

bool cpa_http_guard_token(const char *token, const char *given)
{
	size_t token_bytes = strlen(token), given_bytes = strlen(given);
	volatile unsigned char differs = token_bytes != given_bytes;

	if (!token_bytes)
		return false;
	for (size_t i = 0; i < given_bytes; i++)
		differs = (unsigned char)(differs |
					  (unsigned char)(given[i] ^ token[i % token_bytes]));
	return !differs;
}
