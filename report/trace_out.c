/* SPDX-License-Identifier: BSD-2-Clause */
/* The bytes of an execution trace. */
#include "report/trace_out.h"

#include <string.h>

#define RECORD_BATCH     1u
#define RECORD_FREQUENCY 2u
#define RECORD_STACK     3u
#define RECORD_STRING    37u

#define INLINE_MAX 3u /* numbers of an event without a length */

static void put_bytes(struct cpa_trace_out *out, const void *bytes, size_t size_bytes)
{
	const uint8_t *at = bytes;

	while (size_bytes) {
		size_t room_bytes = sizeof(out->staged) - out->staged_bytes;
		size_t part_bytes = size_bytes < room_bytes ? size_bytes : room_bytes;

		memcpy(out->staged + out->staged_bytes, at, part_bytes);
		out->staged_bytes += part_bytes;
		at += part_bytes;
		size_bytes -= part_bytes;
		if (out->staged_bytes < sizeof(out->staged))
			continue;
		if (!out->error)
			out->error =
				out->sink.write(out->sink.context, out->staged, out->staged_bytes);
		out->staged_bytes = 0;
	}
}

static void put_byte(struct cpa_trace_out *out, uint8_t byte)
{
	put_bytes(out, &byte, 1);
}

static void put_number(struct cpa_trace_out *out, uint64_t number)
{
	uint8_t bytes[10];
	size_t count = 0;

	for (; number >= 0x80; number >>= 7)
		bytes[count++] = (uint8_t)(number | 0x80);
	bytes[count++] = (uint8_t)number;
	put_bytes(out, bytes, count);
}

static size_t number_bytes(uint64_t number)
{
	size_t count = 1;

	for (; number >= 0x80; number >>= 7)
		count++;
	return count;
}

void cpa_trace_out_begin(struct cpa_trace_out *out)
{
	put_bytes(out, "go 1.19 trace\0\0\0", 16);
}

void cpa_trace_out_end(struct cpa_trace_out *out)
{
	put_byte(out, RECORD_FREQUENCY);
	put_number(out, 1000000000u);
	if (!out->error && out->staged_bytes)
		out->error = out->sink.write(out->sink.context, out->staged, out->staged_bytes);
	out->staged_bytes = 0;
}

static void begin_batch(struct cpa_trace_out *out, uint32_t processor, uint64_t time_ns)
{
	put_byte(out, RECORD_BATCH | 1u << 6);
	put_number(out, processor);
	put_number(out, time_ns);
	out->processor = processor;
	out->last_ns = time_ns;
}

void cpa_trace_out_event(struct cpa_trace_out *out, uint32_t processor, uint64_t time_ns,
	enum cpa_trace_out_type type, const uint64_t *numbers, size_t count)
{
	uint64_t since_ns;
	size_t length;

	if (processor != out->processor || time_ns < out->last_ns)
		begin_batch(out, processor, time_ns);
	since_ns = time_ns - out->last_ns;
	out->last_ns = time_ns;
	if (count + 1 <= INLINE_MAX) {
		put_byte(out, (uint8_t)(type | count << 6));
	} else {
		length = number_bytes(since_ns);
		for (size_t i = 0; i < count; i++)
			length += number_bytes(numbers[i]);
		put_byte(out, (uint8_t)(type | INLINE_MAX << 6));
		put_number(out, length);
	}
	put_number(out, since_ns);
	for (size_t i = 0; i < count; i++)
		put_number(out, numbers[i]);
}

void cpa_trace_out_log_text(struct cpa_trace_out *out, const char *text, size_t text_bytes)
{
	put_number(out, text_bytes);
	put_bytes(out, text, text_bytes);
}

uint64_t cpa_trace_out_string(struct cpa_trace_out *out, const char *text, size_t text_bytes)
{
	if (!text_bytes)
		return 0;
	put_byte(out, RECORD_STRING);
	put_number(out, ++out->string_count);
	put_number(out, text_bytes);
	put_bytes(out, text, text_bytes);
	return out->string_count;
}

void cpa_trace_out_stack(struct cpa_trace_out *out, uint64_t id,
	const struct cpa_trace_out_frame *frames, size_t count)
{
	size_t length;

	if (count > CPA_TRACE_OUT_FRAMES_MAX)
		count = CPA_TRACE_OUT_FRAMES_MAX;
	length = number_bytes(id) + number_bytes(count);
	for (size_t i = 0; i < count; i++)
		length += number_bytes(frames[i].pc) + number_bytes(frames[i].function) +
			  number_bytes(frames[i].file) + number_bytes(frames[i].line);
	put_byte(out, RECORD_STACK | INLINE_MAX << 6);
	put_number(out, length);
	put_number(out, id);
	put_number(out, count);
	for (size_t i = 0; i < count; i++) {
		put_number(out, frames[i].pc);
		put_number(out, frames[i].function);
		put_number(out, frames[i].file);
		put_number(out, frames[i].line);
	}
}
