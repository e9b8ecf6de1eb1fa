/* SPDX-License-Identifier: Apache-2.0 */
/* The error record: text, context, truncation without overflow, exit codes. */
#include "tests/unit/unit.h"

#include "common/error.h"
#include "common/text.h"

#include <errno.h>

static void context_goes_in_front(void **state)
{
	struct error error = {0};

	(void)state;
	assert_int_equal(error_set(&error, ERROR_INPUT, "line %d is empty", 3), ERROR_INPUT);
	assert_int_equal(
		error_wrap(&error, ERROR_INPUT, "register \"%s\"", "a.xml"), ERROR_INPUT);
	assert_string_equal(error.text, "register \"a.xml\": line 3 is empty");
	error_errno(&error, ERROR_SYSTEM, ENOSPC, "cannot write");
	assert_non_null(strstr(error.text, "cannot write: No space left"));
}

static void long_text_is_cut(void **state)
{
	struct error error = {0};
	char big[4 * ERROR_TEXT_MAX];

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	error_set(&error, ERROR_INPUT, "%s", big);
	assert_int_equal(strlen(error.text), ERROR_TEXT_MAX - 1);
	error_wrap(&error, ERROR_INPUT, "%s", big);
	assert_int_equal(strlen(error.text), ERROR_TEXT_MAX - 1);
}

static void it_is_cut_between_characters(void **state)
{
	static const char *const characters[] = {
		"x", "\xd1\x84", "\xe7\x94\xb5", "\xf0\x9f\x94\x8c"};
	struct error error = {0};

	(void)state;
	for (size_t n = 1; n <= 4; n++) {
		for (size_t before = 0; before < n; before++) {
			char big[2 * ERROR_TEXT_MAX] = "";
			size_t whole = before + (ERROR_TEXT_MAX - 1 - before) / n * n;

			memset(big, '.', before);
			for (size_t i = before; i + n < sizeof(big); i += n)
				memcpy(big + i, characters[n - 1], n);
			error_set(&error, ERROR_INPUT, "%s", big);
			assert_int_equal(strlen(error.text), whole);
			assert_memory_equal(error.text, big, whole);
			error_set(&error, ERROR_INPUT, "%s", characters[n - 1]);
			error_wrap(&error, ERROR_INPUT, "%s", big);
			assert_memory_equal(error.text, big, whole);
			assert_true(text_is_clean(error.text, strlen(error.text)));
			error_errno(&error, ERROR_INPUT, EIO, "%s", big);
			assert_memory_equal(error.text, big, whole);
		}
	}
}

static void no_record_is_fine(void **state)
{
	(void)state;
	assert_int_equal(error_set(NULL, ERROR_INPUT, "x"), ERROR_INPUT);
	assert_int_equal(error_wrap(NULL, ERROR_INPUT, "x"), ERROR_INPUT);
	assert_int_equal(error_errno(NULL, ERROR_INPUT, EIO, "x"), ERROR_INPUT);
}

static void exit_codes(void **state)
{
	(void)state;
	assert_int_equal(error_exit_code(0), 0);
	assert_int_equal(error_exit_code(ERROR_USAGE), 2);
	assert_int_equal(error_exit_code(ERROR_PERMISSION), 5);
	assert_int_equal(error_exit_code(ERROR_NETWORK), 6);
	assert_int_equal(error_exit_code(ERROR_PARTIAL), 7);
	assert_int_equal(error_exit_code(ERROR_SYSTEM), 7);
	assert_int_equal(error_exit_code(ERROR_INTERNAL), 70);
	assert_int_equal(error_exit_code(-12345), 70);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(context_goes_in_front),
		cmocka_unit_test(long_text_is_cut),
		cmocka_unit_test(it_is_cut_between_characters),
		cmocka_unit_test(no_record_is_fine), cmocka_unit_test(exit_codes)};

	return RUN(tests);
}
