/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Are functions called what nm calls them, in programs and libraries of every kind, and is a bad
 * file only a file without names? Covers report/elf.c, symbols.c and starts.c.
 * Not here: which file an address is in (test_maps.c).
 */
#include "tests/unit/scratch.h"

#include "report/elf.h"
#include "report/starts.h"
#include "report/symbols.h"

#include <elf.h>
#include <link.h>

static const char source[] =
	"#include <stdlib.h>\n"
	"#include <string.h>\n"
	"static __attribute__((noinline)) int hidden(int a) { return a * 3; }\n"
	"int plain(int a) { return hidden(a) + 1; }\n"
	"int __odd_name(int a) __attribute__((alias(\"plain\")));\n"
	"__attribute__((weak)) int weak_one(int a) { return plain(a) - hidden(a); }\n"
	"__asm__(\".text\\n.globl bare\\nbare: ret\\nnop\\nnop\\n\");\n"
	"int main(int argc, char **argv)\n"
	"{ return weak_one(argc) + (int)strlen(argv[0]) ? 0 : 1; }\n";

static int have_tools;

static int begin(void **state)
{
	int status = scratch_begin(state);
	FILE *file = status ? NULL : fopen(scratch_path("a.c"), "w");

	if (!file)
		return -1;
	fputs(source, file);
	fclose(file);
	have_tools =
		!scratch_run("${CC:-cc} -O1 -fPIE -pie -rdynamic -Wl,--build-id -o pie a.c") &&
		!scratch_run("${CC:-cc} -O1 -no-pie -Wl,--build-id -o nopie a.c") &&
		!scratch_run("${CC:-cc} -O1 -fPIC -shared -Wl,--build-id -o lib.so a.c") &&
		!scratch_run("${CC:-cc} -O1 -fPIC -shared -Wl,--build-id=none -o noid.so a.c") &&
		!scratch_run("cp pie stripped && strip stripped") &&
		!scratch_run("cp nopie bare && strip bare");
	return 0;
}

/* The module that the loader would make of a file, at bias 0. */
static struct cpa_maps_module module_of(const char *path)
{
	struct cpa_maps_module module = {.path = path};
	char *bytes = scratch_read(path, NULL);
	const ElfW(Ehdr) *header = (const void *)bytes;
	const ElfW(Phdr) *segments = (const void *)(bytes + header->e_phoff);

	for (int i = 0; i < header->e_phnum; i++) {
		if (segments[i].p_type == PT_LOAD && (segments[i].p_flags & PF_X)) {
			module.start = segments[i].p_vaddr;
			module.limit = segments[i].p_vaddr + segments[i].p_memsz;
			module.file_offset = segments[i].p_offset;
		}
		if (segments[i].p_type == PT_NOTE && !module.build_id_bytes)
			module.build_id_bytes = cpa_elf_build_id(bytes + segments[i].p_offset,
				segments[i].p_filesz, segments[i].p_align, module.build_id);
	}
	free(bytes);
	return module;
}

static uint64_t address_of(const char *file, const char *nm_options, const char *name)
{
	char command[512], line[64] = "";
	FILE *pipe;

	snprintf(command, sizeof(command), "nm %s '%s' | awk '$NF == \"%s\" { print $1 }'",
		nm_options, scratch_path(file), name);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	(void)!fgets(line, sizeof(line), pipe);
	pclose(pipe);
	assert_string_not_equal(line, "");
	return strtoull(line, NULL, 16);
}

/* The name found for one address of a file; "" for none. */
static const char *name_at(const char *file, uint64_t address)
{
	static char name[CPA_ELF_NAME_MAX];
	struct cpa_maps_module module = module_of(scratch_path(file));
	struct cpa_symbols *symbols;
	struct cpa_arena arena;
	struct cpa_elf *elf;
	uint64_t start;

	cpa_arena_init(&arena, 0);
	elf = cpa_elf_open(&arena, scratch_path(file), &module);
	assert_non_null(elf);
	cpa_starts_find(elf, &address, 1, &start);
	symbols = cpa_symbols_find(elf, &address, &start, 1);
	assert_non_null(symbols);
	strcpy(name, cpa_symbols_name(symbols, 0));
	cpa_elf_close(elf);
	cpa_arena_done(&arena);
	return name;
}

/*
 * Every function nm knows, all at once: at its first byte and its last the name is one of those
 * that nm has for the same first byte.
 */
static void check_all(const char *file, const char *nm_options)
{
	enum { MOST = 4096 };
	static uint64_t starts[MOST], addresses[2 * MOST], unknown[2 * MOST];
	static char names[MOST][128];
	struct cpa_maps_module module = module_of(scratch_path(file));
	struct cpa_symbols *symbols;
	struct cpa_arena arena;
	struct cpa_elf *elf;
	size_t count = 0, wanted = 0;
	char command[512], line[512], type;
	unsigned long long size_bytes, value;
	FILE *pipe;

	snprintf(command, sizeof(command), "nm -n -S --defined-only %s '%s'", nm_options,
		scratch_path(file));
	pipe = popen(command, "r");
	assert_non_null(pipe);
	while (fgets(line, sizeof(line), pipe) && count < MOST) {
		if (sscanf(line, "%llx %llx %c %127s", &value, &size_bytes, &type, names[count]) !=
				4 ||
			!strchr("TtWwi", type) || value < module.start || value >= module.limit)
			continue;
		starts[count] = value;
		if (!wanted || addresses[wanted - 1] < value) {
			addresses[wanted++] = value;
			if (size_bytes > 1)
				addresses[wanted++] = value + size_bytes - 1;
		}
		*(strchr(names[count], '@') ? strchr(names[count], '@') : names[count] + 127) =
			'\0';
		count++;
	}
	assert_int_equal(pclose(pipe), 0);
	assert_true(wanted > 3);

	cpa_arena_init(&arena, 0);
	elf = cpa_elf_open(&arena, scratch_path(file), &module);
	assert_non_null(elf);
	symbols = cpa_symbols_find(elf, addresses, unknown, wanted);
	assert_non_null(symbols);
	for (size_t i = 0; i < wanted; i++) {
		int known = 0;
		uint64_t start;

		assert_true(cpa_symbols_start(symbols, i, &start));
		for (size_t j = 0; j < count; j++)
			known |= starts[j] == start &&
				 !strcmp(names[j], cpa_symbols_name(symbols, i));
		if (!known)
			fail_msg("%s: 0x%llx is called %s", file, (unsigned long long)addresses[i],
				cpa_symbols_name(symbols, i));
	}
	cpa_elf_close(elf);
	cpa_arena_done(&arena);
}

static void test_names_as_nm(void **unused)
{
	(void)unused;
	if (!have_tools)
		skip();
	check_all("pie", "");
	check_all("nopie", "");
	check_all("lib.so", "");
	check_all("noid.so", "");
	check_all("stripped", "-D");
}

static void test_choice_among_names(void **unused)
{
	(void)unused;
	if (!have_tools)
		skip();
	assert_string_equal(name_at("pie", address_of("pie", "", "hidden") + 1), "hidden");
	assert_string_equal(name_at("pie", address_of("pie", "", "__odd_name") + 1), "plain");
	assert_string_equal(name_at("stripped", address_of("pie", "", "weak_one") + 1), "weak_one");
	/* A label without a size reaches to the next one. */
	assert_string_equal(name_at("pie", address_of("pie", "", "bare") + 2), "bare");
	/* Static functions of a stripped program have no name. */
	assert_string_equal(name_at("stripped", address_of("pie", "", "hidden") + 1), "");
	assert_string_equal(name_at("bare", address_of("nopie", "", "plain") + 1), "");
}

static void test_starts_without_names(void **unused)
{
	struct cpa_maps_module module;
	uint64_t addresses[3], starts[3];
	struct cpa_arena arena;
	struct cpa_elf *elf;

	(void)unused;
	if (!have_tools)
		skip();
	addresses[0] = address_of("pie", "", "bare") + 1; /* no unwind table */
	addresses[1] = address_of("pie", "", "hidden");
	addresses[2] = addresses[1] + 1;
	assert_true(addresses[0] < addresses[1]);
	module = module_of(scratch_path("stripped"));
	cpa_arena_init(&arena, 0);
	elf = cpa_elf_open(&arena, scratch_path("stripped"), &module);
	assert_non_null(elf);
	cpa_starts_find(elf, addresses, 3, starts);
	assert_int_equal(starts[0], 0);
	assert_int_equal(starts[1], addresses[1]);
	assert_int_equal(starts[2], addresses[1]);
	cpa_elf_close(elf);
	cpa_arena_done(&arena);
}

/* Another build in the place of the one that was loaded must give no names at all. */
static void test_other_file_is_refused(void **unused)
{
	struct cpa_maps_module module;
	struct cpa_arena arena;

	(void)unused;
	if (!have_tools)
		skip();
	cpa_arena_init(&arena, 0);
	module = module_of(scratch_path("pie"));
	assert_null(cpa_elf_open(&arena, scratch_path("nopie"), &module));
	assert_null(cpa_elf_open(&arena, scratch_path("missing"), &module));
	assert_null(cpa_elf_open(&arena, scratch_dir, &module));
	module.build_id[3] ^= 1;
	assert_null(cpa_elf_open(&arena, scratch_path("pie"), &module));
	module.build_id_bytes = 0;
	assert_null(cpa_elf_open(&arena, scratch_path("pie"), &module));
	module = module_of(scratch_path("pie"));
	module.limit++;
	assert_null(cpa_elf_open(&arena, scratch_path("pie"), &module));
	/* A pipe in the place of the file: neither read nor waited for. */
	assert_int_equal(scratch_run("mkfifo pipe"), 0);
	assert_null(cpa_elf_open(&arena, scratch_path("pipe"), &module));
	cpa_arena_done(&arena);
}

/* Look up some addresses of whatever is in file; the result does not matter, coming back does. */
static void survive(const char *file, const struct cpa_maps_module *module)
{
	uint64_t addresses[64], starts[64];
	struct cpa_symbols *symbols;
	struct cpa_arena arena;
	struct cpa_elf *elf;

	for (size_t i = 0; i < 64; i++)
		addresses[i] = module->start + i * ((module->limit - module->start) / 64 + 1);
	cpa_arena_init(&arena, (size_t)64 << 20);
	elf = cpa_elf_open(&arena, scratch_path(file), module);
	if (elf) {
		cpa_starts_find(elf, addresses, 64, starts);
		symbols = cpa_symbols_find(elf, addresses, starts, 64);
		for (size_t i = 0; symbols && i < 64; i++)
			(void)cpa_symbols_name(symbols, i);
	}
	cpa_elf_close(elf);
	cpa_arena_done(&arena);
}

/* Each byte of the headers wrong in turn, then noise everywhere, then cut short anywhere. */
static void test_bad_files(void **unused)
{
	struct cpa_maps_module module;
	size_t size_bytes, section_table;
	uint32_t noise = 1;
	char *bytes, *copy;

	(void)unused;
	if (!have_tools)
		skip();
	module = module_of(scratch_path("pie"));
	bytes = scratch_read(scratch_path("pie"), &size_bytes);
	copy = malloc(size_bytes);
	section_table = ((const ElfW(Ehdr) *)(const void *)bytes)->e_shoff;
	for (int round = 0; round < 1500; round++) {
		FILE *file = fopen(scratch_path("bad"), "w");
		size_t length = size_bytes;

		memcpy(copy, bytes, size_bytes);
		if (round < 64) {
			copy[round] = (char)0xff;
		} else if (round < 1000) {
			size_t span = size_bytes - section_table;

			noise = noise * 1664525 + 1013904223;
			copy[section_table + noise % span] ^= (char)(1u << noise % 8);
			noise = noise * 1664525 + 1013904223;
			copy[section_table + noise % span] = (char)(noise >> 24);
		} else if (round < 1250) {
			for (int i = 0; i < 200; i++) {
				noise = noise * 1664525 + 1013904223;
				copy[64 + (noise >> 4) % (size_bytes - 64)] = (char)(noise >> 24);
			}
		} else {
			noise = noise * 1664525 + 1013904223;
			length = noise % size_bytes;
		}
		fwrite(copy, 1, length, file);
		fclose(file);
		survive("bad", &module);
	}
	free(bytes);
	free(copy);
}

static void test_build_id_bounds(void **unused)
{
	static const uint32_t note[] = {4, 20, NT_GNU_BUILD_ID, 0x00554e47, 1, 2, 3, 4, 5};
	uint32_t other[12] = {4, 4, 1, 0x00554e47, 9};
	uint8_t id[CPA_MAPS_BUILD_ID_MAX];

	(void)unused;
	assert_int_equal(cpa_elf_build_id(note, sizeof(note), 4, id), 20);
	assert_memory_equal(id, &note[4], 20);
	for (size_t i = 0; i < sizeof(note); i++)
		assert_int_equal(cpa_elf_build_id(note, i, 4, id), 0);
	memcpy(&other[5], note, 28);
	assert_int_equal(cpa_elf_build_id(other, sizeof(other), 4, id), 0);
	other[1] = 0xfffffff0u;
	assert_int_equal(cpa_elf_build_id(other, sizeof(other), 4, id), 0);
	other[0] = 0xffffffffu;
	assert_int_equal(cpa_elf_build_id(other, sizeof(other), 4, id), 0);
}

/* Linkers make ids of 8, 16 and 20 bytes; a longer one than there is room for is none. */
static void test_build_id_lengths(void **unused)
{
	static const uint32_t lengths[] = {0, 1, 8, 16, 20, CPA_MAPS_BUILD_ID_MAX,
		CPA_MAPS_BUILD_ID_MAX + 1, 64, UINT32_MAX};

	(void)unused;
	for (size_t i = 0; i < CPA_ARRAY_LEN(lengths); i++) {
		uint32_t words[4 + 16] = {4, lengths[i], NT_GNU_BUILD_ID};
		uint32_t wanted = lengths[i] <= CPA_MAPS_BUILD_ID_MAX ? lengths[i] : 0;
		uint8_t id[CPA_MAPS_BUILD_ID_MAX + 64];

		memcpy(&words[3], "GNU", 4);
		memset(&words[4], 0x5a, 64);
		memset(id, 0, sizeof(id));
		assert_int_equal(cpa_elf_build_id(words, sizeof(words), 4, id), wanted);
		for (size_t j = 0; j < sizeof(id); j++)
			assert_int_equal(id[j], j < wanted ? 0x5a : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_as_nm),
		cmocka_unit_test(test_choice_among_names),
		cmocka_unit_test(test_starts_without_names),
		cmocka_unit_test(test_other_file_is_refused),
		cmocka_unit_test(test_bad_files),
		cmocka_unit_test(test_build_id_bounds),
		cmocka_unit_test(test_build_id_lengths),
	};

	return cmocka_run_group_tests(tests, begin, scratch_end);
}
