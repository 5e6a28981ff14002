/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loaded modules, in a table that forgets none before it is full. Each entry owns a copy of
 * its program headers, so that a walk reads nothing of a module that is being unloaded; whether it
 * is still the same module is asked of the loader at each walk.
 */
#include "sampling/modules.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "base/arena.h"
#include "base/lock.h"

#define MODULES_MAX     4096u
#define ARENA_MAX_BYTES ((size_t)16 << 20)

/*
 * What tells one loaded module from another at the same place. All zero: the loader cannot be
 * asked (main program, vdso).
 */
struct identity {
	const void *link_map;
	const void *map_start;
	const void *map_end;
	const void *eh_frame;
};

struct module {
	struct dl_phdr_info info;
	struct identity identity;
};

static struct cpa_lock grow_lock; /* guards arena and entering */
static struct cpa_arena arena = {.limit_bytes = ARENA_MAX_BYTES};
static struct module *_Atomic modules[MODULES_MAX]; /* published one by one */
static _Atomic uint32_t module_count;
static uint64_t own_start, own_end;

static bool identify(const void *addr, struct identity *ret_identity)
{
	struct dl_find_object found;

	if (_dl_find_object((void *)addr, &found) != 0)
		return false;
	*ret_identity = (struct identity){
		.link_map = found.dlfo_link_map,
		.map_start = found.dlfo_map_start,
		.map_end = found.dlfo_map_end,
		.eh_frame = found.dlfo_eh_frame,
	};
	return true;
}

static bool same(const struct identity *a, const struct identity *b)
{
	return a->link_map == b->link_map && a->map_start == b->map_start &&
	       a->map_end == b->map_end && a->eh_frame == b->eh_frame;
}

static bool still_loaded(const struct module *module)
{
	struct identity now;

	if (!module->identity.link_map)
		return true;
	return identify(module->identity.map_start, &now) && same(&now, &module->identity);
}

static bool known(const struct identity *identity)
{
	/* acquire: pairs with the release in enter_locked. */
	uint32_t count = atomic_load_explicit(&module_count, memory_order_acquire);

	while (count > 0)
		if (same(&modules[--count]->identity, identity))
			return true;
	return false;
}

/*
 * Where a new entry goes: behind the last, or, in a full table, in the place of a module that is
 * gone. Its old entry stays in memory, for whoever reads it just now.
 */
static uint32_t place_locked(uint32_t count)
{
	uint32_t place = 0;

	if (count < MODULES_MAX)
		return count;
	while (place < count && still_loaded(modules[place]))
		place++;
	return place;
}

static bool enter_locked(const struct dl_phdr_info *info, const struct identity *identity)
{
	size_t phdr_bytes = info->dlpi_phnum * sizeof(info->dlpi_phdr[0]);
	uint32_t count = module_count;
	uint32_t place = place_locked(count);
	struct module *module;
	ElfW(Phdr) * phdrs;

	if (place == MODULES_MAX)
		return false;
	module = cpa_arena_alloc(&arena, sizeof(*module));
	phdrs = cpa_arena_alloc(&arena, phdr_bytes);
	if (!module || !phdrs)
		return false;
	memcpy(phdrs, info->dlpi_phdr, phdr_bytes);
	module->info = *info;
	/* The unwinder does not ask for the name, and the loader's copy may go away. */
	module->info.dlpi_name = "";
	module->info.dlpi_phdr = phdrs;
	module->identity = *identity;
	atomic_store_explicit(&modules[place], module, memory_order_release);
	if (place == count)
		atomic_store_explicit(&module_count, count + 1, memory_order_release);
	return true;
}

/* First address of the module's first segment. */
static const void *lowest(const struct dl_phdr_info *info)
{
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_LOAD)
			return (const void *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
	return NULL;
}

/* Remember where our own code lies: the executable segment that holds this very function. */
static void note_own(const struct dl_phdr_info *info)
{
	uint64_t here = (uint64_t)(uintptr_t)&note_own;

	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *phdr = &info->dlpi_phdr[i];
		uint64_t start = info->dlpi_addr + phdr->p_vaddr;

		if (phdr->p_type == PT_LOAD && here >= start && here - start < phdr->p_memsz) {
			own_start = start;
			own_end = start + phdr->p_memsz;
		}
	}
}

static int enter_at_start(struct dl_phdr_info *info, size_t info_bytes, void *data)
{
	struct identity identity = {0};
	const void *start = lowest(info);

	(void)info_bytes;
	(void)data;
	if (start)
		(void)identify(start, &identity);
	if (start)
		(void)enter_locked(info, &identity);
	note_own(info);
	return 0;
}

void cpa_modules_init(void)
{
	cpa_lock_acquire(&grow_lock);
	(void)dl_iterate_phdr(enter_at_start, NULL);
	cpa_lock_release(&grow_lock);
}

int cpa_modules_iterate(cpa_modules_callback *callback, void *data)
{
	uint32_t count = atomic_load_explicit(&module_count, memory_order_acquire);
	int result = 0;

	for (uint32_t i = 0; i < count && result == 0; i++) {
		struct dl_phdr_info info = modules[i]->info;

		if (still_loaded(modules[i]))
			result = callback(&info, sizeof(info), data);
	}
	return result;
}

/*
 * A module found by one of its addresses. Its own headers need not be mapped (patchelf moves them
 * to the end of the file), so it gets two that say what the unwinder asks: where it lies, and
 * where its unwind tables are.
 */
static bool enter_found(const struct identity *identity)
{
	const struct link_map *map = identity->link_map;
	uintptr_t start = (uintptr_t)identity->map_start, end = (uintptr_t)identity->map_end;
	const ElfW(Phdr) phdrs[] = {
		{.p_type = PT_LOAD, .p_vaddr = start - map->l_addr, .p_memsz = end - start},
		{.p_type = PT_GNU_EH_FRAME, .p_vaddr = (uintptr_t)identity->eh_frame - map->l_addr},
	};
	struct dl_phdr_info info = {
		.dlpi_addr = map->l_addr,
		.dlpi_phdr = phdrs,
		.dlpi_phnum = identity->eh_frame ? 2 : 1,
	};
	bool entered = false;

	cpa_lock_acquire(&grow_lock);
	if (!known(identity))
		entered = enter_locked(&info, identity);
	cpa_lock_release(&grow_lock);
	return entered;
}

bool cpa_modules_learn(const uint64_t *pcs, uint32_t depth)
{
	struct identity identity, last = {0};
	bool learned = false;

	for (uint32_t i = 0; i < depth; i++) {
		if (!identify((const void *)(uintptr_t)pcs[i], &identity) || same(&identity, &last))
			continue;
		last = identity;
		if (!known(&identity))
			learned |= enter_found(&identity);
	}
	return learned;
}

bool cpa_modules_own(uint64_t pc)
{
	return pc - own_start < own_end - own_start;
}

void cpa_modules_postfork_child(void)
{
	cpa_lock_reset(&grow_lock);
}
