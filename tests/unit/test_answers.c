/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers: found again by address, texts and functions once.
 * Not here: keeping them on disk (test_symcache.c).
 */
#include "report/symbols/answers.h"
#include "tests/unit/cmocka_all.h"

static void found_again(void **state)
{
	struct cpa_answers answers;
	const struct cpa_answers_place *place;
	uint32_t name, file, function;

	cpa_answers_init(&answers);
	assert_string_equal(cpa_answers_string(&answers, 0), "");
	name = cpa_answers_text(&answers, "f");
	file = cpa_answers_text(&answers, "f.c");
	assert_int_equal(cpa_answers_text(&answers, "f"), name);
	function = cpa_answers_function(&answers, name, file, 7);
	assert_int_equal(cpa_answers_function(&answers, name, file, 7), function);
	assert_int_not_equal(cpa_answers_function(&answers, name, file, 8), function);
	cpa_answers_begin(&answers, 30);
	cpa_answers_add(&answers, function, 9);
	cpa_answers_begin(&answers, 10);
	cpa_answers_begin(&answers, 20);
	cpa_answers_add(&answers, function, 1);
	cpa_answers_add(&answers, function, 2);
	/* Asked twice: the first answer stays. */
	cpa_answers_begin(&answers, 30);
	cpa_answers_sort(&answers);
	assert_int_equal(answers.place_count, 3);
	place = cpa_answers_find(&answers, 30);
	assert_non_null(place);
	assert_int_equal(place->frame_count, 1);
	assert_int_equal(answers.frames[place->frame_begin].line, 9);
	place = cpa_answers_find(&answers, 20);
	assert_int_equal(place->frame_count, 2);
	assert_int_equal(answers.frames[place->frame_begin + 1].line, 2);
	place = cpa_answers_find(&answers, 10);
	assert_non_null(place);
	assert_int_equal(place->frame_count, 0);
	assert_null(cpa_answers_find(&answers, 15));
	assert_null(cpa_answers_find(&answers, 31));
	assert_int_equal(cpa_answers_get(&answers, function)->start_line, 7);
	cpa_answers_done(&answers);
	cpa_answers_done(&answers);
}

/* Numbers differ from one to the other; of an address that both know the first answer stays. */
static void appended(void **state)
{
	struct cpa_answers one, other;
	const struct cpa_answers_function *function;
	const struct cpa_answers_place *place;

	cpa_answers_init(&one);
	cpa_answers_init(&other);
	cpa_answers_begin(&one, 10);
	cpa_answers_add(&one, cpa_answers_function(&one, cpa_answers_text(&one, "f"), 0, 1), 2);
	cpa_answers_begin(&other, 5);
	cpa_answers_add(&other,
		cpa_answers_function(
			&other, cpa_answers_text(&other, "g"), cpa_answers_text(&other, "g.c"), 3),
		4);
	cpa_answers_add(
		&other, cpa_answers_function(&other, cpa_answers_text(&other, "f"), 0, 1), 6);
	cpa_answers_begin(&other, 10);
	cpa_answers_append(&one, &other);
	cpa_answers_done(&other);
	cpa_answers_sort(&one);
	assert_int_equal(one.place_count, 2);
	assert_int_equal(one.functions.count, 2);
	place = cpa_answers_find(&one, 10);
	assert_int_equal(place->frame_count, 1);
	place = cpa_answers_find(&one, 5);
	assert_int_equal(place->frame_count, 2);
	function = cpa_answers_get(&one, one.frames[place->frame_begin].function);
	assert_string_equal(cpa_answers_string(&one, function->name), "g");
	assert_string_equal(cpa_answers_string(&one, function->file), "g.c");
	function = cpa_answers_get(&one, one.frames[place->frame_begin + 1].function);
	assert_string_equal(cpa_answers_string(&one, function->name), "f");
	assert_int_equal(one.frames[place->frame_begin + 1].line, 6);
	cpa_answers_done(&one);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found_again),
		cmocka_unit_test(appended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
