// SPDX-License-Identifier: BSD-2-Clause
// A C++ plugin that asks for more than there is, both ways. Not here: the C program that loads it
// (plugin_host.c).
#include <cstddef>
#include <new>

static int handled;

static void give_up()
{
	handled++;
	std::set_new_handler(nullptr);
}

// Number of ways in which C++ says no: nothrow's null, bad_alloc, and the handler before them.
extern "C" int refusals(std::size_t size_bytes)
{
	int refused = 0;

	if (!new (std::nothrow) char[size_bytes])
		refused++;
	std::set_new_handler(give_up);
	try {
		char *volatile bytes = new char[size_bytes];
		delete[] bytes;
	} catch (const std::bad_alloc &) {
		refused++;
	}
	return refused + handled;
}
