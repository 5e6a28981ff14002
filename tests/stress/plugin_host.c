/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A C program without the C++ library, which a plugin brings along, visible to the plugin alone.
 * Not here: the plugin (plugin.cc).
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	void *plugin = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
	int (*refusals)(size_t) = plugin ? (int (*)(size_t))dlsym(plugin, "refusals") : NULL;

	printf("%d refusals\n", refusals ? refusals((size_t)PTRDIFF_MAX - 4096) : -1);
	return 0;
}
