/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cprofalloc: what Go programs get from runtime/pprof, for C and C++ programs on Linux.
 *
 * Link with -lcprofalloc, or preload the library; then these calls act on the running process. A
 * program that wants to build without the library declares them weak, or looks them up with
 * dlsym(RTLD_DEFAULT, "cprof_snapshot"). Settings that need no code are in the environment
 * variable CPROFALLOC: see cprofalloc(3).
 */
#ifndef CPROFALLOC_H
#define CPROFALLOC_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CPROF_VERSION "0.1.0"

/*
 * The version of the library that is loaded, such as "0.1.0".
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
const char *cprof_version(void);

/*
 * Set the mean number of bytes between two samples: 0 stops sampling, 1 samples every allocation.
 * The calling thread follows at once, each other thread at its next sample or within its next 16
 * MiB of allocations. Each sample keeps the probability it was taken with, so that no estimate is
 * biased by the change.
 *
 * Return: the rate before, in bytes.
 * Thread: any
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
uint64_t cprof_heap_rate(uint64_t rate_bytes);

/*
 * Write a snapshot of the heap into the directory of the setting dir=, now, on this thread.
 *
 * Return: 0; -ENOENT without a dir; another -errno when the file could not be written, which is
 *         told on standard error too.
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
int cprof_snapshot(void);

/*
 * Write a profile to a descriptor.
 *
 * @profile  "heap" or "allocs": the same samples; they differ in the view shown first
 * @fd       open for writing; stays open
 * @debug    0: gzipped protobuf, as go tool pprof reads; other values: text
 *
 * Return: 0; -ENOENT: no such profile; -EINVAL: profile is NULL; another -errno from writing, of
 *         which a part may have been done.
 * Thread: any
 * Signal: unsafe
 * Memory: arena
 * Errno:  kept
 */
int cprof_write(const char *profile, int fd, int debug);

#ifdef __cplusplus
}
#endif

#endif
