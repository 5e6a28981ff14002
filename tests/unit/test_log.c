/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is a message one prefixed line in one write, cut when long, silent when nobody can hear, and
 * errno kept? Not here: which messages there are (tests/integration/).
 */
#include "tests/unit/cmocka_all.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A packet pipe: one read gives what one write gave. */
static size_t logged(char *ret_text, size_t room_bytes, const char *word)
{
	int ends[2], kept_stderr = dup(2);
	ssize_t text_bytes;

	assert_int_equal(pipe2(ends, O_DIRECT | O_NONBLOCK), 0);
	dup2(ends[1], 2);
	errno = 4711;
	cpa_log("%s and %d", word, -7);
	dup2(kept_stderr, 2);
	assert_int_equal(errno, 4711);
	text_bytes = read(ends[0], ret_text, room_bytes - 1);
	assert_true(text_bytes > 0);
	ret_text[text_bytes] = '\0';
	assert_int_equal(read(ends[0], &(char){0}, 1), -1);
	close(ends[0]);
	close(ends[1]);
	close(kept_stderr);
	return (size_t)text_bytes;
}

static void test_line(void **state)
{
	char text[4096];

	logged(text, sizeof(text), "one");
	assert_string_equal(text, "cprofalloc: one and -7\n");
}

static void test_long(void **state)
{
	char text[4096], word[3000];

	for (size_t word_bytes = 990; word_bytes < 1020; word_bytes++) {
		size_t text_bytes;

		memset(word, 'w', sizeof(word));
		word[word_bytes] = '\0';
		text_bytes = logged(text, sizeof(text), word);
		assert_true(text_bytes <= 1024);
		assert_int_equal(text[text_bytes - 1], '\n');
		assert_ptr_equal(strchr(text, '\n'), text + text_bytes - 1);
		assert_int_equal(strlen(text), text_bytes);
	}
	memset(word, 'w', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	assert_in_range(logged(text, sizeof(text), word), 1020, 1024);
}

static void test_closed(void **state)
{
	int kept_stderr = dup(2);

	close(2);
	errno = 4711;
	cpa_log("nobody hears %s", "this");
	assert_int_equal(errno, 4711);
	dup2(kept_stderr, 2);
	close(kept_stderr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
