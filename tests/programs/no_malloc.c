/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program that never calls malloc, nor anything that does.
 * Not here: everything else.
 */
#include <unistd.h>

int main(void)
{
	(void)!write(STDOUT_FILENO, "no malloc here\n", 15);
	return 9;
}
