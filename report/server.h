/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The HTTP server: its module, its thread, one of each in a process.
 * Not here: HTTP (report/http/), the tables between the two (service.h).
 *
 * The module is opened only when it is asked for: a program that serves nothing carries nothing of
 * it. Its thread has descriptors of its own, so the socket is not in the program's table: no
 * program that closes all its descriptors closes ours, and no child inherits it. A forked child has
 * no server.
 */
#ifndef CPA_REPORT_SERVER_H
#define CPA_REPORT_SERVER_H

#include "base/compiler.h"
#include "base/conf.h"
#include "report/snapshot.h"

/*
 * Remember the settings, and serve if they say where. What goes wrong is told in one line. After
 * cpa_snapshot_init.
 *
 * Thread: owner, once at start
 * Signal: unsafe
 * Memory: heap
 * Errno:  kept
 */
void cpa_server_init(const struct cpa_conf *conf, const struct cpa_snapshot_source *source);

/*
 * Serve at HOST:PORT or unix:PATH. Waits until the server listens, or cannot. 0; -EALREADY: there
 * is one; -EINVAL: not such an address; -EACCES: another address than of this machine, without a
 * token; -ENOSYS: no module; or why it cannot listen. Each failure is told in one line.
 *
 * Thread: any
 * Signal: unsafe
 * Memory: heap
 * Errno:  kept
 */
CPA_MUST_CHECK int cpa_server_listen(const char *address);

/*
 * The program is ending: remove the socket's file. Waits for a server that starts, a second at
 * most.
 *
 * Thread: any, once
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_server_final(void);

/*
 * In the child of a fork: there is no server.
 *
 * Thread: the forking one
 * Signal: unsafe
 * Memory: none
 * Errno:  kept
 */
void cpa_server_postfork_child(void);

#endif
