/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much memory is resident when so many objects of one size are live?
 *
 *   heap MIB SIZE        prints "rss_bytes X"
 *
 * The objects come from eight call sites and are all touched. Their addresses are kept in a
 * mapping of its own, so that the heap holds nothing else.
 * Not here: who answers malloc (bench/memory).
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "rss.h"

#define SITES 8u

typedef void *site_function(size_t size_bytes);

#define SITE(n)                                                                                    \
	__attribute__((noinline)) static void *site_##n(size_t size_bytes)                         \
	{                                                                                          \
		void *ptr = malloc(size_bytes);                                                    \
		__asm__ volatile("# " #n : "+r"(ptr)::"memory");                                   \
		return ptr;                                                                        \
	}
SITE(0)
SITE(1)
SITE(2)
SITE(3)
SITE(4)
SITE(5)
SITE(6)
SITE(7)

static site_function *const sites[SITES] = {
	site_0, site_1, site_2, site_3, site_4, site_5, site_6, site_7};

int main(int argc, char **argv)
{
	uint64_t count, size_bytes;
	void **blocks;

	if (argc != 3) {
		fprintf(stderr, "usage: heap MIB SIZE\n");
		return 2;
	}
	size_bytes = strtoull(argv[2], NULL, 10);
	count = (strtoull(argv[1], NULL, 10) << 20) / size_bytes;
	blocks = mmap(NULL, count * sizeof(*blocks), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (blocks == MAP_FAILED)
		return 1;
	for (uint64_t i = 0; i < count; i++) {
		blocks[i] = sites[i % SITES](size_bytes);
		memset(blocks[i], 1, size_bytes);
	}
	printf("rss_bytes %.0f\n", rss_now_bytes());
	return 0;
}
