/* SPDX-License-Identifier: BSD-2-Clause */
/* The functions of addresses that somebody outside asks about. */
#include "report/lookup.h"

#include <errno.h>

#include "base/arena.h"
#include "report/frames.h"
#include "report/maps.h"

struct names {
	struct cpa_arena arena;
	struct cpa_maps maps;
	struct cpa_frames frames;
	const char **functions; /* [frames.count]; NULL: in no file */
	const char *function;   /* last one kept */
};

/* The address at run time; 0 when it is in no file. */
static uint64_t find_address(const struct names *names, uint64_t address)
{
	const struct cpa_maps_module *main_module = &names->maps.modules[0];

	if (cpa_maps_find(&names->maps, address))
		return address;
	address += main_module->bias;
	return cpa_maps_find(&names->maps, address) == main_module ? address : 0;
}

static int keep_name(void *context, const struct cpa_frames_place *place)
{
	struct names *names = context;

	if (!place->module || !place->function)
		return 0;
	if (!place->same_function || !names->function)
		names->function = cpa_arena_strdup(&names->arena, place->function);
	names->functions[place->id - 1] = names->function;
	return names->function ? 0 : -ENOMEM;
}

static int find_names(struct names *names, const uint64_t *addresses, size_t count, uint32_t *ids)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t address = find_address(names, addresses[i]);

		/* Frames are return addresses: one more. */
		ids[i] = address ? cpa_frames_intern(&names->frames, address + 1) : 0;
		if (address && !ids[i])
			return -ENOMEM;
	}
	names->functions = cpa_arena_alloc(
		&names->arena, (names->frames.count + 1) * sizeof(*names->functions));
	if (!names->functions)
		return -ENOMEM;
	return cpa_frames_resolve(&names->frames, &names->maps, true, keep_name, names);
}

int cpa_lookup(const uint64_t *addresses, size_t count, cpa_lookup_take *take, void *context)
{
	struct names names = {0};
	uint32_t *ids;
	int error = -ENOMEM;

	cpa_arena_init(&names.arena, 0);
	cpa_frames_init(&names.frames);
	ids = cpa_arena_alloc(&names.arena, (count + 1) * sizeof(*ids));
	cpa_maps_refresh();
	if (ids)
		error = cpa_maps_copy(&names.arena, &names.maps);
	if (!error && names.maps.count)
		error = find_names(&names, addresses, count, ids);
	for (size_t i = 0; !error && names.maps.count && i < count; i++)
		if (ids[i] && names.functions[ids[i] - 1])
			take(context, addresses[i], names.functions[ids[i] - 1]);
	cpa_frames_done(&names.frames);
	cpa_arena_done(&names.arena);
	return error;
}
