/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Growing arrays, with every size checked.
 * Not here: what is stored (profile.h).
 */
#include "report/profile/memory.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void die(void)
{
	fputs("cprof: out of memory\n", stderr);
	exit(2);
}

int cpa_error_set(struct cpa_error *error, const char *format, ...)
{
	va_list args;
	char *at;

	if (error->text[0] != '\0')
		return -EINVAL;
	va_start(args, format);
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	/* It may quote a profile, which may hold newlines, and commands to a terminal. */
	for (at = error->text; *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			*at = '?';
	return -EINVAL;
}

void *cpa_memory_room(void *array, size_t *capacity, size_t need, size_t elem_bytes)
{
	size_t new_capacity, new_bytes;

	if (need <= *capacity)
		return array;
	new_capacity = *capacity + *capacity / 2;
	if (new_capacity < need)
		new_capacity = need;
	if (new_capacity < 16)
		new_capacity = 16;
	if (__builtin_mul_overflow(new_capacity, elem_bytes, &new_bytes) || new_bytes > PTRDIFF_MAX)
		die();
	array = realloc(array, new_bytes);
	if (array == NULL)
		die();
	*capacity = new_capacity;
	return array;
}

void *cpa_memory_grow(void *array, size_t *capacity, size_t need, size_t elem_bytes)
{
	size_t old_capacity = *capacity;

	array = cpa_memory_room(array, capacity, need, elem_bytes);
	if (*capacity > old_capacity)
		memset((char *)array + old_capacity * elem_bytes, 0,
			(*capacity - old_capacity) * elem_bytes);
	return array;
}

void *cpa_memory_new(size_t count, size_t elem_bytes)
{
	void *array = calloc(count > 0 ? count : 1, elem_bytes);

	if (array == NULL)
		die();
	return array;
}

char *cpa_memory_text(const char *text, size_t length_bytes)
{
	char *copy = malloc(length_bytes + 1);

	if (copy == NULL)
		die();
	if (length_bytes > 0)
		memcpy(copy, text, length_bytes);
	copy[length_bytes] = '\0';
	return copy;
}
