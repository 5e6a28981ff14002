/* SPDX-License-Identifier: BSD-2-Clause */
/* Names and paths from outside made fit for a profile or a terminal. */
#include "report/utf8.h"

#include <stdint.h>
#include <string.h>

/* Bytes of the character that begins here; 0 when none does: stray bytes, overlong forms,
 * surrogates, beyond U+10FFFF. */
static size_t character_bytes(const unsigned char *at)
{
	size_t size_bytes = at[0] < 0xc2   ? 0
			    : at[0] < 0xe0 ? 2
			    : at[0] < 0xf0 ? 3
			    : at[0] < 0xf5 ? 4
					   : 0;

	if (at[0] < 0x80)
		return at[0] >= 0x20 && at[0] != 0x7f;
	for (size_t i = 1; i < size_bytes; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
		(at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
		return 0;
	return size_bytes;
}

void cpa_utf8_clean(const char *text, char *ret_clean, size_t room_bytes)
{
	const unsigned char *at = (const unsigned char *)text;

	while (*at) {
		size_t size_bytes = character_bytes(at);
		size_t out_bytes = size_bytes ? size_bytes : 1;

		if (out_bytes + 1 > room_bytes)
			break;
		if (size_bytes)
			memcpy(ret_clean, at, size_bytes);
		else
			*ret_clean = '?';
		at += out_bytes;
		ret_clean += out_bytes;
		room_bytes -= out_bytes;
	}
	*ret_clean = '\0';
}
