/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads a plugin by its bare name, which only the RUNPATH of this program finds, with
 * RTLD_DEEPBIND, and frees a block that the plugin made; and the other way round. Prints "ok".
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	void *plugin = dlopen("libdeepbind_plugin.so", RTLD_NOW | RTLD_DEEPBIND);
	void *(*make)(void);
	void (*take)(void *);

	if (!plugin) {
		printf("%s\n", dlerror());
		return 1;
	}
	make = (void *(*)(void))dlsym(plugin, "plugin_make");
	take = (void (*)(void *))dlsym(plugin, "plugin_take");
	for (int i = 0; i < 1000; i++) {
		free(make());
		take(malloc(4001));
	}
	printf("ok\n");
	return dlclose(plugin);
}
