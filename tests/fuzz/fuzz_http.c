/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes from a client, through the whole HTTP server but its listening socket: a connection
 * over a socket pair, with libevent, in front of a library that only counts, with a command beside
 * it that only writes. libFuzzer calls it; the sanitizers judge, and so does a client that reads
 * the answers.
 * Not here: where inputs come from (corpus.py), the run (run).
 *
 * The first two bytes of an input are no part of the request: they choose how the server is set,
 * in which pieces the client sends, whether it stays. Time passes only when it is told to.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "report/http/child.h"
#include "report/http/connection.h"
#include "report/http/query.h"
#include "report/http/tool.h"

#define QUIET_TURNS  3u
#define ANSWERS_MAX  ((size_t)4 << 20)
#define LARGE_BYTES  ((size_t)100000)
#define PIECE_MASK   63u
#define TIMES_MAX    4u /* how often time may pass at the end of an input */

enum choice {
	IS_UNIX = 1,
	HAS_TOKEN = 2,
	SHOWS_CMDLINE = 4,
	FAILS = 8,         /* what the library writes */
	READS_NOTHING = 16,
	TIME_PASSES = 32,
	VANISHES = 64,
	IS_LARGE = 128,
	/* Of the second byte; what is left of it is the length of a piece. */
	HAS_TOOL = 128 << 8,
	TOOL_IS_SLOW = 64 << 8
};

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t byte_count);

static void must(bool is_true, const char *what)
{
	if (is_true)
		return;
	fprintf(stderr, "fuzz_http: %s\n", what);
	abort();
}

/* --- the library: what is on, what is taken --- */

struct cpa_delta_copy {
	char name;
};

static unsigned choice;
static bool cpu_is_on, trace_is_on;
static int fraction;
static int64_t rate_ns;
static unsigned copy_count;

static void say(const char *text)
{
	must(strlen(text) > 0, "nothing to say");
}

static size_t list(struct cpa_service_profile *ret_profiles, size_t room)
{
	static const struct cpa_service_profile profiles[] = {{"allocs", 1, true},
		{"block", 2, true}, {"goroutine", 3, true}, {"heap", 4, true}, {"mutex", 5, true},
		{"threadcreate", 6, true}, {"mylib/<&\"'>", 7, false}, {"a:b", 8, false}};
	size_t count = sizeof(profiles) / sizeof(profiles[0]);

	must(room >= count, "no room");
	memcpy(ret_profiles, profiles, sizeof(profiles));
	return count;
}

static int write_bytes(struct cpa_fd_sink sink)
{
	static const char large[LARGE_BYTES];

	if (choice & FAILS)
		return -EIO;
	return sink.write(sink.context, large, choice & IS_LARGE ? sizeof(large) : 10);
}

/* "KEY\0VALUE\0KEY\0VALUE\0\0" */
static void check_labels(const char *labels)
{
	const char *at = labels;

	while (at && *at) {
		at += strlen(at) + 1;
		at += strlen(at) + 1;
		must(at - labels <= CPA_HTTP_QUERY_VALUE_MAX, "labels without end");
	}
}

static int write_profile(
	const char *name, int debug, bool names, const char *labels, struct cpa_fd_sink sink)
{
	must(strlen(name) > 0, "no name");
	check_labels(labels);
	return write_bytes(sink);
}

static int copy(const char *name, struct cpa_delta_copy **ret_copy)
{
	if (choice & FAILS)
		return -ENOMEM;
	*ret_copy = malloc(sizeof(**ret_copy));
	(*ret_copy)->name = name[0];
	copy_count++;
	return 0;
}

static int write_since(const char *name, const struct cpa_delta_copy *earlier, bool keeps_inuse,
	bool names, const char *labels, struct cpa_fd_sink sink)
{
	check_labels(labels);
	must(earlier->name == name[0], "a copy of another profile");
	return write_bytes(sink);
}

static void forget(struct cpa_delta_copy *old)
{
	copy_count -= old != NULL;
	free(old);
}

static int lookup(const uint64_t *addresses, size_t count, cpa_lookup_take *take, void *context)
{
	for (size_t i = 0; i < count; i++)
		take(context, addresses[i], addresses[i] & 1 ? "odd" : "ns::even<int>()");
	return choice & FAILS ? -ENOMEM : 0;
}

static int gauges(const struct cpa_gauges_order *wanted, struct cpa_gauges *ret_gauges)
{
	static const char *functions[] = {"</script>&\"'\\", "\xff\x01\n", ""};
	const struct cpa_gauges_site site = {.stack = 7,
		.sums = {.inuse_bytes = 1e18, .inuse_objects = -1},
		.functions = wanted->names ? functions : NULL,
		.function_count = 3};

	must(wanted->sites_max <= 1000, "sites without end");
	*ret_gauges = (struct cpa_gauges){.thread_count = 3, .facts = {.program = "a<b"}};
	for (size_t i = 0; i < wanted->sites_max; i++)
		wanted->take(wanted->context, &site);
	return choice & FAILS ? -ENOMEM : 0;
}

static void purge(void)
{
}

static int cpu_start(uint32_t hz)
{
	must(hz >= 1 && hz <= 1000, "not such a rate");
	must(!cpu_is_on, "one client has two CPU profiles");
	cpu_is_on = !(choice & FAILS);
	return cpu_is_on ? 0 : -EBUSY;
}

static int cpu_stop(void)
{
	must(cpu_is_on, "stopped twice");
	cpu_is_on = false;
	return 0;
}

static int trace_start(int fd)
{
	must(!trace_is_on, "one client has two traces");
	if (choice & FAILS)
		return -EBUSY;
	trace_is_on = true;
	if (choice & IS_LARGE)
		must(ftruncate(fd, LARGE_BYTES) == 0, "ftruncate");
	return 0;
}

static int trace_stop(void)
{
	must(trace_is_on, "stopped twice");
	trace_is_on = false;
	return 0;
}

static int mutex_fraction(int new_fraction)
{
	int old_fraction = fraction;

	if (new_fraction >= 0)
		fraction = new_fraction;
	return old_fraction;
}

static int64_t block_rate(int64_t new_rate_ns)
{
	int64_t old_rate_ns = rate_ns;

	if (new_rate_ns >= 0)
		rate_ns = new_rate_ns;
	return old_rate_ns;
}

static const struct cpa_service service = {
	.version = CPA_SERVICE_VERSION,
	.log = say,
	.list = list,
	.write = write_profile,
	.copy = copy,
	.write_since = write_since,
	.forget = forget,
	.lookup = lookup,
	.gauges = gauges,
	.purge = purge,
	.cpu_start = cpu_start,
	.cpu_stop = cpu_stop,
	.trace_start = trace_start,
	.trace_stop = trace_stop,
	.mutex_fraction = mutex_fraction,
	.block_rate = block_rate,
	.names = true,
};

/* --- cprof: how many run --- */

static struct cpa_http_child *children[TIMES_MAX];
static unsigned child_count;

int __wrap_cpa_http_tool_fd(const char **ret_reason);
int __wrap_cpa_http_child_start(
	struct cpa_http_child *child, const struct cpa_http_command *command);
void __wrap_cpa_http_child_kill(struct cpa_http_child *child);
int __wrap_cpa_http_child_end(struct cpa_http_child *child);

int __wrap_cpa_http_tool_fd(const char **ret_reason)
{
	*ret_reason = "no tool";
	return choice & HAS_TOOL ? 0 : -1;
}

int __wrap_cpa_http_child_start(
	struct cpa_http_child *child, const struct cpa_http_command *command)
{
	must(child_count < TIMES_MAX, "a command for each request at once");
	if (choice & FAILS)
		return -EAGAIN;
	must(write(command->output_fd, "made", choice & IS_LARGE ? 4 : 0) >= 0, "the output");
	child->fd = eventfd(0, EFD_CLOEXEC);
	children[child_count++] = child;
	return 0;
}

/* It ends, by itself or not; the server will see that. */
void __wrap_cpa_http_child_kill(struct cpa_http_child *child)
{
	must(eventfd_write(child->fd, 1) == 0, "killed twice");
}

int __wrap_cpa_http_child_end(struct cpa_http_child *child)
{
	unsigned place = 0;

	while (place < child_count && children[place] != child)
		place++;
	must(place < child_count, "ended twice");
	children[place] = children[--child_count];
	(void)close(child->fd);
	return choice & SHOWS_CMDLINE ? 1 : 0;
}

/* --- time: the one timer of the one connection --- */

static struct event *timer;

int __real_event_add(struct event *event, const struct timeval *time);
int __wrap_event_add(struct event *event, const struct timeval *time);
void __real_event_free(struct event *event);
void __wrap_event_free(struct event *event);

int __wrap_event_add(struct event *event, const struct timeval *time)
{
	if (time)
		timer = event;
	return __real_event_add(event, time);
}

void __wrap_event_free(struct event *event)
{
	if (timer == event)
		timer = NULL;
	__real_event_free(event);
}

/* --- the client --- */

static struct cpa_http_server server;
static struct cpa_service_order order;
static char *answers;
static size_t answers_bytes;

/* The server does what it can, and the client reads, until nothing comes any more. */
static void settle(int client)
{
	for (unsigned quiet = 0; quiet < QUIET_TURNS; quiet++) {
		ssize_t got_bytes = -1;

		must(event_base_loop(server.base, EVLOOP_NONBLOCK) >= 0, "the loop");
		if (!(choice & READS_NOTHING))
			got_bytes = read(
				client, answers + answers_bytes, ANSWERS_MAX - answers_bytes);
		if (got_bytes > 0) {
			answers_bytes += (size_t)got_bytes;
			quiet = 0;
		}
		must(answers_bytes < ANSWERS_MAX, "an answer without end");
	}
}

/* Of a head: each line is "Name: value", no name twice, no control characters. The length of the
 * body. */
static size_t check_headers(const char *head, const char *end)
{
	const char *content_length = NULL;

	for (const char *line = head; line < end;) {
		const char *line_end = memmem(line, (size_t)(end - line), "\r\n", 2);
		const char *colon = memmem(line, (size_t)(end - line), ": ", 2);

		must(line_end && colon && colon > line && colon < line_end, "a header");
		for (const char *at = line; at < line_end; at++)
			must(*at >= ' ' && *at < 127, "a control character");
		for (const char *other = line_end; other < end; other++)
			must(strncmp(other, line, (size_t)(colon - line) + 2) != 0 ||
					other[-1] != '\n',
				"a header twice");
		if (!strncmp(line, "Content-Length: ", 16))
			content_length = line + 16;
		line = line_end + 2;
	}
	must(content_length != NULL, "no length");
	return strtoul(content_length, NULL, 10);
}

/* All that came is answers, one after the other; the last may be cut. */
static void check_answers(void)
{
	static const char more[] = "HTTP/1.1 100 Continue\r\n\r\n";
	const char *at = answers, *end = answers + answers_bytes;

	answers[answers_bytes] = '\0';
	while (at < end) {
		const char *head_end = memmem(at, (size_t)(end - at), "\r\n\r\n", 4);
		size_t body_bytes;

		if (!strncmp(at, more, sizeof(more) - 1)) {
			at += sizeof(more) - 1;
			continue;
		}
		if (!head_end)
			return;
		must(!strncmp(at, "HTTP/1.1 ", 9) || !strncmp(at, "HTTP/1.0 ", 9), "a status line");
		must(at[9] >= '2' && at[9] <= '5' && at[12] == ' ', "a status");
		body_bytes = check_headers(strchr(at, '\n') + 1, head_end + 2);
		if ((size_t)(end - head_end - 4) < body_bytes)
			return;
		at = head_end + 4 + body_bytes;
	}
}

static void start(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	server.base = event_base_new();
	answers = malloc(ANSWERS_MAX + 1);
	must(server.base && answers, "no memory");
}

/* What is waited for has come: a command's end, or else the time. False: nothing is. */
static bool pass_time(void)
{
	if (child_count && !(choice & TOOL_IS_SLOW))
		__wrap_cpa_http_child_kill(children[0]);
	else if (timer)
		event_active(timer, EV_TIMEOUT, 1);
	else
		return false;
	return true;
}

static void set_server(void)
{
	order.token[0] = choice & HAS_TOKEN ? 't' : '\0';
	order.shows_cmdline = choice & SHOWS_CMDLINE;
	server.service = &service;
	server.order = &order;
	server.address.is_loopback = true;
	server.address.is_unix = choice & IS_UNIX;
}

/* One bit each; an input opens fewer than there are bits. */
static uint64_t open_fds(void)
{
	uint64_t fds = 0;

	for (int fd = 0; fd < 32; fd++)
		fds |= (uint64_t)(fcntl(fd, F_GETFD) >= 0) << fd;
	return fds;
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t byte_count)
{
	uint64_t fds_before;
	size_t piece_bytes;
	int ends[2];

	if (byte_count < 3)
		return -1;
	if (!server.base)
		start();
	choice = bytes[0] | (unsigned)bytes[1] << 8;
	piece_bytes = bytes[1] & PIECE_MASK ? bytes[1] & PIECE_MASK : byte_count;
	set_server();
	fds_before = open_fds();
	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0, "pair");
	cpa_http_connection_accept(&server, ends[0]);
	answers_bytes = 0;
	for (size_t at = 2; at < byte_count && server.connection_count; at += piece_bytes) {
		if (piece_bytes > byte_count - at)
			piece_bytes = byte_count - at;
		(void)!write(ends[1], bytes + at, piece_bytes);
		settle(ends[1]);
	}
	for (unsigned i = 0; i < TIMES_MAX && (choice & TIME_PASSES) && pass_time(); i++)
		settle(ends[1]);
	if (!(choice & VANISHES)) { /* but reads on */
		(void)shutdown(ends[1], SHUT_WR);
		settle(ends[1]);
	}
	(void)close(ends[1]);
	choice |= READS_NOTHING;
	settle(-1);
	/* A client that is gone leaves nothing on. */
	must(server.connection_count == 0 && !server.oldest && !server.newest, "a connection");
	must(!cpu_is_on && !trace_is_on, "a profiler is on");
	must(copy_count == 0, "a copy is left");
	must(child_count == 0, "a command runs");
	must(open_fds() == fds_before, "a descriptor is open");
	must(fraction == 0 && rate_ns == 0, "a sampler is on");
	if (!memmem(bytes, byte_count, "HEAD", 4)) /* whose answers have no bodies */
		check_answers();
	return 0;
}
