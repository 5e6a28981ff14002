/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A profile read from a description, through a file as every profile is.
 * Not here: the form of a description (profile_maker.h).
 */
#ifndef CPA_TESTS_UNIT_FROM_TEXT_H
#define CPA_TESTS_UNIT_FROM_TEXT_H

#include <stdlib.h>
#include <unistd.h>

#include "report/profile/read.h"
#include "tests/unit/cmocka_all.h"
#include "tests/unit/profile_maker.h"

static inline void read_text(struct cpa_profile *ret_profile, const char *text)
{
	char path[] = "/tmp/cpa-test-text-XXXXXX";
	int fd = mkstemp(path);
	struct cpa_error error = {""};
	size_t length_bytes;
	unsigned char *bytes = make_profile(text, &length_bytes);

	assert_true(fd >= 0);
	close(fd);
	write_profile(path, bytes, length_bytes, 0);
	free(bytes);
	if (cpa_read_profile(ret_profile, path, &error) != 0)
		fail_msg("%s", error.text);
	unlink(path);
}

#endif
