/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where in a stack the program's own code begins, below which the libraries of C++ and Rust
 * only make room for it.
 * Not here: what a frame is called (names.h), filters that somebody asked for (analysis/filter.h).
 */
#ifndef CPA_PROFILE_OWN_H
#define CPA_PROFILE_OWN_H

#include "report/profile/nodes.h"

/*
 * The frame that a short form of a stack begins with: what the innermost frame of the program's
 * own code called in a library, such as std::vector::push_back. 0, the leaf, where that frame is
 * the leaf or where there is none.
 *
 * @frames  leaf first
 *
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
size_t cpa_own_shown_from(const struct cpa_nodes *nodes, const uint32_t *frames, size_t depth);

#endif
