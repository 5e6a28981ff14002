/* SPDX-License-Identifier: BSD-2-Clause */
/* The socket that listens, and why it cannot. */
#include "report/http/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BACKLOG 128

/* A file that a process left behind which died: ours, a socket, and nobody answers. */
static bool is_left_over(const struct cpa_http_address *address)
{
	const char *path = ((const struct sockaddr_un *)&address->socket)->sun_path;
	struct stat about;
	int fd, result;

	if (lstat(path, &about) < 0 || !S_ISSOCK(about.st_mode) || about.st_uid != geteuid())
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return false;
	result = connect(fd, (const struct sockaddr *)&address->socket, address->socket_bytes) < 0
			 ? errno
			 : 0;
	(void)close(fd);
	return result == ECONNREFUSED;
}

/* With mode 0600 from the first moment. The umask is the whole program's, unless this thread has
 * one of its own. */
static int bind_unix(int fd, const struct cpa_http_address *address)
{
	const char *path = ((const struct sockaddr_un *)&address->socket)->sun_path;
	bool is_apart = unshare(CLONE_FS) == 0;
	int result;

	if (is_apart)
		(void)umask(0177);
	if (is_left_over(address))
		(void)unlink(path);
	result = bind(fd, (const struct sockaddr *)&address->socket, address->socket_bytes);
	if (result == 0 && !is_apart)
		result = chmod(path, 0600); /* nobody can connect before listen */
	return result;
}

static int bind_tcp(int fd, const struct cpa_http_address *address)
{
	int one = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	return bind(fd, (const struct sockaddr *)&address->socket, address->socket_bytes);
}

/* With the port that the kernel chose for port 0. */
static void say_url(int fd, const struct cpa_http_address *address, const char *text,
	char ret_text[CPA_HTTP_LISTEN_TEXT_MAX])
{
	struct sockaddr_storage bound = {0};
	socklen_t bound_bytes = sizeof(bound);
	char host[INET6_ADDRSTRLEN] = "";
	uint16_t port;

	if (address->is_unix || getsockname(fd, (struct sockaddr *)&bound, &bound_bytes) < 0) {
		(void)snprintf(ret_text, CPA_HTTP_LISTEN_TEXT_MAX, "%s", text);
		return;
	}
	if (bound.ss_family == AF_INET6) {
		const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&bound;

		(void)inet_ntop(AF_INET6, &six->sin6_addr, host, sizeof(host));
		port = ntohs(six->sin6_port);
	} else {
		const struct sockaddr_in *four = (const struct sockaddr_in *)&bound;

		(void)inet_ntop(AF_INET, &four->sin_addr, host, sizeof(host));
		port = ntohs(four->sin_port);
	}
	(void)snprintf(ret_text, CPA_HTTP_LISTEN_TEXT_MAX,
		bound.ss_family == AF_INET6 ? "http://[%s]:%u/debug/pprof/"
					    : "http://%s:%u/debug/pprof/",
		host, (unsigned)port);
}

static int say_failure(const char *text, int error, char ret_text[CPA_HTTP_LISTEN_TEXT_MAX])
{
	(void)snprintf(ret_text, CPA_HTTP_LISTEN_TEXT_MAX, "%.300s: %s", text,
		error == EADDRINUSE ? "the address is in use" : strerrordesc_np(error));
	return -error;
}

int cpa_http_listen_open(const struct cpa_service_order *order,
	struct cpa_http_address *ret_address, char ret_text[CPA_HTTP_LISTEN_TEXT_MAX])
{
	int fd, error;

	if (cpa_http_address_parse(order->address, ret_address) < 0) {
		(void)snprintf(ret_text, CPA_HTTP_LISTEN_TEXT_MAX,
			"%.200s: want HOST:PORT, where HOST is localhost or an IP address "
			"([...] for IPv6), or unix:PATH",
			order->address);
		return -EINVAL;
	}
	if (!ret_address->is_loopback && !order->token[0]) {
		(void)snprintf(ret_text, CPA_HTTP_LISTEN_TEXT_MAX,
			"%.200s: other machines could ask; set http_token=TOKEN, or listen at "
			"localhost",
			order->address);
		return -EACCES;
	}
	fd = socket(ret_address->socket.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return say_failure(order->address, errno, ret_text);
	if ((ret_address->is_unix ? bind_unix : bind_tcp)(fd, ret_address) < 0 ||
		listen(fd, BACKLOG) < 0) {
		error = errno;
		(void)close(fd);
		return say_failure(order->address, error, ret_text);
	}
	say_url(fd, ret_address, order->address, ret_text);
	return fd;
}
