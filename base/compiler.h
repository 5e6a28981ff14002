/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The few compiler words used everywhere.
 * Not here: atomics (C11 stdatomic.h or the __atomic builtins where the storage is shared memory).
 */
#ifndef CPA_BASE_COMPILER_H
#define CPA_BASE_COMPILER_H

#define CPA_EXPORT       __attribute__((visibility("default")))
#define CPA_HIDDEN       __attribute__((visibility("hidden")))
#define CPA_COLD         __attribute__((cold, noinline))
#define CPA_MUST_CHECK   __attribute__((warn_unused_result))
#define CPA_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define CPA_TLS_IE       __thread __attribute__((tls_model("initial-exec")))

#define cpa_likely(x)   __builtin_expect(!!(x), 1)
#define cpa_unlikely(x) __builtin_expect(!!(x), 0)

#define CPA_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* The text of a name, after macros have had their way with it. */
#define CPA_NAME_TEXT_(x) #x
#define CPA_NAME_TEXT(x)  CPA_NAME_TEXT_(x)

#endif
