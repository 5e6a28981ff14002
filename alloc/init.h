/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The library's life.
 * Not here: the calls a program makes (api.c).
 */
#ifndef CPA_ALLOC_INIT_H
#define CPA_ALLOC_INIT_H

#include <stdbool.h>

/*
 * Did start-up succeed, so that samples can be taken? False before the constructor has run.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_init_can_sample(void);

#endif
