/* SPDX-License-Identifier: BSD-2-Clause */
/* The plugin of deepbind.c. */
#include <stdlib.h>

void *plugin_make(void);
void plugin_take(void *ptr);

void *plugin_make(void)
{
	return malloc(4003);
}

void plugin_take(void *ptr)
{
	free(ptr);
}
