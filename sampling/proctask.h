/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which threads the kernel has of this process, and what each is doing: /proc/self/task.
 * Not here: their stacks (threads.c), what only we know of them (roster.c).
 */
#ifndef CPA_SAMPLING_PROCTASK_H
#define CPA_SAMPLING_PROCTASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"

#define CPA_PROCTASK_NAME_BYTES 16u /* the kernel's limit, with the NUL */
#define CPA_PROCTASK_ARGS       6u

/* What a thread does at an instant. */
struct cpa_proctask {
	char state;            /* the kernel's letter: R running or ready, S asleep, ...; '?' */
	bool blocks_signal;    /* the one that was asked about */
	uint64_t switch_count; /* how often it went to sleep */
};

/* Where it sleeps in the kernel: all of it stays equal as long as it has not moved. */
struct cpa_proctask_sleep {
	int64_t call_number; /* system call; -1: none, interrupted between two instructions */
	uint64_t args[CPA_PROCTASK_ARGS]; /* of the call; without one 0 */
	uint64_t sp;
	uint64_t pc; /* of the next instruction of the program */
};

/*
 * The numbers of all threads, in the kernel's order. Threads that begin or end meanwhile are in it
 * or not. 0, -ENOMEM, or another -errno.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_proctask_list(
	struct cpa_arena *arena, uint32_t **ret_tids, size_t *ret_count);

/*
 * State, switches and whether the thread blocks this signal; false: there is no such thread.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_proctask_look(uint32_t tid, int signal_number, struct cpa_proctask *ret_task);

/*
 * The thread's name as it was set: any bytes but NUL. Empty when there is no such thread.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_proctask_name(uint32_t tid, char ret_name[CPA_PROCTASK_NAME_BYTES]);

/*
 * Where the thread sleeps; false: it runs, has ended, or the kernel does not say (a process that
 * changed its user).
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_proctask_sleep(uint32_t tid, struct cpa_proctask_sleep *ret_sleep);

/*
 * What kind of file a thread's descriptor is, as in st_mode; 0: there is none.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
uint32_t cpa_proctask_file_mode(uint32_t tid, uint32_t fd);

/*
 * The two files' texts, for the functions above and for tests. False: not such a text.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
bool cpa_proctask_parse_status(const char *text, int signal_number, struct cpa_proctask *ret_task);
bool cpa_proctask_parse_syscall(const char *text, struct cpa_proctask_sleep *ret_sleep);

#endif
