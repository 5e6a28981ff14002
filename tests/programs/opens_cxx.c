/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A C program that knows nothing of C++ opens a C++ library (first argument) and calls its
 * function that throws. Not here: the library (throws.cc).
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	void *library;
	int (*catches)(int);

	if (argc != 2)
		return 2;
	free(malloc(100));
	library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
	if (!library) {
		fprintf(stderr, "%s\n", dlerror());
		return 1;
	}
	catches = (int (*)(int))dlsym(library, "catches");
	for (int depth = 0; depth < 50; depth++)
		printf("%d ", catches(depth));
	printf("\n");
	return 0;
}
