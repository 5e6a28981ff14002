/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The plan: which call site allocates how many objects of which size, and how many of them die.
 * Not here: the call sites themselves (plan.c, plan_cxx.cc), the comparison with a profile
 * (helpers/exact.py).
 */
#ifndef CPA_TESTS_PLAN_H
#define CPA_TESTS_PLAN_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Keeps the compiler from dropping a call, from making it a jump, and from merging two of them. */
#define KEEP(ptr) __asm__ volatile("" : "+r"(ptr) : : "memory")
#define NOINLINE  __attribute__((noinline, noclone))

/*
 * A way to get memory, and the way to give it back. alloc stores what it asked for in *req_bytes
 * (it may ask for more than size_bytes, as calloc does); NULL means that it failed, as planned.
 */
struct plan_site {
	const char *name; /* of the function, as the profile has it */
	void *(*alloc)(size_t size_bytes, size_t *req_bytes);
	void (*release)(void *ptr, size_t req_bytes);
	int flags;
};

enum {
	PLAN_THROUGH_LIBC =
		1, /* malloc is called by libc on the site's behalf: the site is not the leaf */
	PLAN_UNTRACKED = 2, /* the program chose the place itself: no sample */
	PLAN_OPTIONAL = 4,  /* only where the library has the function (weak symbol) */
};

extern const struct plan_site plan_cxx_sites[];
extern const size_t plan_cxx_site_count;

#ifdef __cplusplus
}
#endif

#endif
