/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does the table hold the modules that are loaded, learn those that come, and leave out those that
 * went?
 * Not here: mappings in the reports (test_maps.c).
 */
#include "tests/unit/cmocka_all.h"

#include "sampling/modules.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

/* Part of glibc, and of no use to this program. */
#define LATE_LIBRARY "libresolv.so.2"
#define LATE_SYMBOL  "__b64_ntop"

struct search {
	uint64_t addr;
	bool has_frames; /* unwind tables */
	int found;
};

static int look(struct dl_phdr_info *info, size_t info_bytes, void *data)
{
	struct search *search = data;
	bool here = false, frames = false;

	assert_true(info_bytes >= offsetof(struct dl_phdr_info, dlpi_adds));
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *phdr = &info->dlpi_phdr[i];

		frames |= phdr->p_type == PT_GNU_EH_FRAME;
		here |= phdr->p_type == PT_LOAD &&
			search->addr - info->dlpi_addr - phdr->p_vaddr < phdr->p_memsz;
	}
	if (here) {
		search->found++;
		search->has_frames = frames;
	}
	return 0;
}

static int find(const void *addr)
{
	struct search search = {.addr = (uintptr_t)addr};

	assert_int_equal(cpa_modules_iterate(look, &search), 0);
	assert_true(!search.found || search.has_frames);
	return search.found;
}

static int stop(struct dl_phdr_info *info, size_t info_bytes, void *data)
{
	++*(int *)data;
	return 42;
}

static void test_init(void **state)
{
	int calls = 0;

	errno = 4711;
	cpa_modules_init();
	assert_int_equal(errno, 4711);
	assert_int_equal(find(test_init), 1);
	assert_int_equal(find(dlsym(RTLD_DEFAULT, "qsort")), 1);
	assert_int_equal(find(&calls), 0);
	assert_int_equal(cpa_modules_iterate(stop, &calls), 42);
	assert_int_equal(calls, 1);
}

static void test_own(void **state)
{
	int on_stack;

	/* Here the library is linked into the program: all of its code is "own". */
	assert_true(cpa_modules_own((uintptr_t)cpa_modules_own));
	assert_false(cpa_modules_own((uintptr_t)dlsym(RTLD_DEFAULT, "qsort")));
	assert_false(cpa_modules_own((uintptr_t)&on_stack));
	assert_false(cpa_modules_own(0));
	assert_false(cpa_modules_own(UINT64_MAX));
}

static void test_learn(void **state)
{
	void *library = dlopen(LATE_LIBRARY, RTLD_NOW);
	uint64_t pcs[4] = {(uintptr_t)test_learn, 0, 1, (uintptr_t)&library};
	void *addr;

	assert_non_null(library);
	addr = dlsym(library, LATE_SYMBOL);
	assert_non_null(addr);
	assert_int_equal(find(addr), 0);
	assert_false(cpa_modules_learn(pcs, 4));
	pcs[1] = (uintptr_t)addr;
	errno = 4711;
	assert_true(cpa_modules_learn(pcs, 4));
	assert_int_equal(errno, 4711);
	assert_int_equal(find(addr), 1);
	assert_false(cpa_modules_learn(pcs, 4));
	assert_int_equal(dlclose(library), 0);
	if (dlopen(LATE_LIBRARY, RTLD_NOW | RTLD_NOLOAD))
		skip(); /* a sanitizer keeps it */
	assert_int_equal(find(addr), 0);
	assert_false(cpa_modules_learn(pcs, 4));
}

/* patchelf moves program headers to the end of a file, which need not be mapped. */
static void test_headers_elsewhere(void **state)
{
	void *library = dlopen("libthread_db.so.1", RTLD_LAZY);
	uint64_t pc = (uintptr_t)dlsym(library, "td_init");
	struct dl_find_object found;
	ElfW(Ehdr) * ehdr;

	assert_int_equal(_dl_find_object((void *)(uintptr_t)pc, &found), 0);
	ehdr = found.dlfo_map_start;
	assert_int_equal(mprotect(ehdr, 4096, PROT_READ | PROT_WRITE), 0);
	ehdr->e_phoff = (size_t)1 << 40;
	assert_true(cpa_modules_learn(&pc, 1));
	assert_int_equal(find((const void *)(uintptr_t)pc), 1);
}

/* It comes again and again, wherever, and is found each time. */
static void test_again(void **state)
{
	for (int i = 0; i < 200; i++) {
		void *library = dlopen(LATE_LIBRARY, RTLD_NOW);
		void *addr = dlsym(library, LATE_SYMBOL);
		uint64_t pc = (uintptr_t)addr;

		(void)cpa_modules_learn(&pc, 1);
		assert_int_equal(find(addr), 1);
		dlclose(library);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_init),
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_learn),
		cmocka_unit_test(test_headers_elsewhere),
		cmocka_unit_test(test_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
