/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bigprofile FILE [SAMPLES [LOCATIONS]]: a heap profile as a large C++ server would write it after
 * cprof symbolize: stacks of some 20 frames that share their outer parts, four values and the bytes
 * label on each, mangled and readable names, files and lines, inlined frames in every seventh
 * place, a dozen mapped files. The same arguments make the same file.
 * Not here: what reading it takes (bench/report).
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define MAPPINGS     12
#define DEPTH_MAX    64
#define POOL         4096 /* stacks that new ones branch off from */
#define PER_FUNCTION 4    /* locations */
#define FIRST_STRING 16   /* strings before the names */

struct message {
	unsigned char bytes[4096];
	size_t count;
};

static gzFile file;
static uint64_t seed = 0x9e3779b97f4a7c15;

static uint64_t mix(uint64_t value)
{
	value ^= value >> 31;
	value *= 0xbf58476d1ce4e5b9;
	value ^= value >> 27;
	value *= 0x94d049bb133111eb;
	return value ^ value >> 31;
}

static uint64_t next_random(void)
{
	return mix(seed += 0x9e3779b97f4a7c15);
}

static void put_varint(struct message *to, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		to->bytes[to->count++] = (unsigned char)(value | 0x80);
	to->bytes[to->count++] = (unsigned char)value;
}

static void put_number(struct message *to, unsigned field, uint64_t value)
{
	put_varint(to, field << 3);
	put_varint(to, value);
}

static void put_bytes(struct message *to, unsigned field, const void *bytes, size_t count)
{
	put_varint(to, field << 3 | 2);
	put_varint(to, count);
	memcpy(to->bytes + to->count, bytes, count);
	to->count += count;
}

static void put_message(struct message *to, unsigned field, const struct message *inner)
{
	put_bytes(to, field, inner->bytes, inner->count);
}

static void write_field(unsigned field, const struct message *message)
{
	struct message head = {.count = 0};

	put_varint(&head, field << 3 | 2);
	put_varint(&head, message->count);
	if (gzwrite(file, head.bytes, (unsigned)head.count) <= 0 ||
		(message->count > 0 &&
			gzwrite(file, message->bytes, (unsigned)message->count) <= 0)) {
		fputs("bigprofile: cannot write\n", stderr);
		exit(1);
	}
}

static void write_number(unsigned field, uint64_t value)
{
	struct message number = {.count = 0};

	put_number(&number, field, value);
	gzwrite(file, number.bytes, (unsigned)number.count);
}

static void write_string(const char *text)
{
	struct message string = {.count = strlen(text)};

	memcpy(string.bytes, text, string.count);
	write_field(6, &string);
}

static void write_type(unsigned field, unsigned type, unsigned unit)
{
	struct message value_type = {.count = 0};

	put_number(&value_type, 1, type);
	put_number(&value_type, 2, unit);
	write_field(field, &value_type);
}

/* One of the few callees a place has, the first ones more often. */
static uint32_t callee(uint32_t caller, uint32_t locations)
{
	uint64_t draw = next_random() % 64;
	unsigned choice = draw < 32 ? 0 : draw < 48 ? 1 : 2 + (unsigned)(draw % 14);

	return (uint32_t)(mix(caller * UINT64_C(64) + choice) % locations);
}

static void write_samples(uint32_t samples, uint32_t locations)
{
	static uint32_t pool[POOL][DEPTH_MAX], depths[POOL]; /* root first */
	static const unsigned sizes[] = {16, 24, 32, 48, 64, 96, 128, 256, 512, 1024, 4096, 65536};
	uint32_t i;
	int at;

	for (i = 0; i < samples; i++) {
		struct message sample = {.count = 0}, part = {.count = 0};
		uint32_t *stack = pool[next_random() % POOL];
		uint32_t *depth = &depths[(stack - pool[0]) / DEPTH_MAX];
		uint32_t keep = *depth > 0 ? *depth - (uint32_t)(next_random() % *depth) / 2 : 0;
		uint32_t want = 12 + (uint32_t)(next_random() % 9) + (uint32_t)(next_random() % 9);
		uint64_t size = sizes[next_random() % 12], objects = 1 + next_random() % 40000;
		uint64_t live = next_random() % 4 == 0 ? 0 : next_random() % (objects + 1);

		if (keep > want - 1)
			keep = want - 1;
		for (*depth = keep; *depth < want; ++*depth)
			stack[*depth] = *depth == 0          ? 0
					: *depth + 1 == want ? (uint32_t)(next_random() % locations)
							     : callee(stack[*depth - 1], locations);
		for (at = (int)*depth - 1; at >= 0; at--)
			put_varint(&part, stack[at] + 1);
		put_message(&sample, 1, &part);
		part.count = 0;
		put_varint(&part, objects);
		put_varint(&part, objects * size);
		put_varint(&part, live);
		put_varint(&part, live * size);
		put_message(&sample, 2, &part);
		part.count = 0;
		put_number(&part, 1, 9);
		put_number(&part, 3, size);
		put_message(&sample, 3, &part);
		write_field(2, &sample);
	}
}

static void write_places(uint32_t locations, uint32_t functions, uint32_t files)
{
	uint32_t i;

	for (i = 0; i < MAPPINGS; i++) {
		struct message mapping = {.count = 0};

		put_number(&mapping, 1, i + 1);
		put_number(&mapping, 2, UINT64_C(0x400000) + i * UINT64_C(0x10000000));
		put_number(&mapping, 3, UINT64_C(0x400000) + (i + 1) * UINT64_C(0x10000000));
		put_number(&mapping, 4, 0x1000);
		put_number(&mapping, 5, FIRST_STRING + 2 * functions + files + i);
		put_number(&mapping, 6, FIRST_STRING + 2 * functions + files + MAPPINGS + i);
		put_number(&mapping, 7, 1);
		put_number(&mapping, 8, 1);
		put_number(&mapping, 9, 1);
		put_number(&mapping, 10, 1);
		write_field(3, &mapping);
	}
	for (i = 0; i < locations; i++) {
		struct message location = {.count = 0}, line = {.count = 0};
		uint32_t mapping = (uint32_t)((uint64_t)i * MAPPINGS / locations);

		put_number(&location, 1, i + 1);
		put_number(&location, 2, mapping + 1);
		put_number(&location, 3,
			UINT64_C(0x400000) + mapping * UINT64_C(0x10000000) + i * UINT64_C(48));
		if (i % 7 == 0) {
			put_number(&line, 1, mix(i) % functions + 1);
			put_number(&line, 2, 20 + i % 500);
			put_message(&location, 4, &line);
			line.count = 0;
		}
		put_number(&line, 1, i / PER_FUNCTION % functions + 1);
		put_number(&line, 2, 10 + i % 3000);
		put_message(&location, 4, &line);
		write_field(4, &location);
	}
	for (i = 0; i < functions; i++) {
		struct message function = {.count = 0};

		put_number(&function, 1, i + 1);
		put_number(&function, 2, FIRST_STRING + 2 * i);
		put_number(&function, 3, FIRST_STRING + 2 * i + 1);
		put_number(&function, 4, FIRST_STRING + 2 * functions + i / 6 % files);
		put_number(&function, 5, 10 + i % 2900);
		write_field(5, &function);
	}
}

static void write_strings(uint32_t functions, uint32_t files)
{
	static const char *const first[FIRST_STRING] = {"", "alloc_objects", "count", "alloc_space",
		"bytes", "inuse_objects", "inuse_space", "space", "note: made by bigprofile",
		"bytes", "u10", "u11", "u12", "u13", "u14", "u15"};
	static const char *const spaces[] = {"storage", "rpc", "query", "net", "util", "index"};
	static const char *const verbs[] = {"insert", "lookup", "resize", "decode", "dispatch",
		"commit", "allocate_node", "to_string"};
	char text[256];
	uint32_t i;

	for (i = 0; i < FIRST_STRING; i++)
		write_string(first[i]);
	for (i = 0; i < functions; i++) {
		char class_name[32], function[32];

		snprintf(class_name, sizeof(class_name), "Handler%u", i / 9);
		snprintf(function, sizeof(function), "%s%u", verbs[i % 8], i);
		snprintf(text, sizeof(text), "%s::%s::%s", spaces[i % 6], class_name, function);
		write_string(text);
		snprintf(text, sizeof(text), "_ZN%zu%s%zu%s%zu%sERKSt6vectorIiSaIiEEPKc",
			strlen(spaces[i % 6]), spaces[i % 6], strlen(class_name), class_name,
			strlen(function), function);
		write_string(text);
	}
	for (i = 0; i < files; i++) {
		snprintf(text, sizeof(text), "/home/build/server/src/%s/part%u/handler_%u.cc",
			spaces[i % 6], i % 40, i);
		write_string(text);
	}
	for (i = 0; i < MAPPINGS; i++) {
		snprintf(text, sizeof(text),
			i == 0 ? "/usr/bin/server%.0u" : "/usr/lib/libpart%u.so.1", i);
		write_string(text);
	}
	for (i = 0; i < MAPPINGS; i++) {
		snprintf(text, sizeof(text), "%016llx%016llx", (unsigned long long)mix(i),
			(unsigned long long)mix(i + 100));
		write_string(text);
	}
}

int main(int argc, char **argv)
{
	uint32_t samples = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 1000000;
	uint32_t locations = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 200000;
	uint32_t functions = locations / PER_FUNCTION + 1, files = functions / 6 + 1;
	unsigned i;

	if (argc < 2 || locations == 0) {
		fputs("usage: bigprofile FILE [SAMPLES [LOCATIONS]]\n", stderr);
		return 2;
	}
	file = gzopen(argv[1], "wb1"); /* level 1, as Go and we write */
	if (file == NULL) {
		perror(argv[1]);
		return 1;
	}
	for (i = 0; i < 4; i++) {
		static const unsigned types[][2] = {{1, 2}, {3, 4}, {5, 2}, {6, 4}};

		write_type(1, types[i][0], types[i][1]);
	}
	write_samples(samples, locations);
	write_places(locations, functions, files);
	write_strings(functions, files);
	write_number(9, UINT64_C(1700000000000000000));
	write_type(11, 7, 4);
	write_number(12, 524288);
	return gzclose(file) == Z_OK ? 0 : 1;
}
