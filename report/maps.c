/* SPDX-License-Identifier: BSD-2-Clause */
/* Which file an address belongs to, also when the file was closed since. */
#include "report/maps.h"

#include <errno.h>
#include <limits.h>
#include <link.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/auxv.h>
#include <time.h>
#include <unistd.h>

#include "base/lock.h"
#include "report/elf.h"
#include "report/procmaps.h"

/* A program that keeps loading plugins at new addresses must not fill the memory: the oldest closed
 * one makes room. */
#define MODULES_MAX     4096u
#define PATHS_MAX_BYTES ((size_t)8 * 1024 * 1024)
#define RESTS_MAX       1000 /* of 0.1 ms */

/* Guarded by lock, which is taken while the loader's lock is held and never the other way round. */
static struct {
	struct cpa_lock lock;
	struct cpa_lock_gate walkers;    /* threads inside the loader's walk; closed by fork */
	struct cpa_arena arena;          /* modules and their paths, for ever */
	struct cpa_maps_module *modules; /* [count], in order of loading */
	uint32_t count;
	unsigned long long adds; /* the loader's own counters at the last look */
	unsigned long long subs;
	const char *main_path;
} known;

struct look {
	bool locked;
	uint32_t object_count;
};

/*
 * The program's file is the one that holds its headers. /proc/self/exe would name the loader in
 * "ld.so ./program", but serves when the headers' page is no longer the file's.
 */
static const char *find_main_path(const struct dl_phdr_info *info)
{
	char path[PATH_MAX];
	ssize_t path_bytes;
	char *copy;

	if (known.main_path)
		return known.main_path;
	if (!cpa_procmaps_file_at((uintptr_t)info->dlpi_phdr, path, sizeof(path))) {
		path_bytes = readlink("/proc/self/exe", path, sizeof(path) - 1);
		path[path_bytes > 0 ? path_bytes : 0] = '\0';
		cpa_procmaps_cut_deleted(path);
	}
	copy = cpa_arena_strdup(&known.arena, *path ? path : "[program]");
	known.main_path = copy ? copy : "[program]";
	return known.main_path;
}

/* One copy of each path, however often the file is loaded. */
static const char *keep_path(const char *path)
{
	const char *copy;

	for (uint32_t i = 0; i < known.count; i++)
		if (!strcmp(known.modules[i].path, path))
			return known.modules[i].path;
	copy = cpa_arena_strdup(&known.arena, path);
	return copy ? copy : "[unknown]";
}

static const char *find_path(const struct dl_phdr_info *info, uint64_t start, bool is_main)
{
	uint64_t vdso = getauxval(AT_SYSINFO_EHDR);
	char path[PATH_MAX];

	if (is_main)
		return find_main_path(info);
	if (vdso && (uintptr_t)info->dlpi_phdr - vdso < 4096)
		return "[vdso]";
	/* What was given to dlopen may be relative to a directory the program has left. */
	if (info->dlpi_name[0] != '/' && cpa_procmaps_file_at(start, path, sizeof(path)))
		return keep_path(path);
	return keep_path(info->dlpi_name[0] ? info->dlpi_name : "[unknown]");
}

/* The build id, from the notes in memory: only from a note segment that lies whole inside a
 * readable one. */
static void find_build_id(const struct dl_phdr_info *info, struct cpa_maps_module *module)
{
	for (int i = 0; i < info->dlpi_phnum && !module->build_id_bytes; i++) {
		const ElfW(Phdr) *note = &info->dlpi_phdr[i];

		if (note->p_type != PT_NOTE)
			continue;
		for (int j = 0; j < info->dlpi_phnum; j++) {
			const ElfW(Phdr) *load = &info->dlpi_phdr[j];

			if (load->p_type != PT_LOAD || !(load->p_flags & PF_R) ||
				note->p_vaddr < load->p_vaddr || note->p_memsz > load->p_filesz ||
				note->p_vaddr - load->p_vaddr > load->p_filesz - note->p_memsz)
				continue;
			module->build_id_bytes = cpa_elf_build_id(
				(const void *)(uintptr_t)(info->dlpi_addr + note->p_vaddr),
				note->p_memsz, note->p_align, module->build_id);
			break;
		}
	}
}

static bool is_same(const struct cpa_maps_module *one, const struct cpa_maps_module *other)
{
	return one->start == other->start && one->limit == other->limit &&
	       one->file_offset == other->file_offset &&
	       one->build_id_bytes == other->build_id_bytes &&
	       !memcmp(one->build_id, other->build_id, one->build_id_bytes);
}

/* A free place at the end; when full, that of the oldest closed module. NULL: all are loaded. */
static struct cpa_maps_module *make_room(void)
{
	uint32_t old = 0;

	if (!known.modules)
		known.modules = cpa_arena_alloc(&known.arena, MODULES_MAX * sizeof(*known.modules));
	if (!known.modules)
		return NULL;
	if (known.count < MODULES_MAX)
		return &known.modules[known.count++];
	while (old < known.count && known.modules[old].is_live)
		old++;
	if (old == known.count)
		return NULL;
	memmove(&known.modules[old], &known.modules[old + 1],
		(known.count - old - 1) * sizeof(*known.modules));
	return &known.modules[known.count - 1];
}

static void remember(const struct dl_phdr_info *info, const ElfW(Phdr) * segment, bool is_main)
{
	struct cpa_maps_module module = {
		.start = info->dlpi_addr + segment->p_vaddr,
		.limit = info->dlpi_addr + segment->p_vaddr + segment->p_memsz,
		.file_offset = segment->p_offset,
		.bias = info->dlpi_addr,
		.is_main = is_main,
		.is_live = true,
	};
	struct cpa_maps_module *room;
	const char *path;

	find_build_id(info, &module);
	for (uint32_t i = known.count; i-- > 0;) {
		struct cpa_maps_module *old = &known.modules[i];

		if (!is_same(old, &module))
			continue;
		/* Without a build id another file may stand in the place of a closed one: only the
		 * path tells. */
		if (module.build_id_bytes || is_main ||
			!strcmp(old->path, find_path(info, module.start, false))) {
			old->is_live = true;
			return;
		}
	}
	path = find_path(info, module.start, is_main);
	room = make_room();
	if (!room)
		return;
	module.path = path;
	*room = module;
}

static int look_at_object(struct dl_phdr_info *info, size_t info_bytes, void *context)
{
	struct look *look = context;
	bool is_main = look->object_count++ == 0;

	if (!look->locked) {
		cpa_lock_acquire(&known.lock);
		look->locked = true;
		if (!known.arena.limit_bytes)
			cpa_arena_init(&known.arena, PATHS_MAX_BYTES);
		if (info_bytes >= offsetof(struct dl_phdr_info, dlpi_tls_modid)) {
			if (known.count && info->dlpi_adds == known.adds &&
				info->dlpi_subs == known.subs)
				return 1; /* nothing was loaded or closed since the last look */
			known.adds = info->dlpi_adds;
			known.subs = info->dlpi_subs;
		}
		for (uint32_t i = 0; i < known.count; i++)
			known.modules[i].is_live = false;
	}
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];

		if (segment->p_type == PT_LOAD && (segment->p_flags & PF_X) && segment->p_memsz)
			remember(info, segment, is_main);
	}
	return 0;
}

/* Give way to a fork, or to a thread that is leaving the walk. */
static void rest(void)
{
	static const struct timespec short_while = {.tv_nsec = 100000};

	(void)nanosleep(&short_while, NULL);
}

/* False when a fork keeps the gate closed for long: perhaps it waits for us. */
static bool enter_walk(void)
{
	for (int rests = 0; rests < RESTS_MAX; rests++) {
		atomic_fetch_add(&known.walkers.inside_count, 1);
		if (!atomic_load(&known.walkers.closed))
			return true;
		cpa_lock_gate_leave(&known.walkers);
		rest();
	}
	return false;
}

void cpa_maps_refresh(void)
{
	struct look look = {0};
	int kept_errno = errno;

	if (enter_walk()) {
		(void)dl_iterate_phdr(look_at_object, &look);
		if (look.locked)
			cpa_lock_release(&known.lock);
		cpa_lock_gate_leave(&known.walkers);
	}
	errno = kept_errno;
}

int cpa_maps_copy(struct cpa_arena *arena, struct cpa_maps *ret_maps)
{
	struct cpa_maps_module *copy;
	uint32_t count = 0;

	cpa_lock_acquire(&known.lock);
	copy = cpa_arena_alloc(arena, (known.count + 1) * sizeof(*copy));
	for (uint32_t i = 0; copy && i < known.count; i++)
		if (known.modules[i].is_main)
			copy[count++] = known.modules[i];
	for (uint32_t i = known.count; copy && i-- > 0;)
		if (!known.modules[i].is_main)
			copy[count++] = known.modules[i];
	cpa_lock_release(&known.lock);
	if (!copy)
		return -ENOMEM;
	*ret_maps = (struct cpa_maps){.modules = copy, .count = count};
	return 0;
}

const struct cpa_maps_module *cpa_maps_find(const struct cpa_maps *maps, uint64_t address)
{
	const struct cpa_maps_module *closed = NULL;

	for (uint32_t i = 0; i < maps->count; i++) {
		const struct cpa_maps_module *module = &maps->modules[i];

		if (address < module->start || address >= module->limit)
			continue;
		if (module->is_live)
			return module;
		if (!closed)
			closed = module;
	}
	return closed;
}

void cpa_maps_prefork(void)
{
	int kept_errno = errno;

	atomic_store(&known.walkers.closed, 1);
	for (int rests = 0; atomic_load(&known.walkers.inside_count) && rests < RESTS_MAX; rests++)
		rest();
	errno = kept_errno;
}

void cpa_maps_postfork_parent(void)
{
	cpa_lock_gate_open(&known.walkers);
}

void cpa_maps_postfork_child(void)
{
	cpa_lock_gate_reset(&known.walkers);
	cpa_lock_reset(&known.lock);
}
