// SPDX-License-Identifier: BSD-2-Clause
// A C++ library that throws, catches, and lets one through to C's doorstep.
// Not here: the C program that opens it (opens_cxx.c).
#include <stdexcept>
#include <string>

static void thrower(int depth)
{
	std::string text(64, 'x');
	if (depth == 0)
		throw std::runtime_error(text);
	thrower(depth - 1);
}

extern "C" int catches(int depth)
{
	int *one = new int(0);
	try {
		thrower(depth);
	} catch (const std::runtime_error &error) {
		*one = static_cast<int>(std::string(error.what()).size());
	}
	int size = *one;
	delete one;
	return size;
}
