/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The call stack of another thread of this process.
 *
 * libunwind-x86_64 is another library than libunwind: the latter answers for the calling thread
 * alone. It finds unwind tables by asking find_proc_info, and reads everything through access_mem:
 * stacks and tables come in blocks, which are kept until the next stack.
 */
#include "sampling/unwind_far.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include <libunwind.h>

#include "base/lock.h"
#include "sampling/far_memory.h"
#include "sampling/far_table.h"
#include "sampling/imports.h"

#define LIBRARY_SONAME "libunwind-x86_64.so.8"

struct cpa_unwind_far {
	unw_addr_space_t space;
	const struct cpa_unwind_far_start *start;
	uint32_t missed_mask; /* registers that were wanted and are not known */
	bool missed_info;     /* of this frame: the library guesses from here on */
	bool passed_end;      /* of the copy */
	uint32_t generation;  /* of what is remembered of modules */
	struct cpa_unwind_far_stuck stuck;
	struct cpa_far_memory memory;
};

static struct {
	unw_addr_space_t (*create)(unw_accessors_t *accessors, int byte_order);
	void (*destroy)(unw_addr_space_t space);
	int (*init)(unw_cursor_t *cursor, unw_addr_space_t space, void *arg);
	int (*step)(unw_cursor_t *cursor);
	int (*get_reg)(unw_cursor_t *cursor, int reg, unw_word_t *ret_value);
	int (*get_proc_info)(unw_cursor_t *cursor, unw_proc_info_t *ret_proc);
	int (*is_signal_frame)(unw_cursor_t *cursor);
	void (*flush)(unw_addr_space_t space, unw_word_t low, unw_word_t high);
	int (*set_caching)(unw_addr_space_t space, unw_caching_policy_t policy);
	int (*search)(unw_addr_space_t space, unw_word_t ip, unw_dyn_info_t *info,
		unw_proc_info_t *ret_proc, int need_unwind_info, void *arg);
} library;
static bool loaded;
static struct cpa_lock_gate fork_gate;
static _Atomic uint32_t generation; /* how often all were told to forget */

static bool find_function(void *handle, const char *name, void *ret_function)
{
	void *found = dlsym(handle, name);

	memcpy(ret_function, &found, sizeof(found));
	return found != NULL;
}

#define FIND(field, name) find_function(handle, CPA_NAME_TEXT(name), &library.field)

int cpa_unwind_far_init(void)
{
	int kept_errno = errno;
	void *handle = dlopen(LIBRARY_SONAME, RTLD_NOW | RTLD_LOCAL);

	if (handle)
		cpa_imports_replace_pipe(handle);
	loaded = handle && FIND(create, unw_create_addr_space) &&
		 FIND(destroy, unw_destroy_addr_space) && FIND(init, unw_init_remote) &&
		 FIND(step, unw_step) && FIND(get_reg, unw_get_reg) &&
		 FIND(get_proc_info, unw_get_proc_info) &&
		 FIND(is_signal_frame, unw_is_signal_frame) && FIND(flush, unw_flush_cache) &&
		 FIND(set_caching, unw_set_caching_policy) &&
		 FIND(search, UNW_OBJ(dwarf_search_unwind_table));
	errno = kept_errno;
	return loaded ? 0 : -ENOENT;
}

static int access_mem(
	unw_addr_space_t space, unw_word_t addr, unw_word_t *word, int write, void *arg)
{
	struct cpa_unwind_far *far = arg;
	const struct cpa_unwind_far_start *start = far->start;
	uint64_t value;

	(void)space;
	if (write)
		return -UNW_EINVAL;
	if (start->stack && addr - start->stack_addr < start->stack_bytes) {
		if (start->stack_bytes - (addr - start->stack_addr) < sizeof(value)) {
			far->passed_end = true;
			return -UNW_EUNSPEC;
		}
		memcpy(&value, (const char *)start->stack + (addr - start->stack_addr),
			sizeof(value));
	} else if (start->stack && !cpa_far_memory_is_module(addr)) {
		/* The stack went on since it was copied: what is there now is of other frames. */
		far->passed_end = true;
		return -UNW_EUNSPEC;
	} else if (!cpa_far_memory_word(&far->memory, addr, &value)) {
		return -UNW_EUNSPEC;
	}
	*word = value;
	return 0;
}

static int access_reg(
	unw_addr_space_t space, unw_regnum_t reg, unw_word_t *value, int write, void *arg)
{
	struct cpa_unwind_far *far = arg;

	(void)space;
	if (write || reg < 0 || reg >= (int)CPA_UNWIND_FAR_REGS)
		return -UNW_EBADREG;
	if (!(far->start->known_mask >> reg & 1)) {
		far->missed_mask |= 1u << reg;
		return -UNW_EBADREG;
	}
	*value = far->start->regs[reg];
	return 0;
}

static int access_fpreg(
	unw_addr_space_t space, unw_regnum_t reg, unw_fpreg_t *value, int write, void *arg)
{
	(void)space;
	(void)reg;
	(void)value;
	(void)write;
	(void)arg;
	return -UNW_EBADREG;
}

static int find_proc_info(
	unw_addr_space_t space, unw_word_t ip, unw_proc_info_t *ret_proc, int need_info, void *arg)
{
	unw_dyn_info_t info = {.format = UNW_INFO_FORMAT_REMOTE_TABLE};
	struct cpa_unwind_far *far = arg;
	struct cpa_far_table table;
	int result = -UNW_ENOINFO;

	if (cpa_far_table_find(&far->memory, ip, &table)) {
		info.start_ip = table.start_ip;
		info.end_ip = table.end_ip;
		info.u.rti.segbase = table.addr;
		info.u.rti.table_data = table.entries_addr;
		info.u.rti.table_len = table.entries_bytes / sizeof(unw_word_t);
		result = library.search(space, ip, &info, ret_proc, need_info, far);
	}
	far->missed_info = result < 0;
	return result;
}

static void put_unwind_info(unw_addr_space_t space, unw_proc_info_t *proc, void *arg)
{
	(void)space;
	(void)proc;
	(void)arg;
}

static int get_dyn_info_list_addr(unw_addr_space_t space, unw_word_t *ret_addr, void *arg)
{
	(void)space;
	(void)ret_addr;
	(void)arg;
	return -UNW_ENOINFO;
}

static int resume(unw_addr_space_t space, unw_cursor_t *cursor, void *arg)
{
	(void)space;
	(void)cursor;
	(void)arg;
	return -UNW_EINVAL;
}

static int get_proc_name(unw_addr_space_t space, unw_word_t ip, char *name, size_t room_bytes,
	unw_word_t *ret_offset, void *arg)
{
	(void)space;
	(void)ip;
	(void)name;
	(void)room_bytes;
	(void)ret_offset;
	(void)arg;
	return -UNW_ENOINFO;
}

struct cpa_unwind_far *cpa_unwind_far_new(struct cpa_arena *arena)
{
	static unw_accessors_t accessors = {
		.find_proc_info = find_proc_info,
		.put_unwind_info = put_unwind_info,
		.get_dyn_info_list_addr = get_dyn_info_list_addr,
		.access_mem = access_mem,
		.access_reg = access_reg,
		.access_fpreg = access_fpreg,
		.resume = resume,
		.get_proc_name = get_proc_name,
	};
	struct cpa_unwind_far *far = loaded ? cpa_arena_alloc(arena, sizeof(*far)) : NULL;
	int kept_errno = errno;

	if (!far)
		return NULL;
	/* Its first call would open the pipe in the program's table, and locks: not at a fork. */
	cpa_lock_gate_enter(&fork_gate);
	cpa_imports_guard(true);
	far->space = library.create(&accessors, 0);
	if (far->space) /* the same functions come again in every thread */
		(void)library.set_caching(far->space, UNW_CACHE_GLOBAL);
	cpa_imports_guard(false);
	cpa_lock_gate_leave(&fork_gate);
	errno = kept_errno;
	return far->space ? far : NULL;
}

void cpa_unwind_far_free(struct cpa_unwind_far *far)
{
	if (far)
		library.destroy(far->space);
}

static enum cpa_unwind_far_end why(const struct cpa_unwind_far *far, int step)
{
	if (far->missed_mask)
		return CPA_UNWIND_FAR_UNKNOWN;
	if (far->passed_end)
		return CPA_UNWIND_FAR_LIMIT;
	/* Without information an end is a guess too. */
	return step == 0 && !far->missed_info ? CPA_UNWIND_FAR_ROOT : CPA_UNWIND_FAR_BROKEN;
}

/* Where the walk is, when a register was missed: the frame whose caller is not known. */
static void note_stuck(struct cpa_unwind_far *far, unw_cursor_t *cursor)
{
	struct cpa_unwind_far_stuck stuck = {.missed_mask = far->missed_mask};
	unw_proc_info_t proc;

	if (library.get_reg(cursor, UNW_REG_SP, &stuck.sp) < 0 ||
		library.get_proc_info(cursor, &proc) < 0)
		return;
	stuck.function_addr = proc.start_ip;
	stuck.function_end = proc.end_ip;
	far->stuck = stuck;
}

static uint32_t walk(struct cpa_unwind_far *far, uint64_t *ret_pcs, uint32_t depth_max,
	enum cpa_unwind_far_end *ret_end)
{
	/* Of an exact pc, a reader that takes one away must find the instruction itself. */
	bool exact = !far->start->pc_is_call;
	unw_word_t pc = far->start->regs[CPA_UNWIND_FAR_RIP];
	uint32_t depth = 0;
	unw_cursor_t cursor;
	int step = library.init(&cursor, far->space, far);

	ret_pcs[depth++] = pc + exact;
	while (step >= 0) {
		far->missed_info = false;
		exact = library.is_signal_frame(&cursor) > 0;
		step = library.step(&cursor);
		if (step <= 0 || library.get_reg(&cursor, UNW_REG_IP, &pc) < 0 ||
			pc < CPA_FAR_MEMORY_BLOCK_BYTES)
			break;
		if (depth == depth_max) {
			*ret_end = CPA_UNWIND_FAR_LIMIT;
			return depth;
		}
		ret_pcs[depth++] = pc + exact;
	}
	*ret_end = why(far, step > 0 ? 0 : step);
	if (*ret_end == CPA_UNWIND_FAR_UNKNOWN)
		note_stuck(far, &cursor);
	return depth;
}

/* Of a stack that is read in place nothing may be kept; of a copy, what was read is of modules. */
static void refresh(struct cpa_unwind_far *far)
{
	/* acquire: pairs with the release in forget. */
	uint32_t now = atomic_load_explicit(&generation, memory_order_acquire);
	bool stale = far->generation != now;

	if (stale && loaded)
		library.flush(far->space, 0, 0);
	far->generation = now;
	if (stale || !far->start->stack)
		cpa_far_memory_forget(&far->memory);
}

void cpa_unwind_far_forget(void)
{
	atomic_fetch_add_explicit(&generation, 1, memory_order_release);
}

uint32_t cpa_unwind_far(struct cpa_unwind_far *far, const struct cpa_unwind_far_start *start,
	uint64_t *ret_pcs, uint32_t depth_max, enum cpa_unwind_far_end *ret_end)
{
	int kept_errno = errno;
	uint32_t depth;

	far->start = start;
	far->missed_mask = 0;
	far->missed_info = false;
	far->passed_end = false;
	far->stuck = (struct cpa_unwind_far_stuck){0};
	cpa_lock_gate_enter(&fork_gate);
	refresh(far);
	if (loaded) {
		depth = walk(far, ret_pcs, depth_max, ret_end);
	} else {
		ret_pcs[0] = start->regs[CPA_UNWIND_FAR_RIP] + !start->pc_is_call;
		depth = 1;
		*ret_end = CPA_UNWIND_FAR_BROKEN;
	}
	cpa_lock_gate_leave(&fork_gate);
	errno = kept_errno;
	return depth;
}

struct cpa_unwind_far_stuck cpa_unwind_far_stuck(const struct cpa_unwind_far *far)
{
	return far->stuck;
}

bool cpa_unwind_far_word(struct cpa_unwind_far *far, uint64_t addr, uint64_t *ret_word)
{
	return cpa_far_memory_word(&far->memory, addr, ret_word);
}

void cpa_unwind_far_prefork(void)
{
	cpa_lock_gate_close(&fork_gate);
}

void cpa_unwind_far_postfork_parent(void)
{
	cpa_lock_gate_open(&fork_gate);
}

void cpa_unwind_far_postfork_child(void)
{
	/* Only in a child that no handler saw: the library's locks may be held for ever. */
	if (atomic_load(&fork_gate.inside_count))
		loaded = false;
	cpa_lock_gate_reset(&fork_gate);
}
