/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An ELF file opened for its symbols: build id, executable segments, links to debug files; and
 * from the addresses of a profile to those of the file.
 * Not here: which file it is (debugfile.h), its symbol tables (symtab.h), its DWARF (dwarf.h).
 */
#ifndef CPA_SYMBOLS_ELFFILE_H
#define CPA_SYMBOLS_ELFFILE_H

#include <libelf.h>

#include "report/profile/profile.h"

#define CPA_ELFFILE_ID_BYTES     64 /* of a build id; SHA-1 has 20 */
#define CPA_ELFFILE_MAX_SEGMENTS 64

struct cpa_elffile_segment {
	uint64_t offset, vaddr, file_bytes, mem_bytes;
};

/* The executable segments. */
struct cpa_elffile_layout {
	uint32_t count;
	uint32_t is_fixed;    /* not position-independent */
	uint32_t is_separate; /* offsets are not those of the program: a debug file */
	uint32_t reserved;
	struct cpa_elffile_segment segments[CPA_ELFFILE_MAX_SEGMENTS];
};

struct cpa_elffile {
	char *path; /* NULL: not open */
	int fd;
	Elf *elf;
	char build_id[2 * CPA_ELFFILE_ID_BYTES + 1]; /* hex; "" when it has none */
	bool has_dwarf;
	bool has_symtab;
	struct cpa_elffile_layout layout;
};

/*
 * Open a file. Freed with cpa_elffile_close, which is fine on a zeroed one.
 *
 * Return: 0, or -errno: -ENOEXEC when it is no ELF file, or one without code.
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_elffile_open(struct cpa_elffile *ret_file, const char *path);
void cpa_elffile_close(struct cpa_elffile *file);

/*
 * The name and the checksum in .gnu_debuglink. False when there is none.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
CPA_MUST_CHECK bool cpa_elffile_debuglink(
	const struct cpa_elffile *file, const char **ret_name, uint32_t *ret_crc);

/*
 * From an address in a mapping of a profile to the file's own. False when no segment holds it.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK bool cpa_elffile_vaddr(const struct cpa_elffile_layout *layout,
	const struct cpa_profile_mapping *mapping, uint64_t addr, uint64_t *ret_vaddr);

#endif
