/* SPDX-License-Identifier: BSD-2-Clause */
/* The shared library of compat.cc. */
#include <stdlib.h>

void *library_site(size_t size_bytes);

__attribute__((noinline)) void *library_site(size_t size_bytes)
{
	void *ptr = malloc(size_bytes);

	__asm__ volatile("" : "+r"(ptr) : : "memory");
	return ptr;
}
