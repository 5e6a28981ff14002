/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * make_profile FILE [plain]: a profile from the description on standard input, for the bats tests.
 * Not here: the form of a description (profile_maker.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/profile_maker.h"

int main(int argc, char **argv)
{
	static char description[1 << 22];
	size_t length_bytes;
	unsigned char *bytes;

	if (argc < 2) {
		fputs("usage: make_profile FILE [plain] <DESCRIPTION\n", stderr);
		return 2;
	}
	description[fread(description, 1, sizeof(description) - 1, stdin)] = '\0';
	bytes = make_profile(description, &length_bytes);
	write_profile(argv[1], bytes, length_bytes, argc < 3 || strcmp(argv[2], "plain") != 0);
	free(bytes);
	return 0;
}
