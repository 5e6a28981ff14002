/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory of this process that may go away while it is read. */
#include "sampling/far_memory.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "sampling/gate.h"

#define BLOCK_BYTES CPA_FAR_MEMORY_BLOCK_BYTES

static _Atomic bool refused; /* the kernel does not do it for us, as in some containers */

bool cpa_far_memory_is_module(uint64_t addr)
{
	struct dl_find_object found;

	return _dl_find_object((void *)addr, &found) == 0;
}

/* The kernel does not help: what is in a module that is loaded now can hardly go away. */
static bool read_module(uint64_t addr, void *ret_bytes, size_t size_bytes)
{
	if (!cpa_far_memory_is_module(addr) || !cpa_far_memory_is_module(addr + size_bytes - 1))
		return false;
	memcpy(ret_bytes, (const void *)addr, size_bytes);
	return true;
}

/* By the number of this thread: a first thread that has left has no memory any more. */
static bool read_memory(uint64_t addr, void *ret_bytes, size_t size_bytes)
{
	struct iovec to = {.iov_base = ret_bytes, .iov_len = size_bytes};
	struct iovec from = {.iov_base = (void *)addr, .iov_len = size_bytes};

	if (!atomic_load_explicit(&refused, memory_order_relaxed)) {
		if (syscall(SYS_process_vm_readv, cpa_gate_thread_id(), &to, 1ul, &from, 1ul,
			    0ul) == (long)size_bytes)
			return true;
		if (errno == EFAULT || errno == ESRCH)
			return false;
		atomic_store(&refused, errno == ENOSYS || errno == EPERM);
	}
	return read_module(addr, ret_bytes, size_bytes);
}

bool cpa_far_memory_word(struct cpa_far_memory *memory, uint64_t addr, uint64_t *ret_word)
{
	uint64_t block_addr = addr & ~(uint64_t)(BLOCK_BYTES - 1);
	size_t index = block_addr / BLOCK_BYTES % CPA_FAR_MEMORY_BLOCKS;

	if (!block_addr)
		return false;
	/* Words of tables need not be aligned; one that lies across two blocks is read alone. */
	if (addr - block_addr > BLOCK_BYTES - sizeof(*ret_word))
		return read_memory(addr, ret_word, sizeof(*ret_word));
	if (memory->blocks[index].addr != block_addr) {
		memory->blocks[index].addr = block_addr;
		memory->blocks[index].readable =
			read_memory(block_addr, memory->blocks[index].words, BLOCK_BYTES);
	}
	/* Where the kernel does not help, part of a block may be in a module. */
	if (!memory->blocks[index].readable)
		return atomic_load(&refused) && read_module(addr, ret_word, sizeof(*ret_word));
	memcpy(ret_word, (const char *)memory->blocks[index].words + (addr - block_addr),
		sizeof(*ret_word));
	return true;
}

void cpa_far_memory_forget(struct cpa_far_memory *memory)
{
	for (uint32_t i = 0; i < CPA_FAR_MEMORY_BLOCKS; i++)
		memory->blocks[i].addr = 0;
}
