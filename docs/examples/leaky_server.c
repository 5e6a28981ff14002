/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small server with a leak, for ./demo: which of its allocating functions grows for ever?
 *
 * It listens on a loopback TCP port of the kernel's choice and speaks lines: "LOGIN name",
 * "GET page", "QUIT". A thread of the same process plays the visitors. Requests, replies and pages
 * allocate too, but give back what they took; the page cache is bounded. Only a visitor who hangs
 * up without QUIT leaves something behind.
 *
 *	leaky_server [SECONDS]		prints one line at its end
 *
 * Not here: anything of the profiler. The program is only linked with -lcprofalloc.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CACHE_SLOTS 512
#define PAGE_BYTES 8192
#define VISITS_PER_SECOND 800
/* Every so many visitors, one hangs up without QUIT. */
#define RUDE_ONE_IN 8

struct session {
	struct session *next;
	char *name;
	unsigned page_count;
	char history[16384];
};

struct page {
	unsigned number;
	char text[PAGE_BYTES];
};

struct server {
	int listen_fd;
	struct session *sessions;	/* all that were opened and not yet closed */
	struct page *cache[CACHE_SLOTS];
	unsigned long visit_count;
	unsigned long page_count;
};

struct visitors {
	struct sockaddr_in address;
	unsigned seconds;
};

static void die(const char *what)
{
	fprintf(stderr, "leaky_server: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void *need(void *ptr)
{
	if (!ptr)
		die("out of memory");
	return ptr;
}

static struct session *session_new(struct server *server, const char *name)
{
	struct session *session = need(calloc(1, sizeof(*session)));

	session->name = need(strdup(name));
	session->next = server->sessions;
	server->sessions = session;
	return session;
}

static void session_free(struct server *server, struct session *session)
{
	struct session **link = &server->sessions;

	while (*link != session)
		link = &(*link)->next;
	*link = session->next;
	free(session->name);
	free(session);
}

/* The page's text, from the cache or made anew; the cache owns it and frees what it throws out. */
static const struct page *page_get(struct server *server, unsigned number)
{
	struct page **slot = &server->cache[number % CACHE_SLOTS];

	if (*slot && (*slot)->number == number)
		return *slot;
	free(*slot);
	*slot = need(malloc(sizeof(**slot)));
	(*slot)->number = number;
	memset((*slot)->text, 'a' + (int)(number % 26), sizeof((*slot)->text));
	return *slot;
}

static char *reply_new(const struct session *session, const struct page *page)
{
	size_t size_bytes = 128 + strlen(session->name);
	char *reply = need(malloc(size_bytes));

	snprintf(reply, size_bytes, "%s: page %u begins with %c\n", session->name, page->number,
		page->text[0]);
	return reply;
}

/* Answer one line. False: the conversation is over. */
static bool answer(struct server *server, struct session **session, const char *line, FILE *out)
{
	if (!strncmp(line, "LOGIN ", 6) && !*session) {
		*session = session_new(server, line + 6);
		fputs("welcome\n", out);
	} else if (!strncmp(line, "GET ", 4) && *session) {
		unsigned number = (unsigned)strtoul(line + 4, NULL, 10);
		char *reply = reply_new(*session, page_get(server, number));

		fputs(reply, out);
		free(reply);
		(*session)->page_count++;
		server->page_count++;
	} else if (!strcmp(line, "QUIT") && *session) {
		/* The leak: this is the only place that closes a session. */
		session_free(server, *session);
		*session = NULL;
		return false;
	} else {
		fputs("what?\n", out);
	}
	return fflush(out) == 0;
}

static void serve_visit(struct server *server, int fd)
{
	struct session *session = NULL;
	char *line = NULL;
	size_t line_bytes = 0;
	ssize_t got_bytes;
	FILE *in = need(fdopen(fd, "r"));
	FILE *out = need(fdopen(dup(fd), "w"));

	while ((got_bytes = getline(&line, &line_bytes, in)) > 0) {
		line[strcspn(line, "\r\n")] = '\0';
		if (!answer(server, &session, line, out))
			break;
	}
	free(line);
	fclose(out);
	fclose(in);
	server->visit_count++;
}

/* The visitor's half of one conversation; rude: no QUIT at the end. */
static void visit(const struct sockaddr_in *address, unsigned number, bool rude)
{
	char text[256];
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0)
		die("connect");
	int text_bytes = snprintf(text, sizeof(text), "LOGIN visitor%u\nGET %u\nGET %u\n%s", number,
		number % 700, number * 7 % 700, rude ? "" : "QUIT\n");
	if (send(fd, text, (size_t)text_bytes, MSG_NOSIGNAL) < 0)
		die("send");
	shutdown(fd, SHUT_WR);
	while (read(fd, text, sizeof(text)) > 0)
		;
	close(fd);
}

static void *visit_all(void *arg)
{
	const struct visitors *visitors = arg;
	struct timespec pause = {.tv_nsec = 1000000000L / VISITS_PER_SECOND};
	struct timespec now, start;
	unsigned number = 0;

	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		visit(&visitors->address, number, number % RUDE_ONE_IN == 0);
		number++;
		nanosleep(&pause, NULL);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec - start.tv_sec < (time_t)visitors->seconds);
	return NULL;
}

static void *visit_and_close(void *arg)
{
	struct visitors *visitors = arg;
	int fd;

	visit_all(visitors);
	/* A last connection that says nothing ends the server. */
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&visitors->address, sizeof(visitors->address)))
		die("connect");
	close(fd);
	return NULL;
}

static struct sockaddr_in server_listen(struct server *server)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t address_bytes = sizeof(address);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (server->listen_fd < 0 ||
		bind(server->listen_fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
		listen(server->listen_fd, 64) < 0 ||
		getsockname(server->listen_fd, (struct sockaddr *)&address, &address_bytes) < 0)
		die("listen");
	return address;
}

int main(int argc, char **argv)
{
	static struct server server;
	struct visitors visitors = {.seconds = argc > 1 ? (unsigned)atoi(argv[1]) : 10};
	pthread_t thread;

	visitors.address = server_listen(&server);
	if (pthread_create(&thread, NULL, visit_and_close, &visitors))
		die("pthread_create");
	for (;;) {
		int fd = accept(server.listen_fd, NULL, NULL);
		char peeked;

		if (fd < 0)
			die("accept");
		if (recv(fd, &peeked, 1, MSG_PEEK) == 0) {
			close(fd);
			break;
		}
		serve_visit(&server, fd);
	}
	pthread_join(thread, NULL);
	printf("leaky_server: %lu visits, %lu pages\n", server.visit_count, server.page_count);
	return 0;
}
