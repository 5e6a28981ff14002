/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A linker's name as its compiler spelled it.
 * Not here: which part of that people want to read (names.c).
 */
#include "report/profile/demangle.h"

#include <libiberty/demangle.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "report/profile/memory.h"

/* No compiler's name is so long, mangled or not. */
#define MANGLED_MAX_BYTES 16384
#define PLAIN_MAX_BYTES   131072
/* D's demangler cannot be stopped; each of its references can make the name some times longer. */
#define D_MAX_BYTES       4096
#define D_MAX_REFERENCES  24

/* What came of a name so far. */
struct plain {
	char *text;
	size_t count, capacity;
	jmp_buf too_long;
};

/* The demanglers that call this keep nothing on the heap meanwhile, so they may be left. */
static void take_piece(const char *piece, size_t piece_bytes, void *context)
{
	struct plain *plain = context;

	if (piece_bytes > PLAIN_MAX_BYTES - plain->count)
		longjmp(plain->too_long, 1);
	plain->text =
		cpa_memory_room(plain->text, &plain->capacity, plain->count + piece_bytes + 1, 1);
	if (piece_bytes > 0)
		memcpy(plain->text + plain->count, piece, piece_bytes);
	plain->count += piece_bytes;
	plain->text[plain->count] = '\0';
}

typedef int demangler(const char *name, int options, demangle_callbackref take, void *context);

static char *demangle(demangler *with, const char *name, int options)
{
	struct plain *plain = cpa_memory_new(1, sizeof(*plain));
	char *text = NULL;

	if (setjmp(plain->too_long) == 0 && with(name, options, take_piece, plain) != 0 &&
		plain->count > 0) {
		text = plain->text;
		plain->text = NULL;
	}
	free(plain->text);
	free(plain);
	return text;
}

static char *demangle_d(const char *name)
{
	size_t references = 0, i;

	if (name[0] != '_' || name[1] != 'D' || strcmp(name, "_Dmain") == 0)
		return NULL;
	for (i = 0; name[i] != '\0'; i++)
		references += name[i] == 'Q';
	if (i > D_MAX_BYTES || references > D_MAX_REFERENCES)
		return NULL;
	return cplus_demangle(name, DMGL_DLANG);
}

char *cpa_demangle_name(const char *name)
{
	/* Without DMGL_PARAMS: no argument list, no return type. */
	char *text;

	if (strnlen(name, MANGLED_MAX_BYTES + 1) > MANGLED_MAX_BYTES)
		return NULL;
	/* Rust's old names are C++ names too, so it is asked first. */
	text = demangle(rust_demangle_callback, name, DMGL_AUTO);
	if (text == NULL)
		text = demangle(cplus_demangle_v3_callback, name, DMGL_AUTO);
	return text != NULL ? text : demangle_d(name);
}
