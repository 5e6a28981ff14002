/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text from outside, character by character: which of it may stand on a terminal or in XML.
 * Not here: cutting it to a width (cli/out.c), names in snapshots (report/utf8.c).
 */
#include "report/graph/legible.h"

#include <stdint.h>

/* C0 and C1 controls and DEL command terminals, direction marks make code look like other code. */
static bool is_fit(uint32_t code)
{
	return code >= 0x20 && !(code >= 0x7f && code < 0xa0) &&
	       !(code >= 0x202a && code <= 0x202e) && !(code >= 0x2066 && code <= 0x2069) &&
	       code != 0x200e && code != 0x200f && code != 0x2028 && code != 0x2029 &&
	       (code & 0xfffe) != 0xfffe;
}

size_t cpa_legible_character(const char *text, size_t length_bytes, bool *ret_fit)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *bytes = (const unsigned char *)text;
	size_t need = bytes[0] < 0x80   ? 1
		      : bytes[0] < 0xc2 ? 0
		      : bytes[0] < 0xe0 ? 2
		      : bytes[0] < 0xf0 ? 3
		      : bytes[0] < 0xf5 ? 4
					: 0;
	uint32_t code = need > 1 ? bytes[0] & (0xffu >> (need + 1)) : bytes[0];
	size_t i;

	*ret_fit = false;
	if (need == 0 || need > length_bytes)
		return 1;
	for (i = 1; i < need; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 1;
		code = code << 6 | (bytes[i] & 0x3f);
	}
	if (code < least[need] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 1;
	*ret_fit = is_fit(code);
	return need;
}
