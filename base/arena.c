/* SPDX-License-Identifier: BSD-2-Clause */
/* Bump allocation over mmap for the profiler's own short work. */
#include "base/arena.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define ALIGN_BYTES 16u
#define CHUNK_BYTES ((size_t)256 * 1024)

/* chunk: | header | used ... | free ... |, size_bytes in all */
struct cpa_arena_chunk {
	struct cpa_arena_chunk *next;
	size_t size_bytes;
	size_t used_bytes;
	size_t pad;
};

void cpa_arena_init(struct cpa_arena *arena, size_t limit_bytes)
{
	*arena = (struct cpa_arena){.limit_bytes = limit_bytes};
}

static struct cpa_arena_chunk *chunk_new(struct cpa_arena *arena, size_t need_bytes)
{
	size_t size_bytes = CHUNK_BYTES;
	struct cpa_arena_chunk *chunk;
	int kept_errno = errno;

	if (need_bytes > size_bytes - sizeof(*chunk))
		size_bytes = (need_bytes + sizeof(*chunk) + 4095u) & ~(size_t)4095u;
	if (arena->limit_bytes && size_bytes > arena->limit_bytes - arena->mapped_bytes)
		return NULL;
	chunk = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	errno = kept_errno;
	if (chunk == MAP_FAILED)
		return NULL;
	chunk->size_bytes = size_bytes;
	chunk->used_bytes = sizeof(*chunk);
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	arena->mapped_bytes += size_bytes;
	return chunk;
}

void *cpa_arena_alloc(struct cpa_arena *arena, size_t size_bytes)
{
	struct cpa_arena_chunk *chunk = arena->chunks;
	void *ptr;

	if (size_bytes > SIZE_MAX / 2)
		return NULL;
	size_bytes = (size_bytes + ALIGN_BYTES - 1) & ~(size_t)(ALIGN_BYTES - 1);
	if (!chunk || chunk->size_bytes - chunk->used_bytes < size_bytes) {
		chunk = chunk_new(arena, size_bytes);
		if (!chunk)
			return NULL;
	}
	ptr = (char *)chunk + chunk->used_bytes;
	chunk->used_bytes += size_bytes;
	return ptr;
}

char *cpa_arena_strdup(struct cpa_arena *arena, const char *text)
{
	size_t size_bytes = strlen(text) + 1;
	char *copy = cpa_arena_alloc(arena, size_bytes);

	if (copy)
		memcpy(copy, text, size_bytes);
	return copy;
}

void cpa_arena_done(struct cpa_arena *arena)
{
	struct cpa_arena_chunk *next;
	int kept_errno = errno;

	for (struct cpa_arena_chunk *chunk = arena->chunks; chunk; chunk = next) {
		next = chunk->next;
		(void)munmap(chunk, chunk->size_bytes);
	}
	cpa_arena_init(arena, arena->limit_bytes);
	errno = kept_errno;
}
