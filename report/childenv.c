/* SPDX-License-Identifier: BSD-2-Clause */
/* The environment of the processes that we start ourselves. */
#include "report/childenv.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/compiler.h"

/* Debug files are fetched from servers only where the program's own environment names some. */
static const char *const passed[] = {"PATH", "HOME", "XDG_CACHE_HOME", "PPROF_BINARY_PATH",
	"DEBUGINFOD_URLS", "DEBUGINFOD_CACHE_PATH", "DEBUGINFOD_TIMEOUT"};

/* "NAME=VALUE"; false: without memory. */
static bool add(char **ret_text, const char *name, const char *value)
{
	return asprintf(ret_text, "%s=%s", name, value) >= 0;
}

char *const *cpa_childenv_make(void)
{
	int kept_errno = errno;
	char program[64];
	char **texts = calloc(CPA_ARRAY_LEN(passed) + 3, sizeof(*texts));
	size_t count = 0;

	(void)snprintf(program, sizeof(program), "/proc/%ld/exe", (long)getpid());
	count += texts && add(&texts[count], "CPROF_PROGRAM", program);
	count += texts && add(&texts[count], "LC_ALL", "C");
	for (size_t i = 0; texts && i < CPA_ARRAY_LEN(passed); i++) {
		const char *value = secure_getenv(passed[i]);

		count += value && add(&texts[count], passed[i], value);
	}
	if (texts)
		texts[count] = NULL; /* asprintf leaves anything there when it fails */
	errno = kept_errno;
	return texts;
}
