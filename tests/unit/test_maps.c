/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which file is an address in: the program, libraries, libraries that were closed, no file at all?
 * Covers report/maps.c and procmaps.c.
 * Not here: names of functions (test_elf.c).
 */
#include "tests/unit/scratch.h"

#include "base/arena.h"
#include "report/maps.h"
#include "report/procmaps.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/wait.h>

static struct cpa_arena arena;

static struct cpa_maps taken(void)
{
	struct cpa_maps maps;

	errno = 77;
	cpa_maps_refresh();
	assert_int_equal(cpa_maps_copy(&arena, &maps), 0);
	assert_int_equal(errno, 77);
	return maps;
}

static const struct cpa_maps_module *found(const struct cpa_maps *maps, const void *address)
{
	return cpa_maps_find(maps, (uintptr_t)address);
}

static void test_program_is_first(void **unused)
{
	struct cpa_maps maps = taken();
	char exe[512] = "";

	(void)unused;
	assert_true(readlink("/proc/self/exe", exe, sizeof(exe) - 1) > 0);
	assert_true(maps.count > 1);
	assert_true(maps.modules[0].is_main);
	assert_true(maps.modules[0].is_live);
	assert_string_equal(maps.modules[0].path, exe);
	assert_ptr_equal(found(&maps, (const void *)taken), &maps.modules[0]);
	assert_true(maps.modules[0].build_id_bytes >= 8);
}

static void test_libraries(void **unused)
{
	struct cpa_maps maps = taken();
	const struct cpa_maps_module *libc = found(&maps, (const void *)strtoull);
	int on_stack;

	(void)unused;
	assert_non_null(libc);
	assert_non_null(strstr(libc->path, "/libc.so"));
	assert_int_equal(libc->path[0], '/');
	assert_false(libc->is_main);
	assert_true(libc->file_offset < (uint64_t)10 << 20);
	if (getauxval(AT_SYSINFO_EHDR)) {
		const struct cpa_maps_module *vdso = NULL;

		for (uint32_t i = 0; i < maps.count; i++)
			if (!strcmp(maps.modules[i].path, "[vdso]"))
				vdso = &maps.modules[i];
		assert_non_null(vdso);
	}
	assert_null(found(&maps, &on_stack));
	assert_null(found(&maps, NULL));
	assert_null(found(&maps, (const void *)UINTPTR_MAX));
}

static void make_library(const char *name, int number)
{
	FILE *file = fopen(scratch_path("l.c"), "w");

	fprintf(file, "int number(void) { return %d; }\n", number);
	fclose(file);
	if (scratch_run("${CC:-cc} -shared -fPIC -Wl,--build-id -o %s l.c", name))
		skip();
}

/* What was closed keeps its name until something else is loaded in its place. */
static void test_closed_library(void **unused)
{
	const struct cpa_maps_module *module;
	struct cpa_maps maps;
	const void *function;
	uint64_t start, limit;
	void *handle, *place;

	(void)unused;
	make_library("one.so", 1);
	handle = dlopen(scratch_path("one.so"), RTLD_NOW);
	assert_non_null(handle);
	function = dlsym(handle, "number");
	cpa_maps_refresh(); /* as before any dlclose */
	assert_int_equal(dlclose(handle), 0);
	maps = taken();
	module = found(&maps, function);
	assert_non_null(module);
	assert_false(module->is_live);
	assert_string_equal(module->path, scratch_path("one.so"));
	start = module->start & ~(uint64_t)4095;
	limit = module->limit;

	/* Another one at the same address: now it is the one. */
	make_library("two.so", 2);
	handle = dlopen(scratch_path("two.so"), RTLD_NOW);
	assert_non_null(handle);
	maps = taken();
	module = found(&maps, dlsym(handle, "number"));
	assert_non_null(module);
	assert_true(module->is_live);
	assert_string_equal(module->path, scratch_path("two.so"));
	if (dlsym(handle, "number") != function)
		print_message("the second library is elsewhere: order of preference not seen\n");
	else
		assert_ptr_equal(found(&maps, function), module);
	assert_int_equal(dlclose(handle), 0);

	/* Both closed, the newer one wins where they overlap. */
	maps = taken();
	assert_non_null(found(&maps, function));
	assert_false(found(&maps, function)->is_live);

	/* Loaded again: live again, and not twice in the table. */
	handle = dlopen(scratch_path("one.so"), RTLD_NOW);
	maps = taken();
	assert_true(found(&maps, dlsym(handle, "number"))->is_live);
	assert_int_equal(dlclose(handle), 0);
	place = mmap((void *)(uintptr_t)start, limit - start, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_ptr_not_equal(place, MAP_FAILED);
	munmap(place, limit - start);
}

/* Opened by a relative name, then the program goes elsewhere. */
static void test_relative_name(void **unused)
{
	const struct cpa_maps_module *module;
	struct cpa_maps maps;
	char here[512];
	void *handle;

	(void)unused;
	make_library("rel.so", 3);
	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(chdir(scratch_dir), 0);
	handle = dlopen("./rel.so", RTLD_NOW);
	assert_int_equal(chdir(here), 0);
	assert_non_null(handle);
	maps = taken();
	module = found(&maps, dlsym(handle, "number"));
	assert_non_null(module);
	assert_string_equal(module->path, scratch_path("rel.so"));
	dlclose(handle);
}

static void test_plugins_without_end(void **unused)
{
	size_t mapped_bytes;
	struct cpa_maps maps;

	(void)unused;
	make_library("many.so", 4);
	(void)taken();
	for (int i = 0; i < 300; i++) {
		void *handle = dlopen(scratch_path("many.so"), RTLD_NOW);

		assert_non_null(handle);
		cpa_maps_refresh();
		dlclose(handle);
	}
	mapped_bytes = arena.mapped_bytes;
	maps = taken();
	assert_true(maps.count < 350);
	assert_true(arena.mapped_bytes - mapped_bytes < (size_t)1 << 20);
}

static void test_file_at(void **unused)
{
	char path[512], small[4];
	char deleted[] = "/a/b (deleted)", bare[] = " (deleted)";
	int on_stack;

	(void)unused;
	assert_true(cpa_procmaps_file_at((uintptr_t)taken, path, sizeof(path)));
	assert_non_null(strstr(path, "test_maps"));
	assert_false(cpa_procmaps_file_at((uintptr_t)taken, small, sizeof(small)));
	assert_false(cpa_procmaps_file_at((uintptr_t)&on_stack, path, sizeof(path)));
	assert_false(cpa_procmaps_file_at(0, path, sizeof(path)));
	cpa_procmaps_cut_deleted(deleted);
	assert_string_equal(deleted, "/a/b");
	cpa_procmaps_cut_deleted(bare);
	assert_string_equal(bare, " (deleted)");
}

static _Atomic int stop;

static void *refresh_for_ever(void *unused)
{
	while (!stop)
		cpa_maps_refresh();
	return unused;
}

/* A child made in the middle of it all can still look at its modules: the loader's lock is free. */
static void test_fork_while_others_look(void **unused)
{
	pthread_t threads[2];

	(void)unused;
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, refresh_for_ever, NULL), 0);
	for (int i = 0; i < 200; i++) {
		int status = -1;
		pid_t pid;

		cpa_maps_prefork();
		pid = fork();
		if (!pid) {
			struct cpa_maps maps;

			alarm(10);
			cpa_maps_postfork_child();
			cpa_maps_refresh();
			cpa_arena_init(&arena, 0);
			_exit(cpa_maps_copy(&arena, &maps) || !found(&maps, (const void *)taken));
		}
		cpa_maps_postfork_parent();
		assert_true(pid > 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
	stop = 1;
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_program_is_first),
		cmocka_unit_test(test_libraries),
		cmocka_unit_test(test_closed_library),
		cmocka_unit_test(test_relative_name),
		cmocka_unit_test(test_plugins_without_end),
		cmocka_unit_test(test_file_at),
		cmocka_unit_test(test_fork_while_others_look),
	};

	return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
