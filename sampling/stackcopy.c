/* SPDX-License-Identifier: BSD-2-Clause */
/* What a signal handler takes of the thread that it interrupted. */
#include "sampling/stackcopy.h"
#include "sampling/gate.h"

#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#include "sampling/gate.h"

/* Of the stack's end; bottom is no deeper than what is copied. Both 0: not known. */
static CPA_TLS_IE uint64_t stack_top, stack_bottom;

void cpa_stackcopy_set_top(const void *top, size_t known_bytes)
{
	stack_top = (uintptr_t)top;
	stack_bottom =
		stack_top - (known_bytes < CPA_STACKCOPY_BYTES ? known_bytes : CPA_STACKCOPY_BYTES);
}

static void copy_registers(const ucontext_t *context, struct cpa_unwind_far_start *ret_start)
{
#if CPA_STACKCOPY_WORKS
	/* By DWARF number. */
	static const int places[CPA_UNWIND_FAR_REGS] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI,
		REG_RDI, REG_RBP, REG_RSP, REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13,
		REG_R14, REG_R15, REG_RIP};

	for (uint32_t i = 0; i < CPA_UNWIND_FAR_REGS; i++)
		ret_start->regs[i] = (uint64_t)context->uc_mcontext.gregs[places[i]];
	ret_start->known_mask = (1u << CPA_UNWIND_FAR_REGS) - 1;
#else
	(void)context;
	*ret_start = (struct cpa_unwind_far_start){0}; /* nobody asks */
#endif
	ret_start->pc_is_call = false;
}

/*
 * What lies between the stack pointer and the top is all there when the pointer is in this stack.
 * It may be in another one, of any size, which may lie so near below this one that only a guard
 * page is between: there the kernel copies, and stops where memory ends. It is asked by the number
 * of this thread, because the first one may have left.
 */
static size_t copy_stack(uint64_t addr, void *ret_stack)
{
	struct iovec to = {.iov_base = ret_stack, .iov_len = CPA_STACKCOPY_BYTES};
	struct iovec from = {.iov_base = (void *)addr, .iov_len = CPA_STACKCOPY_BYTES};
	long got_bytes;

	if (addr >= stack_bottom && addr < stack_top) {
		memcpy(ret_stack, (const void *)addr, stack_top - addr);
		return stack_top - addr;
	}
	got_bytes = syscall(SYS_process_vm_readv, cpa_gate_thread_id(), &to, 1ul, &from, 1ul, 0ul);
	return got_bytes > 0 ? (size_t)got_bytes : 0;
}

void cpa_stackcopy_take(
	const void *context, void *ret_stack, struct cpa_unwind_far_start *ret_start)
{
	copy_registers(context, ret_start);
	ret_start->stack = ret_stack;
	ret_start->stack_addr = ret_start->regs[CPA_UNWIND_FAR_RSP];
	ret_start->stack_bytes = copy_stack(ret_start->stack_addr, ret_stack);
}
