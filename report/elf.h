/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program's or library's file, read with care.
 * Not here: which file an address is in (maps.c), the functions in it (symbols.c).
 *
 * The file is read with pread into an arena, never mapped: a file that is cut short while we look
 * would otherwise kill the program with SIGBUS. Nothing in it is believed: every offset is checked
 * by the read itself, and every count is bounded.
 */
#ifndef CPA_REPORT_ELF_H
#define CPA_REPORT_ELF_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "report/maps.h"

/* With the final NUL; the longest mangled names met in practice have about 4 KiB. */
#define CPA_ELF_NAME_MAX 16384u

struct cpa_elf_block;

/* An open file. */
struct cpa_elf {
	struct cpa_arena *arena;
	int fd;
	uint64_t start; /* the file's own addresses of the code segment: [start, limit) */
	uint64_t limit;
	ElfW(Ehdr) header;
	ElfW(Phdr) * segments; /* [header.e_phnum] */
	ElfW(Shdr) * sections; /* [section_count] */
	uint32_t section_count;
	struct cpa_elf_block *blocks; /* parts of string tables that were read */
};

/*
 * Open path, to learn about module: only when it is the very file that was loaded (same code
 * segment, same build id). The file or NULL.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK struct cpa_elf *cpa_elf_open(
	struct cpa_arena *arena, const char *path, const struct cpa_maps_module *module);

/*
 * Close the file; the memory goes with the arena. NULL: nothing.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_elf_close(struct cpa_elf *elf);

/*
 * Read size_bytes at an offset of the file. False when it has not so many.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK bool cpa_elf_read(
	const struct cpa_elf *elf, void *bytes, size_t size_bytes, uint64_t offset);

/*
 * A name from a string table, cut at '@', which begins a version. "" when it is not in the table
 * or too long to be one.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_elf_copy_name(struct cpa_elf *elf, const ElfW(Shdr) * strings, uint64_t offset,
	char ret_name[CPA_ELF_NAME_MAX]);

/*
 * The build id in a note segment: its size in bytes, 0 when there is none or it is longer than
 * CPA_MAPS_BUILD_ID_MAX.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
uint32_t cpa_elf_build_id(
	const void *notes, size_t size_bytes, size_t align_bytes, uint8_t *ret_build_id);

#endif
