/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A linker's name as its compiler spelled it. The only user of libiberty.
 * Not here: which part of that people want to read (names.h).
 *
 * A mangled name refers back to its own parts, so that few bytes can stand for gigabytes. The work
 * is bounded: a name that would become longer than any compiler's stays as it is.
 */
#ifndef CPA_PROFILE_DEMANGLE_H
#define CPA_PROFILE_DEMANGLE_H

/*
 * A name of C++, Rust or D without its arguments and return type; NULL when it is of none of them,
 * or too long. Freed with free().
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
char *cpa_demangle_name(const char *name);

#endif
