/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Call sites whose names a profile must give back: of the program, of a library it is linked with,
 * and of one that it opens and closes.
 *
 *   names [LIBRARY]     LIBRARY is opened, used and closed
 *
 * Not here: C++ (names_cxx.cc), what the names should be (tests/integration/names.bats).
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#define KEEP(ptr) __asm__ volatile("" : "+r"(ptr) : : "memory")
#define NOINLINE  __attribute__((noinline))

#ifdef WITH_LIBRARY
void *in_library(size_t size_bytes);
#endif

NOINLINE void *caller_of_malloc(void);
NOINLINE void *caller_of_malloc(void)
{
	void *ptr = malloc(1009);
	KEEP(ptr);
	return ptr;
}

NOINLINE void *caller_of_calloc(void);
NOINLINE void *caller_of_calloc(void)
{
	void *ptr = calloc(1, 2003);
	KEEP(ptr);
	return ptr;
}

NOINLINE void *caller_of_realloc(void *ptr);
NOINLINE void *caller_of_realloc(void *ptr)
{
	ptr = realloc(ptr, 3001);
	KEEP(ptr);
	return ptr;
}

NOINLINE void *caller_of_aligned_alloc(void);
NOINLINE void *caller_of_aligned_alloc(void)
{
	void *ptr = aligned_alloc(64, 4096);
	KEEP(ptr);
	return ptr;
}

int main(int argc, char **argv)
{
	void *kept[16];
	int count = 0;

	kept[count++] = caller_of_malloc();
	kept[count++] = caller_of_calloc();
	kept[count++] = caller_of_realloc(NULL);
	kept[count++] = caller_of_aligned_alloc();
#ifdef WITH_LIBRARY
	kept[count++] = in_library(5003);
#endif
	if (argc > 1) {
		void *library = dlopen(argv[1], RTLD_NOW);
		void *(*opened)(size_t);

		if (!library) {
			fprintf(stderr, "%s\n", dlerror());
			return 1;
		}
		opened = (void *(*)(size_t))dlsym(library, "in_opened");
		kept[count++] = opened(6007);
		if (dlclose(library))
			return 1;
		/* What closing and reopening other things does to addresses must not matter. */
		kept[count++] = caller_of_malloc();
	}
	KEEP(kept[0]);
	return 0;
}
