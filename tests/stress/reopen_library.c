/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A library whose one function calls malloc, in two builds: with -DFRAMED it is found through rbp,
 * without it rbp is zero at the call. The code of both has the same length, so that the call
 * returns to the same address when one is loaded where the other was.
 * Not here: who loads it (reopen.c).
 */
#include <stddef.h>

void *in_opened(size_t size);

#ifdef FRAMED
#define SET_RBP "	movq %rsp, %rbp\n	.cfi_def_cfa_register 6\n"
#define CFA     "	.cfi_def_cfa 7, 8\n"
#else
#define SET_RBP "	xorl %ebp, %ebp\n	nop\n"
#define CFA     "	.cfi_def_cfa_offset 8\n"
#endif

__asm__(".text\n"
	".globl in_opened\n"
	".type in_opened, @function\n"
	".p2align 12\n"
	"in_opened:\n"
	"	.cfi_startproc\n"
	"	pushq %rbp\n"
	"	.cfi_def_cfa_offset 16\n"
	"	.cfi_offset 6, -16\n" SET_RBP "	call malloc@PLT\n"
	"	popq %rbp\n" CFA "	ret\n"
	"	.cfi_endproc\n"
	".size in_opened, . - in_opened\n");
