/* SPDX-License-Identifier: BSD-2-Clause */
/* What libunwind may do while malloc waits for it. */
#include "sampling/imports.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#if HAVE_VALGRIND_VALGRIND_H
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

#include "sampling/modules.h"
#include "sampling/tracecache.h"

#if defined(__x86_64__)
#define IS_IMPORT(type) ((type) == R_X86_64_JUMP_SLOT || (type) == R_X86_64_GLOB_DAT)
#elif defined(__aarch64__)
#define IS_IMPORT(type) ((type) == R_AARCH64_JUMP_SLOT || (type) == R_AARCH64_GLOB_DAT)
#else
#error "sampling/imports.c: name this processor's relocations for imported functions"
#endif

struct cpa_lock_gate cpa_imports_gate;
static CPA_TLS_IE bool active;
static void (*destructor)(void *value); /* of libunwind's key */

void cpa_imports_guard(bool now_active)
{
	active = now_active;
}

static int iterate(cpa_modules_callback *callback, void *data)
{
	return active ? cpa_modules_iterate(callback, data) : dl_iterate_phdr(callback, data);
}

/* The pipe through which libunwind tests addresses: it stays unopened, see probe below. */
static int open_pipe(int fds[2], int flags)
{
	return active ? 0 : pipe2(fds, flags);
}

static ssize_t drain_pipe(int fd, void *buffer, size_t buffer_bytes)
{
	if (!active)
		return read(fd, buffer, buffer_bytes);
	errno = EAGAIN; /* "the pipe is open and empty" */
	return -1;
}

/*
 * libunwind tests an address by write(pipe, address, 1). The kernel answers the same question
 * without a descriptor: it reads the new mask, 8 bytes, before it looks at `how`, which is none of
 * the three known ones.
 */
static long probe(const void *addr)
{
	const long no_such_how = -1;

	errno = 0; /* libunwind tries again while it is EINTR */
	/* Valgrind would report the unknown `how`, and the test of what nobody wrote, as errors. */
	if (RUNNING_ON_VALGRIND)
		return 1;
	if (syscall(SYS_rt_sigprocmask, no_such_how, addr, NULL, 8) == -1 && errno == EFAULT)
		return -1;
	return 1;
}

static long system_call(long number, long a, long b, long c, long d, long e, long f)
{
	if (active && number == SYS_write)
		return probe((const void *)b);
	return syscall(number, a, b, c, d, e, f);
}

/* Unwind tables on disk (.debug_frame) are not looked for: no file is opened inside malloc. */
static int open_file(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list args;

	if (active) {
		errno = ENOENT;
		return -1;
	}
	va_start(args, flags);
	if (flags & O_CREAT)
		mode = va_arg(args, mode_t);
	va_end(args);
	return open(path, flags, mode);
}

static void *map(void *addr, size_t size_bytes, int protection, int flags, int fd, off_t offset)
{
	void *mapped = mmap(addr, size_bytes, protection, flags, fd, offset);

	if (mapped != MAP_FAILED)
		cpa_tracecache_mapped(mapped, size_bytes);
	return mapped;
}

static int unmap(void *addr, size_t size_bytes)
{
	cpa_tracecache_unmapped(addr);
	return munmap(addr, size_bytes);
}

/*
 * A thread that ends gives back what libunwind kept for it, under a lock of libunwind's. With
 * signals blocked: a handler that forks would wait for the thread that it interrupted.
 */
static void give_back(void *value)
{
	sigset_t all, kept_mask;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &kept_mask);
	cpa_lock_gate_enter(&cpa_imports_gate);
	destructor(value);
	cpa_lock_gate_leave(&cpa_imports_gate);
	(void)pthread_sigmask(SIG_SETMASK, &kept_mask, NULL);
}

/* libunwind makes one key. */
static int create_key(pthread_key_t *ret_key, void (*its_destructor)(void *value))
{
	destructor = its_destructor;
	return pthread_key_create(ret_key, its_destructor ? give_back : NULL);
}

static int set_specific(pthread_key_t key, const void *value)
{
	cpa_tracecache_kept(value);
	return pthread_setspecific(key, value);
}

static const struct replacement {
	const char *name;
	void (*function)(void);
} replacements[] = {
	{"dl_iterate_phdr", (void (*)(void))iterate},
	{"pipe2", (void (*)(void))open_pipe},
	{"read", (void (*)(void))drain_pipe},
	{"syscall", (void (*)(void))system_call},
	{"open", (void (*)(void))open_file},
	{"mmap", (void (*)(void))map},
	{"munmap", (void (*)(void))unmap},
	{"pthread_key_create", (void (*)(void))create_key},
	{"pthread_setspecific", (void (*)(void))set_specific},
};

/*
 * The tables of a loaded library's dynamic section; glibc has turned their addresses into absolute
 * ones.
 */
struct dynamic {
	const char *strings;
	const ElfW(Sym) * symbols;
	const ElfW(Rela) * tables[2]; /* of functions, of data */
	size_t table_bytes[2];
};

static struct dynamic read_dynamic(const struct link_map *library)
{
	struct dynamic dynamic = {0};

	for (const ElfW(Dyn) *entry = library->l_ld; entry->d_tag != DT_NULL; entry++) {
		const void *addr = (const void *)entry->d_un.d_ptr;

		switch (entry->d_tag) {
		case DT_STRTAB:
			dynamic.strings = addr;
			break;
		case DT_SYMTAB:
			dynamic.symbols = addr;
			break;
		case DT_JMPREL:
			dynamic.tables[0] = addr;
			break;
		case DT_RELA:
			dynamic.tables[1] = addr;
			break;
		case DT_PLTRELSZ:
			dynamic.table_bytes[0] = entry->d_un.d_val;
			break;
		case DT_RELASZ:
			dynamic.table_bytes[1] = entry->d_un.d_val;
			break;
		default:
			break;
		}
	}
	return dynamic;
}

static bool write_slot(void (**slot)(void), void (*function)(void))
{
	uintptr_t page_bytes = (uintptr_t)sysconf(_SC_PAGESIZE);
	void *page = (void *)((uintptr_t)slot & ~(page_bytes - 1));

	/* It stays writable: whether it was, only /proc/self/maps could tell. */
	if (mprotect(page, page_bytes, PROT_READ | PROT_WRITE) != 0)
		return false;
	*slot = function;
	return true;
}

/*
 * Lead one import to its replacement, if it has one and is wanted. True when it was the one that
 * matters most.
 */
static bool replace_import(const struct link_map *library, const char *name,
	const ElfW(Rela) * rela, const char *only_name)
{
	if (only_name && strcmp(name, only_name) != 0)
		return false;
	for (size_t i = 0; i < CPA_ARRAY_LEN(replacements); i++) {
		void (**slot)(void) = (void (**)(void))(library->l_addr + rela->r_offset);

		if (strcmp(name, replacements[i].name) == 0)
			return write_slot(slot, replacements[i].function) && i == 0;
	}
	return false;
}

/* With only_name NULL, all that have a replacement. */
static bool replace(const struct link_map *library, const char *only_name)
{
	struct dynamic dynamic = read_dynamic(library);
	int kept_errno = errno;
	bool replaced = false;

	for (int t = 0; t < 2 && dynamic.strings && dynamic.symbols; t++) {
		size_t count = dynamic.tables[t] ? dynamic.table_bytes[t] / sizeof(ElfW(Rela)) : 0;

		for (size_t i = 0; i < count; i++) {
			const ElfW(Rela) *rela = &dynamic.tables[t][i];
			const ElfW(Sym) *symbol = &dynamic.symbols[ELF64_R_SYM(rela->r_info)];

			if (IS_IMPORT(ELF64_R_TYPE(rela->r_info)) && symbol->st_shndx == SHN_UNDEF)
				replaced |= replace_import(library,
					dynamic.strings + symbol->st_name, rela, only_name);
		}
	}
	errno = kept_errno;
	return replaced;
}

int cpa_imports_replace(const struct link_map *library)
{
	return replace(library, NULL) ? 0 : -ENOENT;
}

void cpa_imports_replace_pipe(void *handle)
{
	struct link_map *library;

	if (dlinfo(handle, RTLD_DI_LINKMAP, &library) == 0)
		(void)replace(library, "pipe2");
}
