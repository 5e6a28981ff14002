/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes to and from descriptors, without stdio and without ever standing in for the program's
 * descriptors 0 to 2. Not here: safe creation of snapshot files (outfile.c), compression (gzip.c).
 */
#ifndef CPA_REPORT_FD_H
#define CPA_REPORT_FD_H

#include <stddef.h>

#include "base/compiler.h"

/* Where finished bytes go. write takes all of them: 0, or -errno and the rest of the report is
 * pointless. */
struct cpa_fd_sink {
	int (*write)(void *context, const void *bytes, size_t size_bytes);
	void *context;
};

/*
 * A sink that writes to *fd, which must stay valid as long as the sink is used.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
struct cpa_fd_sink cpa_fd_to_sink(int *fd);

/*
 * Write everything: short writes go on, an interrupted one is repeated, a full non-blocking
 * descriptor is waited for (30 s at most, then -ETIMEDOUT). 0 or -errno.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_fd_write_all(int fd, const void *bytes, size_t size_bytes);

/*
 * The same open file on a number above 2; fd itself is closed when that took a copy. A program that
 * closed its standard output must not print into our file. The descriptor or -errno; a negative fd
 * is given back as it is.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_fd_above_stdio(int fd);

/*
 * Open a file for reading: never waits (a FIFO in the place of a file) and never becomes the
 * controlling terminal. The descriptor, above 2, or -errno.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_fd_open_read(const char *path);

/*
 * Read size_bytes at offset: the number of bytes read, less only at the end of the file, or -errno.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
CPA_MUST_CHECK long cpa_fd_read_at(
	int fd, void *bytes, size_t size_bytes, unsigned long long offset);

/*
 * Close, keeping errno. Negative: nothing.
 *
 * Thread: any
 * Signal: safe
 * Memory: none
 * Errno:  kept
 */
void cpa_fd_close(int fd);

#endif
