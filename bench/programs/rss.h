/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How many bytes of this process are resident, and how many were at most?
 * Not here: what made them so.
 */
#ifndef CPA_BENCH_RSS_H
#define CPA_BENCH_RSS_H

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A field of /proc/self/status, "VmRSS:" or so, in bytes; 0 when it is not there. No malloc. */
static inline double rss_field_bytes(const char *field)
{
	char text[4096] = {0};
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	const char *found;

	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		return 0;
	close(fd);
	found = strstr(text, field);
	return found ? strtod(found + strlen(field), NULL) * 1024 : 0;
}

static inline double rss_now_bytes(void)
{
	return rss_field_bytes("VmRSS:");
}

/* The most since rss_peak_reset. */
static inline double rss_peak_bytes(void)
{
	return rss_field_bytes("VmHWM:");
}

static inline void rss_peak_reset(void)
{
	int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "5", 1) != 1)
		abort(); /* without it the peak means nothing */
	close(fd);
}

#endif
