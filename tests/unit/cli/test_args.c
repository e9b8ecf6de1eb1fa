/* SPDX-License-Identifier: Apache-2.0 */
/* Options as users write them: long, short, joined, repeated, after "--", and wrong. */
#include "tests/unit/unit.h"

#include "cli/args.h"

static const struct option_row rows[] = {
	{"ports", 'p', "LIST", "ports"}, {"dry-run", 0, NULL, "nothing"}, {0}};
static const struct option_row more[] = {{"quiet", 'q', NULL, "quiet"}, {0}};
static struct args args;

#define PARSE(error, ...)                                                                      \
	({                                                                                     \
		char *argv_[] = {__VA_ARGS__};                                                 \
		args_parse(&args, (int)(sizeof(argv_) / sizeof(*argv_)), argv_, rows, more,    \
			false, NULL, error);                                                   \
	})

static void every_spelling(void **state)
{
	(void)state;
	assert_int_equal(PARSE(NULL, "--ports", "1", "a", "-p", "2", "-p3", "--ports=4", "-q",
				 "-", "--", "-x"),
		0);
	assert_string_equal(args_nth(&args, "ports", 0), "1");
	assert_string_equal(args_nth(&args, "ports", 2), "3");
	assert_null(args_nth(&args, "ports", 4));
	assert_string_equal(args_get(&args, "ports", NULL), "4");
	assert_true(args_has(&args, "quiet"));
	assert_false(args_has(&args, "dry-run"));
	assert_int_equal(args_n_positional(&args), 3);
	assert_string_equal(args_positional(&args, 0), "a");
	assert_string_equal(args_positional(&args, 1), "-");
	assert_string_equal(args_positional(&args, 2), "-x");
	assert_string_equal(args_get(&args, "dry-run", "otherwise"), "otherwise");
}

static void errors_say_what_to_do(void **state)
{
	struct error error = {0};

	(void)state;
	assert_int_equal(PARSE(&error, "--nonsense"), ERROR_USAGE);
	assert_non_null(strstr(error.text, "--nonsense"));
	assert_int_equal(PARSE(&error, "-z"), ERROR_USAGE);
	assert_int_equal(PARSE(&error, "--ports"), ERROR_USAGE);
	assert_non_null(strstr(error.text, "LIST"));
	assert_int_equal(PARSE(&error, "--dry-run=1"), ERROR_USAGE);
}

static void numbers(void **state)
{
	uint64_t n;

	(void)state;
	assert_int_equal(PARSE(NULL, "--ports", "80"), 0);
	assert_int_equal(args_number(&args, "ports", 1, 100, 7, &n, NULL), 0);
	assert_int_equal(n, 80);
	assert_int_equal(args_number(&args, "ports", 1, 79, 7, &n, NULL), ERROR_USAGE);
	assert_int_equal(args_number(&args, "absent", 1, 79, 7, &n, NULL), 0);
	assert_int_equal(n, 7);
	assert_int_equal(PARSE(NULL, "--ports", "-1"), 0);
	assert_int_equal(args_number(&args, "ports", 0, 100, 7, &n, NULL), ERROR_USAGE);
	assert_int_equal(PARSE(NULL, "--ports", "8x"), 0);
	assert_int_equal(args_number(&args, "ports", 0, 100, 7, &n, NULL), ERROR_USAGE);
	assert_int_equal(PARSE(NULL, "--ports", ""), 0);
	assert_int_equal(args_number(&args, "ports", 0, 100, 7, &n, NULL), ERROR_USAGE);
}

static void there_is_an_end(void **state)
{
	static char *argv[ARGS_MAX + 1];
	struct error error = {0};

	(void)state;
	for (size_t i = 0; i <= ARGS_MAX; i++)
		argv[i] = "a";
	assert_int_equal(args_parse(&args, ARGS_MAX + 1, argv, rows, more, false, NULL, &error),
		ERROR_USAGE);
	assert_int_equal(args_parse(&args, ARGS_MAX, argv, rows, more, false, NULL, &error), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_spelling),
		cmocka_unit_test(errors_say_what_to_do), cmocka_unit_test(numbers),
		cmocka_unit_test(there_is_an_end)};

	return RUN(tests);
}
