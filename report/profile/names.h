/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a function is called when people read it.
 * Not here: undoing a compiler's mangling (demangle.h), frames without a function (nodes.h).
 */
#ifndef CPA_PROFILE_NAMES_H
#define CPA_PROFILE_NAMES_H

#include "report/profile/profile.h"

/*
 * A C++, Rust or plain name in short form: demangled, without argument list, return type and
 * template arguments. "_ZN2ns4PoolIiE4growEi" -> "ns::Pool::grow"; a name that is not mangled
 * stays. Freed with free().
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
char *cpa_names_short(const char *name);

/*
 * Give every function of profile its display name, by the rule of Go's client: a name that
 * differs from its system name was made by someone who knew better and stays; all others
 * become short.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: backend
 * Errno:  set
 */
void cpa_names_fill(struct cpa_profile *profile);

#endif
