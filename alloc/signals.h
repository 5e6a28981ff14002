/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The functions that set what a signal does.
 * Not here: what is done with SIGPROF (sampling/profsignal.h).
 */
#ifndef CPA_ALLOC_SIGNALS_H
#define CPA_ALLOC_SIGNALS_H

/*
 * Tell those below us how to reach the C library's sigaction.
 *
 * Thread: owner, once at start
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_signals_init(void);

#endif
