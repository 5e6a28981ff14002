/* SPDX-License-Identifier: BSD-2-Clause */
/* A program's or library's file, read with care. */
#include "report/elf.h"

#include <string.h>
#include <sys/stat.h>

#include "report/fd.h"

#define SEGMENTS_MAX    4096u
#define SECTIONS_MAX    (1u << 20)
#define NOTES_MAX_BYTES ((size_t)64 * 1024)
#define BLOCK_BYTES     ((size_t)16 * 1024)
#define BLOCKS          64u

/* A part of a string table that was read: names lie close together, so few reads give many. */
struct cpa_elf_block {
	uint64_t file_offset;
	size_t size_bytes; /* 0: empty */
	char bytes[BLOCK_BYTES];
};

uint32_t cpa_elf_build_id(
	const void *notes, size_t size_bytes, size_t align_bytes, uint8_t *ret_build_id)
{
	const unsigned char *at = notes;
	size_t mask = align_bytes == 8 ? 7 : 3;

	while (size_bytes >= sizeof(ElfW(Nhdr))) {
		ElfW(Nhdr) note;
		size_t name_bytes, desc_bytes;

		memcpy(&note, at, sizeof(note));
		at += sizeof(note);
		size_bytes -= sizeof(note);
		name_bytes = ((size_t)note.n_namesz + mask) & ~mask;
		desc_bytes = ((size_t)note.n_descsz + mask) & ~mask;
		if (name_bytes > size_bytes || note.n_descsz > size_bytes - name_bytes)
			return 0;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && !memcmp(at, "GNU", 4)) {
			if (note.n_descsz > CPA_MAPS_BUILD_ID_MAX)
				return 0;
			memcpy(ret_build_id, at + name_bytes, note.n_descsz);
			return note.n_descsz;
		}
		if (desc_bytes > size_bytes - name_bytes)
			return 0;
		at += name_bytes + desc_bytes;
		size_bytes -= name_bytes + desc_bytes;
	}
	return 0;
}

bool cpa_elf_read(const struct cpa_elf *elf, void *bytes, size_t size_bytes, uint64_t offset)
{
	return offset <= INT64_MAX - size_bytes &&
	       cpa_fd_read_at(elf->fd, bytes, size_bytes, offset) == (long)size_bytes;
}

/* Does the file have the segment and the build id that were loaded? */
static bool is_module(struct cpa_elf *elf, const struct cpa_maps_module *module)
{
	uint32_t count = elf->header.e_phnum;
	uint8_t *notes = cpa_arena_alloc(elf->arena, NOTES_MAX_BYTES);
	uint8_t build_id[CPA_MAPS_BUILD_ID_MAX];
	uint32_t build_id_bytes = 0;
	bool has_segment = false;

	elf->segments = cpa_arena_alloc(elf->arena, count * sizeof(*elf->segments));
	if (!elf->segments || !notes ||
		!cpa_elf_read(
			elf, elf->segments, count * sizeof(*elf->segments), elf->header.e_phoff))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		const ElfW(Phdr) *segment = &elf->segments[i];

		if (segment->p_type == PT_LOAD &&
			segment->p_vaddr == module->start - module->bias &&
			segment->p_memsz == module->limit - module->start &&
			segment->p_offset == module->file_offset)
			has_segment = true;
		if (segment->p_type == PT_NOTE && !build_id_bytes &&
			segment->p_filesz <= NOTES_MAX_BYTES &&
			cpa_elf_read(elf, notes, segment->p_filesz, segment->p_offset))
			build_id_bytes = cpa_elf_build_id(
				notes, segment->p_filesz, segment->p_align, build_id);
	}
	return has_segment && build_id_bytes == module->build_id_bytes &&
	       !memcmp(build_id, module->build_id, build_id_bytes);
}

static bool read_header(struct cpa_elf *elf)
{
	const ElfW(Ehdr) *header = &elf->header;

	return cpa_elf_read(elf, &elf->header, sizeof(elf->header), 0) &&
	       !memcmp(header->e_ident, ELFMAG, SELFMAG) &&
	       header->e_ident[EI_CLASS] == (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32) &&
	       header->e_phentsize == sizeof(ElfW(Phdr)) && header->e_phnum <= SEGMENTS_MAX;
}

/* A file without section headers is one without names, not a failure. */
static void read_sections(struct cpa_elf *elf)
{
	const ElfW(Ehdr) *header = &elf->header;
	uint64_t count = header->e_shnum;
	ElfW(Shdr) first;

	if (!header->e_shoff || header->e_shentsize != sizeof(ElfW(Shdr)) ||
		!cpa_elf_read(elf, &first, sizeof(first), header->e_shoff))
		return;
	if (!count)
		count = first.sh_size; /* more than fit e_shnum */
	if (!count || count > SECTIONS_MAX)
		return;
	elf->sections = cpa_arena_alloc(elf->arena, count * sizeof(*elf->sections));
	if (elf->sections &&
		cpa_elf_read(elf, elf->sections, count * sizeof(*elf->sections), header->e_shoff))
		elf->section_count = (uint32_t)count;
}

struct cpa_elf *cpa_elf_open(
	struct cpa_arena *arena, const char *path, const struct cpa_maps_module *module)
{
	struct cpa_elf *elf = cpa_arena_alloc(arena, sizeof(*elf));
	struct stat status;

	if (!elf)
		return NULL;
	elf->arena = arena;
	elf->start = module->start - module->bias;
	elf->limit = module->limit - module->bias;
	elf->fd = cpa_fd_open_read(path);
	if (elf->fd < 0)
		return NULL;
	elf->blocks = cpa_arena_alloc(arena, BLOCKS * sizeof(*elf->blocks));
	if (!elf->blocks || fstat(elf->fd, &status) < 0 || !S_ISREG(status.st_mode) ||
		!read_header(elf) || !is_module(elf, module)) {
		cpa_elf_close(elf);
		return NULL;
	}
	read_sections(elf);
	return elf;
}

void cpa_elf_close(struct cpa_elf *elf)
{
	if (elf)
		cpa_fd_close(elf->fd);
}

static const struct cpa_elf_block *block_at(struct cpa_elf *elf, uint64_t file_offset)
{
	struct cpa_elf_block *block = &elf->blocks[file_offset / BLOCK_BYTES % BLOCKS];
	long got_bytes;

	file_offset -= file_offset % BLOCK_BYTES;
	if (block->size_bytes && block->file_offset == file_offset)
		return block;
	got_bytes = cpa_fd_read_at(elf->fd, block->bytes, BLOCK_BYTES, file_offset);
	block->size_bytes = got_bytes > 0 ? (size_t)got_bytes : 0;
	block->file_offset = file_offset;
	return block;
}

void cpa_elf_copy_name(struct cpa_elf *elf, const ElfW(Shdr) * strings, uint64_t offset,
	char ret_name[CPA_ELF_NAME_MAX])
{
	size_t used_bytes = 0;

	while (offset < strings->sh_size && used_bytes < CPA_ELF_NAME_MAX) {
		uint64_t file_offset = strings->sh_offset + offset;
		const struct cpa_elf_block *block = block_at(elf, file_offset);
		size_t at = file_offset % BLOCK_BYTES;

		if (at >= block->size_bytes)
			break;
		for (; at < block->size_bytes && used_bytes < CPA_ELF_NAME_MAX; at++, offset++) {
			char letter = block->bytes[at];

			if (!letter || (letter == '@' && used_bytes)) {
				ret_name[used_bytes] = '\0';
				return;
			}
			ret_name[used_bytes++] = letter;
		}
	}
	ret_name[0] = '\0';
}
