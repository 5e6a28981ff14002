/* SPDX-License-Identifier: BSD-2-Clause */
/* A body that grows while it is written. */
#include "report/http/buffer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define FIRST_ROOM_BYTES ((size_t)4096)
#define TEXT_BYTES       1024u

void cpa_http_buffer_add(struct cpa_http_buffer *buffer, const void *bytes, size_t size_bytes)
{
	if (buffer->failed || !size_bytes)
		return;
	if (size_bytes > buffer->room_bytes - buffer->used_bytes) {
		size_t room_bytes = buffer->room_bytes ? buffer->room_bytes : FIRST_ROOM_BYTES;
		char *grown;

		while (room_bytes - buffer->used_bytes < size_bytes)
			room_bytes *= 2;
		grown = realloc(buffer->bytes, room_bytes);
		if (!grown) {
			buffer->failed = true;
			return;
		}
		buffer->bytes = grown;
		buffer->room_bytes = room_bytes;
	}
	memcpy(buffer->bytes + buffer->used_bytes, bytes, size_bytes);
	buffer->used_bytes += size_bytes;
}

void cpa_http_buffer_say(struct cpa_http_buffer *buffer, const char *format, ...)
{
	char text[TEXT_BYTES];
	va_list args;
	int text_bytes;

	va_start(args, format);
	text_bytes = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (text_bytes > (int)sizeof(text) - 1)
		text_bytes = (int)sizeof(text) - 1;
	if (text_bytes > 0)
		cpa_http_buffer_add(buffer, text, (size_t)text_bytes);
}

void cpa_http_buffer_escape(struct cpa_http_buffer *buffer, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<':
			cpa_http_buffer_say(buffer, "&lt;");
			break;
		case '>':
			cpa_http_buffer_say(buffer, "&gt;");
			break;
		case '&':
			cpa_http_buffer_say(buffer, "&amp;");
			break;
		case '\'':
			cpa_http_buffer_say(buffer, "&#39;");
			break;
		case '"':
			cpa_http_buffer_say(buffer, "&#34;");
			break;
		default:
			cpa_http_buffer_add(buffer, text, 1);
		}
	}
}

int cpa_http_buffer_map(struct cpa_http_buffer *buffer, int fd)
{
	struct stat about;
	void *bytes;

	if (fstat(fd, &about) < 0)
		return -errno;
	if (!about.st_size)
		return 0;
	bytes = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (bytes == MAP_FAILED)
		return -errno;
	*buffer = (struct cpa_http_buffer){
		.bytes = bytes, .used_bytes = (size_t)about.st_size, .is_mapped = true};
	return 0;
}

void cpa_http_buffer_free(const void *bytes, size_t size_bytes, void *is_mapped)
{
	if (is_mapped)
		(void)munmap((void *)(uintptr_t)bytes, size_bytes);
	else
		free((void *)(uintptr_t)bytes);
}

void cpa_http_buffer_done(struct cpa_http_buffer *buffer)
{
	cpa_http_buffer_free(buffer->bytes, buffer->used_bytes, buffer->is_mapped ? buffer : NULL);
	*buffer = (struct cpa_http_buffer){0};
}

static int take(void *context, const void *bytes, size_t size_bytes)
{
	struct cpa_http_buffer *buffer = context;

	cpa_http_buffer_add(buffer, bytes, size_bytes);
	return buffer->failed ? -ENOMEM : 0;
}

struct cpa_fd_sink cpa_http_buffer_sink(struct cpa_http_buffer *buffer)
{
	return (struct cpa_fd_sink){.write = take, .context = buffer};
}
