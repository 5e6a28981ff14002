/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The checksum of debug links and of our own cache files.
 * Not here: who compares it (debugfile.c, symcache.c).
 */
#include "report/symbols/crc.h"

#define POLYNOMIAL UINT32_C(0xedb88320)

/* tables[n][byte]: the checksum of the byte with n zero bytes behind it; eight bytes at a time. */
static uint32_t tables[8][256];

static void fill_tables(void)
{
	uint32_t byte, bit, n;

	for (byte = 0; byte < 256; byte++) {
		uint32_t crc = byte;

		for (bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ ((crc & 1) != 0 ? POLYNOMIAL : 0);
		tables[0][byte] = crc;
	}
	for (n = 1; n < 8; n++)
		for (byte = 0; byte < 256; byte++)
			tables[n][byte] =
				(tables[n - 1][byte] >> 8) ^ tables[0][tables[n - 1][byte] & 255];
}

uint32_t cpa_crc_update(uint32_t crc, const void *bytes, size_t size_bytes)
{
	const unsigned char *next = bytes;

	if (tables[0][1] == 0)
		fill_tables();
	crc = ~crc;
	for (; size_bytes >= 8; size_bytes -= 8, next += 8)
		crc = tables[7][(crc ^ next[0]) & 255] ^ tables[6][((crc >> 8) ^ next[1]) & 255] ^
		      tables[5][((crc >> 16) ^ next[2]) & 255] ^
		      tables[4][((crc >> 24) ^ next[3]) & 255] ^ tables[3][next[4]] ^
		      tables[2][next[5]] ^ tables[1][next[6]] ^ tables[0][next[7]];
	for (; size_bytes > 0; size_bytes--, next++)
		crc = (crc >> 8) ^ tables[0][(crc ^ *next) & 255];
	return ~crc;
}
