/* SPDX-License-Identifier: BSD-2-Clause */
/* The records of an execution trace in Go's format. */
#include "report/cli/trace_read.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/trace_out.h"

#define HEAD_BYTES  16u
#define CHUNK_BYTES ((size_t)1 << 20)

static int check_head(const struct cpa_trace_read *read, const char *path, struct cpa_error *error)
{
	static const char *const versions[] = {"go 1.11 trace", "go 1.19 trace", "go 1.21 trace"};
	char head[HEAD_BYTES + 1] = "";

	if (read->size_bytes >= HEAD_BYTES)
		memcpy(head, read->bytes, HEAD_BYTES);
	for (size_t i = 0; i < CPA_ARRAY_LEN(versions); i++)
		if (strcmp(head, versions[i]) == 0)
			return 0;
	if (strncmp(head, "go 1.", 5) == 0)
		return cpa_error_set(error, "%s: a trace of another version: %.10s", path, head);
	return cpa_error_set(error, "%s: not an execution trace", path);
}

static int read_all(
	struct cpa_trace_read *read, FILE *file, const char *path, struct cpa_error *error)
{
	size_t capacity = 0, got;

	do {
		read->bytes =
			cpa_memory_room(read->bytes, &capacity, read->size_bytes + CHUNK_BYTES, 1);
		got = fread(read->bytes + read->size_bytes, 1, CHUNK_BYTES, file);
		read->size_bytes += got;
	} while (got == CHUNK_BYTES);
	if (ferror(file))
		return cpa_error_set(error, "%s: %s", path, strerror(errno));
	return check_head(read, path, error);
}

int cpa_trace_read_init(struct cpa_trace_read *read, const char *path, struct cpa_error *error)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
	int result;

	*read = (struct cpa_trace_read){0};
	if (file == NULL)
		return cpa_error_set(error, "%s: %s", path, strerror(errno));
	result = read_all(read, file, path, error);
	if (file != stdin)
		(void)fclose(file);
	cpa_trace_read_rewind(read);
	return result;
}

void cpa_trace_read_done(struct cpa_trace_read *read)
{
	free(read->bytes);
	*read = (struct cpa_trace_read){0};
}

void cpa_trace_read_rewind(struct cpa_trace_read *read)
{
	read->at = HEAD_BYTES;
}

static bool number_at(const struct cpa_trace_read *read, size_t *at, uint64_t *ret_number)
{
	*ret_number = 0;
	for (int shift = 0; shift < 64; shift += 7) {
		unsigned char byte;

		if (*at >= read->size_bytes)
			return false;
		byte = read->bytes[(*at)++];
		*ret_number |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return true;
	}
	return false;
}

uint64_t cpa_trace_read_number(const struct cpa_trace_read *read, size_t *at)
{
	uint64_t number;

	return number_at(read, at, &number) ? number : 0;
}

static bool text_at(struct cpa_trace_read *read, struct cpa_trace_record *record)
{
	uint64_t text_bytes;

	if (!number_at(read, &read->at, &text_bytes) || text_bytes > read->size_bytes - read->at)
		return false;
	record->text = (const char *)read->bytes + read->at;
	record->text_bytes = (size_t)text_bytes;
	read->at += (size_t)text_bytes;
	return true;
}

/* The numbers up to end; of a stack only id and count, the frames are left. */
static bool numbers_until(struct cpa_trace_read *read, struct cpa_trace_record *record, size_t end)
{
	size_t most = record->type == CPA_TRACE_READ_STACK ? 2 : CPA_TRACE_READ_NUMBERS_MAX;

	while (read->at < end && record->count < most)
		if (!number_at(read, &read->at, &record->numbers[record->count++]))
			return false;
	record->frames_at = read->at;
	if (record->type == CPA_TRACE_READ_STACK)
		read->at = end;
	return read->at == end;
}

static bool body_at(struct cpa_trace_read *read, struct cpa_trace_record *record, uint32_t more)
{
	uint64_t length_bytes;

	if (record->type == CPA_TRACE_READ_STRING) {
		record->count = 1;
		return number_at(read, &read->at, &record->numbers[0]) && text_at(read, record);
	}
	if (more == 3) {
		if (!number_at(read, &read->at, &length_bytes) ||
			length_bytes > read->size_bytes - read->at ||
			!numbers_until(read, record, read->at + (size_t)length_bytes))
			return false;
	} else {
		while (record->count <= more)
			if (!number_at(read, &read->at, &record->numbers[record->count++]))
				return false;
	}
	return record->type != CPA_TRACE_OUT_LOG || text_at(read, record);
}

int cpa_trace_read_next(
	struct cpa_trace_read *read, struct cpa_trace_record *ret_record, struct cpa_error *error)
{
	unsigned char first;

	if (read->at >= read->size_bytes)
		return 0;
	*ret_record = (struct cpa_trace_record){.offset = read->at};
	first = read->bytes[read->at++];
	ret_record->type = first & 0x3f;
	if (!body_at(read, ret_record, first >> 6))
		return cpa_error_set(error,
			"the trace ends or is damaged at byte %zu (a copy cut short?)",
			ret_record->offset);
	return 1;
}
