/* SPDX-License-Identifier: BSD-2-Clause */
/* The distinct frames of a report: numbers, places, names. */
#include "report/frames.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "report/elf.h"
#include "report/sort.h"
#include "report/starts.h"
#include "report/symbols.h"
#include "sampling/stacks.h"

#define FIRST_SLOTS    4096u
#define FALLBACK_BYTES 320

/* Frames that lie in one module, or in none: items[first .. first + count) of the sorted list. */
struct run {
	const struct cpa_maps_module *module;
	const struct cpa_sort_item *items; /* key: address, value: id */
	size_t count;
	struct cpa_symbols *symbols; /* NULL: the file could not be read */
	uint64_t *starts;            /* [count], or NULL */
};

struct walk {
	const struct cpa_maps *maps;
	bool names;
	cpa_frames_visit *visit;
	void *context;
	uint64_t start;       /* of the function visited last */
	const char *function; /* and its name */
	char fallback[FALLBACK_BYTES];
};

void cpa_frames_init(struct cpa_frames *frames)
{
	*frames = (struct cpa_frames){0};
}

void cpa_frames_done(struct cpa_frames *frames)
{
	cpa_arena_done(&frames->arena);
	cpa_frames_init(frames);
}

static uint32_t *find_slot(const struct cpa_frames *frames, uint64_t pc)
{
	uint32_t mask = frames->slot_count - 1;
	uint32_t at = (uint32_t)(pc * 0x9e3779b97f4a7c15ull >> 32) & mask;

	while (frames->slots[at] && frames->pcs[frames->slots[at] - 1] != pc)
		at = (at + 1) & mask;
	return &frames->slots[at];
}

/* Half full at most: the array has half as many places as there are slots. */
static bool grow(struct cpa_frames *frames)
{
	struct cpa_frames larger = {.count = frames->count};

	larger.slot_count = frames->slot_count ? frames->slot_count * 2 : FIRST_SLOTS;
	cpa_arena_init(&larger.arena, 0);
	larger.pcs = cpa_arena_alloc(&larger.arena, larger.slot_count / 2 * sizeof(*larger.pcs));
	larger.slots = cpa_arena_alloc(&larger.arena, larger.slot_count * sizeof(*larger.slots));
	if (!larger.slot_count || !larger.pcs || !larger.slots) {
		cpa_arena_done(&larger.arena);
		return false;
	}
	if (frames->count)
		memcpy(larger.pcs, frames->pcs, frames->count * sizeof(*larger.pcs));
	for (uint32_t id = 1; id <= frames->count; id++)
		*find_slot(&larger, larger.pcs[id - 1]) = id;
	cpa_arena_done(&frames->arena);
	*frames = larger;
	return true;
}

uint32_t cpa_frames_intern(struct cpa_frames *frames, uint64_t pc)
{
	uint32_t *slot;

	if (frames->count == frames->slot_count / 2) {
		if (frames->count)
			if (*(slot = find_slot(frames, pc)))
				return *slot;
		if (!grow(frames))
			return 0;
	}
	slot = find_slot(frames, pc);
	if (!*slot) {
		frames->pcs[frames->count] = pc;
		*slot = ++frames->count;
	}
	return *slot;
}

/* The last part of a path: what people call the file. */
static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/* What stands for a name where there is none: the file and the function's first byte, or the
 * call's. */
static const char *fall_back(struct walk *walk, const struct run *run, uint64_t address)
{
	const char *pseudo;

	if (!run->module) {
		pseudo = cpa_stacks_pseudo_name(address + 1);
		return pseudo ? pseudo : "[anon]";
	}
	(void)snprintf(walk->fallback, sizeof(walk->fallback), "%.255s+0x%lx",
		base_name(run->module->path), (unsigned long)address);
	return walk->fallback;
}

/* Fill in the function of item i; the place is otherwise complete. */
static void name_place(
	struct walk *walk, const struct run *run, size_t i, struct cpa_frames_place *place)
{
	uint64_t own_address = run->items[i].key - (run->module ? run->module->bias : 0);
	uint64_t start = own_address;
	bool found = run->symbols && cpa_symbols_start(run->symbols, i, &start);

	if (!found && run->starts && run->starts[i])
		start = run->starts[i];
	/* Pseudo frames and code outside any file have no beginning, but names of their own. */
	place->same_function = i && start == walk->start && run->module;
	place->offset_bytes = own_address - start;
	if (!place->same_function) {
		const char *name = found ? cpa_symbols_name(run->symbols, i) : "";

		walk->function = *name ? name : fall_back(walk, run, start);
	}
	place->function = walk->function;
	walk->start = start;
}

static int visit_run(struct walk *walk, const struct run *run)
{
	int error = 0;

	for (size_t i = 0; i < run->count && !error; i++) {
		uint64_t address = run->items[i].key;
		bool pseudo = !run->module && cpa_stacks_pseudo_name(address + 1);
		struct cpa_frames_place place = {
			.id = (uint32_t)run->items[i].value,
			.address = pseudo ? 0 : address,
			.module = run->module,
		};

		if (walk->names || pseudo)
			name_place(walk, run, i, &place);
		error = walk->visit(walk->context, &place);
	}
	return error;
}

static struct cpa_elf *open_file(struct cpa_arena *arena, const struct cpa_maps_module *module)
{
	struct cpa_elf *elf = cpa_elf_open(arena, module->path, module);

	/* The running program's file can be reached even when an update has put another one in its
	 * place. */
	if (!elf && module->is_main)
		elf = cpa_elf_open(arena, "/proc/self/exe", module);
	return elf;
}

static void find_names(struct cpa_arena *arena, struct cpa_elf *elf, struct run *run)
{
	uint64_t *addresses = cpa_arena_alloc(arena, run->count * sizeof(*addresses));

	run->starts = cpa_arena_alloc(arena, run->count * sizeof(*run->starts));
	if (!addresses || !run->starts)
		return;
	for (size_t i = 0; i < run->count; i++)
		addresses[i] = run->items[i].key - run->module->bias;
	cpa_starts_find(elf, addresses, run->count, run->starts);
	run->symbols = cpa_symbols_find(elf, addresses, run->starts, run->count);
}

static int resolve_run(struct walk *walk, struct run *run)
{
	struct cpa_elf *elf = NULL;
	struct cpa_arena arena;
	int error;

	cpa_arena_init(&arena, 0);
	if (walk->names && run->module)
		elf = open_file(&arena, run->module);
	if (elf)
		find_names(&arena, elf, run);
	error = visit_run(walk, run);
	cpa_elf_close(elf);
	cpa_arena_done(&arena);
	return error;
}

/* Where the run that begins at item `first` ends: at the first address that another module (or
 * none) holds. */
static struct run find_run(const struct walk *walk, const struct cpa_sort_item *items, size_t count)
{
	struct run run = {.items = items, .count = 1};

	run.module = cpa_maps_find(walk->maps, items[0].key);
	/* In a loaded module nothing else can be; elsewhere each address is asked for. */
	for (; run.count < count; run.count++) {
		uint64_t address = items[run.count].key;

		if (run.module && run.module->is_live
				? address >= run.module->limit
				: cpa_maps_find(walk->maps, address) != run.module)
			break;
	}
	return run;
}

int cpa_frames_resolve(struct cpa_frames *frames, const struct cpa_maps *maps, bool names,
	cpa_frames_visit *visit, void *context)
{
	struct walk walk = {.maps = maps, .names = names, .visit = visit, .context = context};
	struct cpa_sort_item *items;
	struct cpa_arena arena;
	int error = -ENOMEM;

	cpa_arena_init(&arena, 0);
	items = cpa_arena_alloc(&arena, frames->count * sizeof(*items));
	if (items) {
		/* A return address may be the first byte of the next function; the call is before
		 * it. */
		for (uint32_t i = 0; i < frames->count; i++)
			items[i] =
				(struct cpa_sort_item){.key = frames->pcs[i] - 1, .value = i + 1};
		error = cpa_sort(&arena, items, frames->count);
	}
	for (size_t at = 0; !error && at < frames->count;) {
		struct run run = find_run(&walk, items + at, frames->count - at);

		error = resolve_run(&walk, &run);
		at += run.count;
	}
	cpa_arena_done(&arena);
	return error;
}
