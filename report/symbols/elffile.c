/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An ELF file opened for its symbols, and from the addresses of a profile to those of the file.
 * Not here: which file it is (debugfile.c), its symbol tables (symtab.c), its DWARF (dwarf.c).
 */
#include "report/symbols/elffile.h"

#include <elfutils/libdwelf.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE_MASK UINT64_C(0xfff)

static void read_build_id(struct cpa_elffile *file)
{
	static const char digits[] = "0123456789abcdef";
	const void *id = NULL;
	ssize_t id_bytes = dwelf_elf_gnu_build_id(file->elf, &id), i;

	file->build_id[0] = '\0';
	if (id_bytes <= 0 || id_bytes > CPA_ELFFILE_ID_BYTES)
		return;
	for (i = 0; i < id_bytes; i++) {
		unsigned char byte = ((const unsigned char *)id)[i];

		file->build_id[2 * i] = digits[byte >> 4];
		file->build_id[2 * i + 1] = digits[byte & 15];
	}
	file->build_id[2 * id_bytes] = '\0';
}

static void read_segments(struct cpa_elffile *file)
{
	size_t count = 0, i;
	GElf_Phdr segment;
	GElf_Ehdr header;

	if (gelf_getehdr(file->elf, &header) != NULL)
		file->layout.is_fixed = header.e_type == ET_EXEC;
	if (elf_getphdrnum(file->elf, &count) != 0)
		return;
	for (i = 0; i < count && file->layout.count < CPA_ELFFILE_MAX_SEGMENTS; i++) {
		if (gelf_getphdr(file->elf, (int)i, &segment) == NULL)
			return;
		if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0)
			continue;
		file->layout.segments[file->layout.count++] = (struct cpa_elffile_segment){
			.offset = segment.p_offset,
			.vaddr = segment.p_vaddr,
			.file_bytes = segment.p_filesz,
			.mem_bytes = segment.p_memsz,
		};
	}
}

/* What the section table tells: is there DWARF, a symbol table, and is the code itself away? */
static void read_sections(struct cpa_elffile *file)
{
	size_t names;
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	if (elf_getshdrstrndx(file->elf, &names) != 0)
		return;
	while ((section = elf_nextscn(file->elf, section)) != NULL) {
		const char *name;

		if (gelf_getshdr(section, &header) == NULL)
			continue;
		name = elf_strptr(file->elf, names, header.sh_name);
		file->has_symtab |= header.sh_type == SHT_SYMTAB;
		if (header.sh_type == SHT_NOBITS && (header.sh_flags & SHF_EXECINSTR) != 0)
			file->layout.is_separate = 1;
		if (name != NULL && header.sh_type != SHT_NOBITS &&
			(strcmp(name, ".debug_info") == 0 || strcmp(name, ".zdebug_info") == 0))
			file->has_dwarf = true;
	}
}

/* Not a pipe or device, which could block or have side effects. */
static int open_regular(const char *path, int *ret_fd)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
		close(fd);
		return -ENOEXEC;
	}
	*ret_fd = fd;
	return 0;
}

int cpa_elffile_open(struct cpa_elffile *ret_file, const char *path)
{
	int error_code;

	memset(ret_file, 0, sizeof(*ret_file));
	error_code = open_regular(path, &ret_file->fd);
	if (error_code != 0)
		return error_code;
	ret_file->path = cpa_memory_text(path, strlen(path));
	if (elf_version(EV_CURRENT) == EV_NONE ||
		(ret_file->elf = elf_begin(ret_file->fd, ELF_C_READ_MMAP, NULL)) == NULL ||
		elf_kind(ret_file->elf) != ELF_K_ELF) {
		cpa_elffile_close(ret_file);
		return -ENOEXEC;
	}
	read_build_id(ret_file);
	read_segments(ret_file);
	read_sections(ret_file);
	if (ret_file->layout.count > 0)
		return 0;
	cpa_elffile_close(ret_file);
	return -ENOEXEC;
}

void cpa_elffile_close(struct cpa_elffile *file)
{
	if (file->path == NULL)
		return;
	elf_end(file->elf);
	close(file->fd);
	free(file->path);
	memset(file, 0, sizeof(*file));
}

bool cpa_elffile_debuglink(const struct cpa_elffile *file, const char **ret_name, uint32_t *ret_crc)
{
	GElf_Word crc;
	const char *name = dwelf_elf_gnu_debuglink(file->elf, &crc);

	if (name == NULL || name[0] == '\0' || strchr(name, '/') != NULL)
		return false;
	*ret_name = name;
	*ret_crc = crc;
	return true;
}

/*
 * A debug file keeps the segments' addresses but not their offsets. Where the mapping begins in
 * its page tells which segment it is of: page-rounded as the kernel has it, or not as the loader
 * has it.
 */
static bool vaddr_by_start(const struct cpa_elffile_layout *layout,
	const struct cpa_profile_mapping *mapping, uint64_t addr, uint64_t *ret_vaddr)
{
	uint32_t i;

	for (i = 0; i < layout->count; i++) {
		const struct cpa_elffile_segment *segment = &layout->segments[i];
		uint64_t first = segment->vaddr - ((segment->vaddr - mapping->start) & PAGE_MASK);
		uint64_t vaddr = addr - mapping->start + first;

		if (vaddr >= segment->vaddr && vaddr - segment->vaddr < segment->mem_bytes &&
			(layout->count == 1 ||
				mapping->limit - mapping->start == segment->mem_bytes)) {
			*ret_vaddr = vaddr;
			return true;
		}
	}
	return false;
}

bool cpa_elffile_vaddr(const struct cpa_elffile_layout *layout,
	const struct cpa_profile_mapping *mapping, uint64_t addr, uint64_t *ret_vaddr)
{
	uint64_t offset = addr - mapping->start + mapping->offset;
	uint32_t i;

	if (layout->is_separate != 0)
		return vaddr_by_start(layout, mapping, addr, ret_vaddr);
	for (i = 0; i < layout->count; i++) {
		const struct cpa_elffile_segment *segment = &layout->segments[i];

		if (offset >= segment->offset && offset - segment->offset < segment->file_bytes) {
			*ret_vaddr = offset - segment->offset + segment->vaddr;
			return true;
		}
	}
	/* A profile that knows no mappings has one from 0 on; a fixed program needs none. */
	for (i = 0; i < layout->count && layout->is_fixed != 0; i++) {
		if (addr - layout->segments[i].vaddr < layout->segments[i].mem_bytes) {
			*ret_vaddr = addr;
			return true;
		}
	}
	return false;
}
