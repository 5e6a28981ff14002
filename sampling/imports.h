/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What libunwind may do while malloc waits for it: its calls into the C library, led through
 * functions of ours.
 * Not here: unwinding (unwind.c), the table of modules (modules.c).
 *
 * Left alone, libunwind 1.6 takes a lock of the loader (dl_iterate_phdr), opens ELF files, and
 * keeps a pipe whose numbers a program that closes all descriptors will reuse: it would then read
 * from, and write to, the program's own files. The replacements act only in a thread that is
 * capturing a stack; others, and a program that uses the same libunwind itself, get the C
 * library's functions. What it maps is told to tracecache.c always.
 */
#ifndef CPA_SAMPLING_IMPORTS_H
#define CPA_SAMPLING_IMPORTS_H

#include <link.h>
#include <stdbool.h>

#include "base/compiler.h"
#include "base/lock.h"

/* Who is inside libunwind has entered it, so that none of its locks is taken while it is closed:
 * in the child of a fork nobody would give them back. A thread that ends is inside for a moment. */
extern CPA_HIDDEN struct cpa_lock_gate cpa_imports_gate;

/*
 * Replace the imports of a loaded library in its global offset table. 0, or -ENOENT when
 * dl_iterate_phdr was not among them: not the libunwind that we know, do not use it.
 *
 * Thread: owner, once at start
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_imports_replace(const struct link_map *library);

/*
 * The same of the one import that opens the pipe: for libunwind-x86_64, which reads all through
 * functions of ours and opens it nevertheless.
 *
 * @handle  what dlopen returned
 *
 * Thread: owner, once at start
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_imports_replace_pipe(void *handle);

/*
 * This thread enters or leaves libunwind.
 *
 * Thread: owner
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_imports_guard(bool active);

#endif
