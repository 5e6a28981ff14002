/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where are we? The calling stack as an id.
 * Not here: unwinding itself (unwind.c), keeping stacks (stacks.c).
 */
#ifndef CPA_SAMPLING_CAPTURE_H
#define CPA_SAMPLING_CAPTURE_H

#include "sampling/stacks.h"

/*
 * The id of the stack that leads to the program's call into the library, without the first `skip`
 * of the program's frames; "[all frames skipped]" when there are no more, "[unwind failed]" when
 * there is none.
 *
 * Thread: any, between cpa_gate_begin and cpa_gate_end
 * Signal: unsafe
 * Memory: backend
 * Errno:  kept
 * Cost:   about 8 ns a frame when the stack is known; bench/sample prints it
 */
cpa_stack_id cpa_capture_stack(uint32_t skip);

#endif
