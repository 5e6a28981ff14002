/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One call site in a shared library, named by -DNAME=...
 * Not here: who calls it (names.c).
 */
#include <stdlib.h>

void *NAME(size_t size_bytes);
void *NAME(size_t size_bytes)
{
	void *ptr = malloc(size_bytes);

	__asm__ volatile("" : "+r"(ptr) : : "memory");
	return ptr;
}
