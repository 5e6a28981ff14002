/* SPDX-License-Identifier: BSD-2-Clause */
/* The stack of a sleeping thread whose frame pointer the kernel does not tell. */
#include "sampling/framepointer.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "sampling/far_memory.h"

#define FUNCTION_BYTES_MAX ((uint64_t)64 * 1024)
#define WINDOW_BYTES       8u /* of code, looked at together: no instruction here is longer */
#define FRAME_BYTES_MAX    ((uint64_t)1 << 24)

/* A function's code, read front to back. */
struct code {
	struct cpa_unwind_far *far;
	uint64_t at;
	uint64_t end;
	uint8_t bytes[WINDOW_BYTES]; /* at `at` */
};

static bool load(struct code *code)
{
	uint64_t word;

	if (code->at >= code->end || !cpa_unwind_far_word(code->far, code->at, &word))
		return false;
	memcpy(code->bytes, &word, sizeof(word));
	return true;
}

static bool skip(struct code *code, uint32_t size_bytes)
{
	code->at += size_bytes;
	return load(code);
}

/* Is this next? Then it is passed. */
static bool pass(struct code *code, const char *bytes, uint32_t size_bytes)
{
	return memcmp(code->bytes, bytes, size_bytes) == 0 && skip(code, size_bytes);
}
#define PASS(code, bytes) pass(code, bytes, sizeof(bytes) - 1)

static int32_t imm32(const uint8_t *at)
{
	int32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

/* push of any register; returns its length, else 0. */
static uint32_t push_bytes(const uint8_t *bytes)
{
	if ((bytes[0] & 0xf8) == 0x50)
		return 1;
	return bytes[0] == 0x41 && (bytes[1] & 0xf8) == 0x50 ? 2 : 0;
}

static bool is_pointer(uint8_t number, bool is_high)
{
	return !is_high && (number == 4 || number == 5); /* RSP, RBP; not R12, R13 */
}

/*
 * What compilers put between the steps of a prologue: mov, xor, test of two registers, mov of a
 * constant to one, lea from RBP or RIP. Returns its length, 0: something else, or a change of RSP
 * or RBP.
 */
static uint32_t between_bytes(const uint8_t *bytes)
{
	uint8_t rex = (bytes[0] & 0xf0) == 0x40 ? bytes[0] : 0;
	uint32_t prefix = rex != 0;
	uint8_t operation = bytes[prefix], operands = bytes[prefix + 1];

	if (operation == 0x89 || operation == 0x31 || operation == 0x85)
		return operands < 0xc0 || is_pointer(operands & 7, rex & 1) ? 0 : prefix + 2;
	if ((operation & 0xf8) == 0xb8 && !(rex & 8))
		return is_pointer(operation & 7, rex & 1) ? 0 : prefix + 5;
	if (operation == 0x8d && operands < 0xc0 && (operands & 7) == 5)
		return is_pointer(operands >> 3 & 7, rex & 4) ? 0
		       : operands >> 6 == 1                   ? prefix + 3
							      : prefix + 6;
	return 0;
}

/* An addition to the stack pointer of a constant, which is returned; 0: something else. */
static int64_t addition(const uint8_t *bytes, uint32_t *ret_bytes)
{
	bool is_short = bytes[1] == 0x83;
	int64_t value = is_short ? (int8_t)bytes[3] : imm32(bytes + 3);

	*ret_bytes = is_short ? 4 : 7;
	if (bytes[0] != 0x48 || (bytes[1] != 0x83 && bytes[1] != 0x81))
		return 0;
	return bytes[2] == 0xc4 ? value : bytes[2] == 0xec ? -value : 0;
}

/* From the first byte to the last of the prologue: how far below RBP the stack pointer is. */
static bool read_prologue(struct code *code, uint64_t *ret_frame_bytes, int64_t *ret_room_bytes)
{
	uint64_t pushed_bytes = 0;
	int64_t room_bytes = 0, value;
	uint32_t size_bytes;

	(void)PASS(code, "\xf3\x0f\x1e\xfa"); /* endbr64 */
	if (!PASS(code, "\x55"))              /* push %rbp */
		return false;
	while ((size_bytes = between_bytes(code->bytes)))
		if (!skip(code, size_bytes))
			return false;
	if (!PASS(code, "\x48\x89\xe5") && !PASS(code, "\x48\x8b\xec")) /* mov %rsp,%rbp */
		return false;
	for (;;) {
		bool is_push = (size_bytes = push_bytes(code->bytes));

		if (!is_push)
			size_bytes = between_bytes(code->bytes);
		if (!size_bytes)
			break;
		if (!skip(code, size_bytes))
			return false;
		pushed_bytes += is_push ? 8 : 0;
	}
	/* In steps of a page, each touched by an `orq $0,(%rsp)`, where the stack may clash. */
	while ((value = addition(code->bytes, &size_bytes)) < 0) {
		room_bytes -= value;
		if (!skip(code, size_bytes))
			return false;
		(void)PASS(code, "\x48\x83\x0c\x24\x00");
	}
	*ret_frame_bytes = pushed_bytes + (uint64_t)room_bytes;
	*ret_room_bytes = room_bytes;
	return *ret_frame_bytes < FRAME_BYTES_MAX;
}

/* add $ROOM,%rsp, and then pop or ret: the room is given back, not that of arguments. */
static bool is_epilogue(const uint8_t *bytes, int64_t room_bytes)
{
	uint32_t size_bytes;
	bool gives_back = room_bytes && addition(bytes, &size_bytes) == room_bytes;
	uint8_t next = gives_back ? bytes[size_bytes] : 0;

	return (next & 0xf8) == 0x58 || next == 0x41 || next == 0xc3;
}

/*
 * Could the instruction that begins here, if one does, change the stack pointer otherwise than an
 * epilogue does, which takes back the room or counts from RBP?
 */
static bool moves_stack(const uint8_t *bytes, int64_t room_bytes)
{
	bool to_rsp = (bytes[0] & 0xf9) == 0x48 && (bytes[2] & 0xc7) == 0xc4;
	bool into_rsp = (bytes[0] & 0xfc) == 0x48 && (bytes[2] & 0x38) == 0x20;

	switch (bytes[1]) {
	case 0x01: /* add, and, sub, xchg, mov: register to RSP */
	case 0x21:
	case 0x29:
	case 0x87:
	case 0x89:
		return to_rsp;
	case 0x03: /* add, sub, mov: memory or register to RSP */
	case 0x2b:
	case 0x8b:
		return into_rsp;
	case 0x8d: /* lea: but not from RBP */
		return into_rsp && ((bytes[2] & 7) != 5 || bytes[2] < 0x40);
	case 0x81: /* a constant; cmp changes nothing */
	case 0x83:
		return to_rsp && (bytes[2] & 0x38) != 0x38 && !is_epilogue(bytes, room_bytes);
	default:
		return false;
	}
}

static bool find_frame_bytes(struct cpa_unwind_far *far, const struct cpa_unwind_far_stuck *stuck,
	uint64_t *ret_frame_bytes)
{
	struct code code = {.far = far, .at = stuck->function_addr, .end = stuck->function_end};
	int64_t room_bytes;

	if (code.end - code.at > FUNCTION_BYTES_MAX || !load(&code) ||
		!read_prologue(&code, ret_frame_bytes, &room_bytes))
		return false;
	while (code.at < code.end) {
		if (!load(&code) || moves_stack(code.bytes, room_bytes))
			return false;
		code.at++;
	}
	return true;
}

/* A stub of the linker's: jmp *SLOT(%rip), with or without endbr64 and bnd in front. */
static bool stub_leads_to(struct cpa_unwind_far *far, uint64_t stub_addr, uint64_t function_addr)
{
	struct code code = {.far = far, .at = stub_addr, .end = stub_addr + 16};
	uint64_t target;

	if (!load(&code))
		return false;
	(void)PASS(&code, "\xf3\x0f\x1e\xfa");
	(void)PASS(&code, "\xf2");
	return code.bytes[0] == 0xff && code.bytes[1] == 0x25 &&
	       cpa_unwind_far_word(
		       far, code.at + 6 + (uint64_t)(int64_t)imm32(code.bytes + 2), &target) &&
	       target == function_addr;
}

/* The forms of call *POINTER, by the bytes in front of where it returns to. */
static bool ends_in_pointer_call(const uint8_t *bytes)
{
	static const struct {
		uint8_t at, mask, operand;
	} forms[] = {
		{6, 0xf8, 0xd0}, /* *%reg */
		{6, 0xf8, 0x10}, /* *(%reg) */
		{5, 0xf8, 0x50}, /* *8bit(%reg) */
		{5, 0xff, 0x14}, /* *(%reg,%reg) */
		{4, 0xff, 0x54}, /* *8bit(%reg,%reg) */
		{2, 0xf8, 0x90}, /* *32bit(%reg) */
		{2, 0xff, 0x15}, /* *32bit(%rip) */
		{1, 0xff, 0x94}, /* *32bit(%reg,%reg) */
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (bytes[forms[i].at] == 0xff &&
			(bytes[forms[i].at + 1] & forms[i].mask) == forms[i].operand)
			return true;
	return false;
}

static bool is_call_of(struct cpa_unwind_far *far, uint64_t return_addr, uint64_t function_addr)
{
	uint64_t word, target;
	uint8_t bytes[8];

	if (return_addr < CPA_FAR_MEMORY_BLOCK_BYTES ||
		!cpa_unwind_far_word(far, return_addr - sizeof(bytes), &word))
		return false;
	memcpy(bytes, &word, sizeof(bytes));
	target = return_addr + (uint64_t)(int64_t)imm32(bytes + 4);
	if (bytes[3] == 0xe8 &&
		(target == function_addr || stub_leads_to(far, target, function_addr)))
		return true;
	return ends_in_pointer_call(bytes);
}

static bool find(struct cpa_unwind_far *far, uint64_t *ret_frame_pointer)
{
	struct cpa_unwind_far_stuck stuck = cpa_unwind_far_stuck(far);
	uint64_t frame_bytes, frame_pointer, return_addr;

	if (stuck.missed_mask != 1u << CPA_UNWIND_FAR_RBP ||
		!find_frame_bytes(far, &stuck, &frame_bytes))
		return false;
	frame_pointer = stuck.sp + frame_bytes;
	*ret_frame_pointer = frame_pointer;
	return frame_pointer % 16 == 0 &&
	       cpa_unwind_far_word(far, frame_pointer + 8, &return_addr) &&
	       is_call_of(far, return_addr, stuck.function_addr);
}

uint32_t cpa_framepointer_unwind(struct cpa_unwind_far *far, struct cpa_unwind_far_start *start,
	uint64_t *ret_pcs, uint32_t depth_max, enum cpa_unwind_far_end *ret_end)
{
	uint32_t depth = cpa_unwind_far(far, start, ret_pcs, depth_max, ret_end);
	int kept_errno = errno;
	bool is_found =
		*ret_end == CPA_UNWIND_FAR_UNKNOWN && find(far, &start->regs[CPA_UNWIND_FAR_RBP]);

	errno = kept_errno;
	if (!is_found)
		return depth;
	start->known_mask |= 1u << CPA_UNWIND_FAR_RBP;
	depth = cpa_unwind_far(far, start, ret_pcs, depth_max, ret_end);
	if (*ret_end == CPA_UNWIND_FAR_ROOT)
		return depth;
	start->known_mask &= ~(1u << CPA_UNWIND_FAR_RBP);
	return cpa_unwind_far(far, start, ret_pcs, depth_max, ret_end);
}
