/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much memory is resident when so many objects from so many call stacks are live, of so many
 * sizes from each?
 *
 *   live OBJECTS STACKS SIZES        prints "rss_bytes X"
 *
 * Not here: the stacks (tree.h), which of the objects are samples (bench/memory).
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rss.h"
#include "tree.h"

int main(int argc, char **argv)
{
	uint64_t objects;
	uint32_t stacks, sizes;

	if (argc != 4) {
		fprintf(stderr, "usage: live OBJECTS STACKS SIZES\n");
		return 2;
	}
	objects = strtoull(argv[1], NULL, 10);
	stacks = (uint32_t)strtoul(argv[2], NULL, 10);
	sizes = (uint32_t)strtoul(argv[3], NULL, 10);
	for (uint64_t i = 0; i < objects; i++) {
		size_t size_bytes = TREE_SIZE(i, stacks, sizes);

		memset(TREE_ALLOC((uint32_t)(i % stacks), size_bytes), 1, size_bytes);
	}
	printf("rss_bytes %.0f\n", rss_now_bytes());
	return 0;
}
