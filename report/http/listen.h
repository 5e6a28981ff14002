/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The socket that listens, and why it cannot.
 * Not here: reading the address (address.c), accepting (connection.c).
 */
#ifndef CPA_HTTP_LISTEN_H
#define CPA_HTTP_LISTEN_H

#include <stddef.h>

#include "base/compiler.h"
#include "report/http/address.h"
#include "report/service.h"

#define CPA_HTTP_LISTEN_TEXT_MAX 512u

/*
 * Open it. The descriptor, and where it listens as a URL; or -errno, and a reason for people. An
 * address that other machines reach is refused without a token. A socket's file that nobody listens
 * at any more is replaced; ours has mode 0600. Changes the umask of the calling thread alone, which
 * has left the program's where the kernel allows it.
 *
 * Thread: owner
 * Signal: unsafe
 * Memory: none
 * Errno:  set
 */
CPA_MUST_CHECK int cpa_http_listen_open(const struct cpa_service_order *order,
	struct cpa_http_address *ret_address, char ret_text[CPA_HTTP_LISTEN_TEXT_MAX]);

#endif
