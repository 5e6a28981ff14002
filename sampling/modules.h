/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loaded modules as the unwinder needs them, walked without any lock of the loader.
 * Not here: names, build ids, mappings for the reports (report/maps.c).
 *
 * Why: the unwinder finds unwind tables with dl_iterate_phdr(3), which takes a lock of the loader.
 * malloc must never wait for that lock: its holder may be in a callback of the program's that
 * allocates, or waits for a lock that our caller holds. So while a thread captures a stack,
 * libunwind's dl_iterate_phdr is answered from this table (imports.c). A module that is not yet in
 * it is found by the addresses it leaves in a stack, with glibc's lock-free _dl_find_object.
 */
#ifndef CPA_SAMPLING_MODULES_H
#define CPA_SAMPLING_MODULES_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

typedef int cpa_modules_callback(struct dl_phdr_info *info, size_t info_bytes, void *data);

/*
 * Enter all modules that are loaded now, with the loader's own walk (dl_iterate_phdr).
 *
 * Thread: owner, once at start
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
void cpa_modules_init(void);

/*
 * Call back for each module in the table that is still loaded, until the callback returns other
 * than 0; returns that.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
int cpa_modules_iterate(cpa_modules_callback *callback, void *data);

/*
 * Enter the modules that hold these addresses. True when one was new: what was unwound without it
 * deserves a second try.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
bool cpa_modules_learn(const uint64_t *pcs, uint32_t depth);

/*
 * Is this address in the library's own code? (False until cpa_modules_init.)
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_modules_own(uint64_t pc);

/*
 * In the child of a fork: the table's lock is free again, whoever held it.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_modules_postfork_child(void);

#endif
